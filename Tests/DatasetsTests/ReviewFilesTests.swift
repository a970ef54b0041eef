import Foundation
import Metrics
import Tensors
import Testing

@testable import Datasets

@Suite("Files of generated reviews") struct ReviewFilesTests {
  private let few = SyntheticReviewsTests.few

  private func inDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "reviews-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("the truth's bounds are those of the test rows") func bounds() throws {
    let truth = try #require(TruthFile(json: Data(few.truthJSON().utf8)))
    #expect(truth.impressions == 300 && truth.logFile == "reviews.jsonl" && truth.isIntact)
    #expect(truth.bounds.keys.sorted() == ["explanation", "rating"])
    let test = 270..<300
    // What the best prediction, E[rating | x], scores on the ratings as they were drawn.
    let squares = test.map { index in
      let pair = few.world.pairs[index]
      let law = RatingLaw(leaning: few.world.leaning(pair.user, pair.item))
      let distance = Double(few.review(index).rating) - law.mean
      return distance * distance
    }
    let floor = (squares.reduce(0, +) / 30).squareRoot()
    #expect(abs((truth.bounds["rating"] ?? 0) - floor) < 1e-6)
    var perplexity = Perplexity()
    for index in test {
      let (pair, words) = (few.world.pairs[index], few.review(index).words)
      let chances = few.world.grammar(pair.user, pair.item).probabilities(of: words)
      #expect(chances.count == words.count + 1)
      perplexity.add(
        negativeLogLikelihood: -chances.reduce(0) { $0 + naturalLogarithm($1) },
        tokens: chances.count)
    }
    #expect(abs((truth.bounds["explanation"] ?? 0) - perplexity.value) < 1e-6)
    #expect((2...5).contains(perplexity.value))
  }

  @Test("presets have as many reviews as they say, by their own names") func presets() {
    #expect(ReviewPreset.allCases.map(\.reviews) == [20_000, 80_000])
    let large = SyntheticReviews(.reviewsLarge, seed: 1)
    #expect(large.count == 80_000 && Set(large.world.pairs.map(\.user)).count == 800)
    #expect(large.name == "reviews-large")
    #expect(few.truthJSON().contains(#""preset": "reviews""#))
  }

  @Test("lines and tuples, as they stand in the files") func lines() throws {
    struct Line: Decodable {
      let user: String, item: String, time: Int, rating: Int, review: String
    }
    let texts = few.texts()
    let lines = String(decoding: texts.reviews, as: UTF8.self).split(separator: "\n")
    let read = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(read.count == 300 && read.allSatisfy { (1...5).contains($0.rating) })
    #expect(read.map(\.time) == few.world.pairs.map(\.time))
    let tuples = String(decoding: texts.opinions, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
    #expect(tuples.first == ["user", "item", "feature", "opinion", "sentiment"])
    #expect(tuples.count == 1 + (0..<300).reduce(0) { $0 + few.review($1).tuples.count })
    let reviews = Dictionary(uniqueKeysWithValues: read.map { ($0.user + $0.item, $0.review) })
    for tuple in tuples.dropFirst() {
      let text = try #require(reviews[tuple[0] + tuple[1]])
      let words = tuple[3].replacingOccurrences(of: "not_", with: "not ")
      #expect(text.contains(words) && text.contains(tuple[2]) && ["1", "-1"].contains(tuple[4]))
    }
  }

  @Test("writes four files, replaces its own, leaves others alone") func write() throws {
    try inDirectory { path in
      try few.write(to: path)
      try SyntheticReviews(SyntheticReviewsTests.design, seed: 8).write(to: path)
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(names == SyntheticReviews.fileNames.sorted())
      let opinions = "\(path)/opinions.tsv"
      try "my own\n".write(toFile: opinions, atomically: false, encoding: .utf8)
      #expect(throws: WritingError.notOurs(path: opinions)) { try few.write(to: path) }
      try few.write(to: path, overwrite: true)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: opinions))
      #expect([UInt8](bytes) == few.texts().opinions)
    }
  }

  @Test("two reviews files are told apart by the truth") func others() throws {
    let truth = try #require(TruthFile(json: Data(few.truthJSON().utf8)))
    let texts = few.texts()
    #expect(truth.logChecksum == checksum(of: Data(texts.reviews)))
    #expect(truth.checksums["opinions.tsv"] == checksum(of: Data(texts.opinions)))
  }

  @Test("the files are read as they were meant") func reading() throws {
    let texts = few.texts()
    let schema = try DatasetSchema(yaml: few.schemaYAML(), path: "schema.yaml")
    let files = [
      "reviews.jsonl": Data(texts.reviews), "opinions.tsv": Data(texts.opinions),
    ]
    let dataset = try DatasetLoader(schema, from: .memory(files), threads: 2).load()
    #expect(dataset.tasks.map(\.kind) == [.regression, .ranking, .text, .tuples])
    let rows = [dataset.training.count, dataset.validation.count, dataset.test.count]
    #expect(rows == [240, 30, 30])
    let interactions = try #require(dataset.interactions)
    #expect(interactions.users.count == 30 && interactions.items.count <= 24)
    let (text, opinions) = (try #require(dataset.text), try #require(dataset.opinions))
    let words = few.review(3).words.map { few.world.lexicon.words[$0] }
    #expect(text.text(3) == words.joined(separator: " "))
    let tuples = (0..<240).reduce(0) { $0 + few.review($1).tuples.count }
    #expect(opinions.training.count == tuples)
    #expect(opinions.training.allSatisfy { [1, -1].contains($0.sentiment) })
    let truth = try #require(TruthFile(json: Data(few.truthJSON().utf8)))
    let judged = dataset.judged(by: truth, of: Data(texts.reviews))
    #expect(judged.boundNotice == nil && judged.bounds.count == 2)
    let other = dataset.judged(by: truth, of: Data(texts.opinions))
    #expect(other.boundNotice?.contains("another reviews.jsonl") == true)
  }
}
