import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing

@testable import Training

/// Rankings of a few items, counted by hand.
@Suite struct RankingJudgeTests {
  /// Context, user, item and a number; three users and six items beside the unknown ones.
  private static let features = FeatureSchema(
    fields: [
      CategoricalField(name: "context", vocabulary: 9),
      CategoricalField(name: "user", vocabulary: 4), CategoricalField(name: "item", vocabulary: 7),
    ], dense: [DenseFeature(column: "hour", form: .indicator)])

  private static func examples(_ rows: [[Int32]], spaces: [Float]? = nil) -> Examples {
    Examples(
      count: rows.count, ids: Storage(rows.flatMap { $0 }),
      dense: Storage(rows.map { Float($0[0]) * 10 }), labels: Storage(rows.map { _ in Float(1) }),
      spaces: spaces.map { Storage($0) })
  }

  private static let training = examples([[8, 1, 1], [8, 1, 2], [8, 2, 3], [8, 3, 1]])
  private static let validation = examples([[7, 1, 3]])
  /// User 3 comes to an item that nobody knows, and user 2 to one that was met in training.
  private static let test = examples([[1, 1, 4], [2, 2, 1], [3, 3, 0], [4, 2, 3], [5, 2, 5]])
  private static let met = Interactions(training, features, user: 1, item: 2)

  /// By user, what the items 0…6 score.
  private static let scores: [[Float]] = [
    [], [9, 9, 9, 9, 0.5, 0.9, 0.1], [9, 0.9, 0.8, 9, 0.1, 0.7, 0.2], [],
  ]

  /// A model that scores as above, and the rows that it was asked for.
  private final class Model {
    private let memory = Storage<Float>(count: 1_000, filling: .nan)
    private(set) var rows: [[Int32]] = []
    private(set) var hours: [Float] = []
    private(set) var calls = 0

    func answer(_ batch: Batch) -> UnsafePointer<Float>? {
      calls += 1
      for row in 0..<batch.rows {
        guard let ids = batch.ids, let dense = batch.dense else { return nil }
        let own = (0..<3).map { ids[row * 3 + $0] }
        rows.append(own)
        hours.append(dense[row])
        let items = RankingJudgeTests.scores[Int(own[1])]
        memory.base[row] = items.isEmpty ? Float(own[2] % 7) : items[Int(own[2]) % items.count]
      }
      return UnsafePointer(memory.base)
    }
  }

  private static func judge(
    _ rows: Examples = test, before: Examples? = validation, block: Int = 4,
    mostPairs: Int = RankingJudge.mostPairs
  ) -> RankingJudge {
    RankingJudge(
      rows, before: before, met, task: 0, of: 1, blockRows: block, mostPairs: mostPairs)
  }

  /// d of the second and the third place.
  private static let second = 1 / log2(3.0)

  /// User 1 has 4, 5, 6 left, and comes to the second of them.
  ///
  /// User 2 has 1, 2, 4, 5, 6 left, and comes
  /// to the first and the third of them.
  @Test(arguments: [1, 3, 4, 8, 100]) func countedByHand(block: Int) {
    let model = Model()
    let found = Self.judge(block: block).judge(model.answer)
    let user2 = 1.5 / (1 + Self.second)
    let ndcg = (Self.second + user2) / 2
    #expect(found.scores.map(\.name) == ["ndcg@10", "hr@10", "mrr"])
    #expect(abs(found.scores[0].value - ndcg) < 1e-15)
    #expect(found.rank == found.scores[0].value)
    #expect(found.scores[1].value == 1 && found.scores[2].value == 0.75)
    let calls = (8 + block - 1) / block
    #expect(model.calls == calls)
    let basis: [TaskScores.Basis] = [
      .init("candidates", "all new to a user, 4 of 6 in the mean"), .init("users", "2"),
      .init("left_out", "2 rows: the item was met before, or it or the user has no id"),
      .init("other_columns", "those of the user's first row, whatever the item"),
    ]
    #expect(found.basis == basis)
  }

  /// A candidate's row is the user's first one of the split with another item.
  @Test func rowsOfCandidates() {
    let model = Model()
    _ = Self.judge().judge(model.answer)
    let rows: [[Int32]] = [
      [1, 1, 4], [1, 1, 5], [1, 1, 6], [2, 2, 1], [2, 2, 2], [2, 2, 4], [2, 2, 5], [2, 2, 6],
    ]
    let hours: [Float] = [10, 10, 10, 20, 20, 20, 20, 20]
    #expect(model.rows == rows)
    #expect(model.hours == hours)
  }

  /// Where rows without a user have user 2 and those without an item item 5, neither is judged.
  @Test func nobodyIsAskedFor() {
    var features = Self.features
    var fields = InteractionFields(user: 1, item: 2)
    (fields.missingUser, fields.missingItem) = (2, 5)
    features.interactions = fields
    let judge = RankingJudge(
      Self.test, before: Self.validation, Interactions(Self.training, features, user: 1, item: 2),
      task: 0, of: 1, blockRows: 4)
    let model = Model()
    let found = judge.judge(model.answer)
    #expect(model.rows == [[1, 1, 4], [1, 1, 6]])
    #expect(found.basis.contains(.init("users", "1")))
  }

  /// Data of users and items alone have no other columns to speak of.
  @Test func rowsOfUserAndItemAlone() {
    let features = FeatureSchema(
      fields: [
        CategoricalField(name: "user", vocabulary: 4),
        CategoricalField(name: "item", vocabulary: 7),
      ], dense: [])
    func rows(_ pairs: [[Int32]]) -> Examples {
      Examples(
        count: pairs.count, ids: Storage(pairs.flatMap { $0 }), dense: Storage([]),
        labels: Storage(pairs.map { _ in Float(1) }))
    }
    let met = Interactions(rows([[1, 1], [1, 2], [1, 6]]), features, user: 0, item: 1)
    let judge = RankingJudge(
      rows([[1, 4]]), before: nil, met, task: 0, of: 1, blockRows: 4)
    let memory = Storage<Float>(count: 4, filling: 0)
    let found = judge.judge { _ in UnsafePointer(memory.base) }
    let basis: [TaskScores.Basis] = [
      .init("candidates", "all new to a user, 3 of 6 in the mean"), .init("users", "1"),
    ]
    #expect(found.basis == basis)
  }

  /// Without rows before them, as for validation rows, item 3 is a candidate of user 1, and the first.
  @Test func itemsOfValidationRowsAreLeftOutForTestRowsAlone() {
    let model = Model()
    let found = Self.judge(before: nil).judge(model.answer)
    #expect(model.rows.count == 9)
    let mean = (1 / 3.0 + 1) / 2
    #expect(found.scores[2].value == mean)
  }

  /// Items 4, 5, 6 are alike to user 1: each place has a third.
  ///
  /// Item 1 leads for user 2, and 5 shares
  /// the places 3, 4, 5.
  @Test func popularity() throws {
    let found = Self.judge().judge(Model().answer)
    let baseline = try #require(found.baseline)
    let user1 = (1 + Self.second + 0.5) / 3
    let shared: Double = (0.5 + 1 / log2(5.0) + 1 / log2(6.0)) / 3
    let user2: Double = (1 + shared) / (1 + Self.second)
    let mean = (user1 + user2) / 2
    #expect(baseline.name == "popularity")
    #expect(abs(baseline.scores[0].value - mean) < 1e-14)
  }

  /// Of 3 and of 5 candidates.
  @Test func chanceDeviation() {
    let found = Self.judge().judge(Model().answer)
    func variance(_ count: Int) -> Double {
      let gains = (1...count).map { 1 / log2(Double($0) + 1) }
      let mean = gains.reduce(0, +) / Double(count)
      return gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    }
    let deviation = (variance(3) + variance(5)).squareRoot() / 2
    #expect(abs(found.deviation - deviation) < 1e-14)
  }

  /// A row that is none of the task's says nothing.
  @Test func rowsOutsideOfTheSpace() {
    let rows = Self.examples([[1, 1, 4], [2, 2, 1]], spaces: [0, 1])
    let found = Self.judge(rows).judge(Model().answer)
    #expect(found.scores[2].value == 1 && found.basis[1].text == "1")
  }

  /// A user whose score is no number is left out, aloud; nobody left leaves no number.
  @Test func brokenScores() {
    let found = Self.judge().judge { _ in nil }
    let undefined = found.scores.filter { $0.value.isNaN }
    #expect(undefined.count == 3 && found.rank.isNaN)
    #expect(found.basis.last == TaskScores.Basis("no_numbers", "2 users"))
  }

  /// 100 of 999 items and the true ones, none that was met, each once, and the same every time.
  @Test func drawnCandidates() {
    let features = FeatureSchema(
      fields: [
        CategoricalField(name: "context", vocabulary: 9),
        CategoricalField(name: "user", vocabulary: 4),
        CategoricalField(name: "item", vocabulary: 1_000),
      ], dense: Self.features.dense)
    let training = Self.examples((1..<600).map { [8, 3, Int32($0)] })
    let met = Interactions(training, features, user: 1, item: 2)
    let test = Self.examples([[1, 3, 700], [2, 3, 900]])
    let runs = (0..<2).map { _ in
      let judge = RankingJudge(
        test, before: nil, met, task: 0, of: 1, blockRows: 50, mostPairs: 998)
      let model = Model()
      let found = judge.judge(model.answer)
      #expect(
        found.basis[0].text
          == "100 drawn of those new to a user among 999, and the true ones")
      return model.rows.map { $0[2] }
    }
    let items = Set(runs[0])
    #expect(runs[0] == runs[1])
    #expect(runs[0].count == 102 && items.count == 102)
    #expect(runs[0].min() ?? 0 >= 600)
    #expect(items.contains(700) && items.contains(900))
  }

  /// Where fewer are left than are drawn, all that are left, whatever was met twice or has no id.
  @Test(.timeLimit(.minutes(1))) func allThatAreLeft() {
    let training = Self.examples((0...950).map { [8, 3, Int32($0)] })
    let met = Interactions(training, Self.manyItems(1_000), user: 1, item: 2)
    let validation = Self.examples([0, 940, 951, 951, 960].map { [7, 3, Int32($0)] })
    let judge = RankingJudge(
      Self.examples([[1, 3, 970], [2, 3, 980]]), before: validation, met, task: 0, of: 1,
      blockRows: 50, mostPairs: 998)
    let model = Model()
    _ = judge.judge(model.answer)
    #expect(model.rows.map { $0[2] }.sorted() == (952...999).filter { $0 != 960 })
  }

  /// A judgement of drawn candidates takes less than a single look at every item of every user.
  @Test func drawingLooksAtFewItems() {
    let users: Int32 = 300
    let features = Self.manyItems(20_000, users: Int(users) + 1)
    let training = Self.examples((1...users).map { [8, $0, $0 % 7 + 1] })
    let met = Interactions(training, features, user: 1, item: 2)
    let test = Self.examples((1...users).map { [1, $0, 1_000 + $0] })
    let memory = Storage<Float>(count: 64, filling: 0)
    let clock = ContinuousClock()
    let judged = clock.measure {
      let judge = RankingJudge(
        test, before: nil, met, task: 0, of: 1, blockRows: 64, mostPairs: 1)
      for _ in 0..<3 { _ = judge.judge { _ in UnsafePointer(memory.base) } }
    }
    var left = 0
    let looked = clock.measure {
      for user in 1...users { left += met.items.count { !met.hasSeen($0, by: user) } }
    }
    #expect(left == 300 * 19_998)
    #expect(judged < looked, "\(judged) and \(looked)")
  }

  private static func manyItems(_ items: Int, users: Int = 4) -> FeatureSchema {
    FeatureSchema(
      fields: [
        CategoricalField(name: "context", vocabulary: 9),
        CategoricalField(name: "user", vocabulary: users),
        CategoricalField(name: "item", vocabulary: items),
      ], dense: features.dense)
  }
}
