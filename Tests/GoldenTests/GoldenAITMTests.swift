import Models
import Runs
import TestSupport
import Testing
import Training

/// What AITM shows of itself, against its reference.
@Suite struct GoldenAITM {
  @Test(arguments: try GoldenCase.of("aitm")) func attentionAndViolations(_ golden: GoldenCase)
    throws
  {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let executor = model.trainer.forward(model.batch)
    let later = model.tasks.dropFirst()
    var weights: [Float] = []
    for row in 0..<model.batch.rows {
      for task in later {
        let pair = try #require(executor.output(.attention(task.name))) + 2 * row
        weights += [pair[0], pair[1]]
      }
    }
    expectClose(weights, try telemetry["attention"].tensor, "attention")
    let inspection = model.trainer.inspect(model.batch, schema: model.input.schema)
    let rate = try #require(inspection.traces.first { $0.name == "violation_rate" })
    #expect(rate.series == later.map(\.name))
    expectClose(rate.values, try telemetry["violation_rate"].tensor, "violation_rate")
  }
}
