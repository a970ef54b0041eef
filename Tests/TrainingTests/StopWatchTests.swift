import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What ends a run early by one score of one task, whatever is kept, and when its time is over.
@Suite struct StopWatchTests {
  private func evaluation(auc: Double, loss: Double, step: Int = 0) -> Evaluation {
    Evaluation(
      step: step, epoch: 0, split: .validation,
      tasks: [
        TaskScores(task: "click", scores: [Score(.auc, auc), Score(.logLoss, loss)]),
        TaskScores(task: "buy", scores: [Score(.auc, 1 - auc), Score(.logLoss, 1)]),
      ], score: 0, isBest: false)
  }

  /// When each of the epochs, of one evaluation each, ends a run with a patience of 2.
  private func ends(_ task: String, _ name: String, _ scores: [(auc: Double, loss: Double)])
    -> [Bool]
  {
    guard var watch = StopWatch(.score(task: task, name: name)) else { return [] }
    return scores.map {
      watch.consider(evaluation(auc: $0.auc, loss: $0.loss))
      return watch.epochEnded(patience: 2)
    }
  }

  @Test func patienceIsCountedByTheNamedScore() {
    let scores = [(0.6, 0.5), (0.7, 0.6), (0.7, 0.4), (0.6, 0.45), (0.8, 0.45), (0.7, 0.4)]
    #expect(ends("click", "auc", scores) == [false, false, false, true, false, false])
    // Of a loss less is better.
    #expect(ends("click", "logloss", scores) == [false, false, false, false, true, true])
    #expect(ends("buy", "auc", scores) == [false, false, true, true, true, true])
  }

  @Test func whatIsUndefinedEndsNothing() {
    #expect(ends("click", "auc", [(.nan, 1), (.nan, 1), (.nan, 1)]) == [false, false, false])
    #expect(ends("view", "auc", [(0.5, 1), (0.5, 1), (0.5, 1)]) == [false, false, false])
    #expect(ends("click", "auc", [(0.5, 1), (.nan, 1), (.nan, 1)]) == [false, false, true])
    #expect(StopWatch(.balanced) == nil && StopWatch(.last) == nil)
  }

  /// Though the last step is kept, for which no patience counts.
  @Test func theKeeperAsksIt() throws {
    let store = try TinyProblem(rows: 1).trainer("mmoe").store
    let rule = KeepRule.score(task: "click", name: "auc")
    for (stop, expected) in [(nil, [false, false, false]), (rule, [false, false, true])] {
      var keeper = ScoreKeeper(.last, stop: stop, store: store)
      let ends = (0..<3).map { step in
        var found = evaluation(auc: 0.5, loss: 1, step: step)
        keeper.consider(&found)
        return keeper.epochEnded(patience: 2)
      }
      #expect(ends == expected)
    }
  }

  /// With other tasks on, what was scored before says nothing.
  @Test func otherTasksBeginAnew() throws {
    let store = try TinyProblem(rows: 1).trainer("mmoe").store
    var keeper = ScoreKeeper(
      .last, stop: .score(task: "click", name: "auc"), store: store)
    let ends = (0..<5).map { step in
      if step == 2 { keeper.tasksChanged(from: [true, true], to: [true, false]) }
      var found = evaluation(auc: step < 2 ? 0.9 : 0.5, loss: 1, step: step)
      keeper.consider(&found)
      return keeper.epochEnded(patience: 2)
    }
    #expect(ends == [false, false, false, false, true])
  }

  @Test func aRunEndsByItsScoreAndSaysSo() throws {
    var configuration = SessionTests.configuration(epochs: 60)
    (configuration.patience, configuration.learningRate) = (2, 0.05)
    configuration.keep = .last
    configuration.stop = .score(task: "board", name: "auc")
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    #expect(summary.reason == .earlyStopping)
    let scores = run.validations(of: events).compactMap {
      $0.tasks.first { $0.task == "board" }?["auc"]
    }
    let best = try #require(scores.max())
    #expect(scores.firstIndex(of: best) == scores.count - 3)
    #expect(summary.bestStep == summary.step)
  }

  @Test func aTaskThatIsNotThereIsRefused() {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.stop = .score(task: "bord", name: "auc")
    let events = SessionRun(configuration).until {
      if case .failed = $0 { true } else { false }
    }
    guard case .failed(let message)? = events.last else { return }
    #expect(message.hasPrefix("--stop: no such task") && message.contains("'board'"))
  }

  @Test func aGroupThatIsNotThereIsRefused() {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.optimizer.rates = ["tower": 0.1]
    let events = SessionRun(configuration).until {
      if case .failed = $0 { true } else { false }
    }
    guard case .failed(let message)? = events.last else { return }
    #expect(message.hasPrefix("rate.tower: the model has no such parameters"))
    #expect(message.contains("'towers'"))
  }

  /// A limit that is over at once ends the run behind its first step, and it is scored as others.
  @Test func aRunEndsWhenItsTimeIsOver() throws {
    var configuration = SessionTests.configuration(epochs: 1_000)
    configuration.patience = 0
    configuration.timeLimitSeconds = 1e-9
    let run = SessionRun(configuration)
    let summary = try #require(run.summary(of: run.untilEnd()))
    #expect(summary.reason == .timeLimit && summary.reason.rawValue == "time limit")
    #expect(summary.step == 1 && summary.test != nil)
  }
}

/// The course of a scheduled rate over a run with phases.
@Suite struct ScheduledRateTests {
  /// Each phase has its own cosine over its own epochs: of three steps an epoch, one epoch of search
  /// and two of the run.
  @Test func everyPhaseHasItsOwn() {
    var configuration = SessionTests.configuration(epochs: 2)
    (configuration.learningRate, configuration.rateSchedule) = (1, .cosine())
    var course = EpochCourse(
      configuration, rows: RowsInMemory(count: 10), stepsPerEpoch: 3, epochs: 1)
    func rates(_ steps: Range<Int>) -> [Double] {
      steps.map { (100 * course.rate(step: $0)).rounded() }
    }
    #expect(rates(0..<3) == [100, 75, 25])
    course.phaseBegan(isJoint: false, step: 3, epochs: 1)
    #expect(rates(3..<6) == [100, 75, 25])
    course.phaseBegan(isJoint: true, step: 6, epochs: nil)
    #expect(rates(6..<12) == [100, 93, 75, 50, 25, 7])
  }

  /// The person's factor multiplies what the schedule says, and a run takes the steps of its rates.
  @Test func aScheduleChangesARun() throws {
    func fingerprint(_ schedule: RateSchedule, warmUp: Int = 0) throws -> String {
      var configuration = SessionTests.configuration(epochs: 2)
      (configuration.patience, configuration.keep) = (0, .last)
      (configuration.rateSchedule, configuration.warmUpSteps) = (schedule, warmUp)
      let run = SessionRun(configuration)
      return try #require(run.summary(of: run.untilEnd())).fingerprint
    }
    let prints = try RateSchedule.all.map { try fingerprint($0) }
    #expect(Set(prints).count == prints.count)
    // Without a slope a cosine is no schedule: the same steps to the bit.
    #expect(try fingerprint(.cosine(minimum: 1)) == prints[0])
    #expect(try fingerprint(.step(every: 2)) == prints[0])
  }
}
