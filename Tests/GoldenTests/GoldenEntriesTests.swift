import Graph
import Tensors
import TestSupport
import Testing

@testable import Layers

/// Operations on the entries of a row by themselves against the float64 reference.
@Suite struct GoldenEntries {
  /// Shares of a choice, and the choice with the gradient of the shares; the noise is the case's.
  @Test(arguments: try GoldenCase.of("primitives_gumbel")) func gumbel(_ golden: GoldenCase) throws
  {
    let isHard = golden.name.hasSuffix("straight_through")
    let golden = try golden.load()
    let logits = try golden["inputs"]["logits"].tensor
    let noise = try golden["expect"]["noise"].tensor
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let builder = Builder()
    let temperature = builder.shared.given(
      "temperature", count: 1, try golden["config"]["tau"].number)
    let width = logits.shape[1]
    let primitive = PrimitiveRun(PrimitiveRows(logits, in: builder), builder) { input in
      let y = (input + input.graph.carried(noise)).chosen(
        of: .fixed(width), temperature: temperature, stream: nil, as: isHard ? .choice : .shares)
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: width), [y]))
    }
    primitive.run()
    expectClose(primitive.output, try golden["expect"]["output"].tensor, "output")
    expectClose(
      primitive.inputGradient, try golden["expect"]["input_gradients"]["logits"].tensor, "logits")
  }

  @Test(arguments: try GoldenCase.of("primitives_conv_max"))
  func convolutionMax(_ golden: GoldenCase) throws {
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor  // [B, e, T]
    let weight = try golden["parameters"]["weight"].tensor  // [F, e, k]
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let (filters, width, window) = (weight.shape[0], weight.shape[1], weight.shape[2])
    let builder = Builder()
    let layer = builder.shared / "layer"
    let w = layer.matrix("weight", width * window, filters, .zeros)
    let b = layer.vector("bias", filters, .zeros)
    let primitive = PrimitiveRun(PrimitiveRows(Self.byToken(x), in: builder), builder) { input in
      let y = input.convolutionMax(
        w, bias: b, of: .fixed(x.shape[2]), window: window, filters: filters)
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: filters), [y]))
    }
    for name in ["weight", "bias"] {
      try primitive.set("layer.\(name)", to: golden["parameters"][name])
    }
    primitive.run()
    let expect = try golden["expect"]
    expectClose(primitive.output, try expect["output"].tensor, "output")
    for name in ["weight", "bias"] {
      expectClose(
        try primitive.gradient(of: "layer.\(name)"), try expect["gradients"][name].tensor, name)
    }
    expectClose(
      primitive.inputGradient, Self.byToken(try expect["input_gradients"]["x"].tensor), "x")
  }

  @Test(arguments: try GoldenCase.of("primitives_gru")) func gru(_ golden: GoldenCase) throws {
    let form: GRU.Form = golden.name.hasSuffix("reset_before") ? .resetBefore : .resetAfter
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor  // [B, T, e]
    let start = try golden["inputs"]["h0"].tensor  // [B, h]
    let (tokens, hidden) = (x.shape[1], start.shape[1])
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let builder = Builder()
    let layer = GatedRecurrence(x.shape[2], hidden: hidden, form: form, in: builder.shared / "gru")
    let (width, states) = (tokens * x.shape[2], tokens * hidden)
    let rows = PrimitiveRows(Self.sideBySide(x, start), in: builder)
    let primitive = PrimitiveRun(rows, builder) { input in
      let y = layer(
        input.columns(0..<width), from: input.columns(width..<(width + hidden)))
      return (y, input.graph.record(Upstream(values: Storage(upstream), width: states), [y]))
    }
    let names = ["weight_ih", "bias_ih", "weight_hh", "bias_hh"].map { "gru.\($0)" }
    for name in names { try primitive.set(name, to: golden["parameters"][name]) }
    primitive.run()
    let expect = try golden["expect"]
    expectClose(primitive.output, try expect["output"].tensor, "output")
    for name in names {
      expectClose(
        try primitive.gradient(of: name), try expect["gradients"][name].tensor, name)
    }
    let gradients = try expect["input_gradients"]
    expectClose(
      primitive.inputGradient,
      Self.sideBySide(try gradients["x"].tensor, try gradients["h0"].tensor), "x and h0")
  }

  /// The rows of two arrays beside each other.
  private static func sideBySide(_ a: GoldenTensor, _ b: GoldenTensor) -> GoldenTensor {
    let rows = a.shape[0]
    let (left, right) = (a.values.count / rows, b.values.count / rows)
    var values: [Double] = []
    for row in 0..<rows {
      values += a.values[(row * left)..<((row + 1) * left)]
      values += b.values[(row * right)..<((row + 1) * right)]
    }
    return GoldenTensor(shape: [rows, left + right], values: values)
  }

  /// [B, e, T] as rows of T tokens of e numbers.
  private static func byToken(_ x: GoldenTensor) -> GoldenTensor {
    let (rows, width, tokens) = (x.shape[0], x.shape[1], x.shape[2])
    var values: [Double] = []
    for row in 0..<rows {
      for token in 0..<tokens {
        for k in 0..<width { values.append(x.values[(row * width + k) * tokens + token]) }
      }
    }
    return GoldenTensor(shape: [rows, tokens * width], values: values)
  }
}
