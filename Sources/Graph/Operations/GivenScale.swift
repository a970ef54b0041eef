/// A value times one number that is given: a strength.
///
///     y = x · s,   dx = s · dy                 x, y [B, n]; s is not learned
public struct GivenScale: Operation {
  /// s.
  public let factor: Parameter

  /// A value times a given number.
  public init(factor: Parameter) { self.factor = factor }

  /// The name in profiles and messages.
  public var name: String { "scale" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// s.
  public var givens: [Parameter] { [factor] }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Scales the rows.
  public func forward(_ call: Call) {
    let (x, y, factor) = (call.input(0), call.output, call.given(0)[0])
    for row in 0..<call.rows {
      for k in 0..<call.outputWidth {
        y.base[row * y.stride + k] = x.base[row * x.stride + k] * factor
      }
    }
  }

  /// Scales the gradient.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (dy, factor) = (call.outputGradient, call.given(0)[0])
    for row in 0..<call.rows {
      for k in 0..<call.outputWidth {
        let at = row * dx.stride + k
        let value = dy.base[row * dy.stride + k] * factor
        dx.base[at] = dx.accumulates ? dx.base[at] + value : value
      }
    }
  }
}

extension Variable {
  /// The value times a number that is given; see ``GivenScale``.
  public func times(_ factor: Parameter) -> Variable {
    graph.record(GivenScale(factor: factor), [self])
  }
}
