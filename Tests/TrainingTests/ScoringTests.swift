import Datasets
import Foundation
import Metrics
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// The score of all tasks together, by hand, and rows that cannot be scored.
@Suite struct ScoringTests {
  private let tasks = [
    TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "buy", kind: .binary),
    TaskDefinition(
      name: "watch", kind: .regression, scale: LabelScale(mean: 2_000, deviation: 10)),
  ]
  /// Six rows: AUC of click 8/9, of buy 2/5, XAUC of watch 11/15.
  private let columns: [[Float]] = [
    [3, 2, 1, 0, -1, -2], [1, 3, 2, 0, 5, 4], [0, 1, 2, 3, 4, -1],
  ]
  private let labels: [[Float]] = [
    [1, 1, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0], [-2, -1, 0, 1, 3, 2],
  ]

  private func examples(_ labels: [[Float]], groups: [Int32]? = nil) -> Examples {
    let rows = labels[0].count
    return Examples(
      count: rows, ids: Storage<Int32>(count: 0, filling: 0),
      dense: Storage<Float>(count: 0, filling: 0),
      labels: Storage((0..<rows).flatMap { row in labels.map { $0[row] } }),
      groups: groups.map { Storage($0) })
  }

  private func evaluate(
    _ columns: [[Float]], _ examples: Examples, keep: KeepRule = .balanced,
    isOn: [Bool] = [true, true, true]
  ) -> Evaluation {
    Scorer(tasks: tasks, keep: keep).evaluation(
      columns, examples, split: .validation, isOn: isOn, step: 7, epoch: 1.5)
  }

  /// σ² is (n + 1) / (12 n⁺ n⁻) with two labels, (2n + 5) / (18 n (n − 1)) without equal ones.
  @Test func everyTaskCountsByItsSpread() {
    let found = evaluate(columns, examples(labels))
    #expect(found.tasks[0]["auc"] == 8.0 / 9 && found.tasks[1]["auc"] == 0.4)
    #expect(found.tasks[2]["xauc"] == 11.0 / 15)
    let variances: [Double] = [7 / 108, 7 / 60, 17 / 540]
    let weights = variances.map { 1 / $0.squareRoot() }
    let ranks: [Double] = [8 / 9, 2 / 5, 11 / 15]
    func mean(_ tasks: [Int]) -> Double {
      tasks.reduce(0) { $0 + weights[$1] * ranks[$1] } / tasks.reduce(0) { $0 + weights[$1] }
    }
    #expect(abs(found.score - mean([0, 1, 2])) < 1e-12)
    let two = evaluate(columns, examples(labels), isOn: [true, false, true])
    #expect(abs(two.score - mean([0, 2])) < 1e-12)
  }

  /// Of watch the squared errors sum to 26 around labels whose squared deviations sum to 17.5.
  private static let rules: [(String, Double)] = [
    ("click:auc", 0.8888888888888888), ("buy:auc", 0.4), ("watch:xauc", 0.7333333333333333),
    ("watch:rmse", -20.816659994661325), ("watch:r2", -0.4857142857142857),
  ]

  @Test(arguments: rules) func oneScoreOfOneTaskDecides(_ rule: String, _ score: Double) throws {
    let keep = try KeepRule(parsing: rule)
    #expect(abs(evaluate(columns, examples(labels), keep: keep).score - score) < 1e-9)
    let loss = try KeepRule(parsing: "buy:logloss")
    let found = evaluate(columns, examples(labels), keep: loss)
    #expect(found.score == -(found.tasks[1]["logloss"] ?? .nan))
  }

  /// Watch is stored around 0: its errors are tens of the label's unit, its ranks what they were.
  @Test func regressionsAreScoredInTheirUnit() {
    let watch = evaluate(columns, examples(labels)).tasks[2]
    // Distances 2, 2, 2, 2, 1, 3 tens.
    #expect(abs((watch["mae"] ?? .nan) - 20) < 1e-9)
    #expect(abs((watch["rmse"] ?? .nan) - 20.816659994661325) < 1e-9)
    #expect(
      watch.scores.map(\.name) == ["rmse", "mae", "xauc", "r2", "predicted_over_observed"])
    // Answers of mean 1.5 and labels of mean 0.5, in tens above 2,000.
    #expect(abs((watch["predicted_over_observed"] ?? .nan) - 2_015.0 / 2_005) < 1e-9)
  }

  /// A task with one class does not count; where none is left minus the mean loss decides.
  @Test func undefinedScoresDoNotCount() {
    var some = labels
    some[0] = [0, 0, 0, 0, 0, 0]
    let left = evaluate(columns, examples(some))
    let rest = evaluate(columns, examples(labels), isOn: [false, true, true])
    #expect(left.tasks[0]["auc"]?.isNaN == true && abs(left.score - rest.score) < 1e-12)
    some[1] = [1, 1, 1, 1, 1, 1]
    some[2] = [1, 1, 1, 1, 1, 1]
    let none = evaluate(columns, examples(some))
    // Of watch the squared error of the stored labels: distances 1, 0, 1, 2, 3, 2.
    let losses: [Double] = none.tasks.prefix(2).map { $0["logloss"] ?? .nan } + [19 / 6]
    #expect(abs(none.score + losses.reduce(0, +) / 3) < 1e-9)
    let keep = KeepRule.score(task: "click", name: "auc")
    let asked = evaluate(columns, examples(some), keep: keep)
    #expect(abs(asked.score - none.score) < 1e-12)
  }

  /// A task without a single finite answer is no better than one without a rank score.
  @Test func aTaskOfBrokenAnswersLeavesNoScore() {
    let same: [[Float]] = [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]]
    #expect(evaluate(columns, examples(same)).score.isFinite)
    var broken = columns
    broken[1] = broken[1].map { _ in .nan }
    #expect(evaluate(broken, examples(same)).score.isNaN)
  }

  /// How far other rows would carry the main scores.
  @Test func standardErrorsOfMainScores() {
    let found = evaluate(columns, examples(labels)).tasks
    // Click: shares 1, 1, ⅔ of the positives and of the negatives: 2 · (6/81) / (3 · 2).
    let area = found[0].scores[0].standardError ?? .nan
    #expect(abs(area - 2.0.squareRoot() / 9) < 1e-12)
    // Watch: squares 4, 4, 4, 4, 1, 9 of hundreds, mean 26/6, squared deviations 100/3 in all.
    let root = found[2].scores[0].standardError ?? .nan
    #expect(abs(root - (1_000.0 / 39).squareRoot() / 2) < 1e-9)
    #expect(found[0].scores[1].standardError == nil)
  }

  /// Larger is better, in the sign of each main score; the loss stands in for an undefined one.
  @Test func rankingsByTask() {
    let found = evaluate(columns, examples(labels))
    #expect(found.rankings == [8.0 / 9, 0.4, -(found.tasks[2]["rmse"] ?? .nan)])
    var some = labels
    some[1] = [0, 0, 0, 0, 0, 0]
    let less = evaluate(columns, examples(some))
    #expect(less.rankings[1] == -(less.tasks[1]["logloss"] ?? .nan))
  }

  @Test func brokenAnswersAreCountedAndNamed() {
    var broken = columns
    broken[0][4] = .nan
    broken[0][5] = .infinity
    let found = evaluate(broken, examples(labels))
    // Without the two last rows, of which both are negative: 2 of 3 pairs are right.
    #expect(found.tasks[0]["auc"] == 2.0 / 3)
    #expect(found.tasks[0].brokenRows == 2 && found.tasks[0].firstBrokenRow == 4)
    #expect(found.tasks[1].brokenRows == 0 && found.tasks[1]["auc"] == 0.4)
    let sentence = found.brokenAnswers ?? ""
    #expect(sentence.contains("validation rows") && sentence.contains("click 2, first row 5"))
    #expect(evaluate(columns, examples(labels)).brokenAnswers == nil)
    broken[1] = broken[1].map { _ in .nan }
    let none = evaluate(broken, examples(labels))
    #expect(none.score.isNaN && none.tasks[1].brokenRows == 6)
  }

  /// Rows 0–2 are group 0, rows 3–4 group 1, row 5 none.
  @Test func scoresWithinGroups() throws {
    let grouped = examples(labels, groups: [0, 0, 0, 1, 1, -1])
    let found = evaluate(columns, grouped)
    #expect(found.tasks[0]["gauc"] == 1)
    // Buy: group 0 has one positive row above one of two; group 1 has one class.
    #expect(found.tasks[1]["gauc"] == 0.5)
    #expect(found.tasks[2]["gxauc"] == 1)
    #expect(found.tasks[0].scores.map(\.name).prefix(2) == ["auc", "gauc"])
    let keep = try KeepRule(parsing: "buy:gauc")
    #expect(evaluate(columns, grouped, keep: keep).score == 0.5)
  }

  /// Rows 2 and 3, without a group, are in the wrong order and make no group of their own.
  @Test func rowsWithoutAGroupAreNone() {
    let found = evaluate(columns, examples(labels, groups: [0, 0, -1, -1, 0, 0]))
    #expect(found.tasks[0]["gauc"] == 1)
  }

  @Test func calibrationIsOfProbabilities() {
    let found = evaluate(columns, examples(labels)).tasks[0]
    let chances: [Double] = columns[0].map { 1 / (1 + exp(-Double($0))) }
    let ratio = chances.reduce(0, +) / 3
    #expect(abs((found["predicted_over_observed"] ?? .nan) - ratio) < 1e-12)
    let losses = zip(chances, labels[0]).map { -log($1 == 1 ? $0 : 1 - $0) }
    let loss = losses.reduce(0, +) / 6
    #expect(abs((found["logloss"] ?? .nan) - loss) < 1e-12)
    #expect(abs((found["ne"] ?? .nan) - loss / log(2)) < 1e-12)
    // Six rows in ten bins: each is alone.
    let gaps = zip(chances, labels[0]).map { abs($0 - Double($1)) }
    #expect(abs((found["ece"] ?? .nan) - gaps.reduce(0, +) / 6) < 1e-12)
  }

  @Test func whatIsUndefinedIsSaid() {
    var some = labels
    some[0] = [0, 0, 0, 0, 0, 0]
    some[1] = some[0]
    func sentence(_ labels: [[Float]], keep: KeepRule = .balanced, isOn: [Bool]? = nil) -> String? {
      UndefinedScores(examples(labels), Scorer(tasks: tasks), split: .validation)
        .sentence(keep: keep, isOn: isOn ?? [true, true, true])
    }
    #expect(sentence(labels) == nil)
    let mixed = sentence(some) ?? ""
    #expect(mixed.hasPrefix("validation has no positive row of click and buy: "))
    #expect(mixed.contains("does not count"))
    let fallback = "mean log loss decides"
    #expect((sentence(some, isOn: [true, true, false]) ?? "").contains(fallback))
    #expect((sentence(some, keep: .score(task: "buy", name: "auc")) ?? "").contains(fallback))
    #expect(
      (sentence(some, keep: .score(task: "watch", name: "rmse")) ?? "").contains("not depend"))
    some[0] = [1, 1, 1, 1, 1, 1]
    some[2] = some[0]
    #expect(
      (sentence(some) ?? "").hasPrefix(
        "validation has no positive row of buy, no negative row of click, "
          + "one label only in all rows of watch: no task has a rank score there"))
  }

  /// What is undefined is looked for in the rows by which a task is judged.
  @Test func conditionalTasksAreJudgedOnTheirRows() {
    var some = labels
    // Bought without a click only: no clicked row is positive.
    some[1] = [0, 0, 1, 0, 1, 0]
    func sentence(_ conditions: [Int?]) -> String {
      UndefinedScores(
        examples(some), Scorer(tasks: tasks, conditions: conditions), split: .validation
      ).sentence(keep: .last, isOn: [true, true, true]) ?? ""
    }
    #expect(sentence([nil, nil, nil]).isEmpty)
    #expect(
      sentence([nil, 0, nil])
        == "validation has no positive row of buy: rank scores are undefined there")
  }

  /// Two losses are no numbers any more: the one that had jumped is the cause.
  @Test func theLossThatJumpedIsBlamed() {
    var watch = LossWatch(tasks: 3)
    for losses in [[0.7, 0.4, 2], [0.6, 0.4, 2.5], [0.65, 1e30, 2]] {
      for (task, loss) in losses.enumerated() { watch.add(loss, task: task) }
    }
    #expect(watch.culprit(among: [0, 1, 2]) { _ in .nan } == 1)
    #expect(watch.culprit(among: [0, 2]) { _ in .nan } == 0)
    #expect(watch.culprit(among: [0, 1, 2]) { $0 == 2 ? .infinity : 1 } == 2)
    #expect(watch.culprit(among: [0, 1, 2]) { _ in 1 } == 1)
  }
}
