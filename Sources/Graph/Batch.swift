public import Tensors

/// The rows of a step as columns, in memory that outlives the step.
public struct Batch {
  /// Rows in the batch.
  public var rows: Int
  /// Ids [·, F], or nil without categorical fields.
  public var ids: UnsafePointer<Int32>?
  /// F.
  public var fields: Int
  /// Dense features [·, n].
  public var dense: UnsafePointer<Float>?
  /// n.
  public var denseCount: Int
  /// What was observed of the rows, for operations that compare with it.
  public var observed: Observations
  /// What random draws of this step begin with: a number that no other step has.
  public var draw: UInt64 = 0
  /// By field, where the lists lie whose numbers the rows have instead of ids; nil if no field has
  /// lists.
  public var lists: UnsafePointer<ListRows>?
  /// Ids that were drawn for this step [rows, drawnCount], in the order of the batch, whatever
  /// ``index`` says; nil if none were.
  public var drawn: UnsafePointer<Int32>?
  /// How many ids are drawn a row.
  public var drawnCount = 0
  /// By ``RaggedColumn/index``, where entries of rows lie that have as many as they have; nil if the rows
  /// have none.
  public var ragged: UnsafePointer<RaggedRows>?
  /// How many ragged columns there are.
  public var raggedCount = 0
  /// The number of the first row among the parents of ragged columns: entries are in the order of the
  /// batch, whatever ``index`` says.
  public var firstParent = 0
  /// The number of the own text of the arrays' first row, from which the others count on; −1 where
  /// rows have none.
  public var firstText: Int32 = -1
  /// Which rows of the arrays above make the batch; nil: the first ones, in order.
  public var index: UnsafePointer<Int32>?

  /// Where the lists of a field lie; nil for a field of single values.
  public func lists(of field: Int) -> ListRows? {
    guard let own = self.lists?[field], own.starts != nil else { return nil }
    return own
  }

  /// Where the lists of a column lie; nil for a column of single ids.
  public func lists(of column: IdColumn) -> ListRows? {
    guard case .field(let field) = column else { return nil }
    return lists(of: field)
  }

  /// The number in ``ragged`` of the first entry that a row has in a column, or that those behind it have.
  func firstEntry(of column: RaggedColumn, inRow row: Int) -> Int {
    guard let ragged else { return 0 }
    let parent = column.parent.column.map { firstEntry(of: $0, inRow: row) } ?? firstParent + row
    return Int(ragged[column.index].starts[parent])
  }

  /// Where the ids of some rows stand among those of all: in the rows, or in packed entries of theirs.
  public func places(of column: IdColumn, inRows rows: Range<Int>) -> Range<Int> {
    guard case .entries(let column, _) = column else { return rows }
    let (first, start) = (
      firstEntry(of: column, inRow: 0), firstEntry(of: column, inRow: rows.lowerBound)
    )
    return (start - first)..<(firstEntry(of: column, inRow: rows.upperBound) - first)
  }

  /// Where all ids of a column stand, see ``places(of:inRows:)``.
  public func places(of column: IdColumn) -> Range<Int> { places(of: column, inRows: 0..<rows) }

  /// Calls `body` with every id of a column that a row has, or an entry: one, or those of its list.
  public func forEachId(ofRow row: Int, column: IdColumn, _ body: (Int) -> Void) {
    switch column {
    case .constant(let id): body(Int(id))
    case .entries(let column, let values):
      guard let ids = ragged?[values].values else { return }
      body(Int(ids[firstEntry(of: column, inRow: 0) + row]))
    case .drawn(let number):
      guard let drawn else { return }
      body(Int(drawn[row * drawnCount + number]))
    case .field(let field):
      guard let ids else { return }
      let at = index.map { Int($0[row]) } ?? row
      let id = Int(ids[at * fields + field])
      guard let lists = lists(of: field) else { return body(id) }
      for id in lists[id] { body(Int(id)) }
    }
  }

  /// The number of a row's own text; −1 if it has none.
  public func text(ofRow row: Int) -> Int32 {
    firstText < 0 ? -1 : firstText + (index?[row] ?? Int32(row))
  }

  /// One of several parts of the rows, one after another, as equal as they can be.
  public func part(_ number: Int, of count: Int) -> Batch {
    let (first, end) = (rows * number / count, rows * (number + 1) / count)
    var part = self
    part.rows = end - first
    part.drawn = drawn.map { $0 + first * drawnCount }
    part.firstParent += first
    if let index {
      part.index = index + first
    } else {
      part.ids = ids.map { $0 + first * fields }
      part.dense = dense.map { $0 + first * denseCount }
      part.observed = observed.behind(rows: first)
      if firstText >= 0 { part.firstText = firstText + Int32(first) }
    }
    return part
  }

  /// Names the columns of so many rows; without any, no operation may read one.
  public init(
    rows: Int, ids: UnsafePointer<Int32>? = nil, fields: Int = 0,
    dense: UnsafePointer<Float>? = nil, denseCount: Int = 0,
    observed: Observations = Observations(), index: UnsafePointer<Int32>? = nil
  ) {
    self.rows = rows
    self.ids = ids
    self.fields = fields
    self.dense = dense
    self.denseCount = denseCount
    self.observed = observed
    self.index = index
  }
}
