import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// A model that was trained is used: `train`, then `predict` and `evaluate`.
  @Suite("Using a model") struct UsedModelTests {
    /// A made log and a run on it.
    private struct Trained {
      let folder: String
      let run: String
      let last: [String: Any]

      var schema: String { folder + "/data/schema.yaml" }
      var log: String { folder + "/data/log.csv" }
      var answers: String { folder + "/answers.csv" }

      func test(_ task: String, _ score: String) throws -> Double {
        let scores = try #require(last["test"] as? [String: [String: Any]])
        return try #require(scores[task]?[score] as? Double)
      }
    }

    private func withTrained(_ model: String, _ body: (Trained) throws -> Void) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("used-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let made = try Program.run(
        ["data", "generate", "--preset", "tiny", "--seed", "1", "--out", folder + "/data"])
      #expect(made.status == 0, "\(made.errors)")
      let result = try Program.run([
        "train", "--data", folder + "/data/schema.yaml", "--model", model, "--epochs", "2",
        "--batch", "128", "--json", "--out", folder + "/runs", "--predictions",
        folder + "/answers.csv",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder + "/runs")
        .filter { FileManager.default.fileExists(atPath: folder + "/runs/\($0)/run.json") }
      let line = try #require(result.output.split(separator: "\n").last)
      let last = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      try body(
        Trained(
          folder: folder, run: folder + "/runs/" + (try #require(runs.first)),
          last: try #require(last)))
    }

    private func rows(_ text: String) -> [[String]] {
      text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }

    /// The share of pairs in the right order, every pair looked at.
    private func area(_ pairs: [(label: Double, answer: Double)]) -> Double {
      let (ones, zeros) = (pairs.filter { $0.label == 1 }, pairs.filter { $0.label == 0 })
      let wins = ones.reduce(0.0) { sum, one in
        zeros.reduce(sum) {
          $0 + (one.answer > $1.answer ? 1 : one.answer == $1.answer ? 0.5 : 0)
        }
      }
      return wins / Double(ones.count * zeros.count)
    }

    @Test("answers of train, predict and evaluate are the same", arguments: ["mmoe", "linear"])
    func agree(model: String) throws {
      try withTrained(model) { trained in
        // The answers that train has written give the score that it has printed.
        let written = rows(try String(contentsOfFile: trained.answers, encoding: .utf8))
        #expect(written.first == ["row", "task", "label", "answer"])
        let clicks = written.dropFirst().filter { $0[1] == "click" }
        let pairs = clicks.compactMap { row -> (label: Double, answer: Double)? in
          guard let label = Double(row[2]), let answer = Double(row[3]) else { return nil }
          return (label, answer)
        }
        #expect(abs(area(pairs) - (try trained.test("click", "auc"))) < 1e-6)

        // So do those of predict, on the same rows.
        let predicted = try Program.run([
          "predict", trained.run, "--data", trained.schema, "--split", "test",
        ])
        #expect(predicted.status == 0, "\(predicted.errors)")
        let answers = rows(predicted.output)
        let column = try #require(answers.first?.firstIndex(of: "click"))
        #expect(answers.count == clicks.count + 1)
        for (found, expected) in zip(answers.dropFirst(), clicks) {
          let (a, b) = (try #require(Double(found[column])), try #require(Double(expected[3])))
          #expect(abs(a - b) < 1e-6)
        }

        let judged = try Program.run([
          "evaluate", trained.run, "--data", trained.schema, "--split", "test", "--json", "--by",
          "device",
        ])
        #expect(judged.status == 0, "\(judged.errors)")
        try expectScores(judged.output, trained)
      }
    }

    private func expectScores(_ text: String, _ trained: Trained) throws {
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let tasks = try #require(report["tasks"] as? [String: [String: Any]])
      for (task, scores) in tasks {
        for (name, value) in scores {
          guard let value = value as? Double, let expected = try? trained.test(task, name) else {
            continue
          }
          #expect(abs(value - expected) < 1e-6, "\(task) \(name)")
        }
      }
      let segments = try #require(report["segments"] as? [[String: Any]])
      let counts = segments.compactMap { $0["rows"] as? Int }
      #expect(counts.reduce(0, +) == report["rows"] as? Int && counts == counts.sorted(by: >))
      let bins = try #require(
        (report["calibration"] as? [String: [[String: Any]]])?["click"])
      #expect(bins.count == 10)
    }

    @Test("rows of any file: gzip, other columns, no labels, bad words")
    func files() throws {
      try withTrained("mmoe") { trained in
        let plain = try Program.run(["predict", trained.run, "--data", trained.log])
        #expect(plain.status == 0, "\(plain.errors)")
        let all = rows(try String(contentsOfFile: trained.log, encoding: .utf8))
        #expect(rows(plain.output).count == all.count)
        let place = try #require(all.first?.firstIndex(of: "click"))
        // Without the label, the columns the other way round, and one more.
        let other = trained.folder + "/other.csv"
        let text = all.map { row in
          (row.enumerated().filter { $0.offset != place }.map(\.element).reversed() + ["x"])
            .joined(separator: ",")
        }
        try (text.joined(separator: "\n") + "\n").write(
          toFile: other, atomically: true, encoding: .utf8)
        let again = try Program.run(["predict", trained.run, "--data", other])
        #expect(again.output == plain.output, "\(again.errors)")
        let refused = try Program.fail(["evaluate", trained.run, "--data", other])
        #expect(refused.status == 2 && refused.errors.contains("'click'"), "\(refused.errors)")

        let out = trained.folder + "/out.jsonl"
        let made = try Program.run(["predict", trained.run, "--data", other, "--out", out])
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == rows(plain.output).count - 1)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"click\":") })
        try expectRefusals(trained, out)
      }
    }

    private func expectRefusals(_ trained: Trained, _ out: String) throws {
      let occupied = try Program.fail(
        ["predict", trained.run, "--data", trained.log, "--out", out])
      #expect(occupied.status == 2 && occupied.errors.contains("--overwrite"))
      let format = try Program.fail(
        ["predict", trained.run, "--data", trained.log, "--format", "xml"])
      #expect(format.status == 64)
      let run = try Program.fail(["predict", trained.folder + "/data", "--data", trained.log])
      #expect(run.status == 2)
      let absent = try Program.fail(["predict", trained.run, "--data", trained.folder + "/no.csv"])
      #expect(absent.status == 2 && absent.errors.contains("no such file"))
      let by = try Program.fail(
        ["evaluate", trained.run, "--data", trained.schema, "--by", "devise"])
      #expect(by.status == 2 && by.errors.contains("did you mean 'device'?"))
    }
  }
}
