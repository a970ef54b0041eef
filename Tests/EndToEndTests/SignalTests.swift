import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Signals to the program without a screen.
  @Suite("Signals") struct SignalTests {
    /// Starts an endless run, waits for a part of its output, and sends a signal.
    private func end(
      _ arguments: [String], after part: String, by number: Int32, inErrors: Bool = false
    ) throws -> CommandRun {
      try Program.run(arguments) { process, output in
        let deadline = Date(timeIntervalSinceNow: Robot.patience)
        while !output().contains(part) {
          try #require(process.isRunning && Date() < deadline, "\(part) did not come")
          Thread.sleep(forTimeInterval: 0.01)
        }
        kill(process.processIdentifier, number)
      }
    }

    /// A small made log: the sample takes a while to make.
    private static let data: String = {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("signals-\(UUID().uuidString)").path
      let made = try? Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
      return made?.status == 0 ? folder + "/schema.yaml" : "no data were made"
    }()

    private static let endless = [
      "--data", data, "--epochs", "100000", "--patience", "0", "--evaluate-every", "5",
    ]

    @Test(
      "train ends after the step, with the results so far",
      arguments: [(SIGINT, 0), (SIGTERM, 143), (SIGHUP, 129), (SIGXCPU, 152)] as [(Int32, Int32)])
    func train(number: Int32, status: Int32) throws {
      let result = try end(
        ["train", "--json", "--at", "900000:task.off=click", "--at", "2:lr.factor=0.5"]
          + Self.endless, after: "\"evaluation\"", by: number)
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.isEmpty)
      let last = try #require(result.output.split(separator: "\n").last)
      #expect(last.hasPrefix(#"{"event":"finished","reason":"stopped","#))
      #expect(last.contains("\"test\":{\"click\""))
      #expect(result.output.contains("--at 900000:task.off=click was not reached: the run ended"))
      #expect(!result.output.contains("--at 2:lr.factor=0.5 was not reached"))
    }

    @Test(
      "compare ends after the step, with the rows so far",
      arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func compare(number: Int32, status: Int32) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("signals-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let arguments =
        ["compare", "--models", "hard-sharing", "--seeds", "1", "--no-gains", "--json", "--out"]
        + [folder, "--set", "linear.iterations=2"] + Self.endless
      let result = try Program.run(arguments) { process, _ in
        let deadline = Date(timeIntervalSinceNow: Robot.patience)
        // The first run, linear, is in the file: the endless one goes on.
        while (FileManager.default.contents(atPath: folder + "/runs.jsonl") ?? Data()).isEmpty {
          try #require(process.isRunning && Date() < deadline, "no run ended")
          Thread.sleep(forTimeInterval: 0.01)
        }
        kill(process.processIdentifier, number)
      }
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.contains("interrupted; the same command goes on"))
      #expect(result.output.contains(#""interrupted":true"#))
      #expect(result.output.contains(#""runs_finished":1"#))
    }

    @Test("what is ignored stays ignored, as under nohup") func nohup() throws {
      let words = (["train"] + Self.endless).joined(separator: " ")
      let result = try CommandRun(
        "/bin/sh",
        [
          "-c",
          """
          trap '' HUP; '\(Program.path)' \(words) & child=$!
          sleep 0.4; kill -HUP $child; sleep 0.2; kill -TERM $child; wait $child; echo $?
          """,
        ])
      #expect(result.output.hasSuffix("143\n"), "\(result.output.suffix(300))")
    }

    @Test(
      "names that the run has not: exit 2 before the first step, with the near one",
      arguments: [
        ("5:task.off=clik", "'click'"), ("5:task.weight=wach:2", "'watch'"),
        ("5:dial=temprature:2", "'temperature'"), ("5:dial=temperature:1000", "takes numbers from"),
        ("5:expert.without=8", "experts 0 to 7"),
      ])
    func names(command: String, part: String) throws {
      let result = try Program.fail(
        ["train", "--data", Self.data, "--epochs", "1", "--at", command])
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("mtl-tui: --at 5:"), "\(result.errors)")
      #expect(result.errors.contains(part), "\(result.errors)")
      #expect(result.output.isEmpty)
    }

    @Test("a negative number is a value: out of range, not missing")
    func negative() throws {
      for (words, part) in [
        (["train", "--lr", "-1"], "--lr must be a number above 0, found -1.0."),
        (["train", "--epochs", "-3"], "--epochs must be from 1 to 100000, found -3."),
        (["train", "--clip", "-.5"], "--clip must be a number above 0, found -0.5."),
        (["study", "correlation", "--correlations", "-2,0"], "found '-2,0'"),
        (["explore", "--pace", "-1"], "--pace must be 0, or from 0.001"),
        (["train", "--seed", "-1"], "'-1' is invalid for '--seed <seed>'"),
      ] {
        let result = try Program.fail(words)
        #expect(result.status == 64 && result.errors.contains(part), "\(result.errors)")
      }
    }

    @Test("words come back harmless", arguments: ["--no\u{1B}[2J", "a\u{202E}b\u{9B}c"])
    func harmless(word: String) throws {
      for words in [
        ["train", word], ["train", "--data", word], ["train", "--model", word],
        ["train", "--set", word], ["train", "--at", word], ["train", "--epochs", word],
        ["compare", "--models", word], ["compare", "--set", word], ["study", word],
        ["bench", "--workload", word], ["data", "generate", "--preset", word, "--out", "x"], [word],
        ["train", "--set", "model.\(word)=1"],
        ["train", "--data", Self.data, "--at", "5:task.off=\(word)"],
      ] {
        let result = try Program.fail(words)
        #expect([2, 64].contains(result.status), "\(words)")
        #expect(!result.errors.isEmpty)
        #expect(
          !result.errors.unicodeScalars.contains {
            "\u{1B}\u{202E}\u{9B}".unicodeScalars.contains($0)
          })
      }
    }

    @Test("nothing of a file that is no schema is printed", arguments: ["train", "compare"])
    func secrets(command: String) throws {
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("secret-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      for text in [
        "root:hunter2:19:0:99999\nbin:hunter2:1:2\n", "root: hunter2\n", "hunter2: [\n",
        "- hunter2\n- b\n", "hunter2\n", "hunter2: 1\nhunter2: 2\n", "\thunter2: x\n",
      ] {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        let result = try Program.fail([command, "--data", path])
        #expect(result.status == 2 && result.errors.contains(path))
        #expect(!result.errors.contains("hunter2"), "\(result.errors)")
      }
      // Of a schema the line at fault is quoted.
      try "name: a\nfiles: {all: log.csv}\nhunter2: 1\n".write(
        toFile: path, atomically: false, encoding: .utf8)
      #expect(try Program.fail([command, "--data", path]).errors.contains("hunter2"))
    }
  }
}
