import Datasets
import Runs
import Tensors
import Testing

@testable import Training

/// How often an explanation's first feature is one of the pair's own tuples, by hand.
@Suite struct FeatureJudgeTests {
  /// Rows of fields item and user, where id 0 is nobody, and of two tasks, the second of tuples.
  private func rows(_ pairs: [(user: Int32, item: Int32)], outside: Int? = nil) -> Examples {
    let spaces = pairs.indices.flatMap { [Float(1), $0 == outside ? 0 : 1] }
    return Examples(
      count: pairs.count, ids: Storage(pairs.flatMap { [$0.item, $0.user] }), dense: Storage([]),
      labels: Storage([Float](repeating: 1, count: 2 * pairs.count)), spaces: Storage(spaces))
  }

  private func tuple(_ user: Int32, _ item: Int32, _ feature: Int32) -> OpinionTuple {
    OpinionTuple(user: user, item: item, feature: feature, opinion: 0, sentiment: -1)
  }

  /// Of four features; items 1 and 2, of which training rows mention 3 most of the first and nothing of
  /// the second, and 0 of all.
  private func judge(_ test: [OpinionTuple], _ rows: Examples) -> FeatureJudge {
    let training = [
      tuple(1, 1, 3), tuple(2, 1, 3), tuple(2, 1, 0), tuple(1, 3, 0), tuple(2, 3, 0),
    ]
    let opinions = OpinionTuples(
      features: ["a", "b", "c", "d"], opinions: ["good"], training: training, test: test)
    let fields = [
      CategoricalField(name: "item", vocabulary: 4), CategoricalField(name: "user", vocabulary: 3),
    ]
    let data = Interactions(
      self.rows(training.map { ($0.user, $0.item) }), FeatureSchema(fields: fields, dense: []),
      user: 1, item: 0)
    return FeatureJudge(rows, data, opinions, .test, task: 1, of: 2)
  }

  /// Pairs (1, 1) twice, (2, 2), (1, 2) without tuples, (2, 3) outside the task, and nobody.
  @Test func aHitIsAFeatureOfTheSamePair() throws {
    let all = rows([(1, 1), (2, 2), (1, 1), (1, 2), (2, 3), (0, 1)], outside: 4)
    let judge = judge(
      [
        tuple(1, 1, 1), tuple(1, 1, 2), tuple(2, 2, 0), tuple(2, 2, -1), tuple(2, 3, 3),
        tuple(0, 1, 1), tuple(2, 1, 3),
      ], all)
    var asked: [[Int32]] = []
    let own = judge.judge { user, item in
      asked.append([user, item])
      return user == 1 ? 2 : 3
    }
    #expect(asked == [[1, 1], [2, 2]])
    #expect(own.scores.map(\.name) == ["feature_hit"] && own.scores[0].value == 0.5)
    #expect(own.isBesideRows && own.rank.isNaN)
    // Two of four features and one of four: 3/8 by lot. Item 1's most mentioned feature, 3, is none of
    // its pair's; item 2 has none, and 0, the most mentioned of all, is.
    #expect(
      own.basis == [
        .init("feature_hit_by_lot", "0.375 of 2 pairs"), .init("left_out", "1 pair"),
      ])
    #expect(own.baseline?.name == "mentions" && own.baseline?.scores[0].value == 0.5)
    // What names nothing hits nothing, and has no chance to.
    let none = judge.judge { _, _ in nil }
    #expect(none.scores[0].value == 0 && none.basis[0].text == "0.0 of 2 pairs")
  }

  @Test func withoutPairsNothingIsSaid() {
    let own = judge([], rows([(1, 1)])).judge { _, _ in 0 }
    #expect(own.scores[0].value.isNaN && own.basis.isEmpty)
  }
}
