/// The sum of two values of one width.
///
///     y = a + b                                a, b, y [B, n]; da = db = dy
public struct Addition: Operation {
  /// A sum.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "addition" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// n; stops the program unless both are as wide.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[0] == inputs[1], "addition: two of one width, found \(inputs)")
    return inputs[0]
  }

  /// Adds.
  public func forward(_ call: Call) {
    let (a, b, y) = (call.input(0), call.input(1), call.output)
    for row in 0..<call.rows {
      let (from, other, to) = (
        a.base + row * a.stride, b.base + row * b.stride, y.base + row * y.stride
      )
      for k in 0..<call.outputWidth { to[k] = from[k] + other[k] }
    }
  }

  /// Hands the gradient to both.
  public func backward(_ call: Call) {
    let dy = call.outputGradient
    for place in 0..<2 {
      guard let dx = call.inputGradient(place) else { continue }
      for row in 0..<call.rows {
        let (from, to) = (dy.base + row * dy.stride, dx.base + row * dx.stride)
        if dx.accumulates {
          for k in 0..<call.outputWidth { to[k] += from[k] }
        } else {
          to.update(from: from, count: call.outputWidth)
        }
      }
    }
  }
}

extension Variable {
  /// The sum of two values of one width; see ``Addition``.
  public static func + (a: Variable, b: Variable) -> Variable {
    a.graph.record(Addition(), [a, b])
  }
}
