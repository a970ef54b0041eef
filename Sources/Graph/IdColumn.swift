internal import Tensors

/// Where a lookup's ids stand.
public enum IdColumn: Sendable, Hashable {
  /// In a field of the rows of the data, by ``Batch/index``.
  case field(Int)
  /// In a column of ``Batch/drawn``, in the order of the batch.
  case drawn(Int)
  /// In no row: the same id for all.
  case constant(Int32)
  /// Beside packed entries, an id each: what the entries of ``Batch/ragged``\[`values`\] name, which are as
  /// many and lie in order.
  case entries(RaggedColumn, values: Int)

  /// The field; nil if the ids stand in none.
  public var field: Int? {
    guard case .field(let field) = self else { return nil }
    return field
  }

  /// What has the ids.
  var extent: Extent {
    guard case .entries(let column, _) = self else { return .rows }
    return .entries(column)
  }

  /// Ids that a row of the batch has at most, but for those of lists.
  public var mostOfRow: Int { extent.column?.mostOfRow ?? 1 }
}

/// Ids in memory: that of row i is base[index[i]·stride], or base[i·stride] without an index.
public struct IdRows {
  /// The first id.
  public let base: UnsafePointer<Int32>
  /// The distance of rows.
  public let stride: Int
  /// Which rows; nil: one after another.
  public let index: UnsafePointer<Int32>?
}

/// Finds the ids of a column in a batch.
public struct IdReader: Sendable {
  /// The column.
  public let column: IdColumn
  /// The id of a constant, which has no memory in a batch.
  private let constant: Storage<Int32>

  /// A reader of a column.
  public init(_ column: IdColumn) {
    self.column = column
    if case .constant(let id) = column {
      constant = Storage(count: 1, filling: id)
    } else {
      constant = Storage(count: 0, filling: 0)
    }
  }

  /// The ids of a batch's rows, or entries, from `firstRow` on; nil if the batch has none of the kind.
  ///
  /// Those of a constant lie in the reader's memory, which must outlive their use.
  public func ids(of batch: Batch, from firstRow: Int = 0) -> IdRows? {
    switch column {
    case .constant: return IdRows(base: UnsafePointer(constant.base), stride: 0, index: nil)
    case .drawn(let number):
      return batch.drawn.map {
        IdRows(
          base: $0 + firstRow * batch.drawnCount + number, stride: batch.drawnCount, index: nil)
      }
    case .entries(let column, let values):
      guard let rows = batch.ragged?[values], let ids = rows.values else { return nil }
      precondition(rows.at == nil, "ids of entries that do not lie in order")
      let first = batch.firstEntry(of: column, inRow: 0)
      return IdRows(base: ids + first + firstRow, stride: 1, index: nil)
    case .field(let field):
      guard let ids = batch.ids else { return nil }
      // With an index the rows of the arrays are those that it names.
      let skip = batch.index == nil ? firstRow : 0
      return IdRows(
        base: ids + skip * batch.fields + field, stride: batch.fields,
        index: batch.index.map { $0 + firstRow })
    }
  }
}
