import Runs
import Terminal
import Testing

@testable import Interface

/// What a person does on the screens of views.
@Suite struct ViewJourneyTests {
  private func robot(
    _ views: [ModelView], _ size: Size = Size(rows: 24, columns: 80)
  ) -> Robot {
    let robot = Robot(size)
    robot.link.current.views = views
    robot.link.subjects = Set(views.map(\.subject))
    robot.start()
    return robot
  }

  @Test func theEngineIsAskedOnlyForWhatIsShown() {
    let robot = robot(Fixture.allViews())
    #expect(robot.link.wanted.last?.subjects == [])
    robot.press("3")
    #expect(robot.link.wanted.last?.subjects == [.masks])
    #expect(robot.link.wanted.last?.gates == false)
    robot.wait(1)
    robot.press("4")
    #expect(robot.link.wanted.last?.subjects == [.model])
    robot.wait(1)
    robot.press("1")
    #expect(robot.link.wanted.last?.subjects == [])
  }

  @Test func aScreenKeepsWhatItHadUntilTheNextComes() {
    let robot = robot(Fixture.allViews())
    robot.press("3")
    robot.link.current.views = Fixture.modelViews()
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    #expect(robot.text.contains("density by task"))
  }

  @Test func tabGoesThroughTheViewsAndEnterMakesOneLarge() {
    let robot = robot(Fixture.maskViews())
    robot.press("3")
    #expect(robot.text.contains("[density by task]"))
    #expect(robot.text.contains("The line is the share that is aimed at."))
    robot.press("", .tab)
    #expect(robot.text.contains("[overlap (Jaccard)]"))
    robot.press("j", .right)
    #expect(robot.text.contains("[mask of click, layer 1]"))
    robot.press("", .backTab, .backTab, .backTab, .backTab)
    #expect(robot.text.contains("[ladder of masks]"))
    robot.press("", .enter)
    for _ in 0..<8 { robot.press("j") }
    #expect(robot.text.contains("[ladder of masks]"))
    robot.press("", .escape)
    robot.press("k")
    #expect(robot.text.contains("[mask of click, layer 1]"))
  }

  @Test func aLargeScreenShowsThemBesideEachOther() {
    let robot = robot(Fixture.maskViews(), Size(rows: 40, columns: 120))
    robot.press("3")
    for view in Fixture.maskViews() { #expect(robot.text.contains(view.title)) }
    robot.press("", .enter)
    #expect(robot.text.contains("density by task"))
    #expect(!robot.text.contains("ladder of masks"))
    robot.press("", .tab)
    #expect(robot.text.contains("overlap (Jaccard)"))
  }

  @Test func aModelWithoutViewsSaysSo() {
    let robot = robot([])
    robot.press("3")
    #expect(robot.text.contains("MMoE has nothing to show here."))
    #expect(robot.text.contains("where a model declares them"))
    robot.wait(1)
    robot.press("4")
    #expect(robot.text.contains("3 shows its masks"))
  }

  @Test func viewsThatAreOnTheirWayAreAwaited() {
    let robot = robot(Fixture.modelViews())
    robot.press("4")
    let waiting = Robot()
    waiting.link.subjects = [.model]
    waiting.link.current.phase = .paused("by you")
    waiting.start()
    waiting.press("4")
    #expect(waiting.text.contains("P goes on"))
  }

  @Test func screensAreReachedByName() {
    let robot = robot(Fixture.allViews())
    robot.press(":masks", .enter)
    #expect(robot.text.contains("[3 Masks]"))
    robot.press(":view inspect", .enter)
    #expect(robot.text.contains("[4 Inspect]"))
  }
}
