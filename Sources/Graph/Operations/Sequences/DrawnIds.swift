/// Ids that were drawn for a step, as numbers below 2²⁴, which a float has exactly.
///
///     y_c = drawn_i,(first + c)                drawn [B, d], y [B, n]
///
/// They are read where a source of rows has left them, in ``Batch/drawn``; no gradient goes through
/// ids.
public struct DrawnIds: Operation {
  /// The columns of ``Batch/drawn``.
  public let columns: Range<Int>

  /// Ids of some columns.
  public init(_ columns: Range<Int>) { self.columns = columns }

  /// The name in profiles and messages.
  public var name: String { "drawn ids" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// A row of the batch each.
  public func extent(of inputs: [Extent]) -> Extent { .rows }
  /// The columns.
  public var needs: BatchNeeds { BatchNeeds(columns: columns.map { .drawn($0) }) }
  /// n.
  public func width(of inputs: [Int]) -> Int { columns.count }

  /// Copies the ids.
  public func forward(_ call: Call) {
    let (y, batch) = (call.output, call.batch)
    guard let drawn = batch.drawn else { return }
    for row in 0..<call.rows {
      let from = drawn + (call.firstRow + row) * batch.drawnCount + columns.lowerBound
      let to = y.base + row * y.stride
      for column in 0..<columns.count { to[column] = Float(from[column]) }
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Graph {
  /// Ids of some columns that were drawn; see ``DrawnIds``.
  public func drawnIds(_ columns: Range<Int>) -> Variable { record(DrawnIds(columns), []) }
}
