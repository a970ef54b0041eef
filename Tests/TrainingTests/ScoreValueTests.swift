import Datasets
import Foundation
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Every score of three tasks by hand, one a regression whose labels are stored standardised, and whose
/// parameters the test rows are scored with.
@Suite struct ScoreValueTests {
  @Test func scoresOfThreeTasks() throws {
    let tasks = [
      TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "buy", kind: .binary),
      TaskDefinition(
        name: "amount", kind: .regression, scale: LabelScale(mean: 10, deviation: 2)),
    ]
    // Amounts of 12, 12, 8 and 10 are stored as 1, 1, −1 and 0.
    let labels: [Float] = [1, 1, 1, 0, 1, 1, 0, 0, -1, 1, 0, 0]
    let examples = Examples(
      count: 4, ids: Storage<Int32>(count: 0, filling: 0),
      dense: Storage<Float>(count: 0, filling: 0), labels: Storage(labels))
    let (three, nine) = (Float(log(3.0)), Float(log(9.0)))
    let evaluation = Scorer(tasks: tasks).evaluation(
      [[0, three, -three, nine], [nine, 0, 0, -three], [0, 1, -1, 2]], examples, split: .test,
      isOn: [true, true, true], step: 3, epoch: 0.5)
    func expect(_ task: Int, _ name: String, _ expected: Double) {
      let found = evaluation.tasks[task][name] ?? .nan
      #expect(abs(found - expected) < 1e-6, "\(task) \(name): \(found), expected \(expected)")
    }
    // Probabilities .5, .75, .25, .9 of labels 1, 0, 0, 1, in nats.
    let click = -(log(0.5) + log(0.25) + log(0.75) + log(0.9)) / 4
    expect(0, "auc", 0.75)
    expect(0, "logloss", click)
    expect(0, "ne", click / log(2))
    expect(0, "predicted_over_observed", 2.4 / 2)
    // Probabilities .9, .5, .5, .25 of labels 1, 1, 0, 0; one pair of four is a tie.
    expect(1, "auc", 0.875)
    expect(1, "logloss", -(log(0.9) + 2 * log(0.5) + log(0.75)) / 4)
    expect(1, "predicted_over_observed", 2.15 / 2)
    // Answers 10, 12, 8 and 14.
    expect(2, "rmse", 5.0.squareRoot())
    expect(2, "mae", 1.5)
    expect(2, "xauc", 0.6)
    expect(2, "r2", 1 - 5 / 2.75)
  }

  /// The test scores of a run that goes on past its best step are those of a run that ends there.
  @Test func testScoresAreThoseOfTheBestParameters() throws {
    func run(epochs: Int, keep: KeepRule) throws -> RunSummary {
      var configuration = TrainingConfiguration()
      configuration.model = "hard-sharing"
      configuration.modelOptions = ["bottom": "16", "tower": "8"]
      configuration.batchSize = 100
      configuration.learningRate = 0.1
      configuration.threads = 1
      configuration.epochs = epochs
      configuration.patience = 0
      configuration.keep = keep
      let run = SessionRun(configuration, problem: TinyProblem(rows: 300, tasks: 3, seed: 7))
      return try #require(run.summary(of: run.untilEnd()))
    }
    let long = try run(epochs: 12, keep: .balanced)
    // Three steps an epoch, scored at its end.
    #expect(long.bestStep < long.step && long.bestStep % 3 == 0 && long.step == 36)
    let short = try run(epochs: long.bestStep / 3, keep: .last)
    #expect(short.step == long.bestStep && short.test?.tasks.count == 3)
    #expect(short.test?.tasks.map(\.scores) == long.test?.tasks.map(\.scores))
    #expect(short.fingerprint == long.fingerprint)
    let whole = try run(epochs: 12, keep: .last)
    #expect(whole.test?.tasks.map(\.scores) != long.test?.tasks.map(\.scores))
  }
}
