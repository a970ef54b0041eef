import Graph

extension OnnxForm {
  /// Gates and the experts that they weigh.
  static let experts: [OnnxForm] = [
    form(Mixture.self) { _, trace, call in
      let groups = Array(call.inputs.dropFirst())
      let all =
        groups.count == 1 ? groups[0] : trace.node("Concat", groups, [.integer("axis", 1)])
      let experts = trace.reshaped(all, [0, call.widths[0], call.width])
      let gates = trace.reshaped(call.x, [0, 1, call.widths[0]])
      return trace.reshaped(trace.node("MatMul", [gates, experts]), [0, call.width])
    },
    form(Renormalisation.self) { operation, trace, call in
      let mask = operation.mask.map { trace.block($0, [1, call.width]) } ?? call.inputs[1]
      let kept = trace.node("Mul", [call.x, mask])
      let sum = trace.sum(kept, axis: 1, keepsAxis: true)
      let isLeft = trace.node("Greater", [sum, trace.number(Float(0))])
      // Nothing left: divided by 1, and not read.
      let divisor = trace.node("Where", [isLeft, sum, trace.number(Float(1))])
      return trace.node("Where", [isLeft, trace.node("Div", [kept, divisor]), call.x])
    },
  ]

  /// Tokens that attend to each other.
  static let attention: [OnnxForm] = [
    form(AttentionScores.self) { operation, trace, call in
      let shape = operation.shape
      let queries = trace.heads(call.x, shape, part: 0, [0, 2, 1, 3])
      let keys = trace.heads(call.x, shape, part: 1, [0, 2, 3, 1])
      let scale = 1 / Float(shape.width / shape.heads).squareRoot()
      let scores = trace.node(
        "Mul", [trace.node("MatMul", [queries, keys]), trace.number(scale)])
      return trace.reshaped(scores, [0, call.width])
    },
    form(AttentionMixture.self) { operation, trace, call in
      let shape = operation.shape
      let weights = trace.reshaped(call.x, [0, shape.heads, shape.tokens, shape.tokens])
      let values = trace.heads(call.inputs[1], shape, part: 2, [0, 2, 1, 3])
      let sums = trace.transposed(trace.node("MatMul", [weights, values]), [0, 2, 1, 3])
      return trace.reshaped(sums, [0, call.width])
    },
    form(AdditiveScores.self) { operation, trace, call in
      let hidden = operation.hidden
      let (queries, tokens) = (call.widths[0] / hidden, call.widths[1] / hidden)
      let sum = trace.node(
        "Add",
        [
          trace.reshaped(call.x, [0, queries, 1, hidden]),
          trace.reshaped(call.inputs[1], [0, 1, tokens, hidden]),
        ])
      let weight = trace.block(operation.weight, [hidden, 1])
      return trace.reshaped(
        trace.node("MatMul", [trace.node("Tanh", [sum]), weight]), [0, call.width])
    },
    form(Emphasis.self) { _, trace, call in
      let tokens = call.widths[1]
      let factors = trace.node(
        "Add",
        [
          trace.node("Mul", [call.inputs[1], trace.number(Float(tokens))]),
          trace.number(Float(1)),
        ])
      let all = trace.reshaped(call.x, [0, tokens, call.width / tokens])
      return trace.reshaped(
        trace.node("Mul", [all, trace.reshaped(factors, [0, tokens, 1])]), [0, call.width])
    },
  ]
}

extension OnnxTrace {
  /// The queries (part 0), keys (1) or values (2) of all heads: [B, T, h, d/h], in another order.
  fileprivate mutating func heads(
    _ x: String, _ shape: AttentionShape, part: Int, _ order: [Int]
  ) -> String {
    let tokens = reshaped(x, [0, shape.tokens, 3, shape.width])
    let own = reshaped(
      slice(tokens, axis: 2, part..<(part + 1)),
      [0, shape.tokens, shape.heads, shape.width / shape.heads])
    return transposed(own, order)
  }
}
