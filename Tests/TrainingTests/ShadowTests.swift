import Graph
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Forks of a run, and what a shadow says of the run that it was forked from.
@Suite struct ShadowTests {
  private let problem = TinyProblem(rows: 600, tasks: 3)

  private func step(_ trainer: Trainer, _ number: Int) {
    let batch = problem.batch(from: number * 37 % 500, rows: 64)
    trainer.epoch = number / 40
    #expect(trainer.step(batch, rate: 0.01))
  }

  /// Numbers, moments and step counts are the same, to the bit.
  private func isSame(_ a: Trainer, _ b: Trainer) -> Bool {
    func moments(_ trainer: Trainer) -> [[Float]] {
      let optimizer = trainer.optimizer
      let tables = optimizer.tableMoments.keys.sorted().compactMap { optimizer.tableMoments[$0] }
      let all =
        [optimizer.firstMoments, optimizer.secondMoments]
        + tables.flatMap { [$0.first, $0.second] }
      return all.map { Array(UnsafeBufferPointer(start: $0.base, count: $0.count)) }
    }
    return a.store.fingerprint == b.store.fingerprint && a.optimizer.steps == b.optimizer.steps
      && moments(a) == moments(b)
  }

  /// 500 steps of both, one after the other, with what a person changes meanwhile on both.
  @Test(arguments: [
    "hard-sharing", "mmoe", "ple", "cross-stitch", "mran", "esmm", "aitm", "stem-net", "mt-fwfm",
  ])
  func aForkWithNothingChangedStaysTheSame(_ model: String) throws {
    let trainer = try problem.trainer(model, threads: 2, seed: 5)
    trainer.weights = [1, 0.5, 2]
    for number in 0..<21 { step(trainer, number) }
    trainer.isOn[1] = false
    for number in 21..<30 { step(trainer, number) }
    #expect(trainer.whyNotForking == nil)
    let fork = trainer.fork()
    #expect(isSame(trainer, fork) && fork.step == trainer.step && fork.isOn == trainer.isOn)
    for number in 30..<530 {
      if number == 130 { for run in [trainer, fork] { run.isOn[1] = true } }
      if number == 230 { for run in [trainer, fork] { run.weights[0] = 0.25 } }
      step(trainer, number)
      step(fork, number)
    }
    #expect(isSame(trainer, fork))
    #expect(trainer.sums.map(\.loss) == fork.sums.map(\.loss))
  }

  @Test(arguments: ["adam", "adagrad", "sgd"]) func everyRulesMomentsAreCopied(
    _ rule: String
  ) throws {
    var configuration = OptimizerConfiguration()
    configuration.rule =
      rule == "adagrad"
      ? .adagrad(epsilon: 1e-8, initial: 0.1) : rule == "sgd" ? .sgd : configuration.rule
    let trainer = try problem.trainer(
      "hard-sharing", ["bottom": "8", "tower": "4"], optimizer: configuration)
    for number in 0..<7 { step(trainer, number) }
    let fork = trainer.fork()
    for number in 7..<27 {
      step(trainer, number)
      step(fork, number)
    }
    #expect(isSame(trainer, fork))
  }

  /// What a fork does is nothing to the run that it came from.
  @Test func theMainRunDoesNotFeelItsShadow() throws {
    func fingerprint(hasShadow: Bool) throws -> UInt64 {
      let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
      for number in 0..<10 { step(trainer, number) }
      let shadow = hasShadow ? ShadowRun(of: trainer, without: 1) : nil
      for number in 10..<40 {
        step(trainer, number)
        let batch = problem.batch(from: number * 37 % 500, rows: 64)
        if let shadow { #expect(shadow.step(batch, rate: 0.01, mainSeconds: 0.001)) }
      }
      return trainer.store.fingerprint
    }
    #expect(try fingerprint(hasShadow: true) == fingerprint(hasShadow: false))
  }

  /// The shadow is a run in which the task was switched off at the fork, to the bit; what is changed of
  /// the main run afterwards is changed there, too.
  @Test func aShadowIsTheRunWithoutTheTask() throws {
    let options = ["experts": "3", "expert": "8", "tower": "4"]
    let (main, other) = (
      try problem.trainer("mmoe", options), try problem.trainer("mmoe", options)
    )
    for number in 0..<10 { for run in [main, other] { step(run, number) } }
    let shadow = ShadowRun(of: main, without: 1)
    other.isOn = [true, false, true]
    for number in 10..<60 {
      if number == 30 { for run in [main, other] { run.weights[2] = 3 } }
      step(main, number)
      step(other, number)
      let batch = problem.batch(from: number * 37 % 500, rows: 64)
      #expect(shadow.step(batch, rate: 0.01, mainSeconds: 0.01))
    }
    #expect(isSame(shadow.trainer, other))
    let seen = shadow.snapshot
    #expect(seen.change == "without stripe" && seen.fork == 10 && seen.step == 60)
    #expect(seen.tasks.map(\.isOn) == [true, false, true])
    #expect(seen.tasks[1].difference == nil && seen.tasks[0].difference != nil)
    #expect(seen.tasks[0].losses.count == 50 && seen.steps.last == 60)
    #expect(seen.tasks[1].losses.allSatisfy { $0.isNaN })
    #expect((0...1).contains(seen.share))
    #expect(
      abs(Double(seen.tasks[0].losses[49]) - other.loss(of: 0)) < 1e-6)
  }

  @Test func whatCannotBeForkedIsRefused() throws {
    let trainer = try problem.trainer("mmoe")
    #expect(ShadowRun.whyNot(trainer, without: 0) == nil)
    trainer.isOn = [true, false, false]
    #expect(
      ShadowRun.whyNot(trainer, without: 0)
        == "without board no task would be on: nothing would train")
    for model in ["csrec", "sparse-sharing", "lt4rec"] {
      #expect(try problem.trainer(model).whyNotForking?.contains("cannot be copied") == true)
    }
    let balanced = try problem.trainer("mmoe", isBalanced: true)
    #expect(balanced.whyNotForking == "what the balancer remembers cannot be copied")
  }

  @Test func theCourseIsThinnedAndKeepsItsSteps() {
    var course = ShadowCourse(tasks: 2)
    for step in 1...1_000 { course.add(step: step) { $0 == 0 ? Double(step) : .nan } }
    #expect(course.steps.count < ShadowCourse.most && course.losses[0].count == course.steps.count)
    let width = course.steps[1] - course.steps[0]
    for (step, loss) in zip(course.steps, course.losses[0]) {
      #expect(Double(loss) == Double(step) - Double(width - 1) / 2)
    }
    #expect(course.losses[1].allSatisfy { $0.isNaN })
  }

  // MARK: - In a session

  @Test func aSessionForksScoresAndDrops() throws {
    var configuration = SessionTests.configuration(epochs: 40)
    configuration.startsPaused = true
    let run = SessionRun(configuration)
    func answer(_ command: Command) -> Acknowledgement.Outcome? {
      let ticket = run.session.send(command)
      let events = run.until { event in
        if case .acknowledged(let answer) = event { return answer.id == ticket.id }
        return false
      }
      guard case .acknowledged(let answer)? = events.last else { return nil }
      return answer.outcome
    }
    #expect(answer(.dropShadow) == .refused("there is no shadow"))
    guard case .refused(let reason)? = answer(.shadow(without: "strip")) else {
      Issue.record("an unknown task is no shadow")
      return
    }
    #expect(reason.hasPrefix("no task 'strip'; did you mean 'stripe'?"))
    #expect(answer(.shadow(without: "stripe")) == .applied)
    #expect(answer(.step(20)) == .applied)
    run.waitForPause(at: 20)
    #expect(answer(.evaluate) == .applied)
    #expect(answer(.step(1)) == .applied)
    let shadow = try #require(run.snapshot(at: 21).shadow)
    #expect(shadow.change == "without stripe" && shadow.fork == 0 && shadow.step == 21)
    #expect(shadow.tasks[0].score?.step == 20 && shadow.tasks[0].score?.name == "auc")
    #expect(shadow.tasks[1].score == nil)
    #expect(answer(.dropShadow) == .applied)
    #expect(answer(.step(1)) == .applied)
    #expect(run.snapshot(at: 22).shadow == nil)
  }
}

extension SessionRun {
  /// The snapshot of a pause after so many steps.
  fileprivate func snapshot(at step: Int) -> Snapshot {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase, snapshot.step == step
      {
        return snapshot
      }
    }
    Issue.record("no pause at step \(step)")
    return Snapshot()
  }
}
