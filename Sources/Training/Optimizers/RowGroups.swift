internal import CKernels
import Graph
import Tensors

/// The rows of a batch grouped by the ids that they have in a field: one, or those of a list.
final class RowGroups {
  /// The groups of the newest batch.
  private(set) var groups: ck_groups
  /// Groups at most.
  let most: Int

  private let field: Int
  private let hasLists: Bool
  private let vocabulary: Int64
  private let ids: Storage<Int32>
  private let starts: Storage<Int32>
  private let rows: Storage<Int32>
  private let scratch: Storage<Int32>
  /// The ids of a batch's lists and the rows that have them; empty for a field of single values.
  private let entries: (ids: Storage<Int32>, rows: Storage<Int32>)

  /// Memory for batches of so many rows.
  init(_ gradient: Executor.TableGradient, vocabulary: Int, capacity: Int) {
    field = gradient.field
    hasLists = gradient.list != nil
    self.vocabulary = Int64(vocabulary)
    // Ids that a batch has at most: one a row, or as many as the longest list.
    let count = capacity * (gradient.list?.longest ?? 1)
    let listed = hasLists ? count : 0
    entries = (Storage(count: listed, filling: 0), Storage(count: listed, filling: 0))
    most = hasLists ? min(count, vocabulary) : capacity
    ids = Storage(count: count + 1, filling: 0)
    starts = Storage(count: count + 2, filling: 0)
    rows = Storage(count: count, filling: 0)
    // Counting, where the vocabulary is small, takes a number an id; sorting one a row and counts.
    let counts = vocabulary < 65_536 ? vocabulary + 1 : 0
    scratch = Storage(count: max(count + 2050, counts), filling: 0)
    groups = ck_groups(count: 0, ids: ids.base, starts: starts.base, rows: rows.base)
  }

  /// Groups the rows of a batch.
  func group(_ batch: Batch) {
    guard let all = batch.ids else { return }
    if hasLists, let lists = batch.lists(of: field) {
      return ck_group_lists(
        Int64(batch.rows), all + field, Int64(batch.fields), batch.index, lists.starts, lists.ids,
        vocabulary, &groups, entries.ids.base, entries.rows.base, scratch.base)
    }
    ck_group(
      Int64(batch.rows), all + field, Int64(batch.fields), batch.index, vocabulary, &groups,
      scratch.base)
  }
}
