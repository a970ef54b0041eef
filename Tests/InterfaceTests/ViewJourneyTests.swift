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

  /// Two titles of the line are whole, and whatever is said of the selected view.
  @Test func titlesAndWordsAreWholeAtEightyColumns() {
    let robot = robot(Fixture.reviewViews)
    robot.press("4")
    let titles = Fixture.reviewViews.map(\.title)
    #expect(robot.text.contains("1/3  [\(titles[0])]  \(titles[1])  ›"))
    #expect(robot.text.contains("* marks the ones that the pointers choose."))
    robot.press("", .tab)
    #expect(robot.text.contains("2/3 ‹[\(titles[1])]  \(titles[2])"))
    robot.press("", .tab)
    #expect(robot.text.contains("3/3 ‹ \(titles[1])  [\(titles[2])]"))
    // A title that has no room is cut there, and the one that is selected before all others.
    let long = titles.map { $0 + " and of what else there may be to say of it" }
    var views = Fixture.reviewViews
    for index in views.indices { views[index].title = long[index] }
    let other = self.robot(views)
    other.press("4")
    #expect(other.text.contains("1/3  [\(long[0].prefix(69))…]"))
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
    #expect(robot.text.contains("MMoE has no masks, which say which weights serve which task."))
    #expect(robot.text.contains("1 shows its curves"))
    robot.wait(1)
    robot.press("4")
    #expect(robot.text.contains("MMoE has no views of its inside"))
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

  @Test func aDialIsTurnedTypedAndUndone() {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.link.dials = Fixture.dials
    robot.start()
    robot.press("4")
    #expect(robot.text.contains(">alpha 0.1 0…10"))
    robot.press("+")
    robot.wait(5)
    #expect(robot.link.commands == [.setDial("alpha", 0.2)])
    #expect(robot.text.contains(">alpha 0.2 0…10"))
    robot.press("]")
    #expect(robot.status.contains("of the gates' softmax"))
    robot.press("i")
    #expect(robot.text.contains("temperature (0.1 to 10): 1"))
    robot.press("99", .enter)
    #expect(robot.status.contains("with X from 0.1 to 10"))
    robot.press("", .control("u"))
    robot.press("2.5", .enter)
    #expect(robot.link.commands.last == .setDial("temperature", 2.5))
    robot.press("u")
    #expect(robot.link.commands.last == .undo)
    robot.press(":dial shift -0.5", .enter)
    #expect(robot.link.commands.last == .setDial("shift", -0.5))
    robot.press(":dial alhpa 1", .enter)
    #expect(robot.status.contains("did you mean 'alpha'?"))
  }

  @Test func turningTwiceBeforeTheAnswerTurnsTwice() {
    let robot = Robot()
    robot.link.dials = Fixture.dials
    robot.start()
    robot.link.answers = false
    robot.press("4--")
    #expect(robot.link.commands == [.setDial("alpha", 0.05), .setDial("alpha", 0.025)])
    #expect(robot.text.contains("alpha ~0.025"))
  }

  @Test func dialsStayWithinTheirRange() {
    let alpha = Fixture.dials[0]
    #expect(alpha.next(from: 8, isUp: true) == 10)
    #expect(alpha.next(from: 0, isUp: true) == 0.1 / 1024)
    #expect(alpha.next(from: 0.1 / 1024, isUp: false) == 0)
    #expect(Fixture.dials[1].next(from: 0.15, isUp: false) == 0.1)
    #expect(Fixture.dials[2].next(from: 0, isUp: false) == -0.1)
    #expect(Fixture.dials[2].next(from: -1, isUp: false) == -1)
  }

  @Test func aModelWithoutDialsSaysSo() {
    let robot = Robot()
    robot.start()
    robot.press("4+")
    #expect(robot.status.contains("this model has no dials"))
    #expect(robot.link.commands.isEmpty)
  }

  @Test func anExpertIsLeftOut() {
    let robot = Robot()
    robot.start()
    robot.press("2lx")
    #expect(robot.link.commands == [.knockOut(1)])
    #expect(robot.text.contains("without E1  step 1,790"))
    #expect(robot.text.contains("-0.0213"))
    // It stays while the person goes on.
    robot.press("ll")
    robot.wait(30)
    #expect(robot.text.contains("without E1  step 1,790"))
    robot.press(":knock out E3", .enter)
    #expect(robot.link.commands.last == .knockOut(3))
    robot.press(":knock out 99", .enter)
    #expect(robot.status.contains("no expert '99'"))
  }

  @Test func thePhaseIsInTheStatusLine() {
    let robot = Robot()
    robot.start()
    robot.link.current.trainingPhase = Fixture.phases[1]
    robot.link.events = [.phaseBegan(Fixture.phases[1], step: 300)]
    robot.link.snapshot = robot.link.current
    robot.wait(5)
    #expect(robot.status.contains("2/4 pruning click · round 3 of 10"))
    // What the program does by itself is a tick below the axis.
    #expect(robot.text.contains("┬") && !robot.text.contains("┊"))
  }

  @Test func screensAreReachedByName() {
    let robot = robot(Fixture.allViews())
    robot.press(":masks", .enter)
    #expect(robot.text.contains("[3 Masks]"))
    robot.press(":view inspect", .enter)
    #expect(robot.text.contains("[4 Inspect]"))
  }
}
