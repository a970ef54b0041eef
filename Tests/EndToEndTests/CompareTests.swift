import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// `mtl-tui compare` from start to end.
  @Suite("Comparing") struct CompareTests {
    private let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("compare-\(UUID().uuidString)").path

    private func arguments(_ more: String...) throws -> [String] {
      let data = try CensusFiles.shared.get().folder.path
      return [
        "compare", "--data", "census-income", "--path", data, "--out", folder, "--batch", "256",
        "--embedding", "4",
      ] + more
    }

    private func document(_ text: String) throws -> [String: Any] {
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
      return try #require(object as? [String: Any])
    }

    private func rows(_ document: [String: Any]) throws -> [[String: Any]] {
      try #require(document["rows"] as? [[String: Any]])
    }

    @Test("two models, two seeds: the table; again: nothing is run, the same table")
    func twice() throws {
      defer { _ = try? FileManager.default.removeItem(atPath: folder) }
      let words = try arguments(
        "--models", "hard-sharing,mmoe", "--seeds", "2", "--epochs", "1", "--set",
        "mmoe.experts=2", "--runs", folder + "/kept", "--json")
      let first = try Program.run(words)
      #expect(first.status == 0, "\(first.errors)")
      // What the data are comes first.
      let facts = String(
        first.errors.prefix(
          upTo: try #require(first.errors.firstRange(of: "7 runs\n")).lowerBound))
      #expect(facts.hasPrefix("note: income: ") && facts.contains("\nnote: never_married: "))
      #expect(facts.split(separator: "\n").allSatisfy { $0.hasPrefix("note: ") })
      #expect(first.errors.contains("\n7 runs\n1/7  Linear"), "\(first.errors)")
      let found = try document(first.output)
      let rows = try rows(found)
      #expect(
        rows.compactMap { $0["model"] as? String } == [
          "linear", "single-task", "hard-sharing", "mmoe",
        ])
      #expect(rows.compactMap { $0["runs_finished"] as? Int } == [1, 2, 2, 2])
      #expect(rows[3]["options"] as? [String: String] == ["experts": "2"])
      for row in rows {
        let tasks = try #require(row["tasks"] as? [String: [String: Any]])
        #expect(Set(tasks.keys) == ["income", "never_married"])
        let isReference = row["model"] as? String == "single-task"
        for task in tasks.values {
          #expect(task["mean"] is Double && (task["gain"] is Double) != isReference)
        }
      }
      #expect(found["complete"] as? Bool == true && found["interrupted"] as? Bool == false)
      let second = try Program.run(words)
      #expect(second.status == 0 && second.output == first.output)
      #expect(second.errors == facts + "7 runs, 7 of them done earlier and not run again\n")
      try expectKept(first.errors, rows)
      let markdown = try Program.run(words.dropLast() + ["--markdown"])
      #expect(markdown.status == 0 && markdown.output.hasPrefix("| model | income AUC | 95 % by "))
      let text = try Program.run(Array(words.dropLast()))
      #expect(text.output.hasPrefix("census-income: test rows, seeds 1–2\n\nmodel"))
      #expect(text.output.contains("with 2 seeds a test finds only large differences"))
    }

    /// The seven runs stand in the list under the tag that was said, and are tested by pairs of seeds.
    private func expectKept(_ said: String, _ rows: [[String: Any]]) throws {
      let words = try #require(said.split(separator: "\n").first { $0.contains("with the tag ") })
      let tag = String(try #require(words.split(separator: " ").last))
      let place = ["--tag", tag, "--in", folder + "/kept", "--json"]
      let listed = try Program.run(["runs", "list"] + place).output
      let runs = try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]]
      #expect(
        runs?.count == 7 && runs?.allSatisfy { $0["state"] as? String != "interrupted" } == true)
      let compared = try document(try Program.run(["runs", "compare"] + place).output)
      let table = try #require(compared["table"] as? [String: Any])
      let again = try self.rows(table)
      let models = ["linear", "single-task", "hard-sharing", "mmoe"]
      #expect(again.compactMap { $0["model"] as? String } == models)
      for (row, kept) in zip(rows, again) {
        let (tasks, other) = (row["tasks"] as? [String: [String: Any]], kept["tasks"])
        let test = (other as? [String: [String: Any]])?["income"]
        #expect(test?["values"] as? [Double] == tasks?["income"]?["values"] as? [Double])
        let isFirst = kept["model"] as? String == models[0]
        #expect((test?["test"] as? [String: Any])?["pairs"] as? Int == (isFirst ? nil : 2))
      }
    }

    @Test("Ctrl-C: the partial table and exit 130; then the rest, past a torn line")
    func interrupted() throws {
      defer { _ = try? FileManager.default.removeItem(atPath: folder) }
      let file = folder + "/runs.jsonl"
      let options = ["--models", "mmoe", "--no-gains", "--json", "--set", "mmoe.experts=2"]
      let endless = ["--seeds", "1", "--epochs", "100000", "--patience", "0"]
      let result = try Program.run(arguments() + options + endless) { process, _ in
        let deadline = Date(timeIntervalSinceNow: Robot.patience)
        func lines() -> Int {
          let data = FileManager.default.contents(atPath: file) ?? Data()
          return data.count { $0 == UInt8(ascii: "\n") }
        }
        while lines() < 1 {
          try #require(process.isRunning && Date() < deadline, "linear did not end")
          Thread.sleep(forTimeInterval: 0.03)
        }
        process.interrupt()
      }
      #expect(result.status == 130, "\(result.errors)")
      #expect(result.errors.contains("interrupted; the same command goes on"))
      let partial = try document(result.output)
      #expect(partial["interrupted"] as? Bool == true && partial["complete"] as? Bool == false)
      #expect(try rows(partial).compactMap { $0["runs_finished"] as? Int } == [1, 0])
      let handle = try #require(FileHandle(forWritingAtPath: file))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(#"{"version":1,"#.utf8))
      try handle.close()
      let rest = try Program.run(
        arguments() + options + ["--seeds", "2", "--epochs", "1"])
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(rest.errors.contains("line 2 is no whole record and is left out"))
      #expect(rest.errors.contains("3 runs, 1 of them done earlier"))
      #expect(try rows(document(rest.output)).compactMap { $0["runs_finished"] as? Int } == [1, 2])
    }

    @Test(
      "a wrong command line: exit 64",
      arguments: [
        ["--seeds", "0"], ["--models", ""], ["--models", "mmoe,mmoe"], ["--models", "mmoe,,ple"],
        ["--json", "--markdown"], ["--no-save", "--runs", "x"], ["--set", "experts=4"],
        ["--set", "ple.experts=4"],
        ["--lr", "0"], ["--out", ""], ["--seed-start", "18446744073709551615"],
        ["--no-gains", "--set", "single-task.tower=4"],
      ])
    func wrongCommandLine(words: [String]) throws {
      let result = try Program.fail(["compare"] + words)
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.output.isEmpty && result.errors.hasPrefix("Error: "))
    }

    @Test(
      "wrong names and places: exit 2 and why",
      arguments: [
        (["--models", "mmeo"], "'mmoe'"), (["--set", "mmoe.exprts=4"], "model.experts"),
        (["--data", "sampel"], "'sample'"), (["--data", "census-income"], "no --path"),
        (["--data", "census-income", "--path", "/nowhere"], "/nowhere"),
        (["--out", "/dev/null/results"], "results cannot be kept here"),
      ])
    func wrongNames(words: [String], part: String) throws {
      defer { _ = try? FileManager.default.removeItem(atPath: folder) }
      let out = words.contains("--out") ? [] : ["--out", folder]
      let result = try Program.fail(["compare"] + out + words)
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.hasPrefix("mtl-tui: ") && result.errors.contains(part))
      #expect(result.output.isEmpty)
    }

    @Test("the study of task correlation: a table and a plot; wrong words: exit 64")
    func study() throws {
      defer { _ = try? FileManager.default.removeItem(atPath: folder) }
      let result = try Program.run([
        "study", "correlation", "--correlations", "0,1", "--seeds", "1", "--rows", "400",
        "--epochs", "1", "--out", folder,
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\nHard sharing  "))
      #expect(result.output.contains("A Hard sharing   B OMoE   C MMoE"))
      for words in [["--correlations", "0,2"], ["--correlations", "1,1"], ["--seeds", "0"]] {
        let wrong = try Program.fail(["study", "correlation"] + words)
        #expect(wrong.status == 64 && wrong.output.isEmpty, "\(wrong.errors)")
      }
    }
  }
}
