import Runs
import Terminal
import Testing

@testable import Interface

/// What a person does, from the key to the text on the screen.
@Suite struct JourneyTests {
  @Test func firstFrameComesBeforeAnyData() {
    let robot = Robot()
    robot.wait(0.01)
    #expect(robot.text.contains("getting ready"))
    #expect(robot.status.contains("LOAD"))
  }

  @Test func loadingShowsHowFarItIs() {
    let robot = Robot()
    var snapshot = Snapshot()
    snapshot.phase = .loading(0.5, "reading log.csv")
    robot.link.snapshot = snapshot
    robot.wait(0.3)
    #expect(robot.text.contains("reading log.csv"))
    #expect(robot.text.contains("50%"))
  }

  @Test func spaceTurnsATaskOffAndOnAgain() {
    let robot = Robot()
    robot.start()
    robot.press("5j ")
    #expect(robot.link.commands == [.setTask("like", isOn: false)])
    #expect(robot.text.contains("[ ] ◆ like"))
    #expect(robot.text.contains("3 on"))
    #expect(robot.status.contains("like OFF at step"))
    robot.press(" ")
    #expect(robot.link.commands.last == .setTask("like", isOn: true))
    #expect(robot.text.contains("[x] ◆ like"))
  }

  @Test func aChangeMarksTheCurves() {
    let robot = Robot()
    robot.start()
    #expect(!robot.text.contains("┊"))
    robot.link.current.step = 200
    robot.press(" ")
    #expect(robot.text.contains("┊"))
  }

  @Test func pendingIsShownUntilTheAnswerComes() {
    let robot = Robot()
    robot.start()
    robot.link.answers = false
    robot.press("5 ")
    #expect(robot.text.contains("[~] ● click"))
    #expect(robot.status.contains("1 pending"))
    robot.link.answer(CommandTicket(id: 1, command: .setTask("click", isOn: false)))
    robot.wait(5)
    #expect(robot.text.contains("[ ] ● click"))
    #expect(!robot.status.contains("pending"))
  }

  @Test func pressingTwiceBeforeTheAnswerTogglesTwice() {
    let robot = Robot()
    robot.start()
    robot.link.answers = false
    robot.press("5  ")
    #expect(
      robot.link.commands == [.setTask("click", isOn: false), .setTask("click", isOn: true)])
  }

  @Test func theLastTaskAsksAndEscapeIsHarmless() {
    let robot = Robot()
    for place in 1...3 { robot.link.current.tasks[place].isOn = false }
    robot.start()
    robot.press("5 ")
    #expect(robot.link.commands.isEmpty)
    #expect(robot.text.contains("turn off the last task?"))
    robot.press("", .escape)
    #expect(robot.link.commands.isEmpty)
    robot.press(" y")
    #expect(robot.link.commands == [.setTask("click", isOn: false)])
  }

  @Test func aRefusalStaysUntilAKey() {
    let robot = Robot()
    robot.start()
    robot.link.events = [
      .acknowledged(
        Acknowledgement(
          id: 1, command: .undo, effect: .undo, step: 3,
          outcome: .refused("nothing to take back")))
    ]
    robot.wait(60)
    #expect(robot.status.contains("undo refused: nothing to take back"))
    robot.press("j")
    #expect(!robot.status.contains("refused"))
  }

  @Test func weightIsEditedAndReset() {
    let robot = Robot()
    robot.start()
    robot.press("5jw", .control("u"))
    robot.press("0.25", .enter)
    #expect(robot.link.commands == [.setTaskWeight("like", 0.25)])
    #expect(robot.text.contains("0.25"))
    robot.press("W")
    #expect(robot.link.commands.last == .setTaskWeight("like", 1))
  }

  @Test func aBadWeightIsExplainedAndKept() {
    let robot = Robot()
    robot.start()
    robot.press("5w", .control("u"))
    robot.press("many", .enter)
    #expect(robot.link.commands.isEmpty)
    #expect(robot.status.contains("found 'many'"))
    #expect(robot.text.contains("weight of click: many"))
  }

  @Test func soloAndAll() {
    let robot = Robot()
    robot.start()
    robot.press("5jo")
    let others = ["click", "follow", "longview"]
    #expect(robot.link.commands == [.together(others.map { .setTask($0, isOn: false) })])
    #expect(robot.text.contains("1 on"))
    robot.press("a")
    #expect(robot.link.commands.last == .together(others.map { .setTask($0, isOn: true) }))
    #expect(robot.link.commands.count == 2)
    #expect(robot.text.contains("4 on"))
  }

  @Test func pauseStepAndGoOn() {
    let robot = Robot()
    robot.start()
    robot.press("P")
    #expect(robot.status.contains("PAUSE"))
    robot.press(".")
    robot.press("25.")
    robot.press("P")
    #expect(robot.link.commands == [.pause, .step(1), .step(25), .resume])
    #expect(robot.status.contains("TRAIN"))
  }

  @Test func learningRateFactor() {
    let robot = Robot()
    robot.start()
    robot.press("5r", .control("u"))
    robot.press("x0.5", .enter)
    #expect(robot.link.commands == [.setLearningRateFactor(0.5)])
    #expect(robot.text.contains("×0.5 of the schedule"))
  }

  @Test func undoAndRedo() {
    let robot = Robot()
    robot.start()
    robot.press("u", .control("r"))
    #expect(robot.link.commands == [.undo, .redo])
  }

  @Test func quittingAsksWhileTraining() {
    let robot = Robot()
    robot.start()
    robot.press("q")
    #expect(robot.text.contains("stop training and leave?"))
    robot.press("n")
    #expect(robot.reason == nil)
    robot.press("qy")
    #expect(robot.reason == .stopped)
    #expect(robot.link.commands == [.stop])
  }

  @Test func controlCTwiceStopsAndLeaves() {
    let robot = Robot()
    robot.start()
    robot.press("", .control("c"))
    #expect(robot.reason == nil)
    robot.press("", .control("c"))
    #expect(robot.reason == .stopped)
  }

  @Test func quittingDoesNotAskAfterTheEnd() {
    let robot = Robot()
    robot.start()
    robot.link.current.phase = .finished
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    #expect(robot.status.contains("DONE"))
    robot.press("q")
    #expect(robot.reason == .left)
  }

  @Test func aFailedRunEndsTheLoopWithItsMessage() {
    let robot = Robot()
    robot.start()
    robot.link.events = [.failed(message: "log.csv: no column 'label'")]
    robot.wait(0.3)
    #expect(robot.reason == .failed("log.csv: no column 'label'"))
    #expect(!robot.terminal.isClosed)
  }

  @Test func divergenceIsLoudUntilTheRunGoesOn() {
    let robot = Robot()
    robot.start()
    let found = Divergence(
      task: "like", step: 500, parameter: "towers.like.0.weight", loss: .infinity)
    robot.link.events = [.diverged(found)]
    robot.link.current.phase = .paused("diverged")
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    let banner = robot.text.split(separator: "\n")[1]
    for word in ["DIVERGED", "like", "500", "towers.like.0.weight", "inf"] {
      #expect(banner.contains(word))
    }
    robot.link.current.phase = .running
    robot.link.current.step = 2_000
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    #expect(!robot.text.contains("DIVERGED"))
  }

  @Test func freezingHoldsTheDisplayAndNotTheRun() {
    let robot = Robot()
    robot.start()
    robot.press("5f")
    robot.link.current.tasks[0].weight = 0.37
    robot.link.current.step += 300
    robot.link.snapshot = robot.link.current
    robot.wait(5)
    #expect(!robot.text.contains("0.37 "))
    #expect(robot.status.contains("FROZEN 300 steps ago"))
    robot.press("f")
    #expect(robot.text.contains("0.37 "))
    #expect(robot.link.commands.isEmpty)
  }

  @Test func viewsAreWantedOnlyWhileTheyAreShown() {
    let robot = Robot()
    robot.start()
    #expect(robot.link.wanted.last?.gates == true)
    robot.press("2m")
    #expect(robot.link.wanted.last?.segmentColumn == "device")
    robot.press("C", .down, .enter)
    #expect(robot.link.wanted.last?.segmentColumn == "hour")
    robot.press("m")
    #expect(robot.link.wanted.last?.segmentColumn == nil)
    #expect(robot.link.wanted.last?.example == 0)
    robot.press("n")
    #expect(robot.link.wanted.last?.example == 1)
    robot.press("#3117", .enter)
    #expect(robot.link.wanted.last?.example == 3_117)
    robot.press("N")
    #expect(robot.link.wanted.last?.example == 3_116)
    robot.press("5")
    #expect(robot.link.wanted.last?.gates == false)
    #expect(robot.link.wanted.last?.example == nil)
  }

  @Test func aRowThatIsNotThereIsExplained() {
    let robot = Robot()
    robot.start()
    robot.press("2#99999", .enter)
    #expect(robot.status.contains("from 0 to 3999"))
  }

  @Test func tabsByDigitAndByChord() {
    let robot = Robot()
    robot.start()
    robot.press("2")
    #expect(robot.text.contains("[2 Gates]"))
    robot.press("gt")
    #expect(robot.text.contains("[3 Masks]"))
    robot.press("gT")
    #expect(robot.text.contains("[2 Gates]"))
    robot.press("1")
    #expect(robot.text.contains("[1 Dash]"))
  }

  @Test func aCountLeavesTheTabWhereItWas() {
    let robot = Robot()
    robot.start()
    robot.press("50.")
    #expect(robot.link.commands == [.step(50)])
    #expect(robot.text.contains("[1 Dash]"))
    robot.press("5.")
    #expect(robot.link.commands.last == .step(5))
    robot.press("5")
    robot.wait(2)
    robot.press(".")
    #expect(robot.link.commands.last == .step(1))
    #expect(robot.text.contains("[5 Tasks]"))
  }

  @Test func oneDigitAfterAnotherEndsOnTheLastScreen() {
    let robot = Robot()
    robot.start()
    robot.press("3")
    robot.press("4")
    robot.wait(1)
    #expect(robot.text.contains("[4 Inspect]"))
  }

  @Test func helpFindsKeysByWord() {
    let robot = Robot()
    robot.start()
    robot.press("?undo")
    #expect(robot.text.contains("take back the last action"))
    #expect(!robot.text.contains("pause or go on"))
    robot.press("", .escape)
    #expect(!robot.text.contains("take back the last action"))
  }

  @Test func fullScreenAndBack() {
    let robot = Robot()
    robot.start()
    robot.press("z")
    #expect(!robot.text.contains("┌─ tasks"))
    robot.press("", .escape)
    #expect(robot.text.contains("┌─ tasks"))
  }

  @Test func smallTerminalsShowOnePartAtATime() {
    let robot = Robot(Size(rows: 16, columns: 60))
    robot.start()
    #expect(robot.text.contains("● click"))
    #expect(!robot.text.contains("─ events"))
    for _ in 0..<6 { robot.press("", .tab) }
    #expect(robot.text.contains("events"))
  }

  @Test func resizingRedrawsInTheNewSize() {
    let robot = Robot()
    robot.start()
    robot.terminal.size = Size(rows: 10, columns: 40)
    robot.press("", .resize)
    #expect(robot.terminal.shown.last?.size == Size(rows: 10, columns: 40))
    #expect(robot.text.contains("enlarge"))
  }

  @Test func redrawSendsEverythingAnew() {
    let robot = Robot()
    robot.start()
    let before = robot.terminal.shown.count
    robot.press("", .control("l"))
    #expect(robot.terminal.redraws == 1)
    #expect(robot.terminal.shown.count == before + 1)
  }
}
