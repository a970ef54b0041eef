import Graph

extension OnnxForm {
  /// What works on the numbers of a row.
  static let rows: [OnnxForm] = [
    form(Relu.self) { _, trace, call in trace.node("Relu", [call.x]) },
    form(Sigmoid.self) { _, trace, call in trace.node("Sigmoid", [call.x]) },
    form(Tanh.self) { _, trace, call in trace.node("Tanh", [call.x]) },
    form(Softmax.self) { _, trace, call in trace.softmax(call.x) },
    form(Regrouping.self) { operation, trace, call in
      trace.reshaped(
        call.x, operation.isBack ? [0, call.width] : [0, operation.count, call.width])
    },
    form(TemperedSoftmax.self) { operation, trace, call in
      let temperature = trace.block(operation.temperature, [1])
      return trace.softmax(trace.node("Div", [call.x, temperature]))
    },
    form(Addition.self) { _, trace, call in trace.node("Add", call.inputs) },
    form(Affine.self) { operation, trace, call in
      let scaled = trace.node("Mul", [call.x, trace.number(operation.factor)])
      return trace.node("Add", [scaled, trace.number(operation.term)])
    },
    form(GivenScale.self) { operation, trace, call in
      trace.node("Mul", [call.x, trace.block(operation.factor, [1])])
    },
    form(Concatenation.self) { _, trace, call in
      trace.node("Concat", call.inputs, [.integer("axis", 1)])
    },
    form(Slice.self) { operation, trace, call in
      trace.slice(call.x, axis: 1, operation.first..<(operation.first + operation.width))
    },
    form(Detach.self) { _, _, call in call.x },
    form(Following.self) { _, _, call in call.x },
    form(RowGate.self) { _, _, call in call.x },
    form(LayerNorm.self) { operation, trace, call in
      let width = operation.groupWidth
      let groups = trace.reshaped(call.x, [0, call.width / width, width])
      let normal = trace.node(
        "LayerNormalization",
        [groups, trace.block(operation.weight, [width]), trace.block(operation.bias, [width])],
        [.integer("axis", -1), .float("epsilon", operation.epsilon)])
      return trace.reshaped(normal, [0, call.width])
    },
    form(BatchNorm.self) { operation, trace, call in
      let numbers = [operation.weight, operation.bias, operation.mean, operation.variance]
      return trace.node(
        "BatchNormalization", [call.x] + numbers.map { trace.block($0, [operation.columns]) },
        [.float("epsilon", operation.epsilon)])
    },
    form(RatioLogit.self) { _, trace, call in trace.ratioLogit(call.inputs[0], call.inputs[1]) },
  ]
}

extension OnnxTrace {
  /// The softmax over the last extent.
  mutating func softmax(_ x: String) -> String { node("Softmax", [x], [.integer("axis", -1)]) }

  /// As ``RatioLogit`` is defined, in double precision, because ONNX has no expm1.
  fileprivate mutating func ratioLogit(_ above: String, _ below: String) -> String {
    func softplusOfMinus(_ z: String) -> String {
      let wide = node("Neg", [node("Cast", [z], [.integer("to", 11)])])
      let tail = node("Exp", [node("Neg", [node("Abs", [wide])])])
      let logarithm = node("Log", [node("Add", [tail, number(1.0)])])
      return node("Add", [node("Max", [wide, number(0.0)]), logarithm])
    }
    let d = node("Sub", [softplusOfMinus(below), softplusOfMinus(above)])
    let last = number(Double(RatioLogit.last))
    // Where d has no logit the first branch is not read, but must be a number.
    let rest = node("Sub", [number(1.0), node("Exp", [node("Min", [d, last])])])
    let inside = node("Sub", [d, node("Log", [rest])])
    let outside = node("Add", [d, number(Double(RatioLogit.most) - Double(RatioLogit.last))])
    let y = node("Where", [node("Less", [d, last]), inside, outside])
    return node("Cast", [y], [.integer("to", 1)])
  }
}
