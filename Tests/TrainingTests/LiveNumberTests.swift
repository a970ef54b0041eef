import Datasets
import Foundation
import Graph
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What a screen is told while a run goes on, against a trainer that takes the same steps by hand.
@Suite struct LiveNumberTests {
  private let problem = TinyProblem(rows: 250, tasks: 3)

  private func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = "hard-sharing"
    configuration.modelOptions = ["bottom": "8", "tower": "4"]
    configuration.batchSize = 100
    configuration.learningRate = 0.02
    configuration.threads = 1
    configuration.epochs = 3
    configuration.startsPaused = true
    return configuration
  }

  @Test func lossesOfThreeSteps() throws {
    let configuration = configuration()
    let run = SessionRun(configuration, problem: problem)
    run.waitForPause()
    _ = run.session.send(.setLearningRateFactor(0.5))
    _ = run.session.send(.step(3))
    let snapshot = try #require(run.pausedSnapshot(at: 3))

    let dataset = problem.dataset()
    let entry = try ModelRegistry.entry(named: "hard-sharing")
    let trainer = try #require(try Trainer(configuration, entry, dataset: dataset))
    let shuffle = EpochShuffle(count: 250, seed: configuration.seed)
    shuffle.shuffle(epoch: 1)
    var smoothed = [0.0, 0, 0]
    var weight = 0.0
    for step in 0..<3 {
      let rows = min(100, 250 - 100 * step)
      let batch = dataset.training.batch(
        of: UnsafePointer(shuffle.order.base + 100 * step), rows: rows)
      #expect(trainer.step(batch, rate: 0.02 * 0.5))
      for task in 0..<3 {
        smoothed[task] = 0.9804 * smoothed[task] + 0.0196 * trainer.loss(of: task)
      }
      weight = 0.9804 * weight + 0.0196
    }
    #expect(snapshot.tasks.map(\.name) == TinyProblem.names)
    for (task, shown) in snapshot.tasks.enumerated() {
      #expect(shown.rows == 50 && shown.isOn && shown.weight == 1)
      #expect(abs(shown.loss - trainer.loss(of: task)) < 1e-9, "\(shown.name)")
      #expect(abs(shown.smoothedLoss - smoothed[task] / weight) < 1e-9, "\(shown.name)")
    }
    // The curves have the same losses, step by step.
    let bins = run.session.drainLosses().filter { $0.task == 1 }
    #expect(bins.map(\.firstStep) == [0, 1, 2])
    #expect(abs((bins.last?.mean ?? 0) - trainer.loss(of: 1)) < 1e-6)
  }

  @Test func whatIsSaidOnce() throws {
    let dataset = Dataset(
      name: "tiny", features: problem.input.schema, tasks: problem.tasks,
      training: problem.examples,
      validation: TinyProblem(rows: 40, tasks: 3, seed: 101).examples,
      test: TinyProblem(rows: 70, tasks: 3, seed: 102).examples)
    let session = TrainingSession(configuration()) { _ in dataset }
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .prepared = $0 { true } else { false } }
    guard
      case .prepared(let run)? = events.last(where: {
        if case .prepared = $0 { true } else { false }
      })
    else { return }
    #expect(run.model == "hard-sharing" && run.data == "tiny" && run.seed == 1)
    #expect(run.tasks.map(\.name) == TinyProblem.names)
    #expect(run.tasks.map(\.kind) == [.binary, .binary, .regression])
    #expect((run.trainingRows, run.validationRows, run.testRows) == (250, 40, 70))
    #expect(run.batchSize == 100 && run.stepsPerEpoch == 3 && run.epochs == 3)
    // Tables of 4 · 8 twice, 17 · 8 + 8, and by task 8 · 4 + 4 + 4 + 1.
    #expect(run.parameterCount == 64 + 144 + 3 * 41)
  }

  /// Examples over the seconds of their steps, epoch by epoch.
  @Test func speedOfAnEpoch() {
    let run = SessionRun(configuration(), problem: problem)
    var monitor = RunMonitor(session: run.session)
    monitor.stepTaken(examples: 100, duration: .seconds(2))
    monitor.stepTaken(examples: 50, duration: .seconds(1))
    #expect(monitor.epochEnded() == 50)
    monitor.stepTaken(examples: 80, duration: .seconds(4))
    #expect(monitor.epochEnded() == 20)
    #expect(monitor.trained.examples == 230 && monitor.trained.seconds == 7)
  }

  /// Four steps of .15 s make a window; what comes between two of them does not count.
  @Test func speedOfAWindow() {
    var rate = StepRate()
    var now = ContinuousClock.now
    func step(after wait: Duration = .zero) {
      now += wait + .milliseconds(150)
      rate.stepTaken(examples: 90, duration: .milliseconds(150), now: now)
    }
    for _ in 0..<3 { step() }
    #expect(rate.stepsPerSecond == 0 && rate.examplesPerSecond == 0)
    step()
    #expect(abs(rate.stepsPerSecond - 4 / 0.6) < 1e-9)
    #expect(abs(rate.examplesPerSecond - 360 / 0.6) < 1e-9)
    // Two steps, an evaluation of ten seconds, two more; a wait for the pace counts.
    step()
    step(after: .milliseconds(50))
    now += .seconds(10)
    rate.interrupted()
    step()
    #expect(abs(rate.stepsPerSecond - 3 / 0.5) < 1e-9)
    // Epochs far shorter than the window, each with an evaluation behind it.
    for _ in 0..<4 {
      step()
      now += .seconds(1)
      rate.interrupted()
    }
    #expect(abs(rate.stepsPerSecond - 4 / 0.6) < 1e-9)
  }
}
