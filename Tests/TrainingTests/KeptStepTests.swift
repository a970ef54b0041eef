import Datasets
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Whole runs: what is kept and tested, and what is said of it.
@Suite struct KeptStepTests {
  private func notices(_ events: [Event]) -> [String] {
    events.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
  }

  /// The rate is 0 behind the first epoch, so its step stays the best; the dial that is turned later
  /// must not be in the test scores.
  @Test func aDialTurnedLaterDoesNotChangeTheTestScores() throws {
    func summary(_ more: [TrainingConfiguration.Scheduled]) throws -> RunSummary {
      var configuration = SessionTests.configuration(epochs: 2)
      configuration.learningRate = 0.05
      configuration.schedule = [.init(step: 16, command: .setLearningRateFactor(0))] + more
      let run = SessionRun(configuration)
      return try #require(run.summary(of: run.untilEnd()))
    }
    let plain = try summary([])
    let turned = try summary([.init(step: 20, command: .setDial("temperature", 0.05))])
    #expect(plain.bestStep == 16 && turned.bestStep == 16)
    #expect(turned.test == plain.test && plain.test?.step == 16)
    #expect(turned.validation == plain.validation && plain.validation?.step == 16)
    #expect(plain.test?.epoch == 1 && plain.step == 32)
    #expect(plain.taskBests.map(\.step) == [16, 16])
    #expect(
      plain.taskBests.map(\.score.value) == plain.validation?.tasks.map { $0.scores[0].value })
  }

  @Test(arguments: ["last", "board:logloss", "stripe:auc"])
  func theRuleDecidesWhichStepIsKept(_ text: String) throws {
    var configuration = SessionTests.configuration(epochs: 5)
    configuration.learningRate = 0.05
    configuration.keep = try KeepRule(parsing: text)
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    let all = run.validations(of: events)
    let expected: Int? =
      switch text {
      case "last": 80
      case "board:logloss":
        all.min { ($0.tasks[0]["logloss"] ?? .nan) < ($1.tasks[0]["logloss"] ?? .nan) }?.step
      default: all.max { ($0.tasks[1]["auc"] ?? .nan) < ($1.tasks[1]["auc"] ?? .nan) }?.step
      }
    #expect(summary.bestStep == expected && summary.test?.step == expected)
    #expect(all.last { $0.isBest }?.step == expected)
  }

  @Test(arguments: [
    ("bord:auc", "did you mean 'board'?"), ("board:rmse", "is binary"),
    ("board:gauc", "--group"), ("board:joint_auc", "is not judged"),
  ])
  func aRuleThatCannotBeFollowedEndsBeforeTheFirstStep(_ text: String, _ words: String) throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.keep = try KeepRule(parsing: text)
    let events = SessionRun(configuration).untilEnd()
    guard case .failed(let message)? = events.last else {
      Issue.record("the run went on: \(events)")
      return
    }
    #expect(message.contains(words) && events.count == 1, "\(message)")
  }

  /// Validation rows without a positive label: the loss decides, and it is said once.
  @Test func withoutAnyAUCTheLossDecides() throws {
    let problem = TinyProblem(rows: 1_000)
    let whole = problem.dataset()
    for at in 0..<whole.validation.labels.count { whole.validation.labels.base[at] = 0 }
    var configuration = SessionTests.configuration(epochs: 4)
    configuration.patience = 1
    // The mean answer falls from ½ while the model learns that a half is positive: slowly.
    configuration.learningRate = 1e-4
    let session = TrainingSession(configuration) { _ in whole }
    defer { session.close() }
    session.show(WantedViews())
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    let scores = events.compactMap { event -> Evaluation? in
      if case .evaluated(let one) = event, one.split == .validation { one } else { nil }
    }
    for one in scores {
      let mean = one.tasks.reduce(0) { $0 + ($1["logloss"] ?? .nan) } / 2
      #expect(abs(one.score + mean) < 1e-12 && one.tasks[0]["auc"]?.isNaN == true)
    }
    let best = try #require(scores.max { $0.score < $1.score })
    guard case .finished(let summary)? = events.last else { return }
    #expect(summary.bestStep == best.step)
    let said = notices(events).filter { $0.contains("no positive row of board and stripe") }
    #expect(said.count == 1 && said[0].contains("mean log loss decides"))
  }

  /// Groups of one row each have no AUC: the loss decides, which is said once in the whole run.
  @Test func aRuleThatIsUndefinedIsSaidOnce() throws {
    func events(_ keep: String, groups count: Int) throws -> [Event] {
      let whole = TinyProblem(rows: 1_000).dataset()
      let held = whole.validation
      let grouped = Examples(
        count: held.count, ids: held.ids, dense: held.dense, labels: held.labels,
        groups: Storage((0..<held.count).map { Int32($0 % count) }))
      var grouping = Dataset(
        name: "grouped", features: whole.features, tasks: whole.tasks, training: whole.training,
        validation: grouped, test: whole.test)
      grouping.group = "request"
      let data = grouping
      var configuration = SessionTests.configuration(epochs: 3)
      configuration.keep = try KeepRule(parsing: keep)
      let session = TrainingSession(configuration) { _ in data }
      defer { session.close() }
      session.show(WantedViews())
      return SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    }
    let words =
      "board:gauc is undefined on the validation rows, so the mean loss decides which step is kept"
    #expect(try notices(events("board:gauc", groups: 300)).filter { $0 == words }.count == 1)
    for (keep, groups) in [("board:gauc", 10), ("board:auc", 300)] {
      let said = try notices(events(keep, groups: groups))
      #expect(!said.contains { $0.contains("decides which step is kept") }, "\(keep), \(groups)")
    }
  }

  /// One step, so large that the numbers behind it are none: the run does not end as finished.
  @Test func anUpdateThatBreaksTheLastStepIsSaid() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.batchSize = 1_000
    configuration.learningRate = 1e39
    let run = SessionRun(configuration)
    let events = run.until { if case .diverged = $0 { true } else { false } }
    guard case .diverged(let found)? = events.last else { return }
    #expect(found.step == 1 && found.loss.isFinite && found.parameter != nil)
    run.waitForPause()
    run.session.send(.stop)
    let rest = run.untilEnd()
    #expect(run.summary(of: rest)?.reason == .stopped)
    #expect(notices(rest).contains { $0.contains("test rows that are no numbers") })
  }

  /// A test row with an input of no sense has no answer; the others are scored as without it.
  @Test func oneBrokenRowDoesNotBreakTheScores() throws {
    func run(_ input: Float) throws -> (RunSummary, [String]) {
      let problem = TinyProblem(rows: 1_000)
      let whole = problem.dataset()
      whole.test.dense.base[17] = input
      let session = TrainingSession(SessionTests.configuration(epochs: 1)) { _ in whole }
      defer { session.close() }
      session.show(WantedViews())
      let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
      guard case .finished(let summary)? = events.last else { throw NotFinished() }
      return (summary, notices(events))
    }
    let (broken, said) = try run(.nan)
    #expect(broken.test?.tasks.map(\.brokenRows) == [1, 1])
    #expect(broken.test?.tasks.allSatisfy { $0["auc"]?.isFinite == true } == true)
    #expect(said.contains { $0.contains("board 1, row 18") && $0.contains("stripe 1, row 18") })
    #expect(try run(0).1.isEmpty)
  }

  private struct NotFinished: Error {}

  /// The number on the screen is the newest validation's, with its step.
  @Test func calibrationIsThatOfTheValidation() throws {
    let run = SessionRun(SessionTests.configuration(epochs: 2))
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    let snapshot = try #require(run.session.takeSnapshot())
    let kept = try #require(run.validations(of: events).first { $0.step == summary.bestStep })
    for (task, scores) in zip(snapshot.tasks, kept.tasks) {
      #expect(task.calibration == scores["predicted_over_observed"])
      #expect(task.calibrationStep == summary.bestStep)
    }
  }

  /// What is taken back before a step is taken has changed nothing, in a search of masks as well.
  @Test(arguments: [("mmoe", [:]), ("sparse-sharing", ["rounds": "1", "bottom": "16,8"])])
  func undoRestoresWhatWas(_ model: String, _ options: [String: String]) throws {
    func run(_ commands: [Command]) throws -> (RunSummary, [String], [String]) {
      var configuration = SessionTests.configuration(epochs: 3)
      configuration.model = model
      configuration.modelOptions = options
      configuration.batchSize = 250
      configuration.schedule = commands.map { .init(step: 6, command: $0) }
      let run = SessionRun(configuration)
      let events = run.untilEnd()
      let phases = events.compactMap { event -> String? in
        if case .phaseBegan(let phase, let step) = event { "\(step) \(phase.title)" } else { nil }
      }
      return (try #require(run.summary(of: events)), phases, notices(events))
    }
    let plain = try run([])
    let undone = try run([.setTask("board", isOn: false), .undo])
    #expect(undone.0.fingerprint == plain.0.fingerprint && undone.1 == plain.1)
    #expect(undone.0.bestStep == plain.0.bestStep && undone.2.isEmpty)
    let off = try run([.setTask("board", isOn: false)])
    #expect(off.0.fingerprint != plain.0.fingerprint)
    #expect(off.2.contains { $0.contains("mask of board is given up") } == (model != "mmoe"))
  }
  /// The overlap of the gates is that on validation rows, whatever the test rows are.
  @Test func gateOverlapIsOfTheValidationRows() throws {
    let problem = TinyProblem(rows: 500)
    func overlap(validation: UInt64, test: UInt64) throws -> Double {
      let plain = problem.dataset()
      func rows(_ seed: UInt64) -> Examples { TinyProblem(rows: 50, seed: seed).examples }
      let dataset = Dataset(
        name: "tiny", features: plain.features, tasks: plain.tasks, training: plain.training,
        validation: rows(validation), test: rows(test))
      var configuration = SessionTests.configuration(epochs: 1)
      configuration.keep = .last
      let session = TrainingSession(configuration) { _ in dataset }
      defer { session.close() }
      session.show(WantedViews())
      let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
      guard case .finished(let summary)? = events.last else { throw NotFinished() }
      return try #require(summary.gateOverlap)
    }
    let found = try overlap(validation: 101, test: 102)
    #expect(try overlap(validation: 101, test: 103) == found)
    #expect(try overlap(validation: 103, test: 102) != found)
  }
}
