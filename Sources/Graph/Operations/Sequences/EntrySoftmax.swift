internal import Foundation

/// The softmax over the packed entries of every row, column by column.
///
///     y_tk = e^{x_tk} / Σ_s e^{x_sk}           x, y packed [entries, n]
///     dx_tk = y_tk (dy_tk − Σ_s y_sk dy_sk)
///
/// It is what a ``MaskedSoftmax`` is of entries that are parts of rows. The gradient needs `y` only.
public struct EntrySoftmax: Operation {
  /// The entries.
  public let column: RaggedColumn

  /// Softmaxes over entries.
  public init(_ column: RaggedColumn) { self.column = column }

  /// The name in profiles and messages.
  public var name: String { "softmax of entries" }
  /// The output.
  public var keeps: Keeps { .output }
  /// The entries.
  public func extent(of inputs: [Extent]) -> Extent {
    precondition(
      inputs == [.entries(column)], "\(name): needs \(Extent.entries(column)), found \(inputs)")
    return .entries(column)
  }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// The softmax of every row's entries.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    forEachRow(call) { first, count in
      for k in 0..<call.outputWidth {
        let (from, to) = (x.base + first * x.stride + k, y.base + first * y.stride + k)
        var top = from[0]
        for t in 1..<count { top = max(top, from[t * x.stride]) }
        var sum: Float = 0
        for t in 0..<count {
          to[t * y.stride] = exp(from[t * x.stride] - top)
          sum += to[t * y.stride]
        }
        for t in 0..<count { to[t * y.stride] /= sum }
      }
    }
  }

  /// The softmax's gradient.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (y, dy) = (call.output, call.outputGradient)
    forEachRow(call) { first, count in
      for k in 0..<call.outputWidth {
        let (shares, slopes) = (y.base + first * y.stride + k, dy.base + first * dy.stride + k)
        let to = dx.base + first * dx.stride + k
        var dot: Float = 0
        for t in 0..<count { dot += shares[t * y.stride] * slopes[t * dy.stride] }
        for t in 0..<count {
          let slope = shares[t * y.stride] * (slopes[t * dy.stride] - dot)
          to[t * dx.stride] = dx.accumulates ? to[t * dx.stride] + slope : slope
        }
      }
    }
  }

  /// Calls `body` with the first entry of every row that has one, by its place in the block, and with how
  /// many there are.
  @inline(__always) private func forEachRow(
    _ call: Call, _ body: (_ first: Int, _ count: Int) -> Void
  ) {
    guard let starts = call.starts(of: column) else { return }
    for row in 0..<call.span(of: column.parent).count where starts[row + 1] > starts[row] {
      body(Int(starts[row] - starts[0]), Int(starts[row + 1] - starts[row]))
    }
  }
}

extension Variable {
  /// The softmax over the entries of every row; see ``EntrySoftmax``.
  public func softmax(of column: RaggedColumn) -> Variable {
    graph.record(EntrySoftmax(column), [self])
  }
}
