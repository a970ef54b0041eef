/// Values side by side.
///
///     y = [x_0, x_1, …]                        x_j [B, n_j], y [B, Σ n_j]
///     dx_j = dy's columns of x_j
public struct Concatenation: Operation {
  /// Values side by side.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "concatenation" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// Σ n_j.
  public func width(of inputs: [Int]) -> Int { inputs.reduce(0, +) }

  /// Copies the values side by side.
  public func forward(_ call: Call) {
    let y = call.output
    var column = 0
    for place in 0..<call.inputCount {
      let (x, width) = (call.input(place), call.inputWidth(place))
      for row in 0..<call.rows {
        (y.base + row * y.stride + column).update(from: x.base + row * x.stride, count: width)
      }
      column += width
    }
  }

  /// Hands every input its columns.
  public func backward(_ call: Call) {
    let dy = call.outputGradient
    var column = 0
    for place in 0..<call.inputCount {
      let width = call.inputWidth(place)
      if let dx = call.inputGradient(place) {
        for row in 0..<call.rows {
          let from = dy.base + row * dy.stride + column
          let to = dx.base + row * dx.stride
          if dx.accumulates {
            for k in 0..<width { to[k] += from[k] }
          } else {
            to.update(from: from, count: width)
          }
        }
      }
      column += width
    }
  }
}

extension Graph {
  /// Values side by side; see ``Concatenation``.
  public func concatenation(_ values: [Variable]) -> Variable {
    values.count == 1 ? values[0] : record(Concatenation(), values)
  }
}
