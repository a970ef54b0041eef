import Runs
import Terminal
import Testing

@testable import Interface

/// What a person asks about experts, rows and masks, key by key.
@Suite struct QuestionJourneyTests {
  // MARK: - The matrix

  @Test func trainingWaitsOrGoesOnByChoice() {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.start()
    robot.press("2X")
    #expect(robot.text.contains("training meanwhile"))
    #expect(robot.link.commands.isEmpty)
    robot.press("", .down, .enter)
    #expect(robot.link.commands == [.knockOutAll(.goesOn)])
    robot.press("X", .enter)
    #expect(robot.link.commands.last == .knockOutAll(.waits))
    robot.press("P")
    robot.press("X")
    #expect(robot.link.commands.last == .knockOutAll(.waits) && robot.link.commands.count == 4)
    robot.press(":matrix go-on", .enter)
    #expect(robot.link.commands.last == .knockOutAll(.goesOn))
  }

  @Test func aMatrixGrowsAndCanBeGivenUp() {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.start()
    robot.link.current.question = Fixture.progress(.goesOn)
    robot.link.snapshot = robot.link.current
    robot.press("2")
    #expect(robot.text.contains("score without each expert"))
    #expect(robot.text.contains("39%, training goes on"))
    #expect(robot.text.contains("-0.0213") && robot.text.contains("…"))
    robot.press("X")
    #expect(robot.link.commands == [.cancel])
    robot.link.current.question = nil
    robot.link.snapshot = robot.link.current
    robot.link.events = [.knockedOutAll(Fixture.matrix())]
    robot.wait(0.3)
    #expect(robot.text.contains("E7") && !robot.text.contains("training goes on"))
    #expect(robot.text.contains("65%"))
    // A single expert that is asked for afterwards takes its place.
    robot.press("x")
    #expect(robot.link.commands.last == .knockOut(0))
    #expect(!robot.text.contains("score without each expert"))
  }

  // MARK: - Rows

  @Test func rowsInAnOrder() {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.link.current.example = Fixture.example()
    robot.start()
    robot.press("2mm")
    robot.press("<")
    #expect(robot.text.contains("rows by") && robot.text.contains("loss of click"))
    robot.press("", .down, .enter)
    #expect(robot.link.wanted.last?.exampleOrder == .loss("click"))
    #expect(robot.link.wanted.last?.example == 0)
    robot.link.current.question = QuestionProgress(
      title: "rows by loss of click", step: 7, done: 1, total: 4, trainingWaits: false)
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    #expect(robot.text.contains("rows by loss of click: 25%"))
    robot.press(":sort again", .enter)
    #expect(robot.link.wanted.last?.exampleSorting == 1)
    robot.press("n")
    #expect(robot.link.wanted.last?.example == 1)
    robot.press(":sort disagreement", .enter)
    #expect(robot.link.wanted.last?.exampleOrder == .disagreement)
    robot.press(":sort column device", .enter)
    #expect(robot.link.wanted.last?.exampleOrder == .column("device"))
    robot.press(":sort nonsense", .enter)
    #expect(robot.status.contains("no order 'nonsense'"))
    #expect(robot.link.wanted.last?.exampleOrder == .column("device"))
    robot.press(":sort as in the data", .enter)
    #expect(robot.link.wanted.last?.exampleOrder == .file)
  }

  @Test func whatIf() {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.link.current.example = Fixture.example()
    robot.start()
    robot.press("2mm")
    robot.press("jjjjjj")
    robot.press("I")
    #expect(robot.text.contains("device = android"))
    for _ in 0..<7 { robot.press("", .backspace) }
    robot.press("iphone", .enter)
    #expect(robot.link.wanted.last?.exampleChange == InputChange(column: "device", text: "iphone"))
    robot.press("x")
    #expect(robot.link.wanted.last?.exampleWithout == 0 && robot.link.commands.isEmpty)
    robot.press(")")
    robot.press("x")
    #expect(robot.link.wanted.last?.exampleWithout == 1)
    robot.press("x")
    #expect(robot.link.wanted.last?.exampleWithout == nil)
    robot.press("", .escape)
    #expect(robot.link.wanted.last?.exampleChange == nil)
    robot.press(":what if hour 7", .enter)
    #expect(robot.link.wanted.last?.exampleChange == InputChange(column: "hour", text: "7"))
    robot.press(":what if hours 7", .enter)
    #expect(robot.status.contains("no input 'hours'; did you mean 'hour'?"))
    robot.press("1")
    #expect(robot.link.wanted.last?.example == nil)
  }

  // MARK: - Masks

  private func maskRobot(_ size: Size) -> Robot {
    let robot = Robot(size)
    robot.link.current = Fixture.snapshot(experts: 0)
    robot.link.current.views = Fixture.maskViews()
    robot.link.current.masks = Fixture.masks()
    robot.link.subjects = [.masks]
    robot.start()
    return robot
  }

  @Test func theDashboardHasMasks() {
    let robot = maskRobot(Size(rows: 24, columns: 80))
    #expect(robot.link.wanted.last?.masks == true && robot.link.wanted.last?.subjects == [])
    #expect(robot.text.contains("masks  joint training"))
    #expect(robot.text.contains("38%") && robot.text.contains("margin +0.1230 ↑"))
    let plain = Robot(Size(rows: 24, columns: 80))
    plain.start()
    #expect(plain.link.wanted.last?.masks == false && !plain.text.contains("margin"))
  }

  @Test func aCursorOnTheMap() {
    let robot = maskRobot(Size(rows: 24, columns: 80))
    robot.press("3m")
    let wanted = robot.link.wanted.last
    #expect(wanted?.subjects == [] && wanted?.masks == true)
    #expect(wanted?.maskPlace == MaskPlace(layer: 0, row: 0, column: 0))
    let window = wanted?.maskWindow
    #expect(window.map { $0.row == 0 && $0.column == 0 && $0.rows > 20 && $0.columns > 60 } == true)
    robot.press("jjl", .right)
    #expect(robot.link.wanted.last?.maskPlace == MaskPlace(layer: 0, row: 2, column: 2))
    #expect(robot.link.wanted.last?.maskWindow == window)
    robot.press("G")
    // The part that is shown follows the cursor, and ends with the layer.
    #expect(robot.link.wanted.last?.maskPlace?.row == 127)
    let low = robot.link.wanted.last?.maskWindow
    #expect(low.map { $0.row + $0.rows == 128 } == true)
    robot.press("]")
    #expect(robot.link.wanted.last?.maskPlace == MaskPlace(layer: 1, row: 0, column: 0))
    robot.press("[[")
    #expect(robot.link.wanted.last?.maskPlace?.layer == 1)
    robot.press(":map 0", .enter)
    #expect(robot.link.wanted.last?.maskPlace?.layer == 0)
    robot.press(":map 2", .enter)
    #expect(robot.status.contains("found '2'; write: map LAYER, a number from 0 to 1"))
    robot.press("m")
    #expect(robot.link.wanted.last?.maskWindow == nil)
    #expect(robot.link.wanted.last?.subjects == [.masks])
  }

  /// Without colours the map is made of dots, which take more weights a cell, whatever takes the
  /// colours away.
  @Test func theMapWithoutColours() {
    func rowsWanted(_ theme: String, terminalHasColors: Bool) -> Int? {
      var app = Fixture.appOnMap()
      app.desk.settings.theme = theme
      app.desk.settings.terminalHasColors = terminalHasColors
      return app.screen.wants(app.desk).maskWindow?.rows
    }
    let coloured = rowsWanted("auto", terminalHasColors: true)
    #expect(coloured != nil && rowsWanted("light", terminalHasColors: true) == coloured)
    #expect(rowsWanted("auto", terminalHasColors: false) == coloured.map { 2 * $0 })
    #expect(rowsWanted("mono", terminalHasColors: true) == coloured.map { 2 * $0 })
  }

  @Test func whatPruningMoreWouldCost() {
    let robot = maskRobot(Size(rows: 24, columns: 80))
    robot.press("3x")
    #expect(robot.link.commands == [.thinMask("click", share: 0.2)])
    robot.press("m")
    robot.press("", .tab)
    robot.press("x")
    #expect(robot.link.commands.last == .thinMask("like", share: 0.2))
    robot.press(":thin click 0.5", .enter)
    #expect(robot.link.commands.last == .thinMask("click", share: 0.5))
    robot.press(":thin click 2", .enter)
    #expect(robot.status.contains("found '2'"))
    robot.link.events = [.thinned(Fixture.cost())]
    robot.wait(5)
    robot.press("h")
    #expect(robot.text.contains("● click: 20% more pruned, 50% kept: auc 0.8043 (-0.0078)"))
    robot.press("", .tab)
    #expect(!robot.text.contains("more pruned"))
  }

  @Test func aModelWithoutMasksSaysSo() {
    let robot = Robot()
    robot.start()
    robot.press("3x")
    #expect(robot.status.contains("the model has no masks") && robot.link.commands.isEmpty)
  }

  // MARK: - Drawing by hand

  @Test func halvesOfCells() {
    var canvas = Canvas(rows: 2, columns: 4)
    var picture = HalfBlocks(rows: 3, columns: 4)
    (picture[0, 0], picture[1, 0]) = (.series0, .series0)
    (picture[0, 1], picture[1, 1]) = (.series0, .kind1)
    picture[1, 2] = .kind0
    picture[2, 3] = .series2
    picture[9, 9] = .series2
    picture.draw(row: 0, column: 0, on: &canvas)
    #expect(canvas.text == "█▀▄\n   ▀")
    #expect(canvas[0, 1]?.style == Style(.series0, behind: .kind1))
    #expect(canvas[0, 2]?.style.role == .kind0 && canvas[1, 3]?.style.role == .series2)
  }

  /// Kinds that are no task's have colours that no task has.
  @Test func kindsAreNoTasks() {
    let ink = ViewInk(tasks: ["click", "like"])
    #expect(ink.role(ofKind: 1) == .series(1) && ink.role(ofKind: 2) == .kind(0))
    #expect(ink.role(ofPart: "like", at: 0) == .series(1))
    #expect(ink.role(ofPart: "all", at: 0) == .kind(0))
  }
}
