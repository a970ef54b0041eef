import Foundation
import Runs
import Testing

@testable import mtl_tui

/// Scores and the end of a run in words and as JSON.
@Suite struct ScoreRenderingTests {
  private var evaluation: Evaluation {
    var click = TaskScores(
      task: "click", scores: [Score(.auc, 0.81234), Score(.predictedOverObserved, 1.25)])
    click.isBest = true
    click.brokenRows = 2
    let watch = TaskScores(
      task: "watch", scores: [Score(.rootMeanSquaredError, 1234.5678), Score(.xauc, .nan)])
    return Evaluation(
      step: 750, epoch: 3, split: .validation, tasks: [click, watch], score: 0.75, isBest: true)
  }

  private var summary: RunSummary {
    var summary = RunSummary(
      reason: .earlyStopping, step: 1_250, bestStep: 750, test: evaluation,
      examplesPerSecond: 71_742, seconds: 2.5, parameterCount: 9, fingerprint: "00ff")
    summary.validation = evaluation
    summary.taskBests = [
      TaskBest(task: "click", score: Score(.auc, 0.81234), step: 750),
      TaskBest(task: "watch", score: Score(.rootMeanSquaredError, 1200), step: 1_000),
    ]
    return summary
  }

  @Test func scoresInALine() {
    #expect(
      evaluation.table
        == "step 750  validation  click auc 0.8123 predicted ÷ observed 1.2500  |  "
        + "watch rmse 1234.57 xauc –  ★")
  }

  /// Every task's own best stands beside what was kept.
  @Test func theEndInWords() {
    #expect(
      summary.paragraph == """
        ended at step 1250 (early stopping); the parameters of step 750 were kept
        validation at step 750 ★, and each task's own best: click auc 0.8123, its best; \
        watch rmse 1234.57, best 1200.00 at step 1000
        71742 examples/s, 2.5 s, 9 parameters, fingerprint 00ff
        """)
  }

  @Test func scoresAsJSON() throws {
    let scores = try json(Event.evaluated(evaluation).json)
    #expect(scores["best"] as? Bool == true && scores["best_of_tasks"] as? [String] == ["click"])
    #expect(scores["broken_rows"] as? [String: Int] == ["click": 2, "watch": 0])
    let tasks = try #require(scores["tasks"] as? [String: [String: Any]])
    #expect(tasks["click"]?["predicted_over_observed"] as? Double == 1.25)
    #expect(tasks["watch"]?["rmse"] as? Double == 1234.5678)
    #expect(tasks["watch"]?["xauc"] is NSNull)
    let end = try json(Event.finished(summary).json)
    let bests = try #require(end["task_bests"] as? [String: [String: Any]])
    #expect(
      bests["watch"]?["step"] as? Int == 1_000 && bests["watch"]?["score"] as? String == "rmse")
    #expect(bests["watch"]?["value"] as? Double == 1200)
    #expect(
      bests["click"]?["value"] as? Double == 0.81234 && bests["click"]?["step"] as? Int == 750)
    #expect(end["best_step"] as? Int == 750)
    let validation = try #require(end["validation"] as? [String: [String: Any]])
    #expect(validation["click"]?["auc"] as? Double == 0.81234)
  }

  /// A loss that is a number still, and an update behind it that is none.
  @Test func aBrokenUpdateInWords() {
    let found = Divergence(
      task: "click", step: 5, parameter: "towers.click.0.weight", loss: 0.6931472)
    #expect(
      found.sentence
        == "parameter towers.click.0.weight is no longer a number after step 5; "
        + "the loss of task 'click' was 0.6931 there")
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
