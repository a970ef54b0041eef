/// A number of rows and columns of cells.
public struct Size: Sendable, Hashable {
  /// Rows.
  public var rows: Int
  /// Columns.
  public var columns: Int

  /// A size.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}

/// A rectangle of cells; its size is never negative.
public struct Rect: Sendable, Hashable {
  /// The top row, from 0.
  public var row: Int
  /// The left column, from 0.
  public var column: Int
  /// Rows and columns.
  public var size: Size

  /// A rectangle; negative extents become 0.
  public init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    size = Size(rows: max(0, rows), columns: max(0, columns))
  }

  /// Whether a cell lies in it.
  public func contains(row: Int, column: Int) -> Bool {
    row >= self.row && row < self.row + size.rows && column >= self.column
      && column < self.column + size.columns
  }

  /// The rectangle without a frame of one cell.
  public var inner: Rect {
    Rect(row: row + 1, column: column + 1, rows: size.rows - 2, columns: size.columns - 2)
  }

  /// The top `rows` rows, and what is left below them.
  public func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
    let top = min(max(0, rows), size.rows)
    return (
      Rect(row: row, column: column, rows: top, columns: size.columns),
      Rect(row: row + top, column: column, rows: size.rows - top, columns: size.columns)
    )
  }

  /// The left `columns` columns, and what is left beside them.
  public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
    let left = min(max(0, columns), size.columns)
    return (
      Rect(row: row, column: column, rows: size.rows, columns: left),
      Rect(row: row, column: column + left, rows: size.rows, columns: size.columns - left)
    )
  }
}
