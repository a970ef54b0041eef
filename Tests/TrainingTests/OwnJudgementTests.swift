import Datasets
import Runs
import Tensors
import Testing

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

  private static func evaluation(_ judgements: [Int: OwnJudgement]) -> Evaluation {
    Scorer(tasks: tasks).evaluation(
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
