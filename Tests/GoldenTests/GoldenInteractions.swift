import Graph
import Runs
import TestSupport
import Testing
import Training

/// What the systems of interacting fields show of themselves, against the reference.
@Suite struct GoldenInteractions {
  @Test(arguments: try GoldenCase.of("mt_fwfm")) func fieldWeights(
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

  @Test(arguments: try GoldenCase.of("mran")) func attention(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let executor = model.trainer.forward(model.batch)
    func watched(_ name: Watched, rows: Int) throws -> [Float] {
      let width = try #require(executor.plan.outputs.first { $0.name == name }?.width)
      return Array(
        UnsafeBufferPointer(start: try #require(executor.output(name)), count: rows * width))
    }
    let rows = model.batch.rows
    for (name, key, rows) in [
      ("ff", "attention_ff", rows), ("tt", "attention_tt", 1),
      ("tf", "alpha", rows),
    ] { expectClose(try watched(.attention(name), rows: rows), try telemetry[key].tensor, key) }
    let shown = model.trainer.inspect(model.batch, schema: model.input.schema)
    guard case .matrix(let alignment) = try #require(shown.views.last).content else {
      Issue.record("the alignment is a matrix")
      return
    }
    expectClose(alignment.values, try telemetry["alpha_mean"].tensor, "alpha_mean")
    expectClose(shown.traces[0].values, try telemetry["alpha_entropy"].tensor, "alpha_entropy")
    model.trainer.gradients(model.batch)
    let penalty = model.trainer.penalty + model.trainer.terms[0].loss / Double(rows)
    expectClose([Float(penalty)], try node["expect"]["penalty"].tensor, "penalty")
  }

  @Test(arguments: try GoldenCase.of("mran")) func staticAlignment(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(
      node, build: GoldenSystems.mran(isStatic: true), optimizer: OptimizerConfiguration(.sgd))
    let store = model.trainer.store
    let average = try #require(store.givenEntries.first { $0.piece.path == "alpha_average" })
    store.set(average, to: try node["constants"]["alpha_average"].numbers.map(Float.init))
    let expect = try node["expect"]
    expectClose(
      model.logits(), try expect["evaluation_static"]["logits"].tensor, "static logits")
    #expect(model.trainer.step(model.batch, rate: 0.1))
    expectClose(
      store.numbers(of: average), try expect["alpha_average_after"].tensor, "alpha_average")
  }
}
