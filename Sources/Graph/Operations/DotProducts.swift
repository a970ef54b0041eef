/// The inner products of a row with several others.
///
///     y_ij = ⟨x_i, v_ij⟩                       x [B, k], v [B, n·k], y [B, n]
///     dx_i = Σ_j dy_ij v_ij,  dv_ij = dy_ij x_i
public struct DotProducts: Operation {
  /// Inner products.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "dot products" }
  /// All rows.
  public var keeps: Keeps { .inputs }
  /// n; stops the program unless the others are several of the row's width.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[0] > 0 && inputs[1] % inputs[0] == 0,
      "dot products: a row and several of its width, found \(inputs)")
    return inputs[1] / inputs[0]
  }
  /// n·k.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs[1] }

  /// Computes the products.
  public func forward(_ call: Call) {
    let (x, v, y) = (call.input(0), call.input(1), call.output)
    let width = call.inputWidth(0)
    for row in 0..<call.rows {
      let (own, others) = (x.base + row * x.stride, v.base + row * v.stride)
      for j in 0..<call.outputWidth {
        y.base[row * y.stride + j] = RowArithmetic.dot(own, others + j * width, width)
      }
    }
  }

  /// Hands the row the others, and each of them the row.
  public func backward(_ call: Call) {
    let (x, v, dy) = (call.input(0), call.input(1), call.outputGradient)
    let (width, count) = (call.inputWidth(0), call.outputWidth)
    let (dx, dv) = (call.inputGradient(0), call.inputGradient(1))
    for row in 0..<call.rows {
      let slopes = dy.base + row * dy.stride
      if let dx {
        let to = dx.base + row * dx.stride
        if !dx.accumulates { to.update(repeating: 0, count: width) }
        for j in 0..<count {
          RowArithmetic.add(slopes[j], v.base + row * v.stride + j * width, to: to, width)
        }
      }
      if let dv {
        let to = dv.base + row * dv.stride
        if !dv.accumulates { to.update(repeating: 0, count: count * width) }
        for j in 0..<count {
          RowArithmetic.add(slopes[j], x.base + row * x.stride, to: to + j * width, width)
        }
      }
    }
  }
}

extension Variable {
  /// The inner products with several values that lie side by side; see ``DotProducts``.
  public func dots(_ others: Variable) -> Variable {
    graph.record(DotProducts(), [self, others])
  }
}
