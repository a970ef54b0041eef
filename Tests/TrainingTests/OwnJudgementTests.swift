import Datasets
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// How scores of judges of their own come into an evaluation.
@Suite struct OwnJudgementTests {
  private static let tasks = [
    TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "items", kind: .ranking),
    TaskDefinition(name: "said", kind: .tuples),
  ]

  private static let rows = Examples(
    count: 4, ids: Storage([]), dense: Storage([]),
    labels: Storage([0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]),
    spaces: Storage([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1]))

  private static let columns: [[Float]] = [[-1, 1, -2, 2], [0, 0, 0, 0], [1, 4, 100, 1]]

  private static func evaluation(
    _ judgements: [Int: OwnJudgement], keep: KeepRule = .balanced
  ) -> Evaluation {
    Scorer(tasks: tasks, keep: keep).evaluation(
      columns, rows, split: .validation, isOn: [true, true, true], step: 1, epoch: 1,
      judgements: judgements)
  }

  private static let judgement = OwnJudgement(
    scores: [Score(.discountedGain, 0.5)], basis: [.init("candidates", "all 6")],
    baseline: .init("popularity", [Score(.discountedGain, 0.25)]), rank: 0.5, deviation: 0.125)

  /// AUC 1 whose σ is √(5 / 48), and NDCG ½ whose σ is ⅛: each counts in units of its own.
  @Test func aRankingIsWeighedByItsOwnDeviation() {
    let found = Self.evaluation([1: Self.judgement])
    let sigma = (5 / 48.0).squareRoot()
    #expect(abs(found.score - (1 / sigma + 4) / (1 / sigma + 8)) < 1e-12)
    #expect(found.tasks[1].scores == Self.judgement.scores)
    #expect(found.tasks[1].basis == Self.judgement.basis)
    let words = found.tasks.map { task in task.surroundings { "\($0)" } }
    #expect(words == [nil, "candidates all 6; popularity: ndcg@10 0.25", nil])
    #expect(found.tasks[0].basis == nil)
  }

  /// What chance does not carry, or what is no number, does not count.
  @Test(arguments: [(Double.nan, 0.125), (0.5, 0), (0.5, .nan)])
  func whatIsUndefinedDoesNotCount(rank: Double, deviation: Double) {
    var judgement = Self.judgement
    (judgement.rank, judgement.deviation) = (rank, deviation)
    #expect(Self.evaluation([1: judgement]).score == 1)
  }

  /// A score that a rule names decides, whether or not labels differ or chance carries it.
  ///
  /// So do those of tuples, whose labels are all 1. Only what is no number leaves it to the mean loss.
  @Test func aNamedScoreDecidesWithoutLabels() {
    func score(_ task: String, _ kind: ScoreKind, hit: Double, ranked: Double = 0.5) -> Double {
      let features = OwnJudgement(scores: [Score(.featureHit, hit)], isBesideRows: true)
      var ranking = Self.judgement
      (ranking.scores, ranking.deviation) = ([Score(.discountedGain, ranked)], 0)
      return Self.evaluation(
        [1: ranking, 2: features], keep: .score(task: task, name: kind.name)
      ).score
    }
    #expect(score("said", .featureHit, hit: 0.5) == 0.5)
    #expect(score("said", .featureHit, hit: 0.75) == 0.75)
    #expect(score("said", .rootMeanSquaredError, hit: 0.5) == -(2.0.squareRoot()))
    #expect(score("items", .discountedGain, hit: 0.5, ranked: 0.25) == 0.25)
    let undefined = score("said", .featureHit, hit: .nan)
    // The mean of a log loss and of 2, the mean squared error.
    #expect(undefined < -1 && undefined > -2)
  }

  /// Of steps of the same loss that is kept whose named score is the largest.
  @Test func theStepOfTheNamedScoreIsKept() throws {
    let keep = KeepRule.score(task: "said", name: "feature_hit")
    var keeper = ScoreKeeper(keep, store: try TinyProblem(rows: 1).trainer("mmoe").store)
    for (step, hit) in [0.25, 0.75, 0.5].enumerated() {
      var found = Self.evaluation(
        [2: OwnJudgement(scores: [Score(.featureHit, hit)], isBesideRows: true)], keep: keep)
      found.step = step
      keeper.consider(&found)
      #expect(found.isBest == (step < 2))
    }
    #expect(keeper.restore(last: 2).step == 1)
  }

  /// Rows of squared errors 1, 4 and 1; the third is none of the task's.
  @Test func tuplesByTheirEntries() {
    let found = Self.evaluation([:])
    #expect(found.tasks[2].scores == [Score(.rootMeanSquaredError, 2.0.squareRoot())])
    #expect(found.score == 1)
    #expect(found.tasks[1].scores.map(\.name) == ["ndcg@10", "hr@10", "mrr"])
    let undefined = found.tasks[1].scores.filter { $0.value.isNaN }
    #expect(undefined.count == 3)
  }
}
