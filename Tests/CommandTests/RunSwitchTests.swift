import Datasets
import Foundation
import Models
import Runs
import Testing
import Training

@testable import mtl_tui

@Suite("Another run in the explorer") struct RunSwitchTests {
  private func runs() throws -> RunSwitch {
    let log = SyntheticLog(preset: .tiny, seed: 1)
    return try RunSwitch(.endless()) { _ in
      try DatasetLoader(
        DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
        from: .memory(["log.csv": Data(log.csv())]), threads: 1
      ).load()
    }
  }

  @discardableResult private func waitUntilPrepared(_ runs: RunSwitch) -> RunDescription? {
    for _ in 0..<30_000 {
      for event in runs.session.drainEvents() {
        if case .prepared(let run) = event { return run }
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    Issue.record("no run in half a minute")
    return nil
  }

  @Test("a model that cannot be built for the data ends nothing") func refused() throws {
    let runs = try runs()
    defer { runs.session.close() }
    waitUntilPrepared(runs)
    let before = runs.session
    for (model, options) in [
      ("lt4rec", ["share": "nobody"]), ("mran", ["heads": "4", "task-width": "30"]),
      ("youtube", ["position": "slot", "device": "slot"]), ("mmoe", ["expert": "none"]),
    ] {
      #expect(throws: ModelError.self) {
        _ = try runs.start(StartRequest(model: model, options: options))
      }
      #expect(runs.session === before && !before.hasEnded, "\(model)")
    }
    let arrival = try runs.start(StartRequest(model: "ple"))
    var started: (any TrainingLink)?
    for _ in 0..<30_000 where started == nil {
      started = try arrival()
      Thread.sleep(forTimeInterval: 0.001)
    }
    #expect(started === runs.session && runs.session !== before && before.hasEnded)
  }

  /// What is said of a model before it is started is what starting it would say.
  @Test("a model that does not fit says so before it is started") func unfit() throws {
    let runs = try runs()
    defer { runs.session.close() }
    let models = runs.models(for: try #require(waitUntilPrepared(runs)))
    #expect(models.count == ModelRegistry.entries.count)
    for model in models {
      let start = Result { try runs.check(StartRequest(model: model.name)) }
      if let reason = model.unfit {
        #expect(throws: ModelError.self, "\(model.name): \(reason)") { try start.get() }
        #expect(!reason.contains("\n"))
      } else {
        #expect(throws: Never.self, "\(model.name)") { try start.get() }
      }
    }
  }

  /// One task is no funnel and has no pairs: several models need more, and say what.
  @Test("the reason is in words") func reason() {
    let run = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "d",
      tasks: [TaskDescription(name: "watch", kind: .regression, labelMean: 3)],
      categoricalColumns: ["user"], trainingRows: 1, validationRows: 1, testRows: 1,
      parameterCount: 1, batchSize: 1, stepsPerEpoch: 1, epochs: 1, seed: 1)
    let unfit = RunSwitch.models(for: run).filter { $0.unfit != nil }
    #expect(Set(unfit.map(\.name)).isSuperset(of: ["esmm", "escm2", "aitm"]))
    for model in unfit where ["esmm", "escm2", "aitm"].contains(model.name) {
      #expect(model.unfit?.contains("needs") == true, "\(model.name): \(model.unfit ?? "")")
    }
  }
}

extension ConfigurationPlan {
  /// A run that ends when it is told to, on data that nothing is advised for.
  static func endless(model: String = "mmoe") -> ConfigurationPlan {
    var flags = ConfigurationLayer()
    flags.add("data", "made", .flag("--data"))
    flags.add("model", model, .flag("--model"))
    flags.add("epochs", 100_000, .flag("--epochs"))
    flags.add("patience", 0, .flag("--patience"))
    flags.add("threads", 1, .flag("--threads"))
    return ConfigurationPlan(layers: [flags])
  }
}
