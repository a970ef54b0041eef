import Graph
import Models
import Objectives
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
    let isFinite = trainer.step(batch, rate: 0.01)
    #expect(isFinite, "step \(number)")
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
  @Test(arguments: ArchiveTrainerTests.models)
  func aForkWithNothingChangedStaysTheSame(_ model: String) throws {
    let trainer = try problem.trainer(model, threads: 2, seed: 5)
    trainer.weights = [1, 0.5, 2]
    for number in 0..<21 { step(trainer, number) }
    trainer.isOn[1] = false
    for number in 21..<30 { step(trainer, number) }
    let fork = try trainer.fork().0
    let isSameAtFirst =
      isSame(trainer, fork) && fork.step == trainer.step && fork.isOn == trainer.isOn
    #expect(isSameAtFirst)
    for number in 30..<530 {
      if number == 130 { for run in [trainer, fork] { run.isOn[1] = true } }
      if number == 230 { for run in [trainer, fork] { run.weights[0] = 0.25 } }
      step(trainer, number)
      step(fork, number)
    }
    let isSameNow = isSame(trainer, fork)
    #expect(isSameNow)
    #expect(try differences(saved(trainer.visit), saved(fork.visit)) == [])
    #expect(trainer.sums.map(\.loss) == fork.sums.map(\.loss))
  }

  /// What a balancer remembers goes on as it would have, whichever it is, for 500 steps.
  @Test(arguments: BalancerRegistry.entries.map(\.about.name))
  func aBalancedForkStaysTheSame(_ balancer: String) throws {
    let trainer = try problem.trainer("hard-sharing", ["bottom": "6,4", "tower": "3"], seed: 5)
    let tasks = BalancedTasks(problem.tasks)
    try trainer.balance(by: BalancerSetting(balancer), for: tasks)
    func goes(_ trainer: Trainer, _ number: Int) -> Bool {
      trainer.epoch = number / 40
      return trainer.step(problem.batch(from: number * 37 % 500, rows: 64), rate: 0.001)
    }
    for number in 0..<20 where !goes(trainer, number) {
      Issue.record("\(balancer) diverges at \(number)")
    }
    let fork = try trainer.fork().0
    // Should a loss become no number, it does so in both at one step.
    for number in 20..<520 {
      let (main, other) = (goes(trainer, number), goes(fork, number))
      #expect(main == other)
      guard main else { break }
    }
    #expect(try differences(saved(trainer.visit), saved(fork.visit)) == [], "\(balancer)")
  }

  /// A lottery's search and its joint training, in whichever phase it is forked.
  @Test(arguments: ArchiveLotteryTests.courses) func aForkedSearchStaysTheSame(
    _ model: String, _ options: [String: String]
  ) throws {
    let course = try ArchiveLotteryTests.Course(model, options)
    for forked in 0..<4 {
      let (trainer, lottery) = try course.trainer.fork(with: course.lottery)
      let other = ArchiveLotteryTests.Course(
        trainer: trainer, lottery: try #require(lottery), problem: course.problem)
      let first = 3 * forked
      let (mine, theirs) = (first..<(first + 3), first..<(first + course.length))
      // The fork goes on to the end of the search; what it does is nothing to the run.
      let before = try saved(course.visit)
      other.go(theirs)
      #expect(try differences(saved(course.visit), before) == [])
      let again = try course.trainer.fork(with: course.lottery)
      let third = ArchiveLotteryTests.Course(
        trainer: again.0, lottery: try #require(again.1), problem: course.problem)
      course.go(mine)
      third.go(mine)
      #expect(try differences(saved(third.visit), saved(course.visit)) == [], "\(first)")
    }
  }

  /// Teachers and students, whoever learns from whom.
  @Test(arguments: ["alternating", "joint", "static"], ["1", "20"])
  func aForkedTeacherStaysTheSame(_ teaching: String, epochs: String) throws {
    let trainer = try problem.trainer(
      "crossdistil", ["teacher": teaching, "teacher-epochs": epochs], seed: 5)
    for number in 0..<30 { step(trainer, number) }
    let fork = try trainer.fork().0
    for number in 30..<530 {
      step(trainer, number)
      step(fork, number)
    }
    #expect(try differences(saved(trainer.visit), saved(fork.visit)) == [])
  }

  /// The shadow under another balancer is the run whose balancer was changed at the fork, to the bit; a
  /// balancer that a person chooses later is the main run's alone.
  @Test func aShadowIsTheRunUnderAnotherBalancer() throws {
    let options = ["experts": "3", "expert": "8", "tower": "4"]
    let (main, other) = (
      try problem.trainer("mmoe", options), try problem.trainer("mmoe", options)
    )
    let tasks = BalancedTasks(problem.tasks)
    for run in [main, other] { try run.balance(by: BalancerSetting("dwa"), for: tasks) }
    for number in 0..<10 { for run in [main, other] { step(run, number) } }
    let pcgrad = BalancerSetting("pcgrad")
    let shadow = try ShadowRun(of: main, .under(pcgrad, tasks))
    try other.balance(by: pcgrad, for: tasks)
    for number in 10..<60 {
      if number == 30 {
        for run in [main, other] { run.isOn[2] = false }
        try main.balance(by: .equal, for: tasks)
        try shadow.balance(by: .equal, for: tasks)
      }
      step(main, number)
      step(other, number)
      let batch = problem.batch(from: number * 37 % 500, rows: 64)
      #expect(shadow.step(batch, rate: 0.01, mainSeconds: 0.01))
    }
    #expect(try differences(saved(shadow.trainer.visit), saved(other.visit)) == [])
    let isSameNow = !isSame(shadow.trainer, main)
    #expect(isSameNow)
    let seen = shadow.snapshot
    #expect(seen.change == "under pcgrad" && seen.tasks.map(\.isOn) == [true, true, false])
    #expect(seen.tasks[0].difference != nil && seen.tasks[0].losses.count == 50)
  }

  /// A shadow without a task is balanced as a person has chosen for the main run.
  @Test func aShadowFollowsTheBalancer() throws {
    let (main, other) = (try problem.trainer("mmoe"), try problem.trainer("mmoe"))
    let tasks = BalancedTasks(problem.tasks)
    for number in 0..<5 { for run in [main, other] { step(run, number) } }
    let shadow = try ShadowRun(of: main, .without(1))
    other.isOn[1] = false
    for number in 5..<25 {
      if number == 10 {
        let setting = BalancerSetting("uncertainty")
        try main.balance(by: setting, for: tasks)
        try other.balance(by: setting, for: tasks)
        try shadow.balance(by: setting, for: tasks)
      }
      step(main, number)
      step(other, number)
      let batch = problem.batch(from: number * 37 % 500, rows: 64)
      #expect(shadow.step(batch, rate: 0.01, mainSeconds: 0.01))
    }
    #expect(try differences(saved(shadow.trainer.visit), saved(other.visit)) == [])
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
    let fork = try trainer.fork().0
    for number in 7..<27 {
      step(trainer, number)
      step(fork, number)
    }
    let isSameNow = isSame(trainer, fork)
    #expect(isSameNow)
  }

  /// What a fork does is nothing to the run that it came from.
  @Test func theMainRunDoesNotFeelItsShadow() throws {
    func fingerprint(hasShadow: Bool) throws -> UInt64 {
      let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
      for number in 0..<10 { step(trainer, number) }
      let shadow = hasShadow ? try ShadowRun(of: trainer, .without(1)) : nil
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
    let shadow = try ShadowRun(of: main, .without(1))
    other.isOn = [true, false, true]
    for number in 10..<60 {
      if number == 30 { for run in [main, other] { run.weights[2] = 3 } }
      step(main, number)
      step(other, number)
      let batch = problem.batch(from: number * 37 % 500, rows: 64)
      #expect(shadow.step(batch, rate: 0.01, mainSeconds: 0.01))
    }
    let isSameNow = isSame(shadow.trainer, other)
    #expect(isSameNow)
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
    guard case .refused(let words)? = answer(.shadowUnder(BalancerSetting("pcgrat"))) else {
      Issue.record("an unknown balancer is no shadow")
      return
    }
    #expect(words.contains("pcgrad"))
    #expect(answer(.shadowUnder(BalancerSetting("pcgrad"))) == .applied)
    #expect(answer(.step(20)) == .applied)
    let other = try #require(run.snapshot(at: 42).shadow)
    #expect(other.change == "under pcgrad" && other.fork == 22 && other.step == 42)
    #expect(other.tasks.allSatisfy { $0.isOn && $0.difference != nil })
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
