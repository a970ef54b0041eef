import Graph
import Models
import Objectives
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Shadows of a search of masks: it goes on beside the main run's by scores of its own, and is compared
/// with it in the same phase alone.
@Suite struct LotteryShadowTests {
  /// A course and its shadow, with scores made by hand, in the order in which a run does things.
  private struct Pair {
    let course: ArchiveLotteryTests.Course
    let shadow: ShadowRun
    var stepsPerEpoch = 2

    init(
      _ course: ArchiveLotteryTests.Course, _ change: ShadowRun.Change = .nothing,
      stepsPerEpoch: Int = 2
    ) throws {
      self.course = course
      self.stepsPerEpoch = stepsPerEpoch
      shadow = try ShadowRun(of: course.trainer, change, search: course.lottery)
    }

    /// What is saved of both that is not alike.
    func differing() throws -> [String] {
      let other = ArchiveLotteryTests.Course(
        trainer: shadow.trainer, lottery: try #require(shadow.lottery), problem: course.problem)
      return try differences(saved(course.visit), saved(other.visit))
    }

    func go(_ steps: Range<Int>) {
      for step in steps { go(step) }
    }

    private func go(_ step: Int) {
      if step % stepsPerEpoch == 0 { course.trainer.epoch = step / stepsPerEpoch }
      let batch = course.problem.batch(from: 24 * (step % 20), rows: 24)
      #expect(course.trainer.step(batch, rate: 0.02))
      #expect(shadow.step(batch, rate: 0.02, mainSeconds: 0.01))
      course.lottery.stepTaken()
      guard (step + 1) % stepsPerEpoch == 0 else { return }
      // The first epoch of every stage is its best.
      let score = 0.9 - 0.1 * Double(step / stepsPerEpoch % 2)
      let found = evaluation([score, 0.8 - score], mean: score, step: step + 1)
      shadow.note(found, found)
      shadow.epochEnded(isScored: true)
      _ = course.lottery.epochEnded(found.rankings, mean: score)
    }

    private func evaluation(_ scores: [Double], mean: Double, step: Int) -> Evaluation {
      let tasks = zip(TinyProblem.names, scores).map { name, value in
        TaskScores(
          task: name, scores: [Score(name: "auc", value: value, higherIsBetter: true)])
      }
      return Evaluation(
        step: step, epoch: 1, split: .validation, tasks: tasks, score: mean, isBest: false)
    }
  }

  /// With nothing changed it is the main run to the bit, in every phase: draws of negatives by steps and
  /// by epochs among them.
  @Test(arguments: ArchiveLotteryTests.courses) func aShadowSearchesAsTheRunDoes(
    _ model: String, _ options: [String: String]
  ) throws {
    let pair = try Pair(ArchiveLotteryTests.Course(model, options))
    for step in 0..<pair.course.length {
      pair.go(step..<(step + 1))
      #expect(try pair.differing() == [], "step \(step)")
      #expect(pair.shadow.snapshot.phases == nil)
    }
    #expect(pair.shadow.lottery?.isJoint == true)
  }

  /// An epoch that was not scored ends no round: there is nothing to go by.
  @Test func aSearchWaitsForItsScores() throws {
    let pair = try Pair(ArchiveLotteryTests.Course("sparse-sharing", [:]))
    pair.go(0..<4)
    #expect(pair.shadow.lottery?.stage == .search(task: 0, round: 0))
    pair.shadow.epochEnded(isScored: false)
    #expect(pair.shadow.lottery?.stage == .search(task: 0, round: 0))
    pair.shadow.epochEnded(isScored: true)
    #expect(pair.shadow.lottery?.stage == .search(task: 0, round: 1))
  }

  /// A task that is switched off before the fork and not yet followed, and one that is switched off after
  /// it, is searched no further in either; one that is switched on again was never off.
  @Test(arguments: [false, true], [false, true]) func aTaskThatIsOffIsSearchedNoFurther(
    isOffBefore: Bool, comesBack: Bool
  ) throws {
    let course = try ArchiveLotteryTests.Course("sparse-sharing", ["rounds": "2"])
    course.go(0..<4)
    #expect(course.lottery.stage == .search(task: 0, round: 0))
    course.trainer.isOn[0] = !isOffBefore
    let pair = try Pair(course)
    course.trainer.isOn[0] = comesBack
    // As a run does it before a step.
    if !comesBack {
      #expect(course.lottery.tasksChanged())
      #expect(course.lottery.takeRemarks().count == 1)
    }
    pair.go(4..<5)
    let searched = comesBack ? 0 : 1
    #expect(pair.shadow.lottery?.stage == .search(task: searched, round: 0))
    #expect(try pair.differing() == [])
    #expect(pair.shadow.trainer.hasTrained == [searched == 0, searched == 1])
    pair.go(5..<16)
    #expect(try pair.differing() == [])
  }

  /// Without a task the search is over sooner: while the main run still prunes, nothing is compared, and
  /// what is compared is of the phase at hand.
  @Test func differentPhasesAreNotCompared() throws {
    // Warm-up to step 20, two rounds a task to 40 and 60, joint training to 80.
    let pair = try Pair(
      ArchiveLotteryTests.Course("sparse-sharing", [:]), .without(1), stepsPerEpoch: 10)
    func seen() -> ShadowSnapshot { pair.shadow.snapshot }
    pair.go(0..<19)
    #expect(seen().phases == nil && seen().tasks[0].difference != nil)
    #expect(seen().tasks[0].score?.step == 10)
    pair.go(19..<25)
    #expect(pair.course.lottery.stage == .search(task: 0, round: 0))
    #expect(seen().phases == nil && seen().tasks[0].difference == nil)
    #expect(seen().tasks[0].score == nil)
    pair.go(25..<29)
    #expect(seen().tasks[0].difference != nil)
    pair.go(29..<55)
    #expect(pair.course.lottery.stage == .search(task: 1, round: 1))
    #expect(seen().phases == .init(shadow: "joint training", main: "pruning stripe"))
    #expect(seen().tasks.allSatisfy { $0.difference == nil && $0.score == nil })
    // The curve of the shadow is its own and goes on.
    #expect(seen().steps.last == 55)
    pair.go(55..<64)
    #expect(pair.course.lottery.isJoint && seen().phases == nil)
    #expect(seen().tasks[0].difference == nil && seen().tasks[0].score == nil)
    pair.go(64..<70)
    let known = seen().tasks[0]
    // The newest half of ten steps, of joint training alone.
    #expect(known.difference?.steps == 5 && known.score?.step == 70)
    #expect(seen().tasks[1].difference == nil)
  }

  // MARK: - In a session

  private func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = "sparse-sharing"
    configuration.modelOptions = ["rounds": "1", "bottom": "16,8"]
    (configuration.batchSize, configuration.epochs, configuration.threads) = (250, 2, 1)
    return configuration
  }

  /// The loop ends the epochs of the shadow, too: at the end both are in joint training.
  @Test func theLoopLetsTheShadowSearch() throws {
    var configuration = configuration()
    configuration.schedule = [.init(step: 2, command: .shadow(without: "stripe"))]
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    #expect(run.summary(of: events)?.step == 28)
    let snapshot = try #require(run.session.takeSnapshot())
    let shadow = try #require(snapshot.shadow)
    #expect(shadow.step == 28 && shadow.phases == nil)
    #expect(shadow.tasks[0].score?.step == 28)
    // What its search says of the task that it leaves out is nothing of the run.
    #expect(
      !events.contains {
        if case .noticed(let text, _) = $0 {
          text.contains("the search of the mask")
        } else {
          false
        }
      })
  }

  /// The main run has its balancer, whatever becomes of the shadow's.
  @Test func aShadowThatCannotFollowIsGivenUpAloud() throws {
    struct NoData: Error {}
    let session = TrainingSession(configuration()) { _ in throw NoData() }
    session.close()
    _ = session.drainEvents()
    let problem = TinyProblem(rows: 64)
    let subject = TrainedRun(
      TrainingRun(configuration(), session: session), dataset: problem.dataset(),
      trainer: try problem.trainer("mmoe"))
    let tasks = BalancedTasks(problem.tasks)
    #expect(subject.beginShadow(without: 1) == .applied)
    subject.balanceShadow(by: BalancerSetting("pcgrad"), for: tasks)
    #expect(subject.shadow != nil && session.drainEvents().isEmpty)
    subject.balanceShadow(by: BalancerSetting("no-such"), for: tasks)
    #expect(subject.shadow == nil)
    let said = session.drainEvents().compactMap {
      if case .noticed(let text, _) = $0 { text } else { nil }
    }
    #expect(said.count == 1 && said[0].hasPrefix("the shadow without stripe is given up: "))
  }
}
