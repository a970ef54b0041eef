/// The inner product of two rows, times a constant.
///
///     y_i  = s ⟨a_i, b_i⟩                      a, b [B, n], y [B, 1]
///     da_i = s dy_i b_i,  db_i = s dy_i a_i
public struct ScaledDotProduct: Operation {
  /// s.
  public let scale: Float

  /// An inner product times a constant.
  public init(scale: Float) { self.scale = scale }

  /// The name in profiles and messages.
  public var name: String { "dot product" }
  /// Both rows.
  public var keeps: Keeps { .inputs }
  /// 1; stops the program unless both rows are as wide.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[0] == inputs[1],
      "dot product: two values of one width, found \(inputs)")
    return 1
  }
  /// n.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs[0] }

  /// Computes the products.
  public func forward(_ call: Call) {
    let (a, b, y) = (call.input(0), call.input(1), call.output)
    let width = call.inputWidth(0)
    for row in 0..<call.rows {
      let (left, right) = (a.base + row * a.stride, b.base + row * b.stride)
      var sum: Float = 0
      for k in 0..<width { sum += left[k] * right[k] }
      y.base[row * y.stride] = scale * sum
    }
  }

  /// Hands each row the other one, scaled.
  public func backward(_ call: Call) {
    add(call.input(1), toGradientOf: 0, call)
    add(call.input(0), toGradientOf: 1, call)
  }

  private func add(_ other: Rows, toGradientOf input: Int, _ call: Call) {
    guard let gradient = call.inputGradient(input) else { return }
    let (dy, width) = (call.outputGradient, call.inputWidth(0))
    for row in 0..<call.rows {
      let factor = scale * dy.base[row * dy.stride]
      let (from, to) = (other.base + row * other.stride, gradient.base + row * gradient.stride)
      if gradient.accumulates {
        for k in 0..<width { to[k] += factor * from[k] }
      } else {
        for k in 0..<width { to[k] = factor * from[k] }
      }
    }
  }
}

extension Variable {
  /// The inner product with another value, row by row; see ``ScaledDotProduct``.
  public func dot(_ other: Variable, scale: Float = 1) -> Variable {
    graph.record(ScaledDotProduct(scale: scale), [self, other])
  }
}
