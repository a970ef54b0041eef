import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What a regression is trained in, and what is said of it in its own unit.
@Suite struct RegressionScaleTests {
  private static func configuration(_ model: String = "mmoe") -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = model
    configuration.batchSize = 64
    configuration.epochs = 2
    configuration.learningRate = 0.01
    return configuration
  }

  /// Labels of the same stored numbers in another unit: the same run to the bit, scores and answers
  /// in the unit.
  @Test(arguments: ["mmoe", "linear"]) func scoresAreInTheLabelsUnit(model: String) throws {
    let problem = TinyProblem(rows: 1_000, tasks: 3)
    let scale = LabelScale(mean: 2_000, deviation: 5)
    let plain = SessionRun(Self.configuration(model), problem: problem)
    let scaled = SessionRun(Self.configuration(model), problem: problem.scaled(scale, task: 2))
    let (few, many) = (plain.untilEnd(), scaled.untilEnd())
    let (one, other) = (
      try #require(plain.summary(of: few)), try #require(scaled.summary(of: many))
    )
    #expect(one.fingerprint == other.fingerprint)
    let (a, b) = (try #require(one.test), try #require(other.test))
    #expect(a.tasks[0] == b.tasks[0] && a.tasks[1] == b.tasks[1])
    for score in ["rmse", "mae"] {
      let (small, large) = (try #require(a.tasks[2][score]), try #require(b.tasks[2][score]))
      #expect(abs(large / small - 5) < 1e-4)
    }
    guard case .prepared(let description) = many.first else { return }
    #expect(abs(description.tasks[2].labelMean - 2_000) < 5)
    #expect(description.tasks[0].lossUnit == nil)
    #expect(
      description.tasks[2].lossUnit
        == (model == "linear"
          ? "half the squared deviations of the label, and the penalty"
          : "squared deviations of the label"))
  }

  @Test func anExampleIsInTheLabelsUnit() throws {
    let problem = TinyProblem(rows: 1_000, tasks: 3)
    var configuration = Self.configuration()
    configuration.epochs = 1
    var views = WantedViews()
    views.example = 17
    func answer(_ problem: TinyProblem) throws -> ExampleView.Answer {
      let run = SessionRun(configuration, problem: problem, views: views)
      _ = run.untilEnd()
      let snapshot = try #require(run.session.takeSnapshot())
      return try #require(snapshot.example).answers[2]
    }
    let plain = try answer(problem)
    let scaled = try answer(
      problem.scaled(LabelScale(mean: 2_000, deviation: 5), task: 2))
    #expect(abs(try #require(scaled.label) - (2_000 + 5 * (try #require(plain.label)))) < 1e-9)
    #expect(abs(scaled.prediction - (2_000 + 5 * plain.prediction)) < 1e-9)
    // The loss stays what is trained.
    #expect(scaled.loss == plain.loss)
  }

  /// 6,000 rows of a click that follows one field and a target of mean 2,000 that follows another.
  private static func log(_ tasks: String) throws -> Dataset {
    let random = RandomSource(seed: 5, .data)
    var csv = "a,b,click,year\n"
    for row in 0..<6_000 {
      let (a, b) = (random.index(below: 12, UInt64(row)), random.index(below: 12, UInt64(row), 1))
      let chance = a % 3 == 0 ? 0.8 : 0.3
      let click = random.uniform(UInt64(row), 2) < chance ? 1 : 0
      csv += "\(a),\(b),\(click),\(2_000 + 3 * b + Int(4 * random.normal(UInt64(row), 3)))\n"
    }
    let schema = """
      name: t
      files: {all: t.csv}
      columns: {a: {type: categorical}, b: {type: categorical}}
      tasks: {\(tasks)}
      """
    return try DatasetLoader(
      DatasetSchema(yaml: schema, path: "s.yaml"), from: .memory(["t.csv": Data(csv.utf8)]),
      threads: 1
    ).load()
  }

  private static func best(_ dataset: Dataset) throws -> Evaluation {
    var configuration = configuration()
    configuration.epochs = 2
    let session = TrainingSession(configuration) { _ in dataset }
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    for case .finished(let summary) in events { return try #require(summary.test) }
    throw NoEnd()
  }

  private struct NoEnd: Error {}

  /// A binary task beside a target of mean 2,000 scores as without it.
  @Test func aLargeTargetHurtsNobody() throws {
    let click = "click: {column: click}"
    let alone = try Self.best(Self.log(click))
    let beside = try Self.best(Self.log(click + ", year: {column: year, kind: regression}"))
    let (without, with) = (
      try #require(alone.tasks[0]["auc"]), try #require(beside.tasks[0]["auc"])
    )
    #expect(without > 0.66 && with > without - 0.03, "\(without) alone, \(with) beside")
    // The noise of the target is about 4, its spread about 11.
    let error = try #require(beside.tasks[1]["rmse"])
    #expect(error > 3 && error < 6, "rmse \(error)")
  }

  /// A share's answer is the probability in the label's unit, whatever the labels are stored as.
  @Test func aShareIsAProbabilityInItsUnit() throws {
    let shares: [Float] = [0, 0.25, 0.5, 1, 1.25, 0, 0.75, 0.125]
    let scale = LabelScale(mean: 0.5, deviation: 0.25)
    func problem(_ map: (Float) -> Float) -> TinyProblem {
      TinyProblem(rows: 8, tasks: 3).labelled(shares.flatMap { [1, 0, map($0)] })
    }
    let options = ["share": "amount", "bottom": "8", "masks": "random", "warm-up": "0"]
    let plain = problem { $0 }
    let scaled = problem { Float(scale.standardised(Double($0))) }.scaled(scale, task: 2)
    let (a, b) = (
      try plain.trainer("lt4rec", options, batchSize: 8),
      try scaled.trainer("lt4rec", options, batchSize: 8)
    )
    let answers = a.logits("amount", plain.batch(rows: 8))
    for (p, z) in zip(answers, b.logits("amount", scaled.batch(rows: 8))) {
      #expect(p > 0 && p < 1 && abs(scale.original(Double(z)) - Double(p)) < 1e-6)
    }
    a.restriction = 2
    b.restriction = 2
    #expect(a.step(plain.batch(rows: 8), rate: 0) && b.step(scaled.batch(rows: 8), rate: 0))
    // Six shares are above 0; the loss is in squared deviations, 16 times as large.
    #expect((a.sums[2].rows, b.sums[2].rows) == (6, 6))
    #expect(abs(b.sums[2].loss / a.sums[2].loss - 16) < 1e-4)
  }
}
