/// Values added up.
///
///     y = Σ_j x_j                              x_j, y [B, n]
///     dx_j = dy
public struct Sum: Operation {
  /// Values added up.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "sum" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// n; stops the program unless all values are as wide.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      !inputs.isEmpty && inputs.allSatisfy { $0 == inputs[0] },
      "sum: values of one width, found \(inputs)")
    return inputs[0]
  }

  /// Adds the values.
  public func forward(_ call: Call) {
    let (y, width) = (call.output, call.outputWidth)
    for place in 0..<call.inputCount {
      let x = call.input(place)
      for row in 0..<call.rows {
        let (from, to) = (x.base + row * x.stride, y.base + row * y.stride)
        if place == 0 {
          to.update(from: from, count: width)
        } else {
          RowArithmetic.add(1, from, to: to, width)
        }
      }
    }
  }

  /// Hands the gradient to every value.
  public func backward(_ call: Call) {
    let (dy, width) = (call.outputGradient, call.outputWidth)
    for place in 0..<call.inputCount {
      guard let dx = call.inputGradient(place) else { continue }
      for row in 0..<call.rows {
        let (from, to) = (dy.base + row * dy.stride, dx.base + row * dx.stride)
        if dx.accumulates {
          RowArithmetic.add(1, from, to: to, width)
        } else {
          to.update(from: from, count: width)
        }
      }
    }
  }
}

extension Variable {
  /// The sum of two values; see ``Sum``.
  public static func + (a: Variable, b: Variable) -> Variable {
    a.graph.record(Sum(), [a, b])
  }
}
