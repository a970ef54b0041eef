import Datasets
import Graph
import Metrics
import Runs

/// Judges how often the first feature of a pair's explanation is one that the pair's own tuples name.
///
/// Pairs are those of the split's rows of which a tuple of the split names a feature of the training
/// rows, each once; beside them stands what names the feature that training rows mention most of the
/// item. A user or an item without an id of its own has no explanation and is left out.
final class FeatureJudge {
  private struct Pair: Hashable {
    let user, item: Int32
  }

  private let judged: [(pair: Pair, truth: Set<Int>)]
  private let leftOut: Int
  private let features: Int
  private let mentions: FeatureHits

  /// Judges the rows of a split that count for a task, at index `task` of so many.
  init(
    _ examples: Examples, _ data: Interactions, _ opinions: OpinionTuples, _ split: RowSplit,
    task: Int, of tasks: Int
  ) {
    var truths: [Pair: Set<Int>] = [:]
    for tuple in opinions[split] where tuple.feature >= 0 {
      truths[Pair(user: tuple.user, item: tuple.item), default: []].insert(Int(tuple.feature))
    }
    let fields = examples.count == 0 ? 0 : examples.ids.count / examples.count
    var (seen, unknown): (Set<Pair>, Int) = ([], 0)
    judged = (0..<examples.count).compactMap { row in
      let pair = Pair(
        user: examples.ids[row * fields + data.userField],
        item: examples.ids[row * fields + data.itemField])
      guard examples.isInside(row * tasks + task), let truth = truths[pair],
        seen.insert(pair).inserted
      else { return nil }
      guard data.users.contains(pair.user), data.items.contains(pair.item) else {
        unknown += 1
        return nil
      }
      return (pair, truth)
    }
    leftOut = unknown
    features = opinions.features.count
    let most = Self.mostMentioned(opinions.training)
    mentions = Self.hits(judged, features) { most.ofItem[$0.item] ?? most.ofAll }
  }

  /// The feature that is mentioned most of each item, and of all; of equal ones the first.
  private static func mostMentioned(
    _ tuples: [OpinionTuple]
  ) -> (ofItem: [Int32: Int], ofAll: Int?) {
    func most(_ own: [OpinionTuple]) -> Int? {
      Dictionary(own.map { (Int($0.feature), 1) }, uniquingKeysWith: +)
        .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
    return (Dictionary(grouping: tuples, by: \.item).compactMapValues(most), most(tuples))
  }

  private static func hits(
    _ judged: [(pair: Pair, truth: Set<Int>)], _ features: Int, _ name: (Pair) -> Int?
  ) -> FeatureHits {
    var hits = FeatureHits(features: max(1, features))
    for (pair, truth) in judged {
      hits.add(named: Set([name(pair)].compactMap { $0 }), truth: truth)
    }
    return hits
  }

  /// The score of a model that names a feature of a user and an item.
  func judge(_ name: (_ user: Int32, _ item: Int32) -> Int?) -> OwnJudgement {
    let hits = Self.hits(judged, features) { name($0.user, $0.item) }
    var basis: [TaskScores.Basis] = []
    if hits.rows > 0 { basis.append(hits.byLot(of: "pairs")) }
    if leftOut > 0 {
      basis.append(.init("left_out", leftOut == 1 ? "1 pair" : "\(leftOut) pairs"))
    }
    return OwnJudgement(
      scores: [Score(.featureHit, hits.ratio)], basis: basis,
      baseline: .init("mentions", [Score(.featureHit, mentions.ratio)]), isBesideRows: true)
  }
}

extension FeatureHits {
  /// What the ratio would be by lot, and of how many it is one: `0.067 of 2000 pairs`.
  func byLot(of rows: String) -> TaskScores.Basis {
    let lot = (chance * 1000).rounded() / 1000
    return .init("feature_hit_by_lot", "\(lot) of \(self.rows) \(rows)")
  }
}
