import Datasets
import Graph
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A lottery that is saved in any phase goes on as if it had not been.
@Suite struct ArchiveLotteryTests {
  /// A lottery and what is done with it: two steps an epoch, with scores made by hand.
  struct Course {
    let trainer: Trainer
    let lottery: Lottery
    let problem: TinyProblem

    init(_ model: String, _ options: [String: String]) throws {
      problem = TinyProblem(rows: 512, tasks: 2)
      trainer = try problem.trainer(
        model,
        ["bottom": "4,3", "rounds": "1", "warm-up": "2", "rate": "0.5"]
          .merging(options) { $1 }, batchSize: 32)
      lottery = try #require(
        Lottery(trainer, tasks: Array(TinyProblem.names.prefix(2)), epochs: 2))
    }

    init(trainer: Trainer, lottery: Lottery, problem: TinyProblem) {
      (self.trainer, self.lottery, self.problem) = (trainer, lottery, problem)
    }

    /// Steps of the whole course.
    var length: Int { 2 * lottery.epochs + 1 }

    /// Takes steps of these numbers and ends the epochs among them.
    func go(_ steps: Range<Int>) {
      for step in steps {
        if step % 2 == 0 { trainer.epoch = step / 2 }
        #expect(trainer.step(problem.batch(from: 24 * (step % 20), rows: 24), rate: 0.02))
        lottery.stepTaken()
        guard step % 2 == 1 else { continue }
        // The first epoch of every stage is its best.
        let score = 0.9 - 0.1 * Double(step % 4)
        _ = lottery.epochEnded([score, 0.8 - score], mean: score)
      }
    }

    func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.part("trainer", trainer.visit)
      try archive.part("lottery", lottery.visit)
    }
  }

  static let courses: [(String, [String: String])] = [
    ("sparse-sharing", [:]),
    ("sparse-sharing", ["moments": "strict", "rewind": "start", "round-epochs": "2"]),
    ("sparse-sharing", ["moments": "per-task", "alternation": "batches"]),
    ("sparse-sharing", ["masks": "random", "alternation": "joint"]),
    ("lt4rec", ["alternation": "epochs"]),
    ("csrec", ["rule": "impact-param", "resample": "step", "keep": "0.5"]),
    ("csrec", ["rule": "impact-net", "resample": "epoch", "keep": "0.5"]),
    ("csrec", ["form": "difference", "cap": "0.5"]),
    ("csrec", ["form": "hinge", "negative": "random-own", "keep": "0.5", "moments": "per-task"]),
  ]

  @Test(arguments: courses) func everyPhaseGoesOn(
    _ model: String, _ options: [String: String]
  ) throws {
    let course = try Course(model, options)
    var moments: [[Archive.Entry]] = []
    var stages: [String] = []
    for step in 0..<course.length {
      moments.append(try saved(course.visit))
      stages.append("\(course.lottery.stage)")
      course.go(step..<(step + 1))
    }
    let end = try saved(course.visit)
    #expect(course.lottery.isJoint && Set(stages).count > 1)
    for (step, middle) in moments.enumerated() {
      let other = try Course(model, options)
      // Of a course that has gone further, or not so far.
      if step % 3 == 1 { other.go(0..<(course.length - step)) }
      try load(middle, other.visit)
      #expect(try differences(saved(other.visit), middle) == [], "\(step), \(stages[step])")
      #expect("\(other.lottery.stage)" == stages[step])
      other.go(step..<course.length)
      #expect(try differences(saved(other.visit), end) == [], "\(step), \(stages[step])")
      #expect(other.lottery.phase == course.lottery.phase)
    }
  }

  /// Tasks that are switched off in their search, and what is to be said of it.
  @Test func changesOfTasksGoOn() throws {
    let course = try Course("sparse-sharing", ["rounds": "2"])
    course.go(0..<6)
    #expect(course.lottery.stage == .search(task: 0, round: 1))
    let middle = try saved(course.visit)
    func change(_ course: Course) throws -> [Archive.Entry] {
      course.trainer.isOn[0] = false
      #expect(course.lottery.tasksChanged())
      return try saved(course.visit)
    }
    let changed = try change(course)
    let remarks = course.lottery.takeRemarks()
    #expect(remarks.count == 1)
    let other = try Course("sparse-sharing", ["rounds": "2"])
    try load(middle, other.visit)
    #expect(try differences(change(other), changed) == [])
    let third = try Course("sparse-sharing", ["rounds": "2"])
    try load(changed, third.visit)
    #expect(third.lottery.takeRemarks() == remarks && third.lottery.takeRemarks() == [])
    #expect(third.lottery.stage == .search(task: 1, round: 0))
    #expect(third.lottery.phase == course.lottery.phase)
  }

  /// The course of sparsity and margins that a screen shows.
  @Test func whatIsKnownOfMasksComesBack() throws {
    let options = ["rule": "impact-net"]
    let course = try Course("csrec", options)
    let names = Array(TinyProblem.names.prefix(2))
    var watch = MaskWatch(course.lottery, tasks: names)
    watch.masksChanged(step: 0)
    for step in 0..<course.length {
      course.go(step..<(step + 1))
      watch.masksChanged(step: step + 1)
      watch.noteMargins(step: step + 1)
    }
    let entries = try saved { archive throws(ArchiveError) in try watch.visit(&archive) }
    var other = MaskWatch(course.lottery, tasks: names)
    try load(entries) { archive throws(ArchiveError) in try other.visit(&archive) }
    #expect(
      try differences(saved { archive throws(ArchiveError) in try other.visit(&archive) }, entries)
        == [])
    let step = course.length + 1
    #expect(other.courses(step: step) == watch.courses(step: step))
    guard case .curves(let curves) = watch.courses(step: step)[0].content else {
      Issue.record("no curves")
      return
    }
    #expect(curves.curves[0].x.count > 2)
    #expect(other.summary(step: step) == watch.summary(step: step))
  }
}
