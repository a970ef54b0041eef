import Graph
import Layers
import Tensors
import TestSupport
import Testing

/// Attention and layer norm by themselves against the float64 reference.
@Suite struct GoldenAttention {
  /// Where a case says which keys are real, no token heeds another one.
  @Test(arguments: try GoldenCase.of("primitives_attention", "primitives_attention_masked"))
  func multiHeadAttention(_ golden: GoldenCase) throws {
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor.shape  // [B, L, d]
    let shape = AttentionShape(
      tokens: x[1], width: x[2], heads: try golden["config"]["heads"].integer)
    let valid = golden.isMasked ? try golden["inputs"]["valid"].tensor : nil
    let builder = Builder()
    let rows = PrimitiveRows(Self.flat(try golden["inputs"]["x"].tensor), in: builder)
    let into = TokenDense(shape.width, 3 * shape.width, bias: true, in: builder.shared / "in")
    let out = TokenDense(shape.width, shape.width, bias: true, in: builder.shared / "out")
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let primitive = PrimitiveRun(rows, builder) { input in
      let roles = into(input)
      let scores = roles.attentionScores(shape)
      let weights =
        valid.map {
          scores.softmax(over: .fixed(shape.tokens), keeping: input.graph.carried($0))
        } ?? scores.softmax(groupsOf: shape.tokens)
      let y = out(roles.attended(by: weights, shape))
      let width = shape.tokens * shape.width
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: width), [y]))
    }
    let names = [
      ("in.weight", "in_proj_weight"), ("in.bias", "in_proj_bias"),
      ("out.weight", "out_proj.weight"), ("out.bias", "out_proj.bias"),
    ]
    for (path, name) in names { try primitive.set(path, to: golden["parameters"][name]) }
    primitive.run()
    try expect(primitive, golden, names)
  }

  @Test(arguments: try GoldenCase.of("primitives_layer_norm"))
  func layerNorm(_ golden: GoldenCase) throws {
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor.shape  // [B, L, d]
    let builder = Builder()
    let rows = PrimitiveRows(Self.flat(try golden["inputs"]["x"].tensor), in: builder)
    let norm = LayerNormalisation(x[2], in: builder.shared / "norm")
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = norm(input)
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: x[1] * x[2]), [y]))
    }
    let names = [("norm.weight", "weight"), ("norm.bias", "bias")]
    for (path, name) in names { try primitive.set(path, to: golden["parameters"][name]) }
    primitive.run()
    try expect(primitive, golden, names)
  }

  private func expect(
    _ primitive: PrimitiveRun, _ golden: GoldenNode, _ names: [(path: String, name: String)]
  ) throws {
    let expect = try golden["expect"]
    expectClose(primitive.output, try expect["output"].tensor, "output")
    expectClose(primitive.inputGradient, try expect["input_gradients"]["x"].tensor, "x")
    for (path, name) in names {
      expectClose(
        try primitive.gradient(of: path), try expect["gradients"][name].tensor, name)
    }
  }

  /// Rows of tokens as rows of numbers.
  private static func flat(_ x: GoldenTensor) -> GoldenTensor {
    GoldenTensor(
      shape: [x.shape[0], x.shape.dropFirst().reduce(1, *)], values: x.values)
  }
}

extension GoldenNode {
  /// Whether some entries of the case do not exist.
  fileprivate var isMasked: Bool { (try? self["inputs"].has("valid")) ?? false }
}
