import Datasets
import Graph
import Layers
import Objectives
import Tensors
import TestSupport
import Testing
import Training

/// The engine's pieces one by one against the float64 reference: layer, losses, optimisers.
///
/// Pieces of a case that the engine does not have (focal loss, RMSprop, sums over
/// several ids, …) are passed over.
@Suite struct GoldenPrimitives {
  @Test func linearWithReLU() throws {
    let golden = try GoldenCase.named("primitives_linear_relu").load()
    let x = try golden["inputs"]["x"].tensor
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let builder = Builder()
    let rows = PrimitiveRows(x, in: builder)
    let layer = Dense(x.shape[1], 3, in: builder.shared / "layer")
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = layer(input).relu()
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: 3), [y]))
    }
    try primitive.set("layer.weight", to: golden["parameters"]["weight"])
    try primitive.set("layer.bias", to: golden["parameters"]["bias"])
    primitive.run()
    let expect = try golden["expect"]
    expectClose(primitive.output, try expect["output"].tensor, "output")
    for name in ["weight", "bias"] {
      let found = try primitive.gradient(of: "layer.\(name)")
      expectClose(found, try expect["gradients"][name].tensor, name)
    }
    expectClose(primitive.inputGradient, try expect["input_gradients"]["x"].tensor, "x")
  }

  @Test(arguments: ["bce", "bce_masked", "mse"]) func losses(_ name: String) throws {
    let golden = try GoldenCase.named("primitives_losses").load()
    let inputs = try golden["inputs"]
    let labels = try inputs[name == "mse" ? "real" : "labels"].numbers.map(Float.init)
    let mask = name == "bce_masked" ? try inputs["mask"].numbers.map(Float.init) : nil
    try expectLoss(
      z: inputs["z"].tensor, labels: labels, mask: mask,
      form: name == "mse" ? .squaredError : .crossEntropy, loss: golden["expect"][name]["loss"],
      gradient: golden["expect"][name]["gradients"]["z"])
  }

  @Test(arguments: [0, 1]) func extremeLosses(label: Int) throws {
    let golden = try GoldenCase.named("primitives_losses_extreme").load()
    let z = try golden["inputs"]["z"].tensor
    let expect = try golden["expect"]["label\(label)"]
    try expectLoss(
      z: z, labels: z.values.map { _ in Float(label) }, mask: nil, form: .crossEntropy,
      loss: expect["loss"], gradient: expect["gradient"])
  }

  @Test(arguments: ["sgd", "adam", "adagrad"]) func optimisers(_ name: String) throws {
    let golden = try GoldenCase.named("primitives_optimisers").load()
    let builder = Builder()
    let table = GoldenTensor(shape: [1, 2], values: [0, 0])
    let rows = PrimitiveRows(table, in: builder)
    let layer = Dense(2, 3, in: builder.shared / "layer")
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = layer(input)
      return (y, input.graph.record(Upstream(values: Storage([0, 0, 0]), width: 3), [y]))
    }
    for part in ["weight", "bias"] {
      try primitive.set("layer.\(part)", to: golden["parameters"][part])
    }
    let optimizer = primitive.optimizer(
      OptimizerConfiguration(try denseRule(name, golden["config"])))
    let rate = try golden["config"][name]["rate"].number
    let expected = try golden["expect"][name].list
    let gradients = try golden["inputs"]["gradients"].list
    #expect(expected.count == gradients.count && expected.count >= 4)
    for (gradient, expected) in zip(gradients, expected) {
      primitive.run()
      for part in ["weight", "bias"] {
        try primitive.replaceGradient(of: "layer.\(part)", by: gradient[part])
      }
      optimizer.update(primitive.executor, batch: primitive.batch, segments: [true], rate: rate)
      for part in ["weight", "bias"] {
        expectClose(try primitive.numbers(of: "layer.\(part)"), try expected[part].tensor, part)
      }
    }
  }

  /// A step touches the rows of its batch; Adam's bias correction counts every step.
  @Test(arguments: ["lazy_adam", "adagrad", "rowwise_adagrad"])
  func lazyRuleOfATable(_ name: String) throws {
    let golden = try GoldenCase.named("primitives_sparse_optimisers").load()
    let table = try golden["parameters"]["table"].tensor
    let config = try golden["config"][name]
    let builder = Builder()
    let rows = PrimitiveRows(table, in: builder)
    let primitive = PrimitiveRun(rows, builder) { input in
      let upstream = Upstream(values: Storage(table.values.map { _ in 0 }), width: 2)
      return (input, input.graph.record(upstream, [input]))
    }
    let optimizer = primitive.optimizer(OptimizerConfiguration(try tableRule(name, config)))
    let steps = try golden["inputs"]["steps"].list
    let expected = try golden["expect"][name].list
    #expect(steps.count == expected.count && steps.count >= 4)
    for (step, expected) in zip(steps, expected) {
      let touched = try step["rows"].integers
      primitive.choose(touched)
      primitive.run()
      let all = try step["gradient"].numbers
      primitive.replaceInputGradient(by: touched.flatMap { [all[2 * $0], all[2 * $0 + 1]] })
      optimizer.update(
        primitive.executor, batch: primitive.batch, segments: [true],
        rate: try config["rate"].number)
      expectClose(try primitive.numbers(of: "x.weight"), try expected.tensor, "table")
    }
  }

  private func denseRule(
    _ name: String, _ config: GoldenNode
  ) throws -> OptimizerConfiguration.Rule {
    switch name {
    case "sgd": .sgd
    case "adagrad": .adagrad(epsilon: try config["adagrad_epsilon"].number)
    default: try adam(config["adam_constants"])
    }
  }

  private func tableRule(
    _ name: String, _ config: GoldenNode
  ) throws -> OptimizerConfiguration.Rule {
    guard name != "lazy_adam" else { return try adam(config) }
    return .adagrad(
      epsilon: try config["epsilon"].number, isRowWise: name == "rowwise_adagrad")
  }

  private func adam(_ config: GoldenNode) throws -> OptimizerConfiguration.Rule {
    .adam(
      beta1: try config["beta1"].number, beta2: try config["beta2"].number,
      epsilon: try config["epsilon"].number)
  }

  private func expectLoss(
    z: GoldenTensor, labels: [Float], mask: [Float]?, form: TaskLoss.Form, loss: GoldenNode,
    gradient: GoldenNode
  ) throws {
    let builder = Builder()
    let rows = PrimitiveRows(
      GoldenTensor(shape: [z.values.count, 1], values: z.values), in: builder)
    let primitive = PrimitiveRun(rows, builder, labels: labels, spaces: mask) { input in
      (input, input.loss(task: 0, form))
    }
    let count = mask?.reduce(0, +) ?? Float(labels.count)
    primitive.run(scale: 1 / count)
    let sums = primitive.executor.lossSums(task: 0, rows: labels.count)
    #expect(sums.rows == Double(count))
    expectClose([Float(sums.loss / sums.rows)], try loss.tensor, "loss")
    expectClose(primitive.inputGradient, try gradient.tensor, "gradient")
  }
}
