import Runs
import TestSupport
import Testing
import Training

/// What the systems of interacting fields show of themselves, against the reference.
@Suite struct GoldenInteractions {
  @Test(arguments: Golden.built.filter { $0.name.hasPrefix("mt_fwfm") }) func fieldWeights(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let views = model.trainer.inspect(model.batch, schema: model.input.schema).views
    let last = try #require(views.last)
    guard case .bars(let strength) = last.content else {
      Issue.record("field strengths are bars")
      return
    }
    expectClose(
      model.tasks.indices.flatMap { task in strength.bars.map { $0.values[task] } },
      try telemetry["field_strength"].tensor, "field_strength")
    for task in model.tasks {
      let view = try #require(views.first { $0.name == "pairs.\(task.name)" })
      guard case .matrix(let matrix) = view.content else { continue }
      let fields = matrix.rows.count
      let upper = (0..<fields).flatMap { i in ((i + 1)..<fields).map { matrix[i, $0] } }
      let expected = try model.stack.tensor(
        of: "types.\(task.name).pairs.weight", in: node["parameters"])
      expectClose(upper, expected, view.name)
    }
    model.trainer.gradients(model.batch)
    expectClose(
      model.trainer.sums.map { Float($0.rows) }, try telemetry["rows_per_type"].tensor, "rows")
    expectClose(
      [Float(model.trainer.terms.reduce(0) { $0 + $1.loss / max(1, $1.rows) })],
      try node["expect"]["penalty"].tensor, "penalty")
  }
}
