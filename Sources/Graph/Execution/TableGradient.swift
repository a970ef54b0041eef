public import Tensors

extension Executor {
  /// The gradient of a table as rows of the batch: those of each column of ids that reads the table.
  public struct TableGradient {
    /// What one column of ids adds to a table's gradient.
    public struct Part {
      /// Which ids choose the rows.
      public let column: IdColumn
      /// What the field's lists are like; nil for a column of single ids.
      public let list: ListShape?
      /// Row 0 of the batch, at the table's first column.
      public let base: UnsafeMutablePointer<Float>
      /// The distance of rows.
      public let stride: Int
      /// Which lookup of the plan it is of: parts of one lookup lie side by side.
      public let lookup: Int
      /// Whether the section computes it; what it does not compute is 0.
      public let isReached: Bool
    }

    /// The table.
    public let parameter: Parameter
    /// D.
    public let width: Int
    /// The parts, in the order of the plan; never empty, and at the same distances in all sections.
    public let parts: [Part]

    /// Where the first part lies.
    public var base: UnsafeMutablePointer<Float> { parts[0].base }
    /// The distance of rows that are counted from ``base``: those of the batch in the one part, single
    /// floats if there are several parts.
    public var stride: Int { parts.count == 1 ? parts[0].stride : 1 }
    /// Whether a row of the batch has one id in the table, so that its row is that id's gradient.
    public var isOneIdEach: Bool { parts.count == 1 && parts[0].list == nil }
  }
}
