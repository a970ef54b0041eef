/// Some neighbouring columns of a value.
///
///     y = x[·, first ..< first + width]        x [B, n], y [B, width]
///     dx has dy in these columns and 0 in the others
public struct Slice: Operation {
  /// The first column.
  public let first: Int
  /// How many columns.
  public let width: Int

  /// Chooses the columns.
  public init(first: Int, width: Int) {
    self.first = first
    self.width = width
  }

  /// The name in profiles and messages.
  public var name: String { "slice" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// The chosen columns; stops the program if the input has fewer.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      first >= 0 && first + width <= inputs[0],
      "slice: columns \(first)..<\(first + width) of [B, \(inputs[0])]")
    return width
  }

  /// Copies the columns.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: x.base + row * x.stride + first, count: width)
    }
  }

  /// Adds to the columns' gradient, or writes it with zeros around it.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      let from = dy.base + row * dy.stride
      let to = dx.base + row * dx.stride
      if dx.accumulates {
        for column in 0..<width { to[first + column] += from[column] }
      } else {
        to.update(repeating: 0, count: call.inputWidth(0))
        (to + first).update(from: from, count: width)
      }
    }
  }
}

extension Variable {
  /// Some neighbouring columns; see ``Slice``.
  public func columns(_ columns: Range<Int>) -> Variable {
    graph.record(Slice(first: columns.lowerBound, width: columns.count), [self])
  }
}
