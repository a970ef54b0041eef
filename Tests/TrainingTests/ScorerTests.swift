import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Scores by task over a whole split, restricted to sample spaces.
@Suite struct ScorerTests {
  private let tasks = [
    TaskDefinition(name: "buy", kind: .binary), TaskDefinition(name: "spend", kind: .regression),
  ]

  private func examples(labels: [Float], spaces: [Float]? = nil) -> Examples {
    Examples(
      count: labels.count / 2, ids: Storage<Int32>(count: 0, filling: 0),
      dense: Storage<Float>(count: 0, filling: 0), labels: Storage(labels),
      spaces: spaces.map { Storage($0) })
  }

  private func evaluate(
    _ columns: [[Float]], _ examples: Examples, isOn: [Bool] = [true, true]
  ) -> Evaluation {
    Scorer(tasks: tasks).evaluation(
      columns, examples, split: .validation, isOn: isOn, step: 7, epoch: 1.5)
  }

  @Test func scoresByHand() throws {
    let rows = examples(labels: [1, 1, 0, 2, 1, 3, 0, 4])
    let result = evaluate([[2, 1, 0, -1], [1, 2, 3, 6]], rows)
    #expect((result.step, result.epoch, result.split) == (7, 1.5, .validation))
    #expect(result.tasks.map(\.task) == ["buy", "spend"])
    // One of four pairs is in the wrong order: 0 of a positive below 1 of a negative.
    #expect(result.tasks[0]["auc"] == 0.75)
    #expect(result.tasks[1]["rmse"] == 1)
    #expect(result.tasks[1]["mae"] == 0.5)
    // Weighed by the inverse of √(5 / 48) and √(13 / 216), what chance carries AUC and XAUC.
    let weights = [(48.0 / 5).squareRoot(), (216.0 / 13).squareRoot()]
    let mean = (0.75 * weights[0] + 1 * weights[1]) / (weights[0] + weights[1])
    #expect(abs(result.score - mean) < 1e-12)
    #expect(abs((result.tasks[1]["r2"] ?? .nan) - 0.2) < 1e-12)
    #expect(evaluate([[2, 1, 0, -1], [1, 2, 3, 6]], rows, isOn: [true, false]).score == 0.75)
  }

  /// The answer that a model declares decides, and not what the labels look like.
  @Test func answersDecideHowTheyAreScored() {
    let rows = examples(labels: [1, 1, 0, 2, 1, 3, 0, 4])
    var declared = tasks
    declared[0].declaredAnswer = .amount
    let result = Scorer(tasks: declared).evaluation(
      [[2, 1, 0, -1], [1, 2, 3, 6]], rows, split: .validation, isOn: [true, true], step: 7,
      epoch: 1.5)
    // √((1 + 1 + 1 + 1) / 4): every answer is one too many or too few.
    #expect(result.tasks[0].scores.first?.name == "rmse" && result.tasks[0]["rmse"] == 1)
    #expect(result.tasks[0]["auc"] == nil && result.tasks[0]["logloss"] == nil)
    #expect(
      result.tasks[1].scores == evaluate([[2, 1, 0, -1], [1, 2, 3, 6]], rows).tasks[1].scores)
  }

  @Test func rowsOutsideTheSpaceCountForNothing() throws {
    let inside = examples(labels: [1, 1, 0, 2, 1, 3])
    let outside = examples(
      labels: [1, 1, 0, 2, 1, 3, 0, 0, 1, 0], spaces: [1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    let few = evaluate([[2, 1, 0], [1, 2, 4]], inside)
    let many = evaluate([[2, 1, 0, 99, -99], [1, 2, 4, 1e9, -1e9]], outside)
    #expect(few == many)
    #expect(few.tasks[0]["auc"] == 0.5)
  }

  /// A conversion is judged on clicked rows; together with the click on all rows.
  @Test func conditionalTask() throws {
    let funnel = [
      TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "buy", kind: .binary),
    ]
    // Rows 0 to 3 were clicked, 0 and 2 bought; of their four pairs two are in order.
    let labels: [Float] = [1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0]
    let answers: [[Float]] = [[3, 3, 3, 3, -4, -4], [2, 1, -1, 0, -90, 90]]
    func score(_ spaces: [Float]?) -> TaskScores {
      Scorer(tasks: funnel, conditions: [nil, 0]).evaluation(
        answers, examples(labels: labels, spaces: spaces), split: .test, isOn: [true, true],
        step: 0, epoch: 0
      ).tasks[1]
    }
    let all = score(nil)
    #expect(all["auc"] == 0.5)
    #expect(
      all.scores.map(\.name) == [
        "auc", "logloss", "ne", "predicted_over_observed", "ece", "joint_auc", "joint_logloss",
      ])
    let chances = (0..<6).map { row -> Double in
      1 / (1 + exp(-Double(answers[0][row]))) / (1 + exp(-Double(answers[1][row])))
    }
    let loss = chances.enumerated().reduce(0) {
      $0 - ([0, 2].contains($1.offset) ? log($1.element) : log(1 - $1.element))
    }
    #expect(abs((all["joint_logloss"] ?? .nan) - loss / 6) < 1e-12)
    // 2 is above all four; −1 only above the two without a click.
    #expect(all["joint_auc"] == 6.0 / 8)
    // Conversions need not be known without a click, and those of clicked rows drop out.
    #expect(score([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0]) == all)
    let fewer = score([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    #expect(fewer["auc"] == 1 && fewer["joint_auc"] == 1)
  }

  @Test func oneClassHasNoAUC() throws {
    let result = evaluate([[2, 1], [1, 2]], examples(labels: [1, 1, 1, 2]))
    #expect(result.tasks[0]["auc"]?.isNaN == true)
    #expect(result.tasks[0]["logloss"]?.isFinite == true)
    // The other task's score stands for both.
    #expect(result.score == 1)
    // Nor does a regression say anything whose labels are all the same.
    #expect(evaluate([[2, 1], [1, 2]], examples(labels: [1, 3, 0, 3])).score == 1)
    let alone = evaluate(
      [[2, 1], [1, 2]], examples(labels: [1, 1, 1, 2]), isOn: [true, false])
    #expect(alone.score == -(alone.tasks[0]["logloss"] ?? .nan))
  }

  /// More rows than a plan takes at once, and a remainder.
  @Test func answersOfManyBlocks() throws {
    let problem = TinyProblem(rows: 2_500)
    let trainer = try problem.trainer("mmoe", batchSize: 64)
    let columns = trainer.outputs(for: problem.examples)
    #expect(columns.map(\.count) == [2_500, 2_500])
    for first in [0, 1_024, 2_400] {
      let expected = trainer.logits("stripe", problem.batch(from: first, rows: 100))
      #expect(zip(columns[1][first..<(first + 100)], expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}

/// Scores of epochs in, decisions out.
@Suite struct BestChoiceTests {
  @Test func keepsTheBestAndLosesPatience() throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try problem.trainer("hard-sharing")
    let store = trainer.store
    var choice = BestChoice(store: store)
    #expect(choice.restore() == nil)
    var fingerprints: [UInt64] = []
    var isBest: [Bool] = []
    var isOver: [Bool] = []
    for (step, score) in [0.6, 0.7, 0.7, 0.65].enumerated() {
      #expect(trainer.step(problem.batch(rows: 64), rate: 1e-2))
      fingerprints.append(store.fingerprint)
      isBest.append(choice.consider(score, step: step))
      isOver.append(choice.epochEnded(patience: 2))
    }
    #expect(isBest == [true, true, false, false])
    #expect(isOver == [false, false, false, true])
    #expect(choice.restore() == 1 && store.fingerprint == fingerprints[1])
  }

  /// An undefined score is never the best.
  @Test func undefinedScores() throws {
    let store = try TinyProblem(rows: 1).trainer("hard-sharing").store
    var choice = BestChoice(store: store)
    let isBest = [Double.nan, .nan, 0.1, .nan].enumerated().map {
      choice.consider($0.element, step: $0.offset)
    }
    #expect(isBest == [false, false, true, false])
    #expect(choice.bestStep == 2 && choice.lastConsidered == 3)
  }

  @Test func anotherSetOfTasksBeginsAnew() throws {
    var choice = BestChoice(store: try TinyProblem(rows: 1).trainer("hard-sharing").store)
    let before = choice.consider(0.9, step: 1)
    choice.restart()
    #expect(before && choice.bestStep == nil && choice.restore() == nil)
    let after = choice.consider(0.1, step: 2)
    #expect(after && choice.bestStep == 2)
  }

  @Test func noPatienceNeverEnds() throws {
    var choice = BestChoice(store: try TinyProblem(rows: 1).trainer("hard-sharing").store)
    let isOver = (0..<9).map { _ in choice.epochEnded(patience: 0) }
    #expect(!isOver.contains(true))
  }
}
