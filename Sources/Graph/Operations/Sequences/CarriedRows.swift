public import Tensors

/// Rows of numbers that somebody writes between runs: the states that a sentence has reached.
///
///     y_i = memory_i                           memory [rows, n], y [B, n]
///
/// They are no parameter and have no gradient; the memory must have a row for every row of a batch,
/// and is read by its place in the batch, whatever ``Batch/index`` says.
public struct CarriedRows: Operation {
  /// The numbers, row by row.
  public let memory: Storage<Float>
  /// n.
  public let columns: Int

  /// Rows of n numbers.
  public init(_ memory: Storage<Float>, columns: Int) {
    self.memory = memory
    self.columns = columns
  }

  /// The name in profiles and messages.
  public var name: String { "carried rows" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// A row of the batch each.
  public func extent(of inputs: [Extent]) -> Extent { .rows }
  /// n.
  public func width(of inputs: [Int]) -> Int { columns }

  /// Copies the rows.
  public func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(
        from: memory.base + (call.firstRow + row) * columns, count: columns)
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Graph {
  /// Rows that somebody writes between runs; see ``CarriedRows``.
  public func carriedRows(_ memory: Storage<Float>, columns: Int) -> Variable {
    record(CarriedRows(memory, columns: columns), [])
  }
}
