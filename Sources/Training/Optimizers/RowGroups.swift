internal import CKernels
import Graph
import Tensors

/// The rows of a batch grouped by the ids that they have in a table: one, or those of a list, in one
/// column or in several.
///
/// Where the table is read by several columns, what is grouped are the places of the rows' gradients,
/// in floats from the first part's: column after column, row after row, list entry after list entry.
final class RowGroups {
  /// The groups of the newest batch.
  private(set) var groups: ck_groups
  /// Groups at most.
  let most: Int

  /// A column of ids and the numbers that stand for its rows, first + row·step.
  private struct Part {
    let reader: IdReader
    let hasLists: Bool
    let first: Int
    let step: Int
  }

  private let parts: [Part]
  /// Whether each row of the batch, or each entry, has one id.
  private let isOneIdEach: Bool
  private let vocabulary: Int64
  private let ids: Storage<Int32>
  private let starts: Storage<Int32>
  private let rows: Storage<Int32>
  private let scratch: Storage<Int32>
  /// All ids of a batch and the rows that have them; empty where each row has one.
  private let entries: (ids: Storage<Int32>, rows: Storage<Int32>)

  /// Memory for batches of so many rows.
  init(_ gradient: Executor.TableGradient, vocabulary: Int, capacity: Int) {
    let isSingle = gradient.parts.count == 1
    parts = gradient.parts.map { part in
      Part(
        reader: IdReader(part.column), hasLists: part.list != nil,
        first: part.base - gradient.base, step: isSingle ? 1 : part.stride)
    }
    isOneIdEach = gradient.isOneIdEach
    self.vocabulary = Int64(vocabulary)
    // Ids that a batch has at most: one a row and column, or as many as the longest list or all entries.
    let count = gradient.parts.reduce(0) {
      $0 + capacity * ($1.list?.longest ?? $1.column.mostOfRow)
    }
    let listed = isOneIdEach ? 0 : count
    entries = (Storage(count: listed, filling: 0), Storage(count: listed, filling: 0))
    most = isOneIdEach ? count : min(count, vocabulary)
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
    if isOneIdEach {
      guard let own = parts[0].reader.ids(of: batch) else { return }
      return ck_group(
        Int64(batch.places(of: parts[0].reader.column).count), own.base, Int64(own.stride),
        own.index, vocabulary, &groups,
        scratch.base)
    }
    var count: Int64 = 0
    for part in parts {
      guard let own = part.reader.ids(of: batch) else { continue }
      let lists = part.hasLists ? batch.lists(of: part.reader.column) : nil
      count = ck_add_entries(
        Int64(batch.places(of: part.reader.column).count), own.base, Int64(own.stride), own.index,
        lists?.starts, lists?.ids,
        Int64(part.first), Int64(part.step), count, entries.ids.base, entries.rows.base)
    }
    ck_group_entries(
      count, entries.ids.base, entries.rows.base, vocabulary, &groups, scratch.base)
  }

  /// Names the groups' rows by where they lie in a table that grows, and leaves out those that other processes
  /// keep; groups stay in the order of ids.
  func locate(in table: GrowingTable) {
    let (share, all) = (table.share, Int(groups.count))
    guard !share.isWhole else {
      for group in 0..<all { groups.ids[group] = table.slots.base[Int(groups.ids[group])] - 1 }
      return
    }
    var (kept, end) = (0, 0)
    for group in 0..<all {
      let id = Int(groups.ids[group])
      let own = Int(groups.starts[group])..<Int(groups.starts[group + 1])
      guard share.keeps(id) else { continue }
      groups.ids[kept] = table.slots.base[id] - 1
      groups.starts[kept] = Int32(end)
      for row in own {
        groups.rows[end] = groups.rows[row]
        end += 1
      }
      kept += 1
    }
    groups.starts[kept] = Int32(end)
    groups.count = Int64(kept)
  }
}
