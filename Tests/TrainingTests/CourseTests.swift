import Foundation
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Numbers over the steps: rates, smoothed losses, the courses of traces.
@Suite struct CourseTests {
  /// The rate rises over the warm-up in equal steps, the first of which is not 0.
  @Test func theRateRisesOverItsWarmUp() {
    var configuration = TrainingConfiguration()
    configuration.learningRate = 0.08
    configuration.warmUpSteps = 4
    let rates = (0..<6).map { configuration.rate(at: $0, of: 100, stepsPerEpoch: 10) }
    for (found, expected) in zip(rates, [0.02, 0.04, 0.06, 0.08, 0.08, 0.08]) {
      #expect(abs(found - expected) < 1e-15)
    }
    configuration.warmUpSteps = 0
    #expect(configuration.rate(at: 0, of: 100, stepsPerEpoch: 10) == 0.08)
  }

  /// The rate of a screen is that of the next step, with the person's factor.
  @Test func theRateOfASnapshot() throws {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 100
    configuration.learningRate = 0.08
    configuration.warmUpSteps = 8
    configuration.threads = 1
    configuration.startsPaused = true
    let run = SessionRun(configuration)
    run.waitForPause()
    _ = run.session.send(.setLearningRateFactor(0.5))
    _ = run.session.send(.step(3))
    let snapshot = try #require(run.pausedSnapshot(at: 3))
    #expect(abs(snapshot.learningRate - 0.08 * 4 / 8 * 0.5) < 1e-15)
    #expect(snapshot.learningRateFactor == 0.5 && snapshot.step == 3)
    #expect(snapshot.totalSteps == 10 * configuration.epochs && snapshot.epoch == 1)
  }

  /// Σ 0.9804ᵃᵍᵉ ℓ / Σ 0.9804ᵃᵍᵉ, which halves in 35 steps.
  @Test func smoothedLosses() {
    var smoothed = SmoothedLoss()
    #expect(smoothed.value.isNaN)
    smoothed.add(3)
    #expect(abs(smoothed.value - 3) < 1e-12)
    for loss in [1.0, 5] { smoothed.add(loss) }
    let (q, r) = (0.9804, 0.9804 * 0.9804)
    #expect(abs(smoothed.value - (3 * r + 1 * q + 5) / (r + q + 1)) < 1e-12)
    var step = SmoothedLoss()
    for _ in 0..<2_000 { step.add(1) }
    for _ in 0..<35 { step.add(0) }
    #expect(abs(step.value - 0.5) < 1e-3)
  }

  // MARK: - Traces

  private func trace(_ name: String, _ values: [Float], _ form: ModelTrace.Form = .curves)
    -> ModelTrace
  {
    ModelTrace(
      name: name, title: "title of \(name)", note: "note of \(name)",
      subject: name == "masks" ? .masks : .model, form: form, series: ["view", "buy"],
      values: values)
  }

  @Test func coursesKeepStepsAndValuesTogether() throws {
    var history = ViewHistory()
    history.note([trace("share", [1, 10]), trace("masks", [5, 6], .heat(.share))], step: 0)
    history.note([trace("share", [2, 20]), trace("masks", [7, 8], .heat(.share))], step: 3)
    // The same step again: the newest numbers count.
    history.note([trace("share", [3, 30]), trace("masks", [9, 10], .heat(.share))], step: 3)
    let shown = history.views([.model])
    #expect(shown.map(\.name) == ["share"] && shown[0].step == 3)
    #expect(shown[0].title == "title of share" && shown[0].note == "note of share")
    guard case .curves(let curves) = shown[0].content else {
      Issue.record("no curves")
      return
    }
    #expect(curves.axis == "step" && curves.curves.map(\.name) == ["view", "buy"])
    #expect(curves.curves.allSatisfy { $0.x == [0, 3] })
    #expect(curves.curves.map(\.y) == [[1, 3], [10, 30]])
    guard case .history(let heat)? = history.views([.masks]).first?.content else {
      Issue.record("no history")
      return
    }
    #expect(heat.rows == ["view", "buy"] && heat.columns == ["0", "3"] && heat.scale == .share)
    #expect(heat.values == [5, 9, 6, 10])
  }

  /// Thinned by halves: every moment is one that was noted, the first and the newest among them.
  @Test func longCoursesAreThinned() throws {
    var history = ViewHistory()
    for step in 0...1_000 {
      history.note([trace("share", [Float(step), Float(-step)])], step: step)
    }
    guard case .curves(let curves)? = history.views([.model]).first?.content else {
      Issue.record("no curves")
      return
    }
    let x = curves.curves[0].x
    #expect(x.count <= ViewHistory.most && x.count > ViewHistory.most / 4)
    #expect(x.first == 0 && x.last == 1_000 && x == x.sorted())
    #expect(curves.curves[0].y == x && curves.curves[1].y == x.map { -$0 })
  }
}
