import Datasets
import Foundation
import Models
import Runs
import Testing
import Training

@testable import mtl_tui

@Suite("Another run in the explorer") struct RunSwitchTests {
  private func runs() -> RunSwitch {
    var configuration = TrainingConfiguration()
    configuration.epochs = 100_000
    configuration.patience = 0
    configuration.threads = 1
    let log = SyntheticLog(preset: .tiny, seed: 1)
    return RunSwitch(configuration) { _ in
      try DatasetLoader(
        DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
        from: .memory(["log.csv": Data(log.csv())]), threads: 1
      ).load()
    }
  }

  private func waitUntilPrepared(_ runs: RunSwitch) {
    for _ in 0..<30_000 {
      for event in runs.session.drainEvents() {
        if case .prepared = event { return }
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    Issue.record("no run in half a minute")
  }

  @Test("a model that cannot be built for the data ends nothing") func refused() throws {
    let runs = runs()
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
    _ = try runs.start(StartRequest(model: "ple"))
    #expect(runs.session !== before && before.hasEnded)
  }
}
