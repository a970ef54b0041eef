public import Tensors

/// The lists of some fields: every list that occurs once, however many rows have it.
///
/// A row of ``Examples`` has the number of its list where it has the id of any other field.
public final class FieldLists: Sendable {
  /// The lists of one field.
  public struct Table: Sendable {
    /// Where each list starts in `ids`, one more than there are lists.
    public let starts: Storage<Int32>
    /// The ids of all lists, one list after another.
    public let ids: Storage<Int32>

    /// Lays lists out.
    public init(_ lists: [[Int32]]) {
      starts = Storage(
        lists.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32($1.count)) })
      ids = Storage(lists.flatMap { $0 })
    }

    /// Lists that are laid out.
    init(starts: Storage<Int32>, ids: Storage<Int32>) {
      self.starts = starts
      self.ids = ids
    }

    /// The ids of a list.
    public subscript(list: Int) -> UnsafeBufferPointer<Int32> {
      ListRows(starts: starts.base, ids: ids.base)[list]
    }

    /// Values in the longest list.
    public var longest: Int {
      (1..<starts.count).reduce(0) { max($0, Int(starts[$1] - starts[$1 - 1])) }
    }
  }

  /// By field, its lists; nil for a field of single values.
  public let tables: [Table?]
  /// By field, where its lists lie.
  public let rows: Storage<ListRows>

  /// Takes the lists of all fields; nil if none has any.
  public init?(_ tables: [Table?]) {
    guard tables.contains(where: { $0 != nil }) else { return nil }
    self.tables = tables
    let none = ListRows(starts: nil, ids: nil)
    rows = Storage(count: tables.count, filling: none)
    for (field, table) in tables.enumerated() {
      guard let table else { continue }
      rows.base[field] = ListRows(
        starts: UnsafePointer(table.starts.base), ids: UnsafePointer(table.ids.base))
    }
  }
}

extension Examples {
  /// The ids of a row in a field: one, or those of its list.
  public func ids(ofRow row: Int, field: Int) -> [Int32] {
    let id = ids[row * (count == 0 ? 0 : ids.count / count) + field]
    guard let table = lists?.tables[field] else { return [id] }
    return Array(table[Int(id)])
  }
}
