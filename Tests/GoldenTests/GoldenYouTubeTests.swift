import Graph
import Layers
import Runs
import TestSupport
import Testing
import Training

@testable import Models

/// What the YouTube model does in training alone: given masks, gates before them, biases.
@Suite struct GoldenYouTube {
  @Test(arguments: try GoldenCase.of("youtube")) func trainingPass(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let drawn = try #require(model.model as? DrawnModel)
    let youtube = try #require(drawn.model as? YouTube)
    let graph = Graph()
    let pass = Forward(graph, isTraining: true, tasks: model.tasks.count)
      .drawing(drawn.draws.record(in: graph))
    let logits = youtube(pass)
    let biases = youtube.biases(pass)
    var outputs = graph.watched.map {
      (name: $0.name, value: Variable(graph: graph, node: $0.node))
    }
    for (task, logit) in zip(model.tasks, logits) { outputs.append((.logit(task.name), logit)) }
    for (task, bias) in zip(model.tasks, biases) {
      if let bias { outputs.append((.value("bias.\(task.name)"), bias)) }
    }
    let rows = model.batch.rows
    let plan = Plan(graph, purpose: .evaluation, roots: [], outputs: outputs, capacity: rows)
    let executor = Executor(
      plan, store: model.trainer.store, workspace: model.trainer.workspace)
    executor.run(model.batch)
    let expect = try node["expect"]
    func columns(width: Int, _ watched: (String) -> Watched) -> [Float] {
      (0..<rows).flatMap { row in
        model.tasks.flatMap { task in
          (0..<width).map { executor.output(watched(task.name))?[row * width + $0] ?? 0 }
        }
      }
    }
    expectClose(columns(width: 1) { .logit($0) }, try expect["logits"].tensor, "logits")
    expectClose(
      columns(width: 1) { .value("bias.\($0)") }, try expect["telemetry"]["bias"].tensor, "bias")
    let gates = try expect["telemetry"]["gates"].tensor
    expectClose(columns(width: gates.shape[2]) { .gate($0) }, gates, "gates")
  }
}
