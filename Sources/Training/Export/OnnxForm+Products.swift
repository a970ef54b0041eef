import Graph

extension OnnxForm {
  /// Affine maps.
  static let products: [OnnxForm] = [
    form(Linear.self) { operation, trace, call in
      let weight = trace.weight(operation)
      var y: String
      if operation.blocks == 1 {
        y = trace.node("MatMul", [call.x, weight])
      } else {
        let apart = trace.reshaped(call.x, [0, operation.blocks, operation.inputs])
        let first = trace.transposed(apart, [1, 0, 2])
        let product = trace.transposed(trace.node("MatMul", [first, weight]), [1, 0, 2])
        y = trace.reshaped(product, [0, call.width])
      }
      if let bias = operation.bias {
        y = trace.node("Add", [y, trace.block(bias, [call.width])])
      }
      return operation.hasRelu ? trace.node("Relu", [y]) : y
    },
    form(Stitch.self) { operation, trace, call in
      let (columns, width) = (operation.columns, call.width / operation.columns)
      let x = trace.reshaped(call.x, [0, columns, width])
      guard operation.isPerUnit else {
        let matrix = trace.block(operation.matrix, [columns, columns])
        return trace.reshaped(trace.node("MatMul", [matrix, x]), [0, call.width])
      }
      let matrix = trace.block(operation.matrix, [1, columns, columns, width])
      let all = trace.node("Mul", [trace.reshaped(x, [0, 1, columns, width]), matrix])
      return trace.reshaped(trace.sum(all, axis: 2), [0, call.width])
    },
    form(LayerMixture.self) { operation, trace, call in
      let (columns, layers) = (operation.columns, call.inputs.count)
      let weights = trace.block(operation.weights, [columns, layers])
      let parts = call.inputs.enumerated().map { layer, x in
        let own = trace.slice(weights, axis: 1, layer..<(layer + 1))
        return trace.node(
          "Mul", [trace.reshaped(x, [0, columns, call.width / columns]), own])
      }
      let sum = parts.count == 1 ? parts[0] : trace.node("Sum", parts)
      return trace.reshaped(sum, [0, call.width])
    },
    form(PairInteractions.self) { operation, trace, call in
      let fields = operation.fields
      let x = trace.reshaped(call.x, [0, fields, operation.fieldWidth])
      let product = trace.node("MatMul", [x, trace.transposed(x, [0, 2, 1])])
      let matrix = trace.reshaped(product, [0, fields * fields])
      guard operation.form == .strictTriangle else { return matrix }
      let pairs = (0..<fields).flatMap { i in
        (0..<fields).filter { $0 > i }.map { i * fields + $0 }
      }
      return trace.node("Gather", [matrix, trace.extents(pairs)], [.integer("axis", 1)])
    },
    form(ScaledDotProduct.self) { operation, trace, call in
      let product = trace.node("Mul", call.inputs)
      let sum = trace.sum(product, axis: 1, keepsAxis: true)
      return trace.node("Mul", [sum, trace.number(operation.scale)])
    },
  ]
}
