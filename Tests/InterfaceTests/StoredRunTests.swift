import Runs
import Terminal
import Testing

@testable import Interface

/// Runs that were kept: their list, one of them among the session's, and one that goes on.
@Suite struct StoredRunTests {
  /// A library whose calls are noted.
  private final class Shelf {
    var runs: [StoredRun] = []
    var remarks: [String] = []
    var resumed: [(id: String, step: Int?)] = []
    let link = FakeLink()
    var problem: String?
  }

  private struct Refusal: Error, CustomStringConvertible { let description: String }

  private static func run(
    _ id: String, model: String = "mmoe", state: StoredRun.State = .ended, tags: [String] = []
  ) -> StoredRun {
    StoredRun(
      id: id, model: model, data: "synthetic-sample", began: "2026-11-27 03:12", seed: 7,
      step: 1200, state: state,
      scores: [.init(task: "click", name: "auc", value: 0.8121, higherIsBetter: true)], tags: tags)
  }

  private static var course: StoredCourse {
    var evaluation = Fixture.evaluation(step: 300, gain: 0)
    evaluation.isBest = true
    return StoredCourse(
      description: Fixture.description(Fixture.shortNames),
      losses: Fixture.losses(tasks: Fixture.shortNames.count, steps: 0..<400),
      events: [
        .evaluated(evaluation), .noticed("half way", step: 250), .noticed("later", step: 390),
      ], checkpoints: [100, 350])
  }

  private func robot(_ shelf: Shelf, _ size: Size = Size(rows: 24, columns: 120)) -> Robot {
    let robot = Robot(
      size,
      keptRuns: RunLibrary(
        list: { (shelf.runs, shelf.remarks) },
        course: { _ in
          if let problem = shelf.problem { throw Refusal(description: problem) }
          return Self.course
        },
        resume: { run, step in
          shelf.resumed.append((run.id, step))
          return { shelf.link }
        }))
    robot.start()
    robot.press("7")
    return robot
  }

  @Test func allRunsAreListedNewestFirst() {
    let shelf = Shelf()
    shelf.runs = [
      Self.run("b", model: "ple", state: .interrupted, tags: ["best"]), Self.run("a"),
    ]
    let robot = robot(shelf)
    robot.press("K")
    for words in ["all runs 2", "> 2026-11-27 03:12  ple", "interrupted", "0.8121", "best"] {
      #expect(robot.text.contains(words), "\(words)")
    }
    robot.press("j")
    #expect(robot.text.contains("> 2026-11-27 03:12  mmoe"))
    robot.press("K")
    #expect(robot.text.contains("runs 1"))
  }

  /// What cannot be listed is said beside what can.
  @Test func runsThatAreLeftOutAreSaid() {
    let shelf = Shelf()
    shelf.runs = [Self.run("a")]
    shelf.remarks = ["/runs/b/run.json: damaged\n  found: nothing", "/runs/c: damaged"]
    let robot = robot(shelf)
    robot.press("K")
    #expect(robot.text.contains("all runs 1"))
    #expect(robot.text.contains("/runs/b/run.json: damaged  found: nothing (and 1 more"))
  }

  @Test func noRunsIsSaid() {
    let robot = robot(Shelf())
    robot.press("K")
    #expect(robot.text.contains("No run was kept yet."))
    let bare = Robot()
    bare.start()
    bare.press("7K")
    #expect(bare.status.contains("no runs are kept here"))
  }

  @Test func anOldRunComesAmongTheSessions() {
    let shelf = Shelf()
    shelf.runs = [Self.run("a")]
    let robot = robot(shelf)
    robot.press("K", .enter)
    #expect(robot.status.contains("run 2 is a"))
    #expect(robot.text.contains("runs 2"))
    #expect(robot.loop.app.desk.earlier.map(\.number) == [2])
    #expect(robot.loop.app.desk.earlier[0].losses[0].lastStep == 399)
    #expect(robot.loop.app.desk.earlier[0].snapshot.step == 400)
    // Once more is no second copy.
    robot.press("K", .enter)
    #expect(robot.loop.app.desk.earlier.map(\.number) == [2])
    // It can be what others are compared with, and stands behind the live curves.
    robot.press("p")
    #expect(robot.loop.app.desk.charts.pinned == 2)
    // A run that begins has a number of its own.
    #expect(robot.loop.app.desk.nextNumber == 3)
  }

  @Test func anUnreadableRunIsRefusedInWords() {
    let shelf = Shelf()
    shelf.runs = [Self.run("a")]
    shelf.problem = "a/curves.bin: damaged"
    let robot = robot(shelf)
    robot.press("K", .enter)
    #expect(robot.status.contains("a/curves.bin: damaged"))
    #expect(robot.loop.app.desk.earlier.isEmpty)
    robot.press("Ry")
    #expect(robot.status.contains("a/curves.bin: damaged"))
    #expect(shelf.resumed.isEmpty)
  }

  @Test func aRunGoesOnWithItsCurves() {
    let shelf = Shelf()
    shelf.runs = [Self.run("a", state: .interrupted), Self.run("b", state: .live)]
    let robot = robot(shelf)
    robot.press("KR")
    #expect(robot.text.contains("go on with a?"))
    #expect(shelf.resumed.isEmpty)
    robot.press("y")
    #expect(shelf.resumed.map(\.id) == ["a"] && shelf.resumed[0].step == nil)
    #expect(robot.status.contains("a goes on from step 350"))
    let run = robot.loop.app.desk.run
    // What came after the checkpoint is none of the run that goes on.
    #expect(run.losses[0].lastStep.map { $0 < 350 } == true)
    #expect(run.evaluation?.step == 300)
    #expect(run.notices == ["step 250: half way"])
    #expect(run.summary == nil && !run.isFinished)
    #expect(robot.loop.app.desk.earlier.count == 1)
  }

  @Test func goingBackBranchesOffAtACheckpoint() {
    let shelf = Shelf()
    var own = Self.run("own", state: .live)
    own.isOwn = true
    shelf.runs = [Self.run("other", state: .live), own]
    let robot = robot(shelf)
    robot.press("1:rewind 349", .enter)
    #expect(robot.text.contains("go back to step 349?"))
    robot.press("y")
    #expect(shelf.resumed.map(\.id) == ["own"] && shelf.resumed[0].step == 100)
    #expect(robot.loop.app.desk.run.losses[0].lastStep.map { $0 < 100 } == true)
    // The run before stays to compare with.
    #expect(robot.loop.app.desk.earlier.count == 1)
  }

  @Test func theLastCheckpointBeforeTheStepCounts() {
    let shelf = Shelf()
    var own = Self.run("own", state: .live)
    own.isOwn = true
    shelf.runs = [own]
    let robot = robot(shelf)
    robot.press("1:rewind 360", .enter)
    robot.press("y")
    #expect(shelf.resumed.map(\.step) == [350])
  }

  @Test func beforeTheFirstCheckpointThereIsNoWayBack() {
    let shelf = Shelf()
    var own = Self.run("own", state: .live)
    own.isOwn = true
    let robot = robot(shelf)
    robot.press("1:rewind 99", .enter)
    robot.press("y")
    #expect(robot.status.contains("this run is not kept"))
    shelf.runs = [own]
    robot.press(":rewind 99", .enter)
    robot.press("y")
    #expect(robot.status.contains("no checkpoint at or before step 99; there are 100, 350"))
    #expect(shelf.resumed.isEmpty)
    // Without a cursor and a step nothing is asked.
    robot.press("V")
    #expect(robot.status.contains("rewind STEP"))
  }

  @Test func aLiveRunIsNotResumed() {
    let shelf = Shelf()
    shelf.runs = [Self.run("b", state: .live)]
    let robot = robot(shelf)
    robot.press("KR")
    #expect(robot.status.contains("another process trains it"))
    #expect(shelf.resumed.isEmpty)
  }

  @Test(arguments: [80, 100, 200]) func rowsFit(columns: Int) {
    let shelf = Shelf()
    shelf.runs = (0..<40).map { Self.run("r\($0)", model: "m\($0)", tags: ["tag\($0)"]) }
    let robot = robot(shelf, Size(rows: 24, columns: columns))
    robot.press("K", .end)
    #expect(robot.text.contains("> 2026-11-27 03:12  m39"))
    #expect(robot.text.contains("more"))
    #expect(robot.text.contains("0.8121"))
    #expect(robot.text.contains("synthetic-sample") == (columns > 80))
  }

  @Test func theFilterListsWhatContainsIt() {
    let shelf = Shelf()
    shelf.runs = [Self.run("a"), Self.run("b", model: "stem-net"), Self.run("c", tags: ["stem"])]
    let robot = robot(shelf)
    robot.press("K/stem", .enter)
    #expect(robot.text.contains("all runs 2"))
  }
}

@Suite struct StoredCourseTests {
  /// A bin that reaches beyond the step has losses of steps that are not the run's any more.
  @Test func whatCameAfterIsLeftOut() {
    var early = LossBin(task: 0, step: 0)
    early.add(1, step: 9)
    var over = LossBin(task: 0, step: 10)
    over.add(2, step: 20)
    let course = StoredCourse(
      description: Fixture.description(["click"]), losses: [early, over],
      events: [
        .noticed("at", step: 20), .noticed("after", step: 21),
        .epochEnded(epoch: 1, step: 10, examplesPerSecond: nil),
      ], checkpoints: [10, 20, 30])
    let cut = course.upTo(20)
    #expect(cut.losses == [early])
    #expect(cut.events.count == 2)
    #expect(cut.checkpoints == [10, 20])
  }
}
