public import Tensors

/// Rows in memory or in mapped files, row after row: N rows, F fields, n dense features, T tasks.
///
/// A row lies in one piece, so that a shuffled batch touches few cache lines.
public final class Examples: Sendable {
  /// N, the number of rows.
  public let count: Int
  /// Ids [N, F]; of a field of lists the number of the row's list.
  public let ids: Storage<Int32>
  /// The lists of fields that have any; nil if none has.
  public let lists: FieldLists?
  /// Dense features [N, n].
  public let dense: Storage<Float>
  /// Labels [N, T]; outside a task's sample space the number is 0 and means nothing.
  public let labels: Storage<Float>
  /// What a row counts for a task [N, T]: 0 outside the task's sample space, inside 1 or, in training
  /// rows that are weighted, the row's weight; nil if every row counts for every task alike.
  public let spaces: Storage<Float>?
  /// The group of each row [N] for scores within groups, −1 for none; nil if rows are not grouped.
  public let groups: Storage<Int32>?
  /// The same rows in their packed folder, from which they can be read block by block; nil of rows that
  /// lie in none.
  public let packed: PackedRows?
  /// The number of the first row's own text in ``Dataset/text``, from which the others count on; nil
  /// where rows have none.
  public let firstText: Int?

  /// Takes rows over.
  public init(
    count: Int, ids: Storage<Int32>, dense: Storage<Float>, labels: Storage<Float>,
    spaces: Storage<Float>? = nil, lists: FieldLists? = nil, groups: Storage<Int32>? = nil,
    firstText: Int? = nil, packed: PackedRows? = nil
  ) {
    self.packed = packed
    self.firstText = firstText
    self.lists = lists
    self.count = count
    self.ids = ids
    self.dense = dense
    self.labels = labels
    self.spaces = spaces
    self.groups = groups
  }
}

extension Examples {
  /// Lets the system take back what was read of mapped files; rows stay as they are, and in memory if
  /// they are there.
  public func letGo() {
    ids.letGo()
    dense.letGo()
    labels.letGo()
    spaces?.letGo()
    groups?.letGo()
  }
}
