import Runs
import Terminal
import Testing

@testable import Interface

/// What MTER and Why I like it show of themselves, and what a person does there.
@Suite struct OpinionScreenTests {
  static let sizes = [
    Size(rows: 24, columns: 80), Size(rows: 40, columns: 120), Size(rows: 60, columns: 200),
  ]

  private func canvas(_ views: [ModelView], _ size: Size) -> Canvas {
    var app = Fixture.app(showing: views)
    app.press("4")
    return app.view(size)
  }

  @Test(arguments: sizes) func mter(_ size: Size) {
    let text = canvas(Fixture.opinionViews, size).text
    Golden.check(text, "mter_\(size.columns)x\(size.rows)")
    for word in ["why item", "core: users' × items'", "not_muffled", "4.61"] {
      #expect(text.contains(word), "\(word)")
    }
    guard size.columns > 80 else { return }
    let names = ["● rating ", "items' words ", "● right ", "skipped ", "● users ", "dead words "]
    for name in names { #expect(text.contains(name), "\(name)") }
  }

  @Test(arguments: sizes) func why(_ size: Size) {
    let text = canvas(Fixture.whyViews(hasBegun: true), size).text
    Golden.check(text, "why_\(size.columns)x\(size.rows)")
    #expect(text.contains("COLLAPSE: distinct-2") && text.contains("± 0.110"))
  }

  /// Lines that have not begun are no zeros, and have no axis that would make them look so.
  @Test func beforeTheAdversaryThereAreNoNumbers() {
    let text = canvas(Fixture.whyViews(hasBegun: false), Self.sizes[2]).text
    #expect(text.contains("teacher alone") && text.contains("no samples yet"))
    #expect(text.components(separatedBy: "no numbers yet").count == 4)
    let begun = canvas(Fixture.whyViews(hasBegun: true), Self.sizes[2]).text
    #expect(!begun.contains("no numbers yet"))
  }

  /// Whatever the data hold, the frames stand one below the other and nothing reaches the terminal raw.
  @Test(arguments: sizes, [true, false])
  func textsKeepTheirColumns(_ size: Size, isOfMTER: Bool) {
    let views = isOfMTER ? Fixture.opinionViews : Fixture.whyViews(hasBegun: true)
    let canvas = canvas(views, size)
    var app = Fixture.app(showing: views)
    app.press("4")
    let body = app.body(of: size)
    let frames: Set<Character> = ["│", "┃", "┐", "┓", "┘", "┛", "─", "━"]
    let first = body.row + (size.columns < 100 ? 1 : 0)
    for row in first..<(first + 10) {
      let cell = canvas[row, size.columns - 1]?.text
      #expect(cell.map(frames.contains) == true, "row \(row) ends in \(cell.debugDescription)")
    }
    let scalars = canvas.text.unicodeScalars
    #expect(!scalars.contains("\u{1B}") && !scalars.contains("\u{7}"))
  }

  /// Words of a table stand to the left and are cut; a column of numbers is left out whole.
  @Test func wordsAreCutAndNumbersAreNot() {
    let view = ModelView(
      name: "t", title: "t", note: "",
      content: .table(
        .init(
          columns: ["feature", "expected", "words", "count"],
          rows: [
            ["sound", "4.61", "clear, 豊か, not_muffled", "12"], ["price", "nan", "fair", "7"],
          ]
        )))
    func text(_ columns: Int) -> String {
      var canvas = Canvas(rows: 5, columns: columns)
      view.draw(in: canvas.area, ink: ViewInk(), isFocused: false, on: &canvas)
      return canvas.text
    }
    let wide = text(60)
    #expect(wide.contains("    4.61  clear, 豊か, not_muffled     12"))
    #expect(wide.contains("     nan  fair                          7"))
    let narrow = text(36)
    #expect(narrow.contains("    4.61  clear, 豊") && !narrow.contains("12"))
    #expect(narrow.contains("1 more column") && narrow.contains("…"))
    let least = text(26)
    #expect(least.contains("4.61") && !least.contains("clear"))
    #expect(least.contains("2 more columns"))
  }

  /// One word among numbers makes no words of them, and among words a number is whole or not there.
  @Test func noNumberIsCut() {
    func text(_ cells: [String], columns: Int) -> String {
      let rows = cells.enumerated().map { ["item \($0.offset)", $0.element, "9"] }
      let view = ModelView(
        name: "t", title: "t", note: "",
        content: .table(.init(columns: ["name", "count", "rank"], rows: rows)))
      var canvas = Canvas(rows: 6, columns: columns)
      view.draw(in: canvas.area, ink: ViewInk(), isFocused: false, on: &canvas)
      return canvas.text
    }
    let wide = text(["12", "none", "1234567"], columns: 26)
    #expect(wide.contains("item 0       12") && wide.contains("item 1     none"))
    #expect(wide.contains("item 2  1234567"))
    for columns in 10..<40 {
      for cells in [["12", "none", "1234567"], ["good", "bad", "1234567890123456"]] {
        let numbers = text(cells, columns: columns).split { !$0.isNumber && $0 != "…" }
        let parts = numbers.filter { $0.hasPrefix("12") && $0 != "12" }
        #expect(parts.allSatisfy { $0 == cells[2] }, "\(columns) columns: \(parts)")
      }
    }
    #expect(text(["good", "bad", "1234567890123456"], columns: 26).contains("item 2  …"))
  }

  /// What is wrong is said over the whole width.
  @Test func anAlarmHasALineOfItsOwn() {
    for size in Self.sizes {
      let text = canvas(Fixture.whyViews(hasBegun: true), size).text
      #expect(text.contains("COLLAPSE: distinct-2 is below 0.2, sentences are al"), "\(size)")
      #expect(text.contains("distinct-2 of samples"), "\(size)")
    }
    #expect(canvas(Fixture.whyViews(hasBegun: true), Self.sizes[2]).text.contains("dial policy"))
  }

  /// A walk: the views by name, large and back, a task off, another pair, a smaller terminal, away.
  @Test func aWalkThroughMTER() {
    let robot = Robot(Size(rows: 40, columns: 120), names: Fixture.explainedNames)
    robot.link.current.views = Fixture.opinionViews
    robot.link.subjects = [.model]
    robot.start()
    var description = Fixture.explainedDescription()
    (description.model, description.modelTitle) = ("mter", "MTER")
    description.subjects = [.model]
    robot.link.events = [.prepared(description)]
    robot.link.current.explanation = Fixture.explanation()
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    robot.press("4")
    #expect(robot.link.wanted.last?.subjects == [.model])
    #expect(robot.text.contains("why item") && robot.text.contains("factors that are 0"))
    robot.press("", .enter)
    #expect(!robot.text.contains("factors that are 0"))
    robot.press("", .escape)
    robot.press("5 ")
    #expect(robot.link.commands == [.setTask("rating", isOn: false)])
    robot.press("9")
    robot.press("]j")
    #expect(robot.link.wanted.last?.explanation?.user == .place(1))
    #expect(robot.link.wanted.last?.explanation?.item == .first(1))
    robot.press("4")
    #expect(robot.link.wanted.last?.explanation == nil)
  }
}
