import Datasets
import Foundation
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Runs that are ended at any step and go on from what was saved there: to the bit as if nothing had been.
@Suite struct ResumeTests {
  /// A run as a case: which, and how.
  struct Case: Sendable, CustomTestStringConvertible {
    var model: String
    var options: [String: String] = [:]
    var balancer = BalancerSetting.equal
    var epochs = 2
    var tasks = 2

    var testDescription: String {
      ([model] + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        + (balancer == .equal ? [] : [balancer.name])).joined(separator: " ")
    }

    /// Everything that may change on the way does: tasks, weights, a rate, undo.
    var schedule: [TrainingConfiguration.Scheduled] {
      [
        .init(step: 3, command: .setTaskWeight("stripe", 0.5)),
        .init(step: 9, command: .setLearningRateFactor(0.7)),
        .init(step: 12, command: .evaluate),
        .init(step: 14, command: .undo),
      ]
    }

    func configuration(threads: Int) -> TrainingConfiguration {
      var configuration = SessionTests.configuration(epochs: epochs)
      configuration.model = model
      configuration.modelOptions = (TinyProblem.needed[model] ?? [:]).merging(options) { $1 }
      configuration.balancer = balancer
      configuration.evaluationInterval = 5
      configuration.schedule = schedule
      configuration.threads = threads
      return configuration
    }
  }

  static let models = ModelRegistry.entries.compactMap { entry -> Case? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    // The whole ladder of a lottery is long; its phases are cases of their own.
    return Case(
      model: entry.name,
      options: entry.name == "sparse-sharing" ? ["masks": "random", "warm-up": "0"] : [:])
  }

  static let balancers = BalancerRegistry.entries.map {
    Case(model: "mmoe", options: ["experts": "3"], balancer: BalancerSetting($0.about.name))
  }

  /// Every phase of a lottery, and a student with its teacher.
  static let phases = [
    Case(
      model: "sparse-sharing",
      options: ["rounds": "2", "rate": "0.4", "bottom": "16,8", "moments": "per-task"]),
    Case(
      model: "sparse-sharing",
      options: ["rounds": "1", "bottom": "16,8", "alternation": "batches", "rewind": "start"]),
    Case(model: "crossdistil", options: ["teacher": "joint"], epochs: 3),
  ]

  /// A whole run: its end, what was kept of it.
  struct Whole {
    var summary: RunSummary
    var kept: KeptRun
  }

  /// Trains to the end.
  static func train(
    _ configuration: TrainingConfiguration, _ problem: TinyProblem, _ kept: KeptRun,
    from saved: KeptRun.Saved? = nil, hasMoreEpochs: Bool = false
  ) throws -> Whole {
    let session = TrainingSession(
      configuration, recording: kept.source(from: saved, hasMoreEpochs: hasMoreEpochs)
    ) { _ in problem.dataset() }
    defer { session.close() }
    let events = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    for case .failed(let message) in events { Issue.record("\(message)") }
    let summaries = events.compactMap {
      if case .finished(let summary) = $0 { summary } else { nil }
    }
    return Whole(summary: try #require(summaries.first), kept: kept)
  }

  /// What of some events does not depend on time.
  static func facts(_ events: [Event], after step: Int) -> [String] {
    events.compactMap { event in
      switch event {
      case .evaluated(let found) where found.step > step || found.split == .test: "\(found)"
      case .epochEnded(let epoch, let at, _) where at > step: "epoch \(epoch) at \(at)"
      case .phaseBegan(let phase, let at) where at > step: "\(phase) at \(at)"
      case .acknowledged(let answer) where answer.step > step: "\(answer)"
      case .noticed(let sentence, let at) where at > step: "\(sentence) at \(at)"
      default: nil
      }
    }
  }

  static func losses(_ bins: [LossBin], from step: Int) -> [String] {
    bins.filter { $0.firstStep >= step }.map { "\($0.task) \($0.firstStep) \($0.sum)" }.sorted()
  }

  /// Ends a run at a step, goes on from what it saved there, and compares with the one that went on.
  static func check(
    _ test: Case, seed: UInt64, draws: Int = 1, _ source: SourceLocation = #_sourceLocation
  ) throws {
    let problem = TinyProblem(rows: 500, tasks: test.tasks)
    let random = RandomSource(seed: seed, stream: 61)
    let stepsPerEpoch = 8
    let count = test.epochs * stepsPerEpoch
    let drawn = (0..<draws).map { 1 + random.index(below: count - 1, UInt64($0)) }
    // Phases come before, so that how many steps there are is not known.
    let wanted = draws > 1 ? nil : Set(drawn + [count])
    let whole = try train(
      test.configuration(threads: 1), problem, KeptRun(interval: 1, wanted: wanted))
    let steps = whole.kept.newest.saved.map(\.step).filter { $0 < whole.summary.step && $0 > 0 }
    for draw in 0..<draws {
      let step =
        draws > 1 ? steps[random.index(below: steps.count, 100 + UInt64(draw))] : drawn[draw]
      let words = Comment(rawValue: "\(test.testDescription), seed \(seed), step \(step)")
      let saved = try #require(whole.kept.checkpoint(step), words, sourceLocation: source)
      let rest = try train(
        test.configuration(threads: 2 - draw % 2), problem, KeptRun(interval: 1, wanted: wanted),
        from: saved)
      #expect(rest.summary.fingerprint == whole.summary.fingerprint, words, sourceLocation: source)
      #expect(rest.summary.bestStep == whole.summary.bestStep, words, sourceLocation: source)
      #expect(rest.summary.step == whole.summary.step, words, sourceLocation: source)
      #expect(rest.summary.taskBests == whole.summary.taskBests, words, sourceLocation: source)
      let (first, second) = (whole.kept.newest, rest.kept.newest)
      #expect(
        facts(second.events, after: step) == facts(first.events, after: step), words,
        sourceLocation: source)
      #expect(
        losses(second.losses, from: step) == losses(first.losses, from: step), words,
        sourceLocation: source)
      // What both have saved in the end is the same bytes, but for the time that it took.
      let (last, again) = (try #require(first.saved.last), try #require(second.saved.last))
      #expect(last.step == again.step)
      #expect(difference(last.entries, again.entries) == [], words, sourceLocation: source)
    }
  }

  /// The names of entries that differ.
  static func difference(_ first: [Archive.Entry], _ second: [Archive.Entry]) -> [String] {
    func bytes(_ entries: [Archive.Entry]) -> [String: [UInt8]] {
      Dictionary(
        entries.filter { !$0.name.hasPrefix("monitor/") }.map { entry in
          (entry.name, entry.withBytes { Array($0) })
        }
      ) { $1 }
    }
    let (first, second) = (bytes(first), bytes(second))
    return Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
  }

  @Test(arguments: models) func everyModel(_ test: Case) throws {
    try Self.check(test, seed: 11)
  }

  @Test(arguments: balancers) func everyBalancer(_ test: Case) throws {
    try Self.check(test, seed: 12)
  }

  @Test(arguments: phases, [13, 14] as [UInt64]) func everyPhase(
    _ test: Case, _ seed: UInt64
  ) throws {
    try Self.check(test, seed: seed, draws: 2)
  }

  // MARK: - What a person has set

  /// A balancer that was chosen on the way, tasks off and on, and what can be undone come back.
  @Test func whatAPersonHasSetComesBack() throws {
    var configuration = SessionTests.configuration(epochs: 3)
    configuration.evaluationInterval = 4
    let changes: [TrainingConfiguration.Scheduled] = [
      .init(step: 4, command: .setBalancer(BalancerSetting("uncertainty"))),
      .init(
        step: 6, command: .together([.setTaskWeight("board", 2), .setTaskWeight("stripe", 0.5)])),
      .init(step: 8, command: .setTask("stripe", isOn: false)),
      .init(step: 12, command: .undo),
      .init(step: 14, command: .undo),
      .init(step: 17, command: .redo),
      .init(step: 19, command: .undo),
      .init(step: 21, command: .undo),
    ]
    configuration.schedule = changes
    let problem = TinyProblem(rows: 500)
    let whole = try Self.train(configuration, problem, KeptRun(interval: 1))
    for step in [9, 13, 16, 18, 20, 22] {
      let saved = try #require(whole.kept.checkpoint(step))
      let rest = try Self.train(configuration, problem, KeptRun(interval: 1), from: saved)
      #expect(rest.summary.fingerprint == whole.summary.fingerprint, "step \(step)")
      #expect(
        Self.facts(rest.kept.newest.events, after: step)
          == Self.facts(whole.kept.newest.events, after: step), "step \(step)")
    }
  }

  /// The best of the tasks that are on, and that of the set before, which counts again when it is back.
  @Test func theBestOfEverySetOfTasksComesBack() throws {
    var configuration = SessionTests.configuration(epochs: 3)
    configuration.evaluationInterval = 2
    configuration.learningRate = 0.05
    configuration.schedule = [
      .init(step: 8, command: .setTask("stripe", isOn: false)),
      .init(step: 19, command: .setTask("stripe", isOn: true)),
    ]
    let problem = TinyProblem(rows: 500)
    let whole = try Self.train(configuration, problem, KeptRun(interval: 1))
    for step in [7, 13, 18, 19, 21] {
      let saved = try #require(whole.kept.checkpoint(step))
      let rest = try Self.train(configuration, problem, KeptRun(interval: 1), from: saved)
      #expect(rest.summary.fingerprint == whole.summary.fingerprint, "step \(step)")
      #expect(rest.summary.bestStep == whole.summary.bestStep, "step \(step)")
    }
  }

  /// Two windows of a block each: another order than that of one window, and the same rows again in the
  /// middle of each.
  @Test func windowsComeBack() throws {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.batchSize = 200
    let problem = TinyProblem(rows: 2_000)
    let rows = problem.dataset().training.count
    #expect((1_025...2_048).contains(rows))
    let plain = try Self.train(configuration, problem, KeptRun(interval: 1_000))
    configuration.window = rows
    let all = try Self.train(configuration, problem, KeptRun(interval: 1_000))
    #expect(all.summary.fingerprint == plain.summary.fingerprint)
    configuration.window = 1_024
    let whole = try Self.train(configuration, problem, KeptRun(interval: 1))
    #expect(whole.summary.fingerprint != plain.summary.fingerprint)
    let steps = (rows + 199) / 200
    for step in [2, steps - 1, steps + 1] {
      let saved = try #require(whole.kept.checkpoint(step))
      let rest = try Self.train(configuration, problem, KeptRun(interval: 1), from: saved)
      #expect(rest.summary.fingerprint == whole.summary.fingerprint, "step \(step)")
    }
  }

  // MARK: - The end

  /// A run that was killed between its last checkpoint and its summary ends at once, with the same.
  @Test func aRunThatWasSavedAtItsEndEndsAtOnce() throws {
    let configuration = SessionTests.configuration(epochs: 2)
    let problem = TinyProblem(rows: 500)
    let whole = try Self.train(configuration, problem, KeptRun())
    let saved = try #require(whole.kept.newest.saved.last)
    #expect(saved.step == whole.summary.step)
    let rest = try Self.train(configuration, problem, KeptRun(), from: saved)
    #expect(rest.summary.fingerprint == whole.summary.fingerprint)
    #expect((rest.summary.step, rest.summary.reason) == (whole.summary.step, .epochs))
  }

  /// More epochs go on as if they had been asked for at once.
  @Test func moreEpochsGoOnToTheBit() throws {
    let problem = TinyProblem(rows: 500)
    let short = try Self.train(SessionTests.configuration(epochs: 1), problem, KeptRun())
    let long = try Self.train(SessionTests.configuration(epochs: 3), problem, KeptRun())
    let saved = try #require(short.kept.newest.saved.last)
    let rest = try Self.train(
      SessionTests.configuration(epochs: 3), problem, KeptRun(), from: saved, hasMoreEpochs: true)
    #expect(rest.summary.fingerprint == long.summary.fingerprint)
    #expect(rest.summary.step == long.summary.step && short.summary.step < long.summary.step)
  }

  /// Patience that has run out stays so, unless a person wants more epochs.
  @Test func patienceThatHasRunOutStaysSo() throws {
    var configuration = SessionTests.configuration(epochs: 9)
    configuration.patience = 1
    configuration.learningRate = 1e-9
    let problem = TinyProblem(rows: 500)
    let whole = try Self.train(configuration, problem, KeptRun())
    #expect(whole.summary.reason == .earlyStopping)
    let saved = try #require(whole.kept.newest.saved.last)
    let rest = try Self.train(configuration, problem, KeptRun(), from: saved)
    #expect((rest.summary.reason, rest.summary.step) == (.earlyStopping, whole.summary.step))
    let more = try Self.train(
      configuration, problem, KeptRun(), from: saved, hasMoreEpochs: true)
    #expect(more.summary.step > whole.summary.step)
  }

  /// What is scored once more at a stop is no part of what goes on.
  @Test func aStoppedRunGoesOnAsIfItHadNotStopped() throws {
    var configuration = SessionTests.configuration(epochs: 3)
    let problem = TinyProblem(rows: 500)
    let whole = try Self.train(configuration, problem, KeptRun())
    configuration.schedule = [.init(step: 11, command: .stop)]
    let stopped = try Self.train(configuration, problem, KeptRun())
    #expect((stopped.summary.step, stopped.summary.reason) == (11, .stopped))
    let saved = try #require(stopped.kept.newest.saved.last)
    #expect(saved.step == 11)
    let rest = try Self.train(configuration, problem, KeptRun(), from: saved)
    #expect(rest.summary.fingerprint == whole.summary.fingerprint)
    #expect(rest.summary.bestStep == whole.summary.bestStep)
  }
}
