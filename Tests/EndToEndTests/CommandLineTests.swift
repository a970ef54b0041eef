import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// Exit codes and messages of the program without a screen.
  @Suite("Command line") struct CommandLineTests {
    @Test("files that are not there: the message says where they come from") func missingFiles()
      throws
    {
      let result = try Program.fail(["train", "--data", "census-income", "--path", "/nowhere"])
      #expect(result.status == 2)
      #expect(result.errors.contains("/nowhere"))
      #expect(result.errors.contains("archive.ics.uci.edu"))
    }

    @Test("a joined table that is not there: exit 2 and where it comes from") func missingTable()
      throws
    {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("join-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { _ = try? FileManager.default.removeItem(at: folder) }
      let header =
        "user_id,video_id,date,hourmin,is_click,is_like,long_view,play_time_ms,duration_ms,tab"
      try Data("\(header)\n1,2,20220501,0,1,0,1,5,6,1\n".utf8)
        .write(to: folder.appendingPathComponent("log_standard_4_22_to_5_08_pure.csv"))
      let result = try Program.fail(["train", "--data", "kuairand-pure", "--path", folder.path])
      #expect(result.status == 2)
      #expect(result.errors.contains("user_features_pure.csv: no such file"), "\(result.errors)")
      #expect(result.errors.contains("kuairand.com"))
    }

    @Test(
      "a wrong name: exit 2 and the near one",
      arguments: [
        (["--model", "mmeo"], "mmoe"), (["--data", "census-incom"], "census-income"),
        (["--set", "model.exprts=4"], "model.experts"),
      ])
    func wrongName(words: [String], near: String) throws {
      let data = try CensusFiles.shared.get().folder.path
      let given = words.contains("--data") ? [] : ["--data", "census-income"]
      let result = try Program.fail(["train", "--path", data] + given + words)
      #expect(result.status == 2)
      #expect(result.errors.contains("'\(near)'"), "\(result.errors)")
    }

    @Test(
      "a wrong command line: exit 64",
      arguments: [
        ["train", "--threads", "0"], ["train", "--no-such-flag"], ["train", "--at", "nonsense"],
        ["train", "--at", "-1:pause"], ["train", "--at", "5:paus"], ["train", "--at", "5:pause"],
        ["train", "--lr", "nan"], ["train", "--epochs", "many"], ["train", "--set", "experts=4"],
        ["bench", "--model", "mmoe"], ["bench", "--data", "sample", "--workload", "w1a"],
        ["bench", "--data", "sample", "--grow", "2"], ["bench", "--checkpoint", "--roofline"],
        ["bench", "--checkpoint", "--balancers", "all"],
        ["bench", "--data", "sample", "--batch", "0"],
        // Tables larger than any machine of today.
        ["bench", "--workload", "w2", "--grow", "1000"],
        ["explore", "--fps", "0"], ["explore", "--charset", "letters"], ["no-such-command"],
      ])
    func wrongCommandLine(words: [String]) throws {
      let result = try Program.fail(words)
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.hasPrefix("Error: "))
    }

    @Test("steps on the rows of the sample are timed") func benchOnData() throws {
      let result = try Program.run([
        "bench", "--data", "sample", "--model", "hard-sharing", "--set", "model.bottom=16",
        "--batch", "128", "--seconds", "0.1", "--json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let found = try #require(object as? [String: Any])
      #expect(found["workload"] as? String == "synthetic-sample hard-sharing")
      let median = try #require(found["step_ms_p50"] as? Double)
      let speed = try #require(found["examples_per_second"] as? Double)
      // Both tell the same speed, though over windows and over steps.
      #expect(median > 0 && speed > 0 && speed * median / 1e3 < 4 * 128)
      #expect((found["flops_per_step"] as? Double ?? 0) > 0)
    }

    @Test(
      "what cannot be timed: exit 2 and why",
      arguments: [
        (["--data", "sampel"], "'sample'"), (["--data", "sample", "--model", "mmeo"], "'mmoe'"),
        (["--data", "sample", "--model", "linear"], "takes no training steps"),
        (["--data", "census-income"], "no --path"),
        (["--data", "sample", "--set", "model.exprts=4"], "model.experts"),
      ])
    func benchOnNothing(words: [String], part: String) throws {
      let result = try Program.fail(["bench"] + words)
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("mtl-tui: ") && result.errors.contains(part))
      #expect(result.output.isEmpty)
    }

    @Test("a rule that there is not: the message names those there are") func wrongRule() throws {
      let result = try Program.fail(["train", "--optimizer", "adm"])
      #expect(result.status == 64)
      #expect(
        result.errors.contains(
          "--optimizer must be adam, adamw, adagrad, rmsprop, sgd, lamb or projected-adagrad, "
            + "found 'adm'."),
        "\(result.errors)")
    }

    @Test("spoilt files: exit 2, one message with the place", arguments: Spoil.allCases)
    func spoiltFile(spoil: Spoil) throws {
      let files = try CensusFiles(trainingRows: 200, testRows: 40, change: spoil.change)
      defer { files.remove() }
      try spoil.finish(files.folder)
      let result = try Program.fail(
        ["train", "--data", "census-income", "--path", files.folder.path, "--epochs", "1"])
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("mtl-tui: "))
      #expect(result.errors.components(separatedBy: "mtl-tui: ").count == 2, "one message")
      for part in spoil.parts {
        #expect(result.errors.contains(part), "\(result.errors)")
      }
    }

    @Test("the list of models as JSON") func models() throws {
      let result = try Program.run(["models", "--json"])
      #expect(result.status == 0)
      let list = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let models = try #require(list as? [[String: Any]])
      let names = models.compactMap { $0["name"] as? String }
      #expect(
        Set(["linear", "single-task", "hard-sharing", "omoe", "mmoe", "esmm"]).isSubset(of: names))
      for model in models { #expect(model["paper"] is String && model["options"] is [String: Any]) }
    }

    @Test("the version") func version() throws {
      let result = try Program.run(["--version"])
      #expect(result.status == 0)
      #expect(result.output.split(separator: ".").count == 3)
    }

    @Test("a terminal is asked for") func noTerminal() throws {
      let data = try CensusFiles.shared.get().folder.path
      let result = try Program.fail(["explore", "--data", "census-income", "--path", data])
      #expect(result.status == 2)
      #expect(result.errors.contains("standard input is not one"))
      #expect(result.output.isEmpty)
    }
  }
}

/// A way in which a training file can be spoilt.
enum Spoil: String, CaseIterable, CustomTestStringConvertible {
  case emptyFile, shortRow, textInNumber, oneClass, escapes, cutGzip

  var testDescription: String { rawValue }

  func change(_ rows: inout [[String]]) {
    switch self {
    case .emptyFile: rows = []
    case .shortRow: rows[6].removeLast(3)
    case .textInNumber: rows[9][0] = "old"
    case .oneClass: for row in rows.indices { rows[row][41] = "- 50000." }
    case .escapes: rows[4][5] = "\u{1B}[2J\u{7}"
    case .cutGzip: break
    }
  }

  /// What is done to the written file.
  func finish(_ folder: URL) throws {
    guard self == .cutGzip else { return }
    let file = folder.appendingPathComponent("census-income.data")
    _ = try CommandRun("/bin/sh", ["-c", "gzip -9 '\(file.path)'"])
    let packed = file.appendingPathExtension("gz")
    let bytes = try Data(contentsOf: packed)
    try bytes.prefix(bytes.count / 2).write(to: packed)
  }

  /// What the message must hold.
  var parts: [String] {
    switch self {
    case .emptyFile: ["census-income.data", "empty"]
    case .shortRow: ["census-income.data", "7", "39", "42"]
    case .textInNumber: ["census-income.data", "10", "age", "old"]
    case .oneClass: ["income"]
    case .escapes: ["census-income.data", "5", "wage_per_hour"]
    case .cutGzip: ["census-income.data.gz"]
    }
  }
}
