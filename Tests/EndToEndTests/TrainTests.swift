import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// `mtl-tui train` from start to end.
  @Suite("Training without a screen") struct TrainTests {
    private func arguments(_ more: String...) throws -> [String] {
      let data = try CensusFiles.shared.get().folder.path
      return ["train", "--data", "census-income", "--path", data, "--batch", "256"] + more
    }

    private func events(_ text: String) throws -> [[String: Any]] {
      try text.split(separator: "\n").map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(object as? [String: Any])
      }
    }

    @Test("a task's name reaches the terminal as text, in the lines of a search too")
    func namesAreText() throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("names-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let made = try Program.run(
        ["data", "generate", "--preset", "tiny", "--seed", "1", "--out", folder])
      #expect(made.status == 0)
      let path = folder + "/schema.yaml"
      let schema = try String(contentsOfFile: path, encoding: .utf8)
      let spoilt = schema.replacingOccurrences(of: "  click: ", with: "  \"cl\\e[41mick\": ")
      #expect(spoilt != schema)
      try spoilt.write(toFile: path, atomically: true, encoding: .utf8)
      let result = try Program.run(
        [
          "train", "--data", path, "--path", folder, "--model", "csrec", "--epochs", "1", "--set",
          "model.rounds=1", "--set", "model.form=difference", "--set", "model.cap=0.01",
        ])
      #expect(result.status == 0 && result.output.contains("pruning cl"))
      #expect(result.output.contains("has run away to the cap"))
      #expect(!result.output.contains("\u{1B}"))
    }

    @Test("--json prints one object a line, from prepared to finished") func json() throws {
      let result = try Program.run(
        arguments(
          "--epochs", "2", "--json", "--at", "5:task.off=income", "--at", "9:task.on=income")
      )
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      let all = try events(result.output)
      let names = all.compactMap { $0["event"] as? String }
      #expect(names.first == "prepared" && names.last == "finished")
      #expect(names.filter { $0 == "command" }.count == 2)
      let epochs = all.filter { $0["event"] as? String == "epoch" }
      #expect(epochs.count == 2)
      for epoch in epochs { #expect((epoch["examples_per_second"] as? Double ?? 0) > 0) }
      let commands = all.filter { $0["event"] as? String == "command" }
      #expect(commands.map { $0["step"] as? Int } == [5, 9])
      let evaluation = try #require(all.first { $0["event"] as? String == "evaluation" })
      #expect(evaluation["split"] as? String == "validation")
      let tasks = try #require(evaluation["tasks"] as? [String: [String: Any]])
      #expect(Set(tasks.keys) == ["income", "never_married"])
      for scores in tasks.values {
        #expect(
          Set(["auc", "logloss", "ne", "predicted_over_observed", "ece"]).isSubset(of: scores.keys))
      }
      let last = try #require(all.last)
      let test = try #require(last["test"] as? [String: [String: Any]])
      let auc = try #require(test["never_married"]?["auc"] as? Double)
      #expect(auc > 0.6, "there is a signal in the data")
      let fingerprint = try #require(last["fingerprint"] as? String)
      #expect(fingerprint.count == 16 && UInt64(fingerprint, radix: 16) != nil)
      for name in ["examples_per_second", "parameters"] {
        #expect((last[name] as? Double ?? 0) > 0)
      }
    }

    @Test("--optimizer chooses the rule") func optimizer() throws {
      let prints = try ["adam", "adagrad", "sgd"].map { name in
        let result = try Program.run(
          arguments("--epochs", "1", "--lr", "0.01", "--json", "--optimizer", name))
        #expect(result.status == 0, "\(name): \(result.errors)")
        return try #require(try events(result.output).last?["fingerprint"] as? String)
      }
      #expect(Set(prints).count == 3, "\(prints)")
    }

    @Test("an undefined number is null") func undefined() throws {
      // Two rows to test, of which one validates: an AUC needs both classes.
      let files = try CensusFiles(trainingRows: 300, testRows: 2)
      defer { files.remove() }
      let result = try Program.run([
        "train", "--data", "census-income", "--path", files.folder.path, "--epochs", "1", "--json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let evaluation = try #require(
        try events(result.output).first { $0["event"] as? String == "evaluation" })
      let tasks = try #require(evaluation["tasks"] as? [String: [String: Any]])
      for scores in tasks.values { #expect(scores["auc"] is NSNull) }
    }

    @Test("a loss that is no number: task, step and parameter, exit 1") func diverges() throws {
      let result = try Program.fail(["train", "--lr", "1e30"])
      #expect(result.status == 1)
      #expect(result.errors.contains("is NaN at step 1; "), "\(result.errors)")
      #expect(result.errors.contains("the largest parameter is 1"), "\(result.errors)")
      #expect(result.errors.contains("e+30, in "), "\(result.errors)")
    }

    @Test("a rule of --keep that cannot be followed: exit 64 or 2, with the near name")
    func keepRules() throws {
      let form = try Program.fail(["train", "--keep", "click:acu"])
      #expect(form.status == 64 && form.errors.contains("did you mean 'auc'?"), "\(form.errors)")
      let task = try Program.fail(["train", "--keep", "clik:auc"])
      #expect(task.status == 2 && task.errors.contains("did you mean 'click'?"), "\(task.errors)")
      let group = try Program.fail(["train", "--group", "usr", "--epochs", "1"])
      #expect(group.status == 2 && group.errors.contains("did you mean --group user?"))
    }

    @Test("--group and --keep: scores within groups, and the step that they choose")
    func groups() throws {
      let result = try Program.run([
        "train", "--epochs", "1", "--evaluate-every", "100", "--group", "user", "--keep",
        "click:gauc", "--json",
      ])
      let all = try events(result.output)
      let first = try #require(all.first)
      #expect(first["keep"] as? String == "click:gauc" && first["group"] as? String == "user")
      let scores = all.filter { $0["split"] as? String == "validation" }
      let gaucs = try scores.map { event -> Double in
        let tasks = try #require(event["tasks"] as? [String: [String: Any]])
        return try #require(tasks["click"]?["gauc"] as? Double)
      }
      let best = try #require(gaucs.indices.max { gaucs[$0] < gaucs[$1] })
      #expect(gaucs.count == 3)
      #expect(all.last?["best_step"] as? Int == scores[best]["step"] as? Int)
    }

    @Test("Ctrl-C ends after the step, prints the results so far, exit 0") func interrupt() throws {
      let result = try Program.run(
        arguments("--epochs", "100000", "--patience", "0", "--json")
      ) { process, output in
        let deadline = Date(timeIntervalSinceNow: Robot.patience)
        while !output().contains("\"evaluation\"") {
          try #require(process.isRunning && Date() < deadline, "no evaluation came: \(output())")
          Thread.sleep(forTimeInterval: 0.03)
        }
        process.interrupt()
      }
      #expect(result.status == 0)
      let last = try #require(try events(result.output).last)
      #expect(last["event"] as? String == "finished")
      #expect((last["step"] as? Int ?? 0) > 0)
      #expect(last["test"] is [String: Any])
    }

    @Test("the same seed gives the same parameters, with one thread and two") func threads() throws
    {
      let prints = try ["1", "2", "2"].map { threads in
        let result = try Program.run(
          arguments("--epochs", "1", "--json", "--threads", threads, "--at", "4:task.off=income"))
        return try #require(try events(result.output).last?["fingerprint"] as? String)
      }
      #expect(Set(prints).count == 1, "\(prints)")
    }
  }
}
