/// A value times one constant, plus another.
///
///     y = a x + b                               x, y [B, n]; a and b are fixed when the plan is traced
///     dx = a dy
public struct Affine: Operation {
  /// a.
  public let factor: Float
  /// b.
  public let term: Float

  /// The name in profiles and messages.
  public var name: String { "affine" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Computes the rows.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      for k in 0..<call.outputWidth {
        y.base[row * y.stride + k] = factor * x.base[row * x.stride + k] + term
      }
    }
  }

  /// Scales the gradient.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      for k in 0..<call.outputWidth {
        let at = row * dx.stride + k
        let value = factor * dy.base[row * dy.stride + k]
        dx.base[at] = dx.accumulates ? dx.base[at] + value : value
      }
    }
  }
}

extension Variable {
  /// The value times a constant, plus another; see ``Affine``.
  public func affine(times factor: Float, plus term: Float) -> Variable {
    graph.record(Affine(factor: factor, term: term), [self])
  }
}
