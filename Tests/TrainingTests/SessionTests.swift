import Datasets
import Foundation
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Whole runs on a tiny data set, as a screen sees them: events, snapshots, losses.
@Suite struct SessionTests {
  @Test func eventsOfAWholeRun() throws {
    var configuration = Self.configuration(epochs: 2)
    configuration.evaluationInterval = 6
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    guard case .prepared(let description) = events.first else {
      Issue.record("the first event is \(String(describing: events.first))")
      return
    }
    #expect(description.tasks.map(\.name) == ["board", "stripe"])
    #expect((description.stepsPerEpoch, description.batchSize, description.epochs) == (16, 64, 2))
    #expect((description.trainingRows, description.validationRows) == (1_000, 300))
    #expect(
      run.steps(of: events) == ["6", "12", "16", "epoch 1", "18", "24", "30", "32", "epoch 2"])
    let speeds = events.compactMap {
      if case .epochEnded(_, _, let speed) = $0 { speed } else { nil }
    }
    #expect(speeds.count == 2)
    let summary = try #require(run.summary(of: events))
    #expect((summary.reason, summary.step) == (.epochs, 32))
    // Both epochs have as many rows: the whole run's speed is their harmonic mean.
    let mean = 2 / speeds.reduce(0) { $0 + 1 / $1 }
    #expect(abs(mean / summary.examplesPerSecond - 1) < 1e-9)
    #expect(summary.parameterCount == description.parameterCount)
    #expect(summary.test?.split == .test && summary.test?.step == summary.bestStep)
    let best = run.validations(of: events).last { $0.isBest }
    #expect(best?.step == summary.bestStep)
    let losses = run.session.drainLosses()
    #expect(losses.map(\.count).reduce(0, +) == 2 * 32 && losses.allSatisfy { $0.notFinite == 0 })
    let snapshot = try #require(run.session.takeSnapshot())
    #expect(snapshot.phase == .finished && snapshot.step == 32 && snapshot.totalSteps == 32)
  }

  /// Switching on what is on forgets nothing: of equal scores the first one stays the best.
  @Test func aChangeThatChangesNothing() throws {
    var configuration = Self.configuration(epochs: 2)
    configuration.learningRate = 0
    configuration.schedule = [.init(step: 20, command: .setTask("board", isOn: true))]
    let run = SessionRun(configuration)
    let summary = try #require(run.summary(of: run.untilEnd()))
    #expect(summary.bestStep == 16 && summary.step == 32)
  }

  /// One expert serves everybody whatever the gates say; a gate for all tasks cannot differ.
  @Test(arguments: [("mmoe", "1", 1.0), ("omoe", "4", nil)])
  func gateOverlapOfARun(_ model: String, _ experts: String, _ expected: Double?) throws {
    var configuration = Self.configuration(epochs: 1)
    configuration.model = model
    configuration.modelOptions = ["experts": experts]
    let run = SessionRun(configuration)
    let summary = try #require(run.summary(of: run.untilEnd()))
    #expect(summary.gateOverlap == expected)
  }

  /// Scheduled commands take effect after exactly so many steps, in their order.
  @Test func scheduledCommandsTakeEffectAtTheirStep() throws {
    var configuration = Self.configuration(epochs: 4)
    configuration.schedule = [
      .init(step: 20, command: .setTask("board", isOn: true)),
      .init(step: 5, command: .setTask("board", isOn: false)),
      .init(step: 7, command: .setTask("stripe", isOn: false)),
      .init(step: 7, command: .setLearningRateFactor(0.5)),
      .init(step: 8, command: .undo),
      .init(step: 30, command: .evaluate),
      .init(step: 33, command: .stop),
    ]
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let answers = events.compactMap { event -> Acknowledgement? in
      if case .acknowledged(let answer) = event { answer } else { nil }
    }
    #expect(answers.map(\.step) == [5, 7, 7, 8, 20, 30, 33])
    let refused = answers.enumerated().filter { $0.element.outcome != .applied }.map(\.offset)
    #expect(refused == [1])
    try #require(answers.count > 3)
    #expect(answers[3].command == .undo && answers[3].effect == .setLearningRateFactor(1))
    #expect(run.summary(of: events)?.reason == .stopped)
    #expect(run.summary(of: events)?.step == 33)
    #expect(run.validations(of: events).contains { $0.step == 30 })
    // The board has no losses while it was off.
    let board = run.session.drainLosses().filter { $0.task == 0 }
    #expect(board.map(\.count).reduce(0, +) == 5 + 13)
  }

  @Test func sameScheduleSameBits() throws {
    func fingerprint(threads: Int, seed: UInt64 = 1) throws -> String {
      var configuration = Self.configuration(epochs: 100)
      configuration.batchSize = 77
      configuration.threads = threads
      configuration.seed = seed
      configuration.schedule = [
        .init(step: 40, command: .setTask("stripe", isOn: false)),
        .init(step: 90, command: .undo),
        .init(step: 120, command: .setTaskWeight("board", 0.3)),
        .init(step: 150, command: .setLearningRateFactor(0.5)),
        .init(step: 200, command: .stop),
      ]
      let run = SessionRun(configuration)
      let summary = try #require(run.summary(of: run.untilEnd()))
      #expect(summary.step == 200)
      return summary.fingerprint
    }
    let one = try fingerprint(threads: 1)
    #expect(try fingerprint(threads: 1) == one)
    #expect(try fingerprint(threads: 2) == one)
    #expect(try fingerprint(threads: 1, seed: 2) != one)
  }

  /// Looking at a run must not change it.
  @Test func viewsChangeNothing() throws {
    func fingerprint(_ views: WantedViews) throws -> String {
      let run = SessionRun(Self.configuration(epochs: 3), views: views)
      return try #require(run.summary(of: run.untilEnd())).fingerprint
    }
    var all = WantedViews()
    all.gates = true
    all.segmentColumn = "row"
    all.example = 3
    all.snapshotsPerSecond = 1_000
    #expect(try fingerprint(all) == fingerprint(WantedViews()))
  }

  @Test func aLossThatIsNoNumberPauses() throws {
    let problem = TinyProblem(rows: 1_000)
    for row in 0..<1_000 { problem.examples.labels[2 * row + 1] = .nan }
    let run = SessionRun(Self.configuration(epochs: 1), problem: problem)
    var events = run.until { if case .diverged = $0 { true } else { false } }
    guard case .diverged(let first)? = events.last else { return }
    #expect((first.task, first.step, first.parameter) == ("stripe", 0, nil))
    #expect(first.loss.isNaN)
    run.waitForPause()
    // Trying again is the same step of the same epoch; without the task the run can go on.
    run.session.send(.resume)
    events = run.until { if case .diverged = $0 { true } else { false } }
    run.session.send(.setTask("stripe", isOn: false))
    run.session.send(.resume)
    events = run.untilEnd()
    #expect(run.steps(of: events) == ["16", "epoch 1"])
    #expect(run.summary(of: events)?.step == 16)
  }

  /// With 1e30 weights are huge, with 1e39 no numbers any more: then the first is named.
  @Test(arguments: [(1e30, nil), (1e39, "embeddings.column.weight")])
  func aRateThatIsTooLarge(_ rate: Double, parameter: String?) throws {
    var configuration = Self.configuration(epochs: 1)
    configuration.learningRate = rate
    let run = SessionRun(configuration)
    let events = run.until { if case .diverged = $0 { true } else { false } }
    guard case .diverged(let divergence)? = events.last else { return }
    #expect(divergence.step >= 1 && ["board", "stripe"].contains(divergence.task))
    #expect(!divergence.loss.isFinite && divergence.parameter == parameter)
    run.waitForPause()
    run.session.send(.stop)
    #expect(run.summary(of: run.untilEnd())?.reason == .stopped)
  }

  @Test func endsEarlyAndKeepsTheBestParameters() throws {
    var configuration = Self.configuration(epochs: 60)
    configuration.patience = 2
    // So fast that scores soon go down or stand still.
    configuration.learningRate = 0.05
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    #expect(summary.reason == .earlyStopping)
    let scores = run.validations(of: events)
    let best = try #require(scores.map(\.score).max())
    let firstBest = try #require(scores.first { $0.score == best })
    #expect(summary.bestStep == firstBest.step)
    #expect(summary.step == firstBest.step + 2 * 16)
    #expect(scores.filter(\.isBest).map(\.step).last == summary.bestStep)
    // The parameters that were tested are those of the best step: a run that ends there has them.
    configuration.schedule = [.init(step: summary.bestStep, command: .stop)]
    let again = SessionRun(configuration)
    #expect(again.summary(of: again.untilEnd())?.fingerprint == summary.fingerprint)
  }

  @Test func pauseStepAndResume() throws {
    var configuration = Self.configuration(epochs: 1)
    configuration.startsPaused = true
    let run = SessionRun(configuration)
    run.waitForPause()
    #expect(run.session.takeSnapshot()?.step ?? 0 == 0)
    run.session.send(.step(3))
    run.waitForPause(at: 3)
    run.session.send(.step(2))
    run.waitForPause(at: 5)
    run.session.send(.resume)
    let events = run.untilEnd()
    #expect(run.summary(of: events)?.step == 16)
    run.session.send(.setTaskWeight("board", 2))
    let late = run.until { if case .acknowledged = $0 { true } else { false } }
    guard case .acknowledged(let answer)? = late.last else { return }
    #expect(answer.outcome == .refused("the run has ended"))
  }

  @Test func stoppingAtOnceStillGivesResults() throws {
    var configuration = Self.configuration(epochs: 1)
    configuration.schedule = [.init(step: 0, command: .stop)]
    let run = SessionRun(configuration)
    let summary = try #require(run.summary(of: run.untilEnd()))
    #expect((summary.reason, summary.step, summary.bestStep) == (.stopped, 0, 0))
    #expect(summary.test?.tasks.count == 2)
  }

  @Test func closingWhileDataAreRead() {
    let isReading = Latest<Bool>()
    let session = TrainingSession(Self.configuration(epochs: 1)) { progress in
      progress(0.1, "rows")
      isReading.publish(true)
      Thread.sleep(forTimeInterval: 0.05)
      return TinyProblem(rows: 1_000).dataset()
    }
    while isReading.peek() == nil { Thread.sleep(forTimeInterval: 0.001) }
    session.close()
    #expect(session.drainEvents().isEmpty)
    #expect(session.takeSnapshot()?.phase == .loading(0.1, "rows"))
  }

  @Test func whatFailsIsSaid() {
    struct Broken: Error, CustomStringConvertible { let description = "rows.csv: no such file." }
    let broken = TrainingSession(Self.configuration(epochs: 1)) { _ in throw Broken() }
    defer { broken.close() }
    #expect(SessionRun.wait(broken, until: { _ in true }) == [.failed(message: "\(Broken())")])
    var configuration = Self.configuration(epochs: 1)
    configuration.model = "mmeo"
    let run = SessionRun(configuration)
    guard case .failed(let message)? = run.until({ _ in true }).first else {
      Issue.record("an unknown model is no failure")
      return
    }
    #expect(message.hasPrefix("--model: no model 'mmeo'."))
  }

  /// A small model, 16 steps an epoch, the last of them short.
  static func configuration(epochs: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = "mmoe"
    configuration.modelOptions = ["experts": "3", "expert": "16", "tower": "8"]
    configuration.batchSize = 64
    configuration.epochs = epochs
    configuration.patience = 0
    configuration.learningRate = 5e-3
    configuration.threads = 1
    return configuration
  }
}
