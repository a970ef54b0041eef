import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// A cache that is there is used, and said, unless it is told not to be.
  @Suite("Caches of data") struct CacheTests {
    private static let sign = "rows are those of the cache"

    private func run(_ words: [String]) throws -> String {
      let result = try Program.run(words)
      #expect(result.status == 0, "\(words): \(result.errors)")
      return result.output + result.errors
    }

    @Test func isLeftAloneWhereAsked() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      _ = try run(["data", "generate", "--preset", "tiny", "--out", folder])
      let (schema, runs) = ("\(folder)/schema.yaml", "\(folder)/runs")
      let first = try run([
        "train", "--data", schema, "--epochs", "1", "--threads", "1", "--batch", "256", "--out",
        runs, "--json",
      ])
      #expect(!first.contains(Self.sign))
      // What is packed at the first place is the cache.
      let states = try run(["data", "cache", schema])
      let place = try #require(
        states.split(separator: "\n").first?.components(separatedBy: ": ")[0])
      _ = try run(["data", "pack", schema, "--out", place, "--threads", "1"])
      #expect(try run(["data", "cache", schema]).contains("\(place): up to date"))
      let resume = ["train", "--out", runs, "--json", "--resume", "last", "--epochs"]
      for (words, epochs) in [
        (["data", "describe", schema], false),
        (["bench", "--data", schema, "--seconds", "0.05", "--threads", "1"], false), (resume, true),
      ] {
        let with = try run(words + (epochs ? ["2"] : []))
        #expect(with.contains(Self.sign), "\(words): \(with)")
        let without = try run(words + (epochs ? ["3"] : []) + ["--no-cache"])
        #expect(!without.contains(Self.sign), "\(words): \(without)")
      }
    }
  }
}
