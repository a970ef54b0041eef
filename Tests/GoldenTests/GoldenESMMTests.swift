import Models
import Runs
import TestSupport
import Testing
import Training

/// What ESMM shows of itself, against its reference.
@Suite struct GoldenESMM {
  @Test(arguments: try GoldenCase.of("esmm")) func meanPredictions(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let inspection = model.trainer.inspect(model.batch, schema: model.input.schema)
    let view = try #require(inspection.views.first { $0.name == "rates" })
    guard case .bars(let bars) = view.content else {
      Issue.record("no bars")
      return
    }
    func value(_ name: String) throws -> Float {
      try #require(bars.bars.first { $0.name == name }?.values.first)
    }
    expectClose(
      try ["pCTR, all", "pCVR, all", "pCTCVR, all"].map(value),
      try telemetry["mean_predictions"].tensor, "mean_predictions")
    for group in ["clicked", "unclicked"] {
      expectClose(
        [try value("pCVR, \(group)")], try telemetry["mean_pcvr_\(group)"].tensor, group)
    }
    let trace = try #require(inspection.traces.first { $0.name == "mean_pcvr" })
    #expect(
      try Array(trace.values.prefix(2))
        == ["clicked", "unclicked"].map { try value("pCVR, \($0)") })
  }
}
