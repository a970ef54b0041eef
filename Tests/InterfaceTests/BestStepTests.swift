import Runs
import Terminal
import Testing

@testable import Interface

/// The best step is marked, and numbers that stand beside each other are of the same kind of step.
@Suite struct BestStepTests {
  private static let names = ["click", "watch"]

  /// A click that is best in the middle, and a regression whose score is the better the smaller.
  private func evaluation(
    _ step: Int, auc: Double, rmse: Double, isBest: Bool, split: Evaluation.Split = .validation
  ) -> Evaluation {
    Evaluation(
      step: step, epoch: 0, split: split,
      tasks: [
        TaskScores(
          task: "click",
          scores: [
            Score(name: "auc", value: auc, higherIsBetter: true),
            Score(name: "logloss", value: 1 - auc, higherIsBetter: false),
            Score(name: "predicted_over_observed", value: 1.25, higherIsBetter: false),
          ]),
        TaskScores(
          task: "watch", scores: [Score(name: "rmse", value: rmse, higherIsBetter: false)]),
      ], score: auc, isBest: isBest)
  }

  private func run(_ number: Int, _ evaluations: [Evaluation]) -> RunState {
    var run = RunState()
    run.number = number
    run.take(.prepared(Fixture.description(Self.names)))
    for evaluation in evaluations { run.take(.evaluated(evaluation)) }
    return run
  }

  private var first: RunState {
    run(
      1,
      [
        evaluation(100, auc: 0.7, rmse: 3, isBest: true),
        evaluation(200, auc: 0.8, rmse: 2.5, isBest: true),
        evaluation(300, auc: 0.75, rmse: 2.75, isBest: false),
      ])
  }

  private var second: RunState {
    run(
      2,
      [
        evaluation(100, auc: 0.72, rmse: 2.25, isBest: true),
        evaluation(150, auc: 0.71, rmse: 2.5, isBest: false),
      ])
  }

  @Test func theBestIsTheNewestThatWasCalledSo() {
    #expect(first.best?.step == 200)
    #expect(first.evaluation?.step == 300)
    #expect(!first.isAtBest)
    #expect(first.best(of: 0)?.score == 0.8)
    #expect(first.best(of: 1)?.score == 2.5)
    #expect(RunState().best == nil && !RunState().isAtBest)
    // After a change the choice begins anew: the best may be a worse one than before.
    var changed = first
    changed.take(.evaluated(evaluation(400, auc: 0.6, rmse: 9, isBest: true)))
    #expect(changed.best?.step == 400 && changed.isAtBest)
  }

  /// A task's own best may be of another step than the run keeps: then only the kept one has a star.
  @Test func aTasksOwnBestIsSaidBesideTheKeptStep() {
    var own = first
    var scores = evaluation(400, auc: 0.79, rmse: 2.25, isBest: false)
    scores.tasks[1].isBest = true
    own.take(.evaluated(scores))
    var kept = evaluation(500, auc: 0.81, rmse: 2.75, isBest: true)
    kept.tasks[0].isBest = true
    own.take(.evaluated(kept))
    #expect(own.ownBest(of: 1)?.score == 2.25 && own.ownBest(of: 1)?.step == 400)
    #expect(own.ownBest(of: 0)?.step == 500 && own.ownBest(of: 7) == nil)
    own.take(Fixture.snapshot(Self.names))
    var app = App()
    app.run = own
    let dashboard = app.view(Size(rows: 40, columns: 120)).text
    #expect(dashboard.contains("best 0.8100★ at 500") && dashboard.contains("best 2.2500 at 400"))
    app.press("5")
    let table = app.view(Size(rows: 40, columns: 120)).text
    #expect(table.contains("0.8100★   500") && table.contains("2.2500    400"))
    // Where there is room the kept one stands beside it.
    app.press("1")
    #expect(
      app.view(Size(rows: 60, columns: 200)).text.contains("best 2.2500 at 400  ★ 2.7500 at 500"))
  }

  @Test func rowsCompareBestWithBest() {
    let rows = [first, second].map { RunRow($0, now: 0) }
    #expect(rows.map(\.step) == [200, 100])
    #expect(rows.map(\.isBest) == [true, true])
    #expect(rows[0].cells.map(\.value) == [0.8, 2.5])
    #expect(rows[1].cells.map(\.value) == [0.72, 2.25])
    let gains = Self.names.map { rows[1].gain(of: $0, over: rows[0]) ?? .nan }
    #expect(abs(gains[0] + 0.08) < 1e-12 && abs(gains[1] - 0.25) < 1e-12)
  }

  @Test func orAllAtTheSameStep() {
    var app = App()
    app.earlier = [first]
    app.run = second
    #expect(app.desk.commonStep == 100)
    let rows = app.desk.allRuns.map { RunRow($0, now: 0, at: .step(app.desk.commonStep)) }
    #expect(rows.map(\.step) == [100, 100])
    #expect(rows.map(\.isBest) == [false, true])
    #expect(rows[0].cells.map(\.value) == [0.7, 3])
    #expect(rows[1].cells.map(\.value) == [0.72, 2.25])
  }

  @Test func withoutACommonStepNothingIsCompared() {
    var app = App()
    app.earlier = [first]
    app.run = run(2, [evaluation(150, auc: 0.71, rmse: 2.5, isBest: true)])
    app.press("7t")
    let text = app.view(Size(rows: 24, columns: 120)).text
    #expect(text.contains("no step was scored in every run"))
    #expect(!text.split(separator: "\n").prefix(5).joined().contains("0.7100"))
  }

  /// A search scores without keeping: its newest scores are shown, without a star.
  @Test func withoutABestTheNewestIsShownUnmarked() {
    let row = RunRow(run(1, [evaluation(50, auc: 0.6, rmse: 4, isBest: false)]), now: 0)
    #expect(row.step == 50 && !row.isBest)
    #expect(row.cells.map(\.value) == [0.6, 4])
  }

  @Test func theStarLiesOnTheBestPoint() {
    for validation in [ChartSettings.Validation.loss, .score] {
      var chart = CurveChart()
      chart.add(
        first.scores[0], best: first.best(of: 0), validation, style: Style(.hint))
      let trail = (chart.validation + chart.scores).first
      #expect(chart.validation.count == (validation == .loss ? 1 : 0))
      #expect(trail?.points.map(\.step) == [100, 200, 300] && trail?.best?.step == 200)
      let values = validation == .loss ? [0.3, 0.2, 0.25] : [0.7, 0.8, 0.75]
      #expect(zip(trail?.points ?? [], values).allSatisfy { abs($0.value - $1) < 1e-12 })
      #expect(trail?.best == trail?.points[1])
    }
    var chart = CurveChart()
    chart.add(first.scores[0], best: nil, .off, style: Style(.hint))
    #expect(chart.validation.isEmpty && chart.scores.isEmpty)
  }

  /// A history that was thinned has lost the step; its star stays.
  @Test func theStarOutlivesTheHistory() {
    var run = first
    for step in 1...3_000 {
      run.take(.evaluated(evaluation(300 + step, auc: 0.5, rmse: 9, isBest: false)))
    }
    #expect(run.scores[0].entries.count < ScoreHistory.capacity)
    #expect(run.best(of: 0) == first.best(of: 0))
  }

  @Test func everyScoreOfARunStandsUnderItsStep() {
    var run = first
    let test = evaluation(300, auc: 0.81, rmse: 2.4, isBest: false, split: .test)
    let summary = RunSummary(
      reason: .epochs, step: 300, bestStep: 200, test: test, examplesPerSecond: 1, seconds: 1,
      parameterCount: 1, fingerprint: "")
    run.take(.evaluated(test))
    run.take(.finished(summary))
    let scores = RunScores(run: run, row: RunRow(run, now: 0), selected: 0)
    let lines = scores.lines(columns: 40).map { $0.spans.map(\.text).joined() }
    #expect(
      lines.dropFirst() == [
        "validation at step 200 ★", "● click auc 0.8000  logloss 0.2000",
        "        pred÷obs 1.2500", "◆ watch rmse 2.5000",
        "validation at step 300", "● click auc 0.7500  logloss 0.2500",
        "        pred÷obs 1.2500", "◆ watch rmse 2.7500",
        "test at step 200 ★", "● click auc 0.8100  logloss 0.1900",
        "        pred÷obs 1.2500", "◆ watch rmse 2.4000",
      ])
  }

  /// The points of a regression lie on the curve of its loss, whose labels are divided by their
  /// deviation; its score stays in the label's unit.
  @Test func lossesAndScoresOfARegressionAreNotConfused() {
    var description = Fixture.description(Self.names)
    description.tasks[1] = TaskDescription(
      name: "watch", kind: .regression, labelMean: 12, lossUnit: "squared deviations")
    description.facts.tasks = [
      DataFacts.TaskFacts(
        task: "watch", kind: .regression, training: .init(rows: 9, mean: 12, deviation: 5),
        validation: .init(rows: 9, mean: 11, deviation: 4), test: .init())
    ]
    var run = RunState()
    run.take(.prepared(description))
    run.take(.evaluated(evaluation(100, auc: 0.7, rmse: 2.5, isBest: true)))
    #expect(run.scores[1].entries.map(\.loss) == [0.25])
    #expect(run.scores[1].entries.map(\.score) == [2.5])
    #expect(run.best(of: 1)?.loss == 0.25)
    #expect(run.lossUnit(of: 0) == 1)
    // What is not known is not drawn.
    description.facts = DataFacts()
    run.take(.prepared(description))
    #expect(run.lossUnit(of: 1).isNaN)
  }

  /// No number on a screen has more than six digits that count.
  @Test func numbersHaveAtMostSixDigits() {
    var noise = Noise(seed: 20_261_126)
    for _ in 0..<2_000 {
      let value = noise.share() * power10(Int.random(in: -9...9, using: &noise))
      for text in [scoreText(value), lossText(value), signed(value), sixDigits(value)] {
        let mantissa = text.prefix { $0 != "e" }.filter { $0.isASCII && $0.isNumber }
        let significant = mantissa.drop { $0 == "0" }
        #expect(significant.count <= 6, "\(value): \(text)")
      }
      let back = Double(sixDigits(value)) ?? .nan
      #expect(abs(back - value) <= abs(value) * 1e-5, "\(value): \(sixDigits(value))")
    }
  }

  @Test(
    arguments: [
      (0.25, "0.25"), (2_000, "2000"), (0, "0"), (-1.5, "-1.5"), (123_456.789, "123457"),
      (999_999.7, "1e6"), (9.9999999e7, "1e8"), (1_234_567, "1.23457e6"), (0.000125, "0.000125"),
      (0.00001234, "1.234e-5"), (.nan, "-"), (.infinity, "inf"),
    ] as [(Double, String)])
  func sixDigitsByHand(value: Double, text: String) {
    #expect(sixDigits(value) == text)
  }
}
