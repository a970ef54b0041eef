internal import Tensors

/// What packed entries name, as numbers below 2²⁴, which a float has exactly: the words of texts.
///
///     y_e = value_e                            y [entries, 1]
///
/// No gradient goes through ids.
public struct RaggedIds: Operation {
  /// The entries.
  public let column: RaggedColumn

  /// What entries name.
  public init(_ column: RaggedColumn) { self.column = column }

  /// The name in profiles and messages.
  public var name: String { "ragged ids" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// The entries.
  public func extent(of inputs: [Extent]) -> Extent { .entries(column) }
  /// 1.
  public func width(of inputs: [Int]) -> Int { 1 }

  /// Copies the ids.
  public func forward(_ call: Call) {
    guard let ragged = call.batch.ragged?[column.index] else { return }
    let parents = call.span(of: column.parent)
    var to = call.output.base
    for parent in parents.absolute..<(parents.absolute + parents.count) {
      for id in ragged[parent] {
        to[0] = Float(id)
        to += call.output.stride
      }
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

/// The first or the last entry of every row; 0 for a row without any.
///
///     y = x_T   or   x_1                       x packed [entries, w], y [rows, w]
public struct EndEntry: Operation {
  /// The entries.
  public let column: RaggedColumn
  /// Whether it is the last one.
  public let isLast: Bool

  /// One end of the entries.
  public init(_ column: RaggedColumn, isLast: Bool) {
    self.column = column
    self.isLast = isLast
  }

  /// The name in profiles and messages.
  public var name: String { isLast ? "last entry" : "first entry" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// That of the rows that have the entries.
  public func extent(of inputs: [Extent]) -> Extent {
    Slots.packed(column).extent(for: name, of: inputs) { entries, _ in [entries] }
  }
  /// As wide as an entry.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Copies an entry of every row.
  public func forward(_ call: Call) {
    let (x, y, width) = (call.input(0), call.output, call.outputWidth)
    forEachRow(call, width, x.base, x.stride) { row, entry in
      let to = y.base + row * y.stride
      guard let entry else { return to.update(repeating: 0, count: width) }
      to.update(from: entry, count: width)
    }
  }

  /// Hands the entry the gradient.
  public func backward(_ call: Call) {
    call.clearGradient(of: 0)
    guard let dx = call.inputGradient(0) else { return }
    let (dy, width) = (call.outputGradient, call.outputWidth)
    forEachRow(call, width, dx.base, dx.stride) { row, entry in
      if let entry { RowArithmetic.add(1, dy.base + row * dy.stride, to: entry, width) }
    }
  }

  @inline(__always) private func forEachRow(
    _ call: Call, _ width: Int, _ base: UnsafeMutablePointer<Float>, _ stride: Int,
    _ body: (_ row: Int, _ entry: UnsafeMutablePointer<Float>?) -> Void
  ) {
    let present = Presence(call, .packed(column), input: 1)
    for row in 0..<call.rows {
      let count = present.slots(ofRow: row, of: 0)
      body(
        row, count == 0 ? nil : present.entry(base, stride, row, isLast ? count - 1 : 0, width))
    }
  }
}

extension Graph {
  /// What packed entries name; see ``RaggedIds``.
  public func ids(of column: RaggedColumn) -> Variable { record(RaggedIds(column), []) }
}

extension Variable {
  /// One end of these entries; see ``EndEntry``.
  public func end(of column: RaggedColumn, isLast: Bool) -> Variable {
    graph.record(EndEntry(column, isLast: isLast), [self])
  }
}
