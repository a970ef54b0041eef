import ArgumentParser
import Foundation
import Models
import Objectives
import Runs
import Store
import Testing
import Training

@testable import mtl_tui

@Suite("--config and --print-config") struct ConfigurationCommandTests {
  private func file(_ text: String) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("configuration-\(UUID().uuidString).yaml")
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func merged(_ words: String...) throws -> SourcedConfiguration {
    try RunOptions.parse(words).plan().merged()
  }

  @Test("a flag goes before the file, the file before advice, advice before what is built in")
  func order() throws {
    let path = try file("model: ple\nlr: 0.25\nbatch: 64\nmodel.levels: 3\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let merged = try merged("--config", path, "--batch", "32", "--set", "optimizer.beta1=0.5")
    let configuration = merged.configuration
    #expect(configuration.model == "ple" && configuration.modelOptions == ["levels": "3"])
    #expect(
      configuration.learningRate == 0.25 && merged.source(of: "lr").description == "\(path):2")
    #expect(configuration.batchSize == 32 && merged.source(of: "batch") == .flag("--batch"))
    #expect(configuration.optimizer.rule == .adam(beta1: 0.5))
    #expect(merged.source(of: "optimizer") == .advice("sample"))
    #expect(configuration.epochs == 8 && merged.source(of: "epochs") == .builtIn)
    let plain = try self.merged("--data", "sample")
    #expect(plain.configuration.modelOptions == ["experts": "4"])
    #expect(plain.source(of: "model.experts") == .advice("mmoe on sample"))
  }

  @Test(
    "what is printed is read back to the same run",
    arguments: [
      [], ["--model", "linear"], ["--data", "census-income", "--path", "/tmp/a b: c"],
      [
        "--model", "ple", "--balancer", "metabalance", "--set", "balancer.relax=0.25", "--set",
        "model.levels=3", "--at", "50:balancer=pcgrad", "--at", "60:task click off", "--keep",
        "click:auc", "--clip", "2", "--optimizer", "adagrad", "--seed", "18446744073709551615",
        "--group", "user", "--evaluate-every", "7", "--weight-decay", "1e-7", "--threads", "3",
      ],
      ["--set", "label-smoothing=0.05"], ["--set", "model.experts=8"],
      ["--set", "dropout=0.25"],
      ["--optimizer", "sgd", "--lr", "0.3"],
    ])
  func roundTrip(words: [String]) throws {
    var merged = try RunOptions.parse(words).plan().merged()
    merged.configuration.data = merged.configuration.data.located()
    let text = merged.printed()
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var back = try RunOptions.parse(["--config", path]).plan().merged()
    back.configuration.data = back.configuration.data.located()
    #expect(back.configuration == merged.configuration)
    #expect(back.configuration.runHash == merged.configuration.runHash)
    #expect(text.contains("hash \(merged.configuration.runHash)"))
    func values(_ text: String) -> [String] {
      text.split(separator: "\n").map { line in
        String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
      }
    }
    #expect(values(back.printed()) == values(text), "all values, though others say where from")
  }

  @Test("Nesterov's look ahead without a momentum is refused") func nesterov() throws {
    let words = ["--optimizer", "sgd", "--set", "optimizer.nesterov=true"]
    #expect(throws: Failure.self) { try RunOptions.parse(words).plan().merged() }
    let more = words + ["--set", "optimizer.momentum=0.5"]
    let rule = try RunOptions.parse(more).plan().merged().configuration.optimizer.rule
    #expect(rule == .gradientDescent(momentum: 0.5, isNesterov: true))
  }

  @Test("a choice that is the default is no other run") func defaults() throws {
    let plain = try merged("--data", "census-income", "--path", "/x").configuration
    let said = try merged(
      "--data", "census-income", "--path", "/x", "--set", "model.experts=8", "--threads", "9"
    ).configuration
    #expect(said.runHash == plain.runHash)
    let other = try merged(
      "--data", "census-income", "--path", "/x", "--set", "model.experts=7"
    ).configuration
    #expect(other.runHash != plain.runHash)
    // A fitted model takes no steps: rates and seeds are nothing to it.
    let linear = try merged("--model", "linear").configuration
    #expect(try merged("--model", "linear", "--lr", "3").configuration.runHash == linear.runHash)
    #expect(linear.runHash != plain.runHash)
  }

  /// The defaults as text are the defaults: else a run that is printed and read back would be another.
  @Test("every model and balancer takes its defaults written out") func writtenOut() throws {
    for entry in ModelRegistry.entries {
      var configuration = RunConfiguration()
      configuration.model = entry.name
      let completed = configuration.completed
      #expect(completed.modelOptions.count == entry.options.count)
      #expect(throws: Never.self, "\(entry.name)") {
        try ModelRegistry.check(completed.modelOptions, of: entry.name)
      }
      #expect(completed.reduced == configuration, "\(entry.name)")
    }
    for entry in BalancerRegistry.entries {
      var configuration = RunConfiguration()
      configuration.balancer = BalancerSetting(entry.about.name)
      let completed = configuration.completed
      #expect(completed.balancer.options.count == entry.options.count)
      #expect(RunConfiguration.problem(with: completed.balancer) == nil, "\(entry.about.name)")
      #expect(completed.reduced == configuration, "\(entry.about.name)")
    }
  }

  @Test(
    "what is wrong in a file is said with its line",
    arguments: [
      ("epochs: 3\nmodel: mmeo", ":2: model: no model 'mmeo'."),
      ("model.exprts: 3", ":1: model.exprts: mmoe has no option 'exprts'."),
      ("model.experts: x", ":1: model.experts: mmoe cannot"),
      ("balancer: pcgard", ":1: balancer: no balancer 'pcgard'."),
      ("balancer: famo\nbalancer.rat: 1", ":2: balancer.rat: famo has no option 'rat'."),
      ("lr: 0", ":1: 'lr' must be a number above 0."), ("lerning: 1", ":1: unknown key 'lerning'."),
      (
        "optimizer: adam\nschedule.minimum: 0.1",
        """
        :2: schedule 'constant' has no 'schedule.minimum'.
          found: schedule.minimum
          fix:   leave it out, or take schedule cosine or one-cycle, which have it
        """
      ),
      (
        "optimizer: adam\noptimizer.momentum: 0.1",
        ":2: optimizer 'adam' has no 'optimizer.momentum'."
      ),
      ("schedule: cosine\nschedule.minimun: 0.1", ":2: unknown key 'schedule.minimun'."),
      ("- a", ":1: a configuration is keys with values."),
    ])
  func errors(text: String, words: String) throws {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let failure = #expect(throws: Failure.self) { try merged("--config", path) }
    #expect(failure?.message.hasPrefix(path + words) == true, "\(failure?.message ?? "")")
    #expect(failure?.message.contains("\n  fix:   ") == true && failure?.exitCode == 2)
  }

  @Test("data that a file names and that are not there are said with its line") func data() throws {
    let path = try file("\ndata: smaple\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let found = try merged("--config", path)
    let failure = #expect(throws: Failure.self) { try DataChoice(found) }
    #expect(
      failure?.message.hasPrefix("\(path):2: data: smaple: no such data set") == true,
      "\(failure?.message ?? "")")
  }

  @Test("data of a study's run are said to be the study's, which goes on with it") func study() {
    let failure = #expect(throws: Failure.self) {
      try DataChoice(CorrelationCommand.dataName, path: nil, threads: 1)
    }
    let words = failure?.message ?? ""
    #expect(words.hasPrefix("--data correlated-tasks: these rows are made by mtl-tui study"))
    #expect(words.contains("cannot be resumed, replayed, evaluated") && failure?.exitCode == 2)
    #expect(CorrelationCommand.helpMessage(columns: 1_000).contains("cannot be resumed, replayed"))
  }

  @Test("every flag of training is a key, and is said") func flags() throws {
    let words = [
      "--epochs", "3", "--batch", "4", "--lr", "0.5", "--warm-up", "6", "--threads", "7",
      "--embedding", "9", "--patience", "1", "--evaluate-every", "11", "--keep", "last", "--clip",
      "13", "--weight-decay", "0.5", "--optimizer", "sgd", "--tables", "dense",
      "--schedule", "cosine", "--stop", "click:auc", "--time", "90s", "--accumulate",
      "2", "--window", "4096",
    ]
    let options = try TrainingOptions.parse(words)
    let said = Set(options.layer.entries.map(\.name))
    #expect(said == Set(words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }))
    #expect(options.layer.entries.count == Mirror(reflecting: options).children.count)
    for entry in options.layer.entries {
      #expect(ConfigurationKey.named(entry.name) != nil, "\(entry.name)")
    }
    for words in [
      ["--batch", "0"], ["--lr", "nan"], ["--tables", "x"], ["--keep", "best"], ["--window", "0"],
    ] {
      #expect(throws: (any Error).self, "\(words)") { try TrainingOptions.parse(words) }
    }
  }
}

@Suite("The configuration of a comparison") struct ComparisonWishesTests {
  private func wishes(_ words: [String], file: String = "") throws -> ComparisonWishes {
    try ComparisonWishes(
      try CompareCommand.parse(words), file: ConfigurationFile.layer(file, path: "run.yaml"))
  }

  @Test("what is printed is what is run, row by row") func printed() throws {
    let wishes = try wishes(
      [
        "--models", "mmoe,ple", "--balancers", "equal,metabalance", "--seeds", "3", "--set",
        "ple.levels=3", "--set", "metabalance.relax=0.25", "--lr", "0.5",
      ])
    let plan = try wishes.plan()
    let documents = try wishes.printed(plan).components(separatedBy: "\n---\n")
    let runs = try plan.runs.filter { $0.seed == nil || $0.seed == 1 }
    #expect(documents.count == runs.count && runs.count == 6)
    for (text, run) in zip(documents, runs) {
      let back = try ConfigurationFile.configuration(text, path: "run.yaml").reduced
      let configuration = plan.configuration(of: run)
      #expect(back.runHash == configuration.runHash, "\(run)")
      #expect(text.contains("hash \(configuration.runHash)"))
      #expect(back.model == run.model.name && back.learningRate == 0.5)
    }
    #expect(documents[5].contains("model.levels: 3                 # --set ple.levels"))
    #expect(documents[5].contains("balancer.relax: 0.25            # --set metabalance.relax"))
    #expect(documents[5].contains("balancer: metabalance           # --balancers"))
  }

  @Test("a file names the model, the balancer and the first seed, unless flags do")
  func file() throws {
    let text =
      "model: ple\nmodel.levels: 3\nbalancer: famo\nbalancer.rate: 0.5\nseed: 7\nlr: 0.25\n"
    let said = try wishes(["--seeds", "2"], file: text)
    #expect(said.models == ["ple"] && said.balancers == ["famo"] && said.seeds == [7, 8])
    #expect(said.options == ["ple": ["levels": "3"], "famo": ["rate": "0.5"]])
    let ple = try #require(try said.plan().runs.last)
    let configuration = try said.plan().configuration(of: ple)
    #expect(configuration.modelOptions["levels"] == "3" && configuration.learningRate == 0.25)
    #expect(configuration.balancer == BalancerSetting("famo", options: ["rate": "0.5"]))
    let other = try wishes(
      ["--models", "mmoe", "--balancers", "pcgrad", "--seed-start", "3", "--lr", "0.5"], file: text)
    #expect(other.models == ["mmoe"] && other.balancers == ["pcgrad"] && other.seeds.first == 3)
    #expect(try other.merged().configuration.learningRate == 0.5)
    let none = try wishes([])
    #expect(none.models == ["hard-sharing", "mmoe"] && none.seeds == [1, 2, 3, 4, 5])
  }

  @Test("what is of one run alone, and what is wrong, is refused with its line") func refused() {
    for (text, words) in [
      ("at: 5:evaluate", "run.yaml:1: 'at' is for one run; a comparison has no commands."),
      ("lr: 1\nmodel.levels: x", "run.yaml:2: model.levels:"),
      ("batch: 0", "run.yaml:1: 'batch' must be a whole number from 1 to 1048576."),
    ] {
      let failure = #expect(throws: Failure.self) { try wishes([], file: text).merged() }
      #expect(failure?.message.hasPrefix(words) == true, "\(failure?.message ?? "")")
    }
  }
}

@Suite("--set label-smoothing") struct LabelSmoothingOptionTests {
  @Test("it is taken, and its range is said") func taken() throws {
    let words = ["--data", "sample", "--set", "label-smoothing=0.05"]
    let configuration = try RunOptions.parse(words).plan().merged().configuration
    #expect(configuration.labelSmoothing == 0.05)
    for value in ["0.6", "-0.1", "x"] {
      let error = #expect(throws: (any Error).self) {
        _ = try RunOptions.parse(["--set", "label-smoothing=\(value)"])
      }
      let words = error.map { RunOptions.message(for: $0) } ?? ""
      #expect(words.contains("label-smoothing must be a number from 0 to 0.5, found \(value)."))
    }
    for text in ["label-smoothing", "lr=0.5", "smoothing=0.1"] {
      #expect(throws: (any Error).self) { _ = try RunOptions.parse(["--set", text]) }
    }
  }
}
