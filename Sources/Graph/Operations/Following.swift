/// A value as it is, whose mean over the rows a running mean follows.
///
///     y = x,  dx = dy,  a ← a + rate (mean_i x_i − a) after a step       x, y [B, n], a [n]
public struct Following: Operation {
  /// a.
  public let average: Parameter

  /// A value that is followed.
  public init(_ average: Parameter) { self.average = average }

  /// The name in profiles and messages.
  public var name: String { "following" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// a.
  public var averages: [Parameter] { [average] }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Copies the value and adds its rows up.
  public func forward(_ call: Call) {
    let (x, y, sums) = (call.input(0), call.output, call.sums(0))
    for row in 0..<call.rows {
      let from = x.base + row * x.stride
      (y.base + row * y.stride).update(from: from, count: call.outputWidth)
      RowArithmetic.add(1, from, to: sums, call.outputWidth)
    }
  }

  /// Hands the gradient on.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      let (from, to) = (dy.base + row * dy.stride, dx.base + row * dx.stride)
      if dx.accumulates {
        RowArithmetic.add(1, from, to: to, call.outputWidth)
      } else {
        to.update(from: from, count: call.outputWidth)
      }
    }
  }
}

/// Numbers that are given, a running mean for one, as a row of their own: y = a, [1, n].
public struct GivenRow: Operation {
  /// a.
  public let numbers: Parameter
  /// n.
  public let count: Int

  /// A row of n given numbers.
  public init(_ numbers: Parameter, count: Int) {
    self.numbers = numbers
    self.count = count
  }

  /// The name in profiles and messages.
  public var name: String { "given" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// a.
  public var givens: [Parameter] { [numbers] }
  /// It depends on no row.
  public func extent(of inputs: [Extent]) -> Extent { .block }
  /// It has no inputs.
  public var handsOnGradient: Bool { false }
  /// n.
  public func width(of inputs: [Int]) -> Int { count }
  /// Copies the numbers.
  public func forward(_ call: Call) {
    call.output.base.update(from: call.given(0), count: count)
  }
  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Variable {
  /// The value, whose mean over rows a running mean follows; see ``Following``.
  public func followed(by average: Parameter) -> Variable {
    graph.record(Following(average), [self])
  }
}

extension Graph {
  /// Given numbers as a row; see ``GivenRow``.
  public func row(given numbers: Parameter, count: Int) -> Variable {
    record(GivenRow(numbers, count: count), [])
  }
}
