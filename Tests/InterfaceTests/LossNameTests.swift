import Runs
import Terminal
import Testing

@testable import Interface

/// A loss that is not the usual one of its kind is called by its name wherever it is shown.
@Suite struct LossNameTests {
  private func app(_ lossName: String?) -> App {
    var app = Fixture.app()
    var description = Fixture.description()
    if let lossName { description.tasks[1].lossName = lossName }
    _ = app.update(.events([.prepared(description)]))
    _ = app.update(.losses(Fixture.losses(tasks: 4, steps: 0..<200)))
    var snapshot = Fixture.snapshot(Fixture.shortNames, step: 200, off: [], experts: 8)
    snapshot.example = Fixture.example(Fixture.shortNames, experts: 8)
    _ = app.update(.snapshot(snapshot))
    return app
  }

  private func text(_ app: App, rows: Int = 40, columns: Int = 160, keys: String = "") -> String {
    var app = app
    app.press(keys)
    var canvas = Canvas(rows: rows, columns: columns)
    app.draw(on: &canvas)
    return canvas.text
  }

  @Test func curvesNameIt() {
    #expect(text(app("joint cross-entropy")).contains("◆ like joint"))
    #expect(!text(app(nil)).contains("cross-entropy"))
  }

  @Test func theShortFormIsTheFirstWord() {
    var task = TaskDescription(name: "buy", kind: .binary, labelMean: 0.1)
    #expect(!task.hasOwnLoss && task.lossName == "cross-entropy")
    task.lossName = "focal loss"
    #expect(task.hasOwnLoss && task.shortLossName == "focal")
    let amount = TaskDescription(name: "amount", kind: .regression, labelMean: 3)
    #expect(!amount.hasOwnLoss && amount.lossName == "squared error")
  }

  /// Of answers that are no probabilities no validation loss is drawn beside the trained one.
  @Test func aLogLossOfUncalibratedAnswersIsNoLoss() {
    var scores = TaskScores(
      task: "click",
      scores: [
        Score(name: "auc", value: 0.7, higherIsBetter: true),
        Score(name: "logloss", value: 0.65, higherIsBetter: false),
      ])
    var history = ScoreHistory()
    history.add(scores, step: 5)
    #expect(history.newest?.loss == 0.65)
    scores.isCalibrated = false
    history.add(scores, step: 6)
    #expect(history.newest?.loss.isNaN == true && history.newest?.score == 0.7)
  }
}
