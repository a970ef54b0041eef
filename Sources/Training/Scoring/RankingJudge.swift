import Datasets
import Foundation
import Graph
import Metrics
import Runs
import Tensors

/// Judges where a model has the items that users came to, among those that they had not met.
///
/// A user's candidates are the items of the training data but those that the user met in a training row;
/// where test rows are judged, those of validation rows are left out, too. Of more than
/// ``mostPairs`` users × items a user has ``sampledItems`` of them, drawn once, beside the true ones. A
/// candidate's row is the user's first row of the split with the candidate as its item; other columns
/// stay. Items of equal scores stand in no order, see `RankingScores`.
///
/// The same candidates are judged at every evaluation, by every model and seed.
final class RankingJudge {
  /// Users × items of which all are scored.
  static let mostPairs = 5_000_000
  /// Candidates beside the true ones where not all are scored.
  static let sampledItems = 100
  /// Places that count.
  static let places = 10

  fileprivate struct Asked {
    let user: Int32
    /// The user's first row of the split.
    let row: Int
    /// The items that the user came to, rising.
    var items: [Int32]
  }

  private let data: Interactions
  private let examples: Examples
  /// By user, what was met in the rows before.
  private let met: [Int32: Set<Int32>]
  private var asked: [Asked] = []
  /// Rows that are not judged: of users or items without an id, or of items that were met before.
  private var leftOut = 0
  private let isSampled: Bool
  /// By user that is asked for, the candidates where not all items are; in memory of 4 bytes each.
  private lazy var drawn: [[Int32]] = asked.map(draw)
  private let block: Examples
  private lazy var popularity = scores { items in items.map { Float(data.itemCounts[Int($0)]) } }
  private lazy var deviation = chanceDeviation()

  /// Judges the rows of a split that count for a task, at index `task` of so many.
  ///
  /// - Parameters:
  ///   - examples: the rows.
  ///   - before: rows whose items are no candidates besides those of training rows; nil: none.
  ///   - data: what was met in training rows.
  ///   - task: the task.
  ///   - tasks: how many tasks there are.
  ///   - blockRows: rows that are answered for at once.
  ///   - mostPairs: users × items of which all are scored.
  init(
    _ examples: Examples, before: Examples?, _ data: Interactions, task: Int, of tasks: Int,
    blockRows: Int, mostPairs: Int = RankingJudge.mostPairs
  ) {
    self.data = data
    self.examples = examples
    let fields = max(1, examples.count == 0 ? 1 : examples.ids.count / examples.count)
    met = before.map { Self.items(of: $0, data) } ?? [:]
    var places: [Int32: Int] = [:]
    for row in 0..<examples.count where examples.isInside(row * tasks + task) {
      let user = examples.ids[row * fields + data.userField]
      let item = examples.ids[row * fields + data.itemField]
      guard data.users.contains(user), data.items.contains(item), !data.hasSeen(item, by: user),
        met[user]?.contains(item) != true
      else {
        leftOut += 1
        continue
      }
      if let place = places[user] {
        asked[place].items.append(item)
      } else {
        places[user] = asked.count
        asked.append(Asked(user: user, row: row, items: [item]))
      }
    }
    for place in asked.indices { asked[place].items = Set(asked[place].items).sorted() }
    isSampled = asked.count * data.items.count > mostPairs
    block = examples.emptyBlock(rows: blockRows, tasks: tasks)
  }

  /// By user, the items of some rows.
  private static func items(of rows: Examples, _ data: Interactions) -> [Int32: Set<Int32>] {
    let fields = rows.count == 0 ? 0 : rows.ids.count / rows.count
    var items: [Int32: Set<Int32>] = [:]
    for row in 0..<rows.count {
      let at = row * fields
      items[rows.ids[at + data.userField], default: []].insert(rows.ids[at + data.itemField])
    }
    return items
  }
}

// MARK: - Candidates

extension RankingJudge {
  /// The candidates of the user at an index of ``asked``, the true ones among them.
  private func candidates(_ index: Int) -> [Int32] {
    if isSampled { return drawn[index] }
    let (user, met) = (asked[index].user, met[asked[index].user] ?? [])
    return data.items.filter { !data.hasSeen($0, by: user) && !met.contains($0) }
  }

  /// How many items a user has not met, from what the user has: O(m log m) for m items.
  private func freeCount(_ user: Int32) -> Int {
    let other = (met[user] ?? []).count { data.items.contains($0) && !data.hasSeen($0, by: user) }
    return data.items.count - data.items(ofUser: user).count { data.items.contains($0) } - other
  }

  /// Draws a user's candidates, without a look at every item.
  private func draw(_ asked: Asked) -> [Int32] {
    let met = met[asked.user] ?? []
    let source = RandomSource(seed: 0, .negatives)
    var chosen = Set(asked.items)
    let wanted = min(Self.sampledItems, freeCount(asked.user) - asked.items.count)
    var drawn: [Int32] = []
    var draw: UInt64 = 0
    while drawn.count < wanted {
      let index = source.index(
        below: data.items.count, UInt64(UInt32(bitPattern: asked.user)), draw)
      let item = data.items[index]
      draw += 1
      guard !data.hasSeen(item, by: asked.user), !met.contains(item) else { continue }
      if chosen.insert(item).inserted { drawn.append(item) }
    }
    return asked.items + drawn
  }

  /// `all new to a user, 190 of 240 in the mean`, `100 drawn of those new to a user among 12000, and
  /// the true ones`.
  private var words: String {
    let items = data.items.count
    guard !isSampled else {
      return "\(Self.sampledItems) drawn of those new to a user among \(items), and the true ones"
    }
    let sum = asked.reduce(0) { $0 + freeCount($1.user) }
    let mean = (Double(sum) / Double(max(1, asked.count))).rounded()
    return "all new to a user, \(Int(mean)) of \(items) in the mean"
  }

  /// The scores of answers that need no model.
  private func scores(_ answer: ([Int32]) -> [Float]) -> RankingScores {
    var scores = RankingScores(first: Self.places)
    for (index, asked) in asked.enumerated() {
      let items = candidates(index)
      scores.add(scores: answer(items), relevant: asked.indices(in: items))
    }
    return scores
  }

  /// How far NDCG strays where scores have nothing to do with items.
  ///
  ///     σ² = Σ_users (Σ_r d_r² / C − (Σ_r d_r / C)²) / users²,   d_r = 1 / log₂(1 + r), r ≤ 10
  ///
  /// for a user with one true item of C candidates; one with several strays less.
  private func chanceDeviation() -> Double {
    let discounts = (1...Self.places).map { 1 / log2(Double($0) + 1) }
    let variance = asked.indices.reduce(0.0) { sum, index in
      let count = Double(candidates(index).count)
      let own = discounts.prefix(Int(count))
      let mean = own.reduce(0, +) / count
      return sum + own.reduce(0) { $0 + $1 * $1 } / count - mean * mean
    }
    return variance.squareRoot() / Double(asked.count)
  }
}

extension RankingJudge.Asked {
  /// Where the true items stand among candidates.
  fileprivate func indices(in candidates: [Int32]) -> Set<Int> {
    let items = Set(items)
    return Set(candidates.indices.filter { items.contains(candidates[$0]) })
  }
}

// MARK: - A model

extension RankingJudge {
  /// The scores of a model, in memory that does not grow with users and items.
  ///
  /// - Parameter answer: what the model puts out for a block of rows, in their order; nil where it has
  ///   nothing for the task.
  /// - Returns: the scores, the candidates, and popularity beside them.
  func judge(_ answer: (Batch) -> UnsafePointer<Float>?) -> OwnJudgement {
    var scores = RankingScores(first: Self.places)
    var (waiting, answers): ([(items: [Int32], asked: Asked)], [Float]) = ([], [])
    var rows = 0
    func flush() {
      guard rows > 0 else { return }
      let found = answer(block.batch(from: 0, rows: rows))
      for row in 0..<rows { answers.append(found?[row] ?? .nan) }
      rows = 0
      while let first = waiting.first, answers.count >= first.items.count {
        scores.add(
          scores: Array(answers.prefix(first.items.count)),
          relevant: first.asked.indices(in: first.items))
        answers.removeFirst(first.items.count)
        waiting.removeFirst()
      }
    }
    for (index, asked) in asked.enumerated() {
      let items = candidates(index)
      waiting.append((items, asked))
      for item in items {
        write(item, of: asked, into: rows)
        rows += 1
        if rows == block.count { flush() }
      }
    }
    flush()
    return judgement(scores)
  }

  /// Makes a row of the block that of a user's candidate.
  private func write(_ item: Int32, of asked: Asked, into row: Int) {
    let (fields, numbers) = (block.ids.count / block.count, block.dense.count / block.count)
    let (from, to) = (asked.row, row)
    for field in 0..<fields {
      block.ids.base[to * fields + field] = examples.ids.base[from * fields + field]
    }
    for number in 0..<numbers {
      block.dense.base[to * numbers + number] = examples.dense.base[from * numbers + number]
    }
    block.ids.base[to * fields + data.itemField] = item
  }

  private func judgement(_ scores: RankingScores) -> OwnJudgement {
    var basis = [TaskScores.Basis("candidates", words), .init("users", "\(asked.count)")]
    if leftOut > 0 {
      let rows = leftOut == 1 ? "1 row" : "\(leftOut) rows"
      basis.append(
        .init("left_out", "\(rows): the item was met before, or it or the user has no id"))
    }
    if block.hasMoreColumns {
      basis.append(.init("other_columns", "those of the user's first row, whatever the item"))
    }
    if scores.brokenLists > 0 { basis.append(.init("no_numbers", "\(scores.brokenLists) users")) }
    return OwnJudgement(
      scores: Self.listed(scores), basis: basis,
      baseline: .init("popularity", Self.listed(popularity)), rank: scores.ndcg,
      deviation: deviation)
  }

  private static func listed(_ scores: RankingScores) -> [Score] {
    [
      Score(.discountedGain, scores.ndcg), Score(.hitRate, scores.hitRate),
      Score(.reciprocalRank, scores.meanReciprocalRank),
    ]
  }
}

extension Examples {
  /// Whether a row says more than who and what.
  fileprivate var hasMoreColumns: Bool { ids.count > 2 * count || dense.count > 0 }

  /// Memory for rows like these, whose labels are 0 and which count for every task.
  fileprivate func emptyBlock(rows: Int, tasks: Int) -> Examples {
    let (fields, numbers) = count == 0 ? (0, 0) : (ids.count / count, dense.count / count)
    return Examples(
      count: rows, ids: Storage(count: rows * fields, filling: 0),
      dense: Storage(count: rows * numbers, filling: 0),
      labels: Storage(count: rows * tasks, filling: 0), lists: lists)
  }
}
