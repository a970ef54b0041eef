import Foundation
import Testing

@testable import Datasets

@Suite("The truth file as bounds") struct TruthFileTests {
  private let log = SyntheticLog(preset: .tiny, seed: 3)

  private func dataset() throws -> Dataset {
    let schema = try DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml")
    return try DatasetLoader(schema, from: .memory(["log.csv": Data(log.csv())]), threads: 1).load()
  }

  @Test("bounds of the test rows, as the log's maker counts them") func bounds() throws {
    let truth = try #require(TruthFile(json: Data(log.truthJSON().utf8)))
    #expect(truth.impressions == 2_000)
    let judged = try dataset().judged(by: truth, of: Data(log.csv()))
    #expect(judged.boundNotice == nil)
    #expect(Set(judged.bounds.keys) == ["click", "cart", "purchase", "like", "watch"])
    let rows = (0..<log.requests.count).filter { log.requests.split(ofRequest: $0) == .test }
      .flatMap { log.requests($0) }
    #expect(rows.count == judged.test.count)
    let click = expectedAUC(rows.map(\.chances.click))
    #expect(abs((judged.bounds["click"] ?? 0) - click) < 1e-6)
    #expect((0.1...2).contains(judged.bounds["watch"] ?? 0))
  }

  @Test("the truth of another log says nothing, and neither does another file") func others()
    throws
  {
    let other = SyntheticLog(preset: .sample, seed: 3)
    let truth = try #require(TruthFile(json: Data(other.truthJSON().utf8)))
    let judged = try dataset().judged(by: truth, of: Data(log.csv()))
    #expect(judged.bounds.isEmpty && judged.boundNotice?.contains("another log.csv") == true)
    #expect(TruthFile(json: Data("{}".utf8)) == nil && TruthFile(json: Data()) == nil)
  }

  @Test("why a truth says nothing, by what was done to it or to its log") func doubts() throws {
    let text = log.truthJSON()
    let bytes = Data(log.csv())
    func notice(_ json: String, of log: Data) throws -> String? {
      let truth = try #require(TruthFile(json: Data(json.utf8)))
      return try dataset().judged(by: truth, of: log).boundNotice
    }
    #expect(try notice(text, of: bytes) == nil)
    #expect(try notice(text, of: bytes.dropLast())?.contains("another log.csv") == true)
    let better = text.replacingOccurrences(of: "\"bayes_auc\": 0.8", with: "\"bayes_auc\": 0.7")
    #expect(better != text)
    #expect(try notice(better, of: bytes)?.contains("changed since") == true)
    let named = #""checksum": "\#(checksum(of: bytes))""#
    #expect(text.contains(named))
    let old = text.replacingOccurrences(
      of: #""log": {"# + "\n    \"file\": \"log.csv\",\n    \(named)\n  },\n", with: "")
    #expect(old != text)
    #expect(try notice(old, of: bytes)?.contains("earlier version") == true)
  }

  @Test("a fingerprint follows numbers and weights, not bounds") func fingerprint() throws {
    let one = try dataset()
    let truth = try #require(TruthFile(json: Data(log.truthJSON().utf8)))
    #expect(one.fingerprint == (try dataset()).fingerprint)
    #expect(one.judged(by: truth, of: Data(log.csv())).fingerprint == one.fingerprint)
    var tasks = one.tasks
    tasks[0].weight = 0.5
    let weighed = Dataset(
      name: one.name, features: one.features, tasks: tasks, training: one.training,
      validation: one.validation, test: one.test)
    #expect(weighed.fingerprint != one.fingerprint)
    let before = one.fingerprint
    one.validation.labels[0] = 1 - one.validation.labels[0]
    #expect(one.fingerprint != before)
  }
}
