import Runs
import Terminal
import Testing

@testable import Interface

@Suite struct ExplorerLoopTests {
  @Test func aPausedScreenWritesNothing() {
    let robot = Robot()
    robot.start()
    robot.press("P")
    let before = robot.terminal.shown.count
    robot.wait(60)
    #expect(robot.terminal.shown.count == before)
    // A snapshot that says the same, even one with a loss that is not a number, changes nothing.
    robot.link.snapshot = robot.link.current
    robot.wait(1)
    robot.link.current.tasks[0].loss = .nan
    for _ in 0..<10 {
      robot.link.snapshot = robot.link.current
      robot.wait(0.2)
    }
    #expect(robot.terminal.shown.count == before)
  }

  @Test func dataAreDrawnAtMostSoManyTimesASecond() {
    let robot = Robot()
    robot.start()
    let before = robot.terminal.shown.count
    let start = robot.now
    for step in 0..<400 {
      robot.link.losses = Fixture.losses(tasks: 1, steps: (400 + step)..<(401 + step))
      robot.link.current.step += 1
      robot.link.snapshot = robot.link.current
      robot.wait(0.005)
    }
    let frames = robot.terminal.shown.count - before
    #expect(frames > 10)
    #expect(Double(frames) <= (robot.now - start) * 10 + 1)
  }

  @Test func keysAreDrawnAtOnce() {
    let robot = Robot()
    robot.start()
    robot.terminal.keys = [.character("5")]
    let before = robot.terminal.shown.count
    var loop = robot.loop
    _ = loop.turn()
    #expect(robot.terminal.shown.count == before + 1)
    #expect(robot.terminal.text.contains("[5 Tasks]"))
  }

  /// What cannot be kept is said once, and not tried again.
  @Test(arguments: [false, true]) func typedLinesAreKept(fails: Bool) {
    final class Kept { var lines: [[String]] = [] }
    struct Full: Error, CustomStringConvertible { let description = "the disk is full" }
    let (robot, kept) = (Robot(), Kept())
    var loop = ExplorerLoop(
      app: Fixture.app(), terminal: robot.terminal, link: robot.link,
      history: {
        kept.lines.append($0)
        if fails { throw Full() }
      })
    for (number, line) in ["band", "band", "overlay"].enumerated() {
      robot.terminal.keys = (":" + line).map { .character($0) }
      _ = loop.turn()
      robot.terminal.keys = [.enter]
      _ = loop.turn()
      if number == 0 { #expect(robot.terminal.text.contains("the disk is full") == fails) }
    }
    #expect(kept.lines == (fails ? [["band"]] : [["band"], ["band"], ["band", "overlay"]]))
  }

  @Test func pastedKeysAreHandledBeforeOneFrame() {
    let robot = Robot()
    robot.start()
    robot.terminal.keys = ":run 12".map { .character($0) }
    let before = robot.terminal.shown.count
    var loop = robot.loop
    _ = loop.turn()
    #expect(robot.terminal.text.contains(":run 12"))
    #expect(robot.terminal.shown.count == before + 1)
  }

  @Test func keysAreWaitedForAtMostFiftyMilliseconds() {
    let terminal = FakeTerminal()
    var longest = 0
    terminal.onWait = { longest = max(longest, $0) }
    var loop = ExplorerLoop(terminal: terminal, link: FakeLink(), now: { 0 })
    for _ in 0..<5 { _ = loop.turn() }
    #expect(longest > 0)
    #expect(longest <= 50)
  }

  @Test func runEndsWhenAPersonLeaves() {
    let terminal = FakeTerminal(keys: [.character("Q")])
    let link = FakeLink()
    var loop = ExplorerLoop(terminal: terminal, link: link, now: { 0 })
    #expect(loop.run() == .stopped)
    #expect(link.commands == [.stop])
  }
}
