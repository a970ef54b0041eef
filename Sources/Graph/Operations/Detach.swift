/// A value whose gradient ends here: y = x, dx = 0.
public struct Detach: Operation {
  /// A value without a way back.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "detach" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Copies the input.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: x.base + row * x.stride, count: call.outputWidth)
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Variable {
  /// The same value, through which no gradient goes back; see ``Detach``.
  public func detached() -> Variable { graph.record(Detach(), [self]) }
}
