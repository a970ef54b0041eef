import Graph
import Models
import Runs
import TestSupport
import Testing
import Training

/// What PLE shows of itself, against its reference.
@Suite struct GoldenPLE {
  @Test(arguments: try GoldenCase.of("ple")) func gatesAndShares(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let executor = model.trainer.forward(model.batch)
    let traces = model.trainer.inspect(model.batch, schema: model.input.schema).traces
    var compared = 0
    for output in executor.plan.outputs {
      guard case .gate = output.name else { continue }
      let values = try #require(executor.output(output.name))
      expectClose(
        Array(UnsafeBufferPointer(start: values, count: model.batch.rows * output.width)),
        try telemetry["\(output.name)"].tensor, "\(output.name)")
    }
    for level in try node["config"]["levels"].list.indices {
      let shares = try #require(traces.first { $0.name == "own_share.\(level)" })
      for (task, share) in zip(shares.series, shares.values) {
        let name = "levels.\(level).own_share.\(task)"
        expectClose([share], try telemetry[name].tensor, name)
        compared += 1
      }
    }
    #expect(compared == (try node["config"]["levels"].list.count) * model.tasks.count)
    let weights = try #require(traces.first { $0.name == "weights" })
    expectClose(weights.values, try telemetry["weights"].tensor, "weights")
  }
}
