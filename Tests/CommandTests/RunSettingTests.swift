import Datasets
import Foundation
import Models
import Runs
import Testing
import Training

@testable import mtl_tui

@Suite("How another run is trained") struct RunSettingTests {
  @Test("every setting is taken") func taken() throws {
    var configuration = TrainingConfiguration()
    try configuration.set([
      "seed": "7", "lr": "0.003", "batch": "256", "epochs": "5", "patience": "0", "threads": "3",
    ])
    #expect(configuration.seed == 7 && configuration.learningRate == 0.003)
    #expect(configuration.batchSize == 256 && configuration.epochs == 5)
    #expect(configuration.patience == 0 && configuration.threads == 3)
    for setting in RunSetting.allCases {
      let shown = setting.option(in: configuration).defaultValue
      var other = TrainingConfiguration()
      try other.set([setting.rawValue: shown])
      #expect(setting.option(in: other).defaultValue == shown, "\(setting)")
    }
  }

  @Test("a rate means nothing to another optimiser") func optimizer() throws {
    var configuration = TrainingConfiguration()
    (configuration.learningRate, configuration.warmUpSteps) = (0.05, 100)
    configuration.optimizer.rule = .adagrad()
    try configuration.set(["optimizer": "adagrad"])
    #expect(configuration.learningRate == 0.05 && configuration.warmUpSteps == 100)
    try configuration.set(["optimizer": "adam"])
    #expect(configuration.learningRate == TrainingDefaults.learningRate)
    #expect(configuration.warmUpSteps == TrainingDefaults.warmUpSteps)
    #expect(configuration.optimizer.rule == .adam())
    try configuration.set(["lr": "0.5", "optimizer": "sgd"])
    #expect(configuration.learningRate == 0.5 && configuration.optimizer.rule == .sgd)
  }

  @Test(
    "what cannot be used is said with what can",
    arguments: [
      ("seed", "-1"), ("lr", "0"), ("lr", "nan"), ("batch", "0"), ("epochs", "many"),
      ("patience", "-1"), ("threads", "257"), ("optimizer", "adamw"),
    ])
  func refused(name: String, value: String) {
    var configuration = TrainingConfiguration()
    let error = #expect(throws: SettingError.self) { try configuration.set([name: value]) }
    let words = error.map { "\($0)" } ?? ""
    #expect(
      words.hasPrefix("\(name): a run cannot use this value.\n  found: \(value)\n  fix:   give"))
    #expect(configuration == TrainingConfiguration())
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

  private func runs(_ model: String) -> RunSwitch {
    var configuration = TrainingConfiguration()
    configuration.model = model
    (configuration.epochs, configuration.patience, configuration.threads) = (100_000, 0, 1)
    let opener: RunSwitch.Opener = { name in
      let advice: RunSwitch.Advice = { _ in nil }
      let source: TrainingSession.DataSource
      switch name {
      case "one": source = { _ in try Self.data(tasks: "watch") }
      case "torn": source = { _ in throw NoSuchData() }
      case "good": source = { _ in try Self.data() }
      default: throw NoSuchData()
      }
      return (source, advice)
    }
    return RunSwitch(configuration, data: { _ in try Self.data() }, opener: opener)
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
    let runs = runs("esmm")
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
    let runs = runs("mmoe")
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

  @Test("leaving while data are read waits for both") func leaving() throws {
    let runs = runs("mmoe")
    wait(for: runs.session)
    _ = try runs.open("good", model: "mmoe")
    runs.close()
    #expect(runs.session.hasEnded)
  }
}
