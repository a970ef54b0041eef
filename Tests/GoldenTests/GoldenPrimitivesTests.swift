import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import TestSupport
import Testing
import Training

/// The engine's pieces one by one against the float64 reference: layer, losses, optimisers, with the
/// shapes of each case.
///
/// What a case has and the engine does not (Huber's loss, RMSprop, …) is listed by name: a name that is
/// in no list is an error.
@Suite struct GoldenPrimitives {
  @Test(arguments: try GoldenCase.of("primitives_linear_relu"))
  func linearWithReLU(_ golden: GoldenCase) throws {
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor
    let outputs = try golden["parameters"]["weight"].tensor.shape[0]
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let builder = Builder()
    let rows = PrimitiveRows(x, in: builder)
    let layer = Dense(x.shape[1], outputs, in: builder.shared / "layer")
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = layer(input).relu()
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: outputs), [y]))
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

  /// What one of the losses of a case is computed from.
  private struct LossKind {
    var labels = "labels"
    var mask: String?
    let record: (Variable) -> Variable
  }

  @Test(arguments: try GoldenCase.of("primitives_losses")) func losses(
    _ golden: GoldenCase
  ) throws {
    let golden = try golden.load()
    let (inputs, expect) = (try golden["inputs"], try golden["expect"])
    let focal = try golden["config"]["focal"]
    let (alpha, gamma) = (try focal["alpha"].number, try focal["gamma"].number)
    let kinds = [
      "bce": LossKind { $0.loss(task: 0, .crossEntropy) },
      "bce_masked": LossKind(mask: "mask") { $0.loss(task: 0, .crossEntropy) },
      "mse": LossKind(labels: "real") { $0.loss(task: 0, .squaredError) },
      "focal": LossKind { $0.focalLoss(task: 0, alpha: alpha, gamma: gamma) },
    ]
    try expectNames(
      expect.names, built: Set(kinds.keys), absent: ["huber", "bpr", "cross_entropy"])
    for (name, kind) in kinds {
      try expectLoss(
        z: inputs["z"].tensor, labels: inputs[kind.labels].numbers.map(Float.init),
        mask: kind.mask.map { try inputs[$0].numbers.map(Float.init) }, kind.record,
        loss: expect[name]["loss"], gradient: expect[name]["gradients"]["z"], name)
    }
  }

  @Test(arguments: try GoldenCase.of("primitives_losses_extreme")) func extremeLosses(
    _ golden: GoldenCase
  ) throws {
    let golden = try golden.load()
    let z = try golden["inputs"]["z"].tensor
    try expectNames(golden["expect"].names, built: ["label0", "label1"], absent: [])
    for label in [0, 1] {
      let expect = try golden["expect"]["label\(label)"]
      try expectLoss(
        z: z, labels: z.values.map { _ in Float(label) }, mask: nil,
        { $0.loss(task: 0, .crossEntropy) }, loss: expect["loss"], gradient: expect["gradient"],
        "label \(label)")
    }
  }

  @Test(
    arguments: try GoldenCase.of("primitives_optimisers"), ["sgd", "adam", "adamw", "adagrad"])
  func optimisers(_ golden: GoldenCase, _ name: String) throws {
    let golden = try golden.load()
    try expectNames(
      golden["expect"].names, built: ["sgd", "adam", "adamw", "adagrad"],
      absent: ["sgd_momentum", "sgd_nesterov", "adam_decay", "rmsprop"])
    let builder = Builder()
    let shape = try golden["parameters"]["weight"].tensor.shape
    let (outputs, inputs) = (shape[0], shape[1])
    let table = GoldenTensor(shape: [1, inputs], values: [Double](repeating: 0, count: inputs))
    let rows = PrimitiveRows(table, in: builder)
    let layer = Dense(inputs, outputs, in: builder.shared / "layer")
    let nothing = Storage<Float>(count: outputs, filling: 0)
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = layer(input)
      return (y, input.graph.record(Upstream(values: nothing, width: outputs), [y]))
    }
    for part in ["weight", "bias"] {
      try primitive.set("layer.\(part)", to: golden["parameters"][part])
    }
    let config = try golden["config"][name]
    let optimizer = primitive.optimizer(
      OptimizerConfiguration(
        try denseRule(name, golden["config"]),
        weightDecay: config.has("decay") ? try config["decay"].number : 0))
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
  @Test(
    arguments: try GoldenCase.of("primitives_sparse_optimisers"),
    ["lazy_adam", "adagrad", "rowwise_adagrad"])
  func lazyRuleOfATable(_ golden: GoldenCase, _ name: String) throws {
    let golden = try golden.load()
    try expectNames(
      golden["expect"].names, built: ["lazy_adam", "adagrad", "rowwise_adagrad"], absent: [])
    let table = try golden["parameters"]["table"].tensor
    let width = table.shape[1]
    let config = try golden["config"][name]
    let builder = Builder()
    let rows = PrimitiveRows(table, in: builder)
    let primitive = PrimitiveRun(rows, builder) { input in
      let upstream = Upstream(values: Storage(table.values.map { _ in 0 }), width: width)
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
      primitive.replaceInputGradient(by: touched.flatMap { all[($0 * width)..<(($0 + 1) * width)] })
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
    z: GoldenTensor, labels: [Float], mask: [Float]?, _ record: (Variable) -> Variable,
    loss: GoldenNode, gradient: GoldenNode, _ name: String
  ) throws {
    let builder = Builder()
    let rows = PrimitiveRows(
      GoldenTensor(shape: [z.values.count, 1], values: z.values), in: builder)
    let primitive = PrimitiveRun(rows, builder, labels: labels, spaces: mask) { input in
      (input, record(input))
    }
    let count = mask?.reduce(0, +) ?? Float(labels.count)
    primitive.run(scale: 1 / count)
    let sums = primitive.executor.lossSums(task: 0, rows: labels.count)
    #expect(sums.rows == Double(count))
    expectClose([Float(sums.loss / sums.rows)], try loss.tensor, "\(name): loss")
    expectClose(primitive.inputGradient, try gradient.tensor, "\(name): gradient")
  }

  /// Everything that is built is there, and nothing else but what is known to be absent.
  private func expectNames(_ names: [String], built: Set<String>, absent: [String]) {
    #expect(built.subtracting(names).isEmpty)
    let unknown = Set(names).subtracting(built).filter { name in
      !absent.contains { name.hasPrefix($0) }
    }
    #expect(unknown.isEmpty, "nothing compares \(unknown.sorted())")
  }
}
