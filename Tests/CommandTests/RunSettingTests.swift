import Datasets
import Foundation
import Models
import Objectives
import Runs
import Tensors
import Testing
import Training

@testable import mtl_tui

@Suite("How another run is trained") struct RunSettingTests {
  private func configuration(
    _ settings: [String: String], of model: String = "mmoe", on data: String = "sample"
  ) throws -> RunConfiguration {
    try RunOptions.parse(["--data", data]).plan()
      .asking(for: StartRequest(model: model, settings: settings)).merged().configuration
  }

  @Test("every setting is taken") func taken() throws {
    let configuration = try configuration([
      "seed": "7", "lr": "0.003", "batch": "256", "epochs": "5", "patience": "0", "threads": "3",
      "optimizer": "sgd", "balancer": "pcgrad",
    ])
    #expect(configuration.balancer == BalancerSetting("pcgrad"))
    #expect(configuration.seed == 7 && configuration.learningRate == 0.003)
    #expect(configuration.batchSize == 256 && configuration.epochs == 5)
    #expect(configuration.patience == 0 && configuration.threads == 3)
    #expect(configuration.optimizer.rule == .sgd)
    for setting in RunSetting.allCases where setting != .pin {
      let shown = setting.option(in: configuration).defaultValue
      let other = try self.configuration([setting.rawValue: shown])
      #expect(setting.option(in: other).defaultValue == shown, "\(setting)")
    }
  }

  /// What a form leaves out is as the flags say; what it says holds for its run alone.
  @Test("threads may be measured, and kept on cores") func cores() throws {
    func asked(
      _ settings: [String: String], of use: ThreadUse = ThreadUse()
    ) throws -> (request: StartRequest, use: ThreadUse) {
      try use.asked(StartRequest(model: "mmoe", settings: settings))
    }
    let plain = try asked(["lr": "0.5"])
    #expect(!plain.use.isMeasured && !plain.use.isPinned && plain.request.settings == ["lr": "0.5"])
    let measured = try asked(["threads": "auto", "pin": "yes", "seed": "2"])
    #expect(measured.use.isMeasured && measured.use.isPinned)
    // Both are no values of a configuration.
    #expect(measured.request.settings == ["seed": "2"])
    let usual = ThreadUse(isPinned: true, isMeasured: true)
    let left = try asked([:], of: usual)
    #expect(left.use.isMeasured && left.use.isPinned)
    let counted = try asked(["threads": "3", "pin": "no"], of: usual)
    #expect(!counted.use.isMeasured && !counted.use.isPinned)
    #expect(counted.request.settings == ["threads": "3"])
    let error = #expect(throws: Failure.self) { try asked(["pin": "maybe"]) }
    #expect(
      error?.message == """
        pin: a run cannot use this value.
          found: maybe
          fix:   give yes or no
        """)
  }

  @Test("the form shows how runs use the cores") func shownCores() throws {
    let configuration = try configuration(["threads": "3"])
    func shown(_ setting: RunSetting, _ use: ThreadUse) -> String {
      setting.option(in: configuration, using: use).defaultValue
    }
    #expect(shown(.threads, ThreadUse()) == "3" && shown(.pin, ThreadUse()) == "no")
    let use = ThreadUse(isPinned: true, isMeasured: true)
    #expect(shown(.threads, use) == "auto" && shown(.pin, use) == "yes")
  }

  /// More threads than cores cannot be kept on cores of their own, but no more than cores are measured.
  @Test("cores are counted before threads are kept on them") func countedCores() throws {
    let few = PinningError.fewCores(threads: 100_000, cores: AvailableCores.count)
    let use = ThreadUse(isPinned: true)
    #expect(throws: few) { try use.check(threads: 100_000) }
    let free = ThreadUse()
    #expect(throws: Never.self) { try free.check(threads: 100_000) }
    let measured = ThreadUse(isPinned: true, isMeasured: true)
    #expect(throws: Never.self) { try measured.check(threads: 100_000) }
    #expect(RunSwitch.words(for: few).contains("pin: 100000 threads"))
    #expect(!RunSwitch.words(for: few).contains("--"))
  }

  @Test("a rate means nothing to another optimiser") func optimizer() throws {
    func configuration(_ settings: [String: String]) throws -> RunConfiguration {
      try self.configuration(settings, on: "census-income")
    }
    let same = try configuration(["optimizer": "adagrad"])
    #expect(same.learningRate == 0.05 && same.warmUpSteps == 100)
    let adam = try configuration(["optimizer": "adam"])
    #expect(adam.learningRate == TrainingDefaults.learningRate)
    #expect(adam.warmUpSteps == TrainingDefaults.warmUpSteps)
    #expect(adam.optimizer.rule == .adam())
    let sgd = try configuration(["lr": "0.5", "optimizer": "sgd"])
    #expect(sgd.learningRate == 0.5 && sgd.optimizer.rule == .sgd)
  }

  @Test(
    "what cannot be used is said with what can",
    arguments: [
      ("seed", "-1"), ("lr", "0"), ("lr", "nan"), ("batch", "0"), ("epochs", "many"),
      ("patience", "-1"), ("threads", "257"), ("optimizer", "adamx"),
    ])
  func refused(name: String, value: String) {
    let error = #expect(throws: Failure.self) { try configuration([name: value]) }
    let words = error?.message ?? ""
    #expect(
      words.hasPrefix("\(name): a run cannot use this value.\n  found: \(value)\n  fix:   give"))
  }

  /// What was said of the first run holds for those that follow, but for its model and its schedule.
  @Test("another run keeps what flags say of all") func kept() throws {
    let plan = try RunOptions.parse([
      "--model", "ple", "--set", "model.levels=3", "--lr", "0.5", "--at", "5:evaluate", "--batch",
      "64", "--balancer", "pcgrad",
    ]).plan()
    let first = try plan.merged().configuration
    #expect(first.modelOptions == ["levels": "3"] && first.schedule.count == 1)
    let second = try plan.asking(for: StartRequest(model: "mmoe")).merged().configuration
    #expect(second.model == "mmoe" && second.modelOptions == ["experts": "4"])
    #expect(second.learningRate == 0.5 && second.batchSize == 64 && second.schedule.isEmpty)
    #expect(second.balancer.name == "pcgrad")
    let other = try plan.on("census-income", model: "ple").merged().configuration
    #expect(other.data == DataSelection("census-income") && other.modelOptions.isEmpty)
    #expect(other.optimizer.rule == .adagrad() && other.warmUpSteps == 100)
    #expect(other.learningRate == 0.5 && other.batchSize == 64)
  }

  @Test("no model has an option of a setting's name") func names() {
    for entry in ModelRegistry.entries {
      for option in entry.options {
        #expect(RunSetting(rawValue: option.name) == nil, "\(entry.name): \(option.name)")
      }
    }
  }

  @Test("names of data are completed from the disk") func files() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("data"), withIntermediateDirectories: true)
    for name in ["day.yaml", "day.csv", "night.yml", ".hidden.yaml"] {
      try Data().write(to: folder.appendingPathComponent(name))
    }
    let start = folder.path + "/"
    #expect(DataFiles.completions(of: start + "da") == [start + "data/", start + "day.yaml"])
    #expect(DataFiles.completions(of: start).count == 3)
    #expect(DataFiles.completions(of: "sam").contains("sample"))
    #expect(DataFiles.completions(of: start + "nothing/x").isEmpty)
  }
}

@Suite("Other data in the explorer") struct OtherDataTests {
  private static func data(tasks: String? = nil) throws -> Dataset {
    let log = SyntheticLog(preset: .tiny, seed: 1)
    var schema = try DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml")
    if let tasks { schema.tasks = schema.tasks.filter { $0.name == tasks } }
    return try DatasetLoader(
      schema, from: .memory(["log.csv": Data(log.csv())]), threads: 1
    ).load()
  }

  private struct NoSuchData: Error, CustomStringConvertible {
    let description = "no such data"
  }

  private func runs(_ model: String) throws -> RunSwitch {
    let opener: RunSwitch.Opener = { name in
      switch name {
      case "one": { _ in try Self.data(tasks: "watch") }
      case "torn": { _ in throw NoSuchData() }
      case "good": { _ in try Self.data() }
      default: throw NoSuchData()
      }
    }
    return try RunSwitch(
      .endless(model: model), data: { _ in try Self.data() }, opener: opener)
  }

  private func wait(for session: TrainingSession) {
    for _ in 0..<30_000 where session.preparation == .goesOn {
      Thread.sleep(forTimeInterval: 0.001)
    }
  }

  @Test("what is refused is said as it is typed") func words() {
    let flag = Failure(message: "--data a.yaml: no such file.\n  found: --set model.experts=0")
    #expect(RunSwitch.words(for: flag) == "a.yaml: no such file.\n  found: experts=0")
    #expect(throws: Failure.self) { try RunSwitch.inTypedWords { throw NoSuchData() } }
  }

  /// Data that cannot be read, and data that the model cannot use: the run before lives on.
  @Test("what comes to nothing ends nothing", arguments: ["one", "torn"])
  func nothing(name: String) throws {
    let runs = try runs("esmm")
    defer { runs.close() }
    wait(for: runs.session)
    let before = runs.session
    #expect(throws: NoSuchData.self) { _ = try runs.open("nowhere", model: "esmm") }
    #expect(throws: NoSuchData.self) { try runs.find("nowhere") }
    let known = Result { try runs.find(name) }
    #expect(throws: Never.self) { try known.get() }
    let arrival = try runs.open(name, model: "esmm")
    var failure: (any Error)?
    for _ in 0..<30_000 where failure == nil {
      do {
        let early = try arrival()
        #expect(early == nil)
      } catch {
        failure = error
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    let words = try #require(failure.map { "\($0)" })
    #expect(words.contains(name == "torn" ? "no such data" : "esmm"), "\(words)")
    #expect(runs.session === before && !before.hasEnded)
  }

  @Test("a run on them takes the place of the one before") func good() throws {
    let runs = try runs("mmoe")
    defer { runs.close() }
    wait(for: runs.session)
    let before = runs.session
    let arrival = try runs.open("good", model: "mmoe")
    var started: (any TrainingLink)?
    for _ in 0..<30_000 where started == nil {
      started = try arrival()
      Thread.sleep(forTimeInterval: 0.001)
    }
    #expect(started === runs.session && runs.session !== before && before.hasEnded)
    #expect(runs.preview(StartRequest(model: "mmoe"))?.problem == [])
    let refused = runs.preview(StartRequest(model: "mmoe", settings: ["batch": "x"]))
    #expect(refused?.problem.first == "batch: a run cannot use this value.")
  }

  /// Nothing ends for a run that could not begin: its model cannot be balanced so.
  @Test("what a model refuses is said before the start") func refusedBalancer() throws {
    let runs = try runs("mmoe")
    defer { runs.close() }
    wait(for: runs.session)
    let before = runs.session
    let request = StartRequest(model: "single-task", settings: ["balancer": "pcgrad"])
    #expect(
      runs.preview(request)?.problem == [
        "balancer pcgrad: it weighs gradients of what tasks share.",
        "found: single-task, whose tasks share no parameters",
        "fix:   take balancer equal or fixed, or a model that shares",
      ])
    #expect(throws: BalancerError.self) { _ = try runs.start(request) }
    #expect(runs.session === before && !before.hasEnded)
    let typo = runs.preview(StartRequest(model: "mmoe", settings: ["balancer": "pcgradd"]))
    #expect(typo?.problem.first == "balancer: no balancer 'pcgradd'.")
    #expect(
      runs.preview(StartRequest(model: "mmoe", settings: ["balancer": "pcgrad"]))?.problem == [])
  }

  @Test("a rate of another model's parameters is left out, and said") func groups() throws {
    let plan = try RunOptions.parse([
      "--model", "mmoe", "--set", "rate.experts=0.1", "--set", "rate.towers=0.5",
    ]).plan()
    let runs = try RunSwitch(plan, data: { _ in try Self.data() })
    defer { runs.close() }
    wait(for: runs.session)
    let other = runs.preview(StartRequest(model: "hard-sharing"))
    #expect(other?.notes == ["rate.experts is left out: hard-sharing has no such parameters"])
    #expect(other?.problem == [])
    #expect(runs.preview(StartRequest(model: "mmoe"))?.notes == [])
  }

  @Test("leaving while data are read waits for both") func leaving() throws {
    let runs = try runs("mmoe")
    wait(for: runs.session)
    _ = try runs.open("good", model: "mmoe")
    runs.close()
    #expect(runs.session.hasEnded)
  }
}
