import Datasets
import Graph
import Objectives
import Tensors

/// Draws what a step of MTER descends on: entries of the three tensors, and pairs of items.
///
/// Entries are drawn evenly and with replacement, those of X without regard to their slice, so that the
/// rating has as many of them as its share of X; of a pair the first item is one that its user has
/// rated, the second any. An item without a rating counts 0: the label of a pair is the sign of what
/// the first one is rated above the second. Draws follow from seed, step and row; tensors are those of
/// training rows alone.
final class EntrySource: RowSource {
  let capacity: Int
  let drawnCount = EntryRow.allCases.count
  private let random: RandomSource
  /// Entries of each tensor, and pairs.
  private let entries, pairs: Int
  private let lists: [EntryList]
  private let ratings: RatedItems
  private let roles: MTERRoles
  /// F, the slice of the rating.
  private let overall: Int32
  private let drawn: Storage<Int32>
  private let labels, spaces: Storage<Float>
  private let batch: Batch

  /// A source beside no batch; nil where nothing is known that could be drawn.
  init?(_ model: MTER, at site: SourceSite) {
    guard let dataset = site.dataset, let tensors = MTERTensors(dataset, for: model) else {
      return nil
    }
    random = RandomSource(seed: site.seed, .negatives)
    roles = model.roles
    overall = Int32(model.overall)
    entries = model.configuration.entries
    lists = EntryList.all(tensors).filter { $0.count > 0 }
    ratings = RatedItems(
      tensors.userItemFeature.filter { $0.index[2] == model.overall },
      items: dataset.interactions?.items ?? OwnIds(0..<0))
    pairs = roles.ranking == nil || ratings.isEmpty ? 0 : model.configuration.pairs
    let (rows, tasks) = (lists.count * entries + pairs, roles.ranking == nil ? 2 : 3)
    capacity = rows
    drawn = Storage(count: rows * drawnCount, filling: 0)
    labels = Storage(count: rows * tasks, filling: 0)
    spaces = Storage(count: rows * tasks, filling: 0)
    var batch = Batch(
      rows: rows, ids: nil, fields: 0, dense: nil, denseCount: 0,
      labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: tasks,
      index: nil)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), drawnCount)
    self.batch = batch
    writeKinds()
  }

  /// Writes what is the same in all steps: what a row is, and whose; of X see ``writeSlice(_:)``.
  private func writeKinds() {
    for row in 0..<capacity {
      let list = row / entries < lists.count ? lists[row / entries] : nil
      let at = drawn.base + row * drawnCount
      let tensor = list?.tensor ?? .pair
      at[EntryRow.tensor.rawValue] = tensor.rawValue
      if list == nil { at[EntryRow.feature.rawValue] = overall }
      spaces[row * batch.tasks + task(of: tensor)] = 1
    }
  }

  private func task(of tensor: EntryTensor) -> Int {
    switch tensor {
    case .rating: roles.rating
    case .userItemFeature, .userFeatureOpinion, .itemFeatureOpinion: roles.opinions
    case .pair: roles.ranking ?? roles.rating
    }
  }

  func rows(at step: Int, beside batch: Batch) -> Batch {
    var row = 0
    for list in lists {
      for _ in 0..<entries {
        let entry = random.index(below: list.count, UInt64(step), UInt64(row))
        list.write(entry, to: drawn.base + row * drawnCount)
        let tensor = list.tensor == .userItemFeature ? writeSlice(row) : list.tensor
        labels[row * self.batch.tasks + task(of: tensor)] = list.values[entry]
        row += 1
      }
    }
    for _ in 0..<pairs {
      drawPair(row, step: step)
      row += 1
    }
    return self.batch
  }

  /// Writes whose an entry of X is: the rating's in the overall slice, else the tuples'.
  private func writeSlice(_ row: Int) -> EntryTensor {
    let at = drawn.base + row * drawnCount
    let tensor: EntryTensor =
      at[EntryRow.feature.rawValue] == overall ? .rating : .userItemFeature
    at[EntryRow.tensor.rawValue] = tensor.rawValue
    spaces[row * batch.tasks + roles.rating] = tensor == .rating ? 1 : 0
    spaces[row * batch.tasks + roles.opinions] = tensor == .rating ? 0 : 1
    return tensor
  }

  private func drawPair(_ row: Int, step: Int) {
    let at = drawn.base + row * drawnCount
    let draw = UInt64(row) << 1
    let number = random.index(below: ratings.count, UInt64(step), draw | 1 << 32)
    let other = ratings.item(random.uniform(UInt64(step), draw | 1 | 1 << 32))
    let rated = ratings[number]
    at[EntryRow.user.rawValue] = rated.user
    at[EntryRow.item.rawValue] = rated.item
    at[EntryRow.other.rawValue] = other
    let difference = rated.value - ratings.value(of: other, by: rated.user)
    labels[row * batch.tasks + task(of: .pair)] = difference > 0 ? 1 : difference < 0 ? -1 : 0
  }
}

/// The entries of a tensor in memory.
private struct EntryList {
  let tensor: EntryTensor
  let count: Int
  /// Three a row, in the order of ``columns``.
  private let index: Storage<Int32>
  let values: Storage<Float>
  private let columns: [Int]

  init(_ tensor: EntryTensor, _ entries: [MTERTensors.Entry], _ columns: [EntryRow]) {
    self.tensor = tensor
    count = entries.count
    index = Storage(entries.flatMap { $0.index.map { Int32($0) } })
    values = Storage(entries.map { Float($0.value) })
    self.columns = columns.map(\.rawValue)
  }

  /// The three tensors.
  static func all(_ tensors: MTERTensors) -> [EntryList] {
    [
      EntryList(.userItemFeature, tensors.userItemFeature, [.user, .item, .feature]),
      EntryList(.userFeatureOpinion, tensors.userFeatureOpinion, [.user, .feature, .opinion]),
      EntryList(.itemFeatureOpinion, tensors.itemFeatureOpinion, [.item, .feature, .opinion]),
    ]
  }

  /// Writes where an entry lies into a row's columns.
  func write(_ entry: Int, to row: UnsafeMutablePointer<Int32>) {
    for place in 0..<3 { row[columns[place]] = index[entry * 3 + place] }
  }
}

/// What users have rated, by user and item.
private struct RatedItems {
  private let users: Storage<Int32>
  private let items: Storage<Int32>
  private let values: Storage<Float>
  /// By user, where the ratings begin; one more at the end.
  private let starts: Storage<Int32>
  private let all: OwnIds

  /// Ratings that rise by user, then by item, and all items.
  init(_ ratings: [MTERTensors.Entry], items all: OwnIds) {
    self.all = all
    users = Storage(ratings.map { Int32($0.index[0]) })
    items = Storage(ratings.map { Int32($0.index[1]) })
    values = Storage(ratings.map { Float($0.value) })
    let count = (ratings.last?.index[0] ?? 0) + 1
    var starts = [Int32](repeating: 0, count: count + 1)
    for rating in ratings { starts[rating.index[0] + 1] += 1 }
    for user in 0..<count { starts[user + 1] += starts[user] }
    self.starts = Storage(starts)
  }

  var count: Int { users.count }
  var isEmpty: Bool { users.count == 0 || all.isEmpty }

  subscript(number: Int) -> (user: Int32, item: Int32, value: Float) {
    (users[number], items[number], values[number])
  }

  /// An item by a number in [0, 1).
  func item(_ share: Double) -> Int32 { all[Int(share * Double(all.count))] }

  /// What a user has rated an item; 0 without a rating.
  func value(of item: Int32, by user: Int32) -> Float {
    var (low, end) = (Int(starts[Int(user)]), Int(starts[Int(user) + 1]))
    let last = end
    while low < end {
      let middle = (low + end) / 2
      if items[middle] < item { low = middle + 1 } else { end = middle }
    }
    return low < last && items[low] == item ? values[low] : 0
  }
}

extension MTERTensors {
  /// The tensors of a data set's training rows; nil where it knows no user, item or tuples.
  ///
  /// A rating of a user or an item without an id of its own is no entry.
  init?(_ dataset: Dataset, for model: MTER) {
    guard let interactions = dataset.interactions, let opinions = dataset.opinions else {
      return nil
    }
    let ratings = model.ratings(of: dataset.training).filter {
      interactions.users.contains(Int32($0.user)) && interactions.items.contains(Int32($0.item))
    }
    let tuples = opinions.training.filter {
      interactions.users.contains($0.user) && interactions.items.contains($0.item)
    }
    self.init(
      tuples, ratings: ratings, features: model.overall,
      greatestRating: model.greatestRating(of: dataset.training))
  }
}

extension MTER {
  /// Who rated what how, in the label's own units.
  func ratings(of rows: Examples) -> [(user: Int, item: Int, value: Double)] {
    guard rows.count > 0 else { return [] }
    let tasks = rows.labels.count / rows.count
    let width = rows.ids.count / rows.count
    return (0..<rows.count).compactMap { row in
      let at = row * tasks + roles.rating
      guard rows.spaces.map({ $0[at] != 0 }) ?? true else { return nil }
      return (
        Int(rows.ids[row * width + fields.user]), Int(rows.ids[row * width + fields.item]),
        scale.restored(rows.labels[at])
      )
    }
  }

  /// N: the greatest rating of some rows; 5 where there is none.
  func greatestRating(of rows: Examples) -> Double {
    max(ratings(of: rows).map(\.value).max() ?? 5, 2)
  }
}
