import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// From files as they are published to a trained MMoE, and what is said on the way.
  @Suite("From files to a model") struct InferTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try body(folder.path)
    }

    /// Infers a schema, describes the data, trains; three commands.
    private func train(_ files: [String], in folder: String, tasks: [String]) throws {
      let schema = "\(folder)/schema.yaml"
      let inferred = try Program.run(
        ["data", "infer"] + files.map { "\(folder)/\($0)" } + ["--out", schema])
      #expect(inferred.status == 0, "\(inferred.output)\(inferred.errors)")
      let described = try Program.run(["data", "describe", schema])
      #expect(described.status == 0, "\(described.errors)")
      let trained = try Program.run([
        "train", "--data", schema, "--model", "mmoe", "--epochs", "2", "--threads", "1", "--batch",
        "128",
      ])
      #expect(trained.status == 0, "\(trained.errors)")
      let text = try String(contentsOfFile: schema, encoding: .utf8)
      for task in tasks {
        #expect(described.output.contains("\n\(task): "), "\(described.output)")
        #expect(trained.output.contains("\n\(task): "), "\(trained.output)")
        #expect(text.contains("  \(task): {column"), "\(text)")
      }
      #expect(trained.output.contains("ended at step"))
      // Each guess says why.
      for line in text.split(separator: "\n") where line.hasPrefix("  ") && line.contains("{") {
        #expect(line.contains("  # "), "\(line)")
      }
    }

    @Test func movieLens() throws {
      try inFolder { folder in
        var forms = PublicForms(in: folder)
        try forms.writeMovieLens()
        try train(["u.data", "u.item", "u.user"], in: folder, tasks: ["high_rating", "rating"])
      }
    }

    @Test func criteo() throws {
      try inFolder { folder in
        var forms = PublicForms(in: folder)
        try forms.writeCriteo()
        try train(["train.txt"], in: folder, tasks: ["label"])
      }
    }

    @Test func aShopsFiles() throws {
      try inFolder { folder in
        var forms = PublicForms(in: folder)
        try forms.writeShop()
        try train(
          ["train.csv", "test.csv"], in: folder, tasks: ["click", "add_to_cart", "purchase"])
      }
    }

    @Test func neverWritesOverASchema() throws {
      try inFolder { folder in
        var forms = PublicForms(in: folder)
        try forms.writeShop()
        let schema = "\(folder)/schema.yaml"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: schema))
        let arguments = ["data", "infer", "\(folder)/train.csv", "--out", schema]
        let refused = try Program.fail(arguments)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("is there already"))
        #expect(try String(contentsOfFile: schema, encoding: .utf8) == "mine")
        #expect(try Program.run(arguments + ["--overwrite"]).status == 0)
        #expect(try String(contentsOfFile: schema, encoding: .utf8).contains("tasks:"))
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
            "schema.yaml", "test.csv", "train.csv",
          ])
      }
    }

    @Test func describesTheSampleAsJSON() throws {
      let result = try Program.run(["data", "describe", "sample", "--json"])
      let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let document = try #require(json as? [String: Any])
      let facts = try #require(document["facts"] as? [String: Any])
      let tasks = try #require(facts["tasks"] as? [[String: Any]])
      #expect(
        tasks.map { $0["task"] as? String } == ["click", "cart", "purchase", "like", "watch"])
      let training = try #require(tasks[0]["training"] as? [String: Any])
      #expect((training["positives"] as? Int ?? 0) > 0)
      #expect((document["inputs"] as? [[String: Any]])?.isEmpty == false)
    }

    @Test func factsComeFirst() throws {
      try inFolder { folder in
        let made = try Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
        #expect(made.status == 0)
        let data = ["--data", "\(folder)/schema.yaml", "--threads", "1"]
        let options = data + ["--model", "hard-sharing", "--epochs", "1"]
        let text = try Program.run(["train"] + options)
        let lines = text.output.split(separator: "\n")
        #expect(lines.dropFirst().first?.hasPrefix("click: ") == true, "\(text.output)")
        let json = try Program.run(["train", "--json"] + options)
        let first = try #require(json.output.split(separator: "\n").first)
        let event =
          try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any] ?? [:]
        let facts = event["facts"] as? [String: Any]
        #expect((facts?["tasks"] as? [[String: Any]])?.count == 5)
        let compared = try Program.run(
          ["compare", "--models", "linear", "--seeds", "1", "--no-gains", "--out", folder] + data)
        #expect(compared.errors.hasPrefix("note: click: "), "\(compared.errors)")
      }
    }
  }
}
