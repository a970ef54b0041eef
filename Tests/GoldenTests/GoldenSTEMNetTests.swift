import Graph
import Layers
import Runs
import TestSupport
import Testing
import Training

/// The gates of STEM-Net, level after level.
@Suite struct GoldenSTEMNet {
  @Test(arguments: try GoldenCase.of("stem_net")) func gates(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let executor = model.trainer.forward(model.batch)
    let levels = try node["config"]["levels"].list.count
    let telemetry = try node["expect"]["telemetry"]
    var compared = 0
    for output in executor.plan.outputs {
      guard case .gate = output.name else { continue }
      let name = levels == 1 ? "levels.0.\(output.name)" : "\(output.name)"
      let values = try #require(executor.output(output.name))
      expectClose(
        Array(UnsafeBufferPointer(start: values, count: model.batch.rows * output.width)),
        try telemetry[name].tensor, name)
      compared += 1
    }
    #expect(compared == levels * model.tasks.count + levels - 1)
  }
}
