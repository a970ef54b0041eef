import Tensors

/// Which user met which item in the training rows, by user and by item.
///
/// Only training rows are in it: no row that validates or tests is in any list and in no count. A user
/// or an item is its id in a field of the rows. Where ids come from files, id 0 stands for all that are
/// rare or unseen; such a row is here too, under id 0, and a row that names nobody under the id that
/// such rows have. Neither is a user or an item.
///
/// Lists lie in memory of this object and are valid as long as it lives.
public final class Interactions: Sendable {
  /// The field of a row's ids that is the user.
  public let userField: Int
  /// The field of a row's ids that is the item.
  public let itemField: Int
  /// The users that have an id of their own.
  public let users: OwnIds
  /// The items that have an id of their own: what may be drawn, ranked and recommended.
  public let items: OwnIds
  /// By item, in how many training rows it is; its popularity.
  public let itemCounts: [Int32]
  /// Whether the rows of a user and of an item are in the order of their times, and not of the file.
  public let isByTime: Bool
  private let missingUser: Int32?
  private let rowsByUser: IdLists
  private let rowsByItem: IdLists
  private let itemsByUser: IdLists

  /// Gathers training rows.
  ///
  /// O(n log n) for n rows.
  ///
  /// - Parameters:
  ///   - training: the rows; the two fields have single values.
  ///   - features: what their columns are, and which ids name nobody.
  ///   - user: the field that is the user.
  ///   - item: the field that is the item.
  ///   - times: by row, when it was; empty: in the order of the rows.
  ///   - hasUnknown: whether id 0 is no user and no item of its own, as in all data from files.
  public init(
    _ training: Examples, _ features: FeatureSchema, user: Int, item: Int, times: [Int64] = [],
    hasUnknown: Bool = true
  ) {
    userField = user
    itemField = item
    let (userIds, itemIds) = (
      features.fields[user].vocabulary, features.fields[item].vocabulary
    )
    let first: Int32 = hasUnknown ? 1 : 0
    users = OwnIds(
      min(first, Int32(userIds))..<Int32(userIds), without: features.interactions?.missingUser)
    items = OwnIds(
      min(first, Int32(itemIds))..<Int32(itemIds), without: features.interactions?.missingItem)
    missingUser = features.interactions?.missingUser
    isByTime = !times.isEmpty
    let width = features.fields.count
    let ids = training.ids
    let order = Self.order(training.count, times)
    rowsByUser = IdLists(lists: userIds, order) { ids[Int($0) * width + user] }
    rowsByItem = IdLists(lists: itemIds, order) { ids[Int($0) * width + item] }
    itemsByUser = rowsByUser.distinct { ids[Int($0) * width + item] }
    itemCounts = (0..<itemIds).map { [rowsByItem] in Int32(rowsByItem[$0].count) }
  }

  /// The items that a user met, rising, each once.
  public func items(ofUser user: Int32) -> UnsafeBufferPointer<Int32> { itemsByUser[Int(user)] }

  /// How many ids users have, the unknown one and that of rows without a user among them.
  var userIds: Int { rowsByUser.count }

  /// The training rows of a user, by time, those of one time in the order of the file.
  public func rows(ofUser user: Int32) -> UnsafeBufferPointer<Int32> { rowsByUser[Int(user)] }

  /// The training rows of an item, by time, those of one time in the order of the file.
  public func rows(ofItem item: Int32) -> UnsafeBufferPointer<Int32> { rowsByItem[Int(item)] }

  /// Whether a user met an item; rows that name no user are nobody's, who met nothing.
  ///
  /// O(log m) for m items of the user.
  public func hasSeen(_ item: Int32, by user: Int32) -> Bool {
    guard user != missingUser else { return false }
    let seen = items(ofUser: user)
    var (low, high) = (0, seen.count)
    while low < high {
      let middle = (low + high) / 2
      if seen[middle] < item { low = middle + 1 } else { high = middle }
    }
    return low < seen.count && seen[low] == item
  }

  /// Rows by time; equal times keep the order of the file.
  private static func order(_ count: Int, _ times: [Int64]) -> [Int32] {
    let rows = (0..<count).map { Int32($0) }
    guard !times.isEmpty else { return rows }
    return rows.sorted { left, right in
      let (one, other) = (times[Int(left)], times[Int(right)])
      return one == other ? left < right : one < other
    }
  }
}

/// Lists of numbers, one after another.
private struct IdLists: Sendable {
  /// Where each list starts in ``values``, one more than there are lists.
  let starts: Storage<Int32>
  let values: Storage<Int32>

  /// Puts values into the list that each belongs to; within a list their order stays.
  init(lists: Int, _ values: [Int32], list: (Int32) -> Int32) {
    starts = Storage(count: lists + 1, filling: 0)
    self.values = Storage(count: values.count, filling: 0)
    for value in values { starts.base[Int(list(value)) + 1] += 1 }
    for index in 0..<lists { starts.base[index + 1] += starts.base[index] }
    var next = starts.array
    for value in values {
      let own = Int(list(value))
      self.values.base[Int(next[own])] = value
      next[own] += 1
    }
  }

  private init(starts: [Int32], values: [Int32]) {
    self.starts = Storage(starts)
    self.values = Storage(values)
  }

  var count: Int { starts.count - 1 }

  subscript(list: Int) -> UnsafeBufferPointer<Int32> {
    let (first, end) = (Int(starts[list]), Int(starts[list + 1]))
    return UnsafeBufferPointer(start: UnsafePointer(values.base) + first, count: end - first)
  }

  /// Lists of something of each value, rising, each once.
  func distinct(_ something: (Int32) -> Int32) -> IdLists {
    var (starts, found): ([Int32], [Int32]) = ([0], [])
    for list in 0..<count {
      var last: Int32?
      for value in self[list].map(something).sorted() where value != last {
        found.append(value)
        last = value
      }
      starts.append(Int32(found.count))
    }
    return IdLists(starts: starts, values: found)
  }
}
