import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// Data that are packed train as the files do.
  @Suite("Packed data") struct PackTests {
    private func lines(_ output: String, with key: String) -> [String] {
      output.split(separator: "\n").filter { $0.contains("\"\(key)\"") }.map(String.init)
    }

    @Test func trainsAsTheFilesDo() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let made = try Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
      #expect(made.status == 0, "\(made.errors)")
      let (schema, out) = ("\(folder)/schema.yaml", "\(folder)/packed")
      let packed = try Program.run(["data", "pack", schema, "--out", out, "--threads", "1"])
      #expect(packed.status == 0 && packed.output.contains("2000 rows"), "\(packed)")
      let files = try Program.training(schema, "--no-cache")
      let rows = try Program.training(out)
      #expect(files == rows && !files.isEmpty, "\(files) \(rows)")
      // The log is no longer needed; one that changed is said.
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/log.csv"))
      let described = try Program.run(["data", "describe", out])
      #expect(
        described.status == 0 && described.errors.contains("log.csv has another size or time"))
      let states = try Program.run(["data", "cache", schema])
      #expect(states.status == 0 && states.output.contains("no cache"), "\(states)")
    }

    @Test("evaluate and predict say what is damaged and what has changed") func uses() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      _ = try Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
      let (schema, out) = ("\(folder)/schema.yaml", "\(folder)/packed")
      let packed = try Program.run(["data", "pack", schema, "--out", out, "--threads", "1"])
      #expect(packed.status == 0, "\(packed.errors)")
      let trained = try Program.run([
        "train", "--data", out, "--model", "linear", "--epochs", "1", "--threads", "1", "--json",
        "--out", "\(folder)/runs",
      ])
      #expect(trained.status == 0, "\(trained.errors)")
      let run = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/runs")
          .first { FileManager.default.fileExists(atPath: "\(folder)/runs/\($0)/run.json") })
      func use(_ command: String, _ data: String) throws -> CommandRun {
        try Program.fail([
          command, "\(folder)/runs/\(run)", "--data", data, "--split", "test", "--threads", "1",
        ])
      }
      for command in ["evaluate", "predict"] {
        let (rows, files) = (try use(command, out), try use(command, schema))
        #expect(rows.status == 0 && rows.errors.isEmpty, "\(rows.errors)")
        #expect(rows.output == files.output && !rows.output.isEmpty)
      }
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/log.csv"))
      for command in ["evaluate", "predict"] {
        let rows = try use(command, out)
        #expect(rows.status == 0 && rows.errors.contains("log.csv has another size or time"))
      }
      let part = try #require(
        try FileManager.default.contentsOfDirectory(atPath: out).first { $0.hasPrefix("rows-") })
      let names = URL(fileURLWithPath: "\(out)/\(part)/names.i64")
      var bytes = try Data(contentsOf: names)
      bytes[22] = 0xFF
      try bytes.write(to: names)
      for command in ["evaluate", "predict"] {
        let spoilt = try use(command, out)
        #expect(
          spoilt.status == 2 && spoilt.errors.contains("names.i64: block 0 is damaged"), "\(spoilt)"
        )
      }
    }

    @Test("a cache is named, used, told from what is somebody's own, and removed") func caches()
      throws
    {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      _ = try Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
      let schema = "\(folder)/schema.yaml"
      func cache(_ more: String...) throws -> CommandRun {
        try Program.fail(["data", "cache", schema] + more)
      }
      let none = try cache()
      #expect(none.status == 0, "\(none)")
      let line = try #require(none.output.split(separator: "\n").first.map(String.init))
      let place = String(line.prefix { $0 != ":" })
      #expect(line == "\(place): no cache" && place.hasSuffix(".mtl-tui-cache"))
      #expect(try cache("--clear").output == "there is no cache\n")
      // A cache is what `data pack` writes there, with what is known of the truth.
      let packed = try Program.run(["data", "pack", schema, "--out", place, "--threads", "1"])
      #expect(packed.status == 0, "\(packed.errors)")
      let rows = try #require(
        try FileManager.default.contentsOfDirectory(atPath: place).first { $0.hasPrefix("rows-") })
      let facts = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(place)/\(rows)/facts.json")))
      let bounds = (facts as? [String: Any])?["bounds"] as? [String: Double]
      #expect(
        bounds?["click"].map { (0.5..<1).contains($0) } == true, "\(String(describing: bounds))")
      #expect(try cache().output.hasPrefix("\(place): up to date\n"))
      try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(place)/mine.txt"))
      let partly = try cache("--clear")
      #expect(partly.status == 2 && partly.errors.contains("found: mine.txt"), "\(partly)")
      #expect(FileManager.default.fileExists(atPath: "\(place)/mine.txt"))
      #expect(!FileManager.default.fileExists(atPath: "\(place)/pack.json"))
      try FileManager.default.removeItem(atPath: "\(place)/mine.txt")
      _ = try Program.run(["data", "pack", schema, "--out", place, "--threads", "1"])
      #expect(try cache("--clear").output == "\(place): removed\n")
      #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test func refusesInWords() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let sample = try Program.run(["data", "pack", "sample", "--out", folder])
      #expect(sample.status == 2 && sample.errors.contains("data without files"), "\(sample)")
      #expect(!FileManager.default.fileExists(atPath: folder))
      let none = try Program.run(["data", "pack", "sample", "--out", ""])
      #expect(none.status == 64, "\(none)")
    }
  }
}

extension Program {
  /// What a short run on data says of the numbers that it ended with.
  fileprivate static func training(_ data: String, _ more: String...) throws -> [String] {
    let run = try Program.run(
      [
        "train", "--data", data, "--model", "mmoe", "--epochs", "1", "--threads", "1", "--batch",
        "128", "--json", "--no-save",
      ] + more)
    #expect(run.status == 0, "\(run.errors)")
    return run.output.split(separator: "\n").filter { $0.contains("\"fingerprint\"") }.map { line in
      let text = line[(line.range(of: "\"fingerprint\"")?.lowerBound ?? line.startIndex)...]
      return String(text.prefix(40))
    }
  }
}
