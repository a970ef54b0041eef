import Runs
import Terminal
import Testing

@testable import Interface

/// How the forms of numbers are drawn.
@Suite struct ViewPanelTests {
  private func drawn(
    _ view: ModelView, rows: Int = 14, columns: Int = 60, _ ink: ViewInk = ViewInk()
  ) -> Canvas {
    var canvas = Canvas(rows: rows, columns: columns)
    view.draw(in: canvas.area, ink: ink, isFocused: true, on: &canvas)
    return canvas
  }

  @Test func aMatrixSaysItsNumbersAndItsSigns() {
    let ink = ViewInk(tasks: Fixture.shortNames)
    let canvas = drawn(Fixture.stitch(), ink)
    #expect(canvas.text.contains("stitch 0"))
    #expect(canvas.text.contains("step 1,790"))
    #expect(canvas.text.contains("● click"))
    #expect(canvas.text.contains("█ 0.93"))
    #expect(canvas.text.contains("-0.06"))
    // The signs have colours of their own.
    #expect(canvas.cells.contains { $0.style.role == .series0 && $0.text == "█" })
    #expect(canvas.cells.contains { $0.style.role == .series1 && $0.text == "░" })
  }

  @Test func aWideMatrixScrollsAndSaysWhatIsLeftOut() {
    let first = drawn(Fixture.attention, rows: 10)
    #expect(first.text.contains("more columns"))
    #expect(first.text.contains("↓ 7 more"))
    let later = drawn(
      Fixture.attention, rows: 10, ViewInk(scroll: ViewScroll(row: 100, column: 100)))
    #expect(later.text.contains("tab"))
    #expect(!later.text.contains("user_id "))
    #expect(later.text.contains("↑ 7 more"))
  }

  @Test func numbersKeepTheDecimalsThatTellThemApart() {
    #expect(MatrixScale(.diverging, values: [0.93, -0.041]).text(-0.041) == "-0.04")
    #expect(MatrixScale(.magnitude, values: [0.02]).text(0.0123) == "0.012")
    #expect(MatrixScale(.magnitude, values: [2e-5]).text(2e-5) == "2e-5")
    #expect(MatrixScale(.magnitude, values: [431.2]).text(431.2) == "431")
    #expect(MatrixScale(.share, values: [0.3]).text(0.3) == "30")
    #expect(MatrixScale(.magnitude, values: [.nan]).text(.nan) == "-")
  }

  @Test func passagesAreWrappedMarkedAndScrolled() {
    let view = ModelView(
      name: "sentences", title: "said and generated", note: "", step: 12,
      content: .passages(
        .init([
          .init(name: "true", text: "works well but the cable is far too short for me"),
          .init(name: "generated", text: "works well", isMarked: true),
          .init(name: "empty", text: ""),
          .init(name: "رأي", text: "جودة الصوت 音質 が 良い"),
        ])))
    let canvas = drawn(view, rows: 9, columns: 40)
    let lines = (0..<9).map { canvas.text(row: $0) }
    #expect(lines[1].contains("  true       works well but the cable"))
    #expect(lines[2].contains("             is far too short for me"))
    #expect(lines[3].contains("> generated  works well"))
    #expect(lines[4].contains("  empty      —"))
    // The frame stays whole beside letters from the right and wide ones.
    #expect(lines[5].contains("音質") && lines[5].hasSuffix("┃"))
    let low = drawn(view, rows: 4, columns: 40, ViewInk(scroll: ViewScroll(row: 9, column: 0)))
    #expect(low.text.contains("↑") && !low.text.contains("true"))
    #expect(drawn(view, rows: 4, columns: 40).text.contains("↓"))
    #expect(view.files(ViewInk()).map(\.text).joined().contains("generated,works well,1,12"))
    let none = ModelView(
      name: "none", title: "none", note: "", step: 0, content: .passages(.init([])))
    #expect(drawn(none).text.contains("no texts yet"))
  }

  /// Of a text that is not whole there is as much as has room; it is counted among those that follow.
  @Test func whatHasNoRoomIsCut() {
    let text = "works well but the cable is far too short for me"
    let view = ModelView(
      name: "sentences", title: "said and generated", note: "", step: 12,
      content: .passages(.init(["a", "b"].map { .init(name: $0, text: text) })))
    let canvas = drawn(view, rows: 5, columns: 40)
    #expect(canvas.text(row: 2).contains("      too short for me"))
    #expect(canvas.text(row: 3).contains("  b   works well but the cable is far…"))
    #expect(canvas.text(row: 4).contains("↓ 1 more"))
  }

  @Test func sharesAreDrawnFromZero() {
    func axis(_ value: Float, areShares: Bool) -> [String] {
      let curve = ModelView.Curves.Curve(name: "click", x: [0, 10], y: [value, value])
      let view = ModelView(
        name: "sparsity", title: "sparsity", note: "", subject: .masks, step: 10,
        content: .curves(.init(axis: "step", curves: [curve], areShares: areShares)))
      return (2..<12).map { row in
        String(drawn(view).text(row: row).drop { $0 != "┃" }.dropFirst().prefix { $0 != "┤" })
      }.filter { $0.count < 10 }.map { $0.filter { $0 != " " } }
    }
    let none = axis(0, areShares: true)
    #expect(none.first.map { Double($0) } == 0.1, "\(none)")
    #expect(none.last.map { Double($0) } == 0, "\(none)")
    #expect(axis(0.6, areShares: true).last.map { Double($0) } == 0)
    // Other values have an axis of their own.
    #expect(axis(0.6, areShares: false).last.map { Double($0) } != 0)
  }

  @Test func aHistoryFillsTheRoomAndEndsWithTheNewest() {
    for moments in [3, 40, 500] {
      let canvas = drawn(Fixture.distance(moments: moments))
      #expect(canvas.text.contains("towers"))
      let row = canvas.text(row: 1)
      #expect(row.contains("░") && row.contains("▒"))
      #expect(canvas.text.contains("─1.7") || canvas.text.contains("─1.19k"))
    }
  }

  @Test func kindsAreToldApartWithoutColour() {
    let canvas = drawn(Fixture.ownership())
    for glyph in ["█ shared", "▓ only click", "▒ only like", "· dead"] {
      #expect(canvas.text.contains(glyph))
    }
    #expect(canvas.text.contains("128 × 192, thinned to"))
    var plain = canvas
    plain.makeASCII()
    for glyph in ["# shared", "% only click", ": only like"] { #expect(plain.text.contains(glyph)) }
  }

  @Test func oneKindIsDrawnInDots() {
    let canvas = drawn(Fixture.mask)
    #expect(canvas.text.contains("40 × 64"))
    #expect(canvas.text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    let plain = drawn(Fixture.mask, ViewInk(charset: .ascii))
    #expect(plain.text.contains("█ on"))
  }

  @Test func smallBitmapsAreNotThinned() {
    let view = Fixture.ownership(rows: 4, columns: 12)
    let canvas = drawn(view)
    guard case .bitmap(let bitmap) = view.content else { return }
    for row in 0..<4 {
      for column in 0..<12 {
        let kind = bitmap.kind(row, column).map { [Character]("█▓▒ ")[$0] }
        // Each is two rows high and four columns wide, as far as there is room.
        #expect(canvas[1 + row * 2, 2 + column * 4]?.text == kind)
        #expect(canvas[2 + row * 2, 5 + column * 4]?.text == kind)
      }
    }
  }

  @Test func barsShowPartsSumAndMark() {
    let canvas = drawn(Fixture.density(), ViewInk(tasks: Fixture.shortNames))
    #expect(canvas.text.contains("█ own   ▓ shared"))
    let row = canvas.text(row: 2)
    #expect(row.contains("● click") && row.contains("██") && row.contains("▓▓"))
    #expect(row.contains("│") && row.contains("0.62 │0.50"))
  }

  @Test func curvesHaveALegendALevelAndAGap() {
    let canvas = drawn(Fixture.selfShare(), ViewInk(tasks: Fixture.shortNames))
    #expect(canvas.text.contains("● click 0.8"))
    #expect(canvas.text.contains("╌ even 0.50"))
    #expect(canvas.text.contains("╌╌╌╌╌"))
    #expect(canvas.text.contains(" step "))
    #expect(canvas.text.contains("1.79k"))
  }

  @Test func aTableKeepsTheRowThatHoldsInView() {
    let canvas = drawn(Fixture.ladder, rows: 8)
    #expect(canvas.text.contains("> round 9"))
    #expect(canvas.text.contains("auc of click"))
    let top = drawn(Fixture.ladder, rows: 8, ViewInk(scroll: ViewScroll(row: 13)))
    #expect(top.text.contains("round 13"))
  }

  @Test func manyColumnsOfATableScroll() {
    let names = (0..<20).map { "column\($0)" }
    let view = ModelView(
      name: "wide", title: "wide", note: "",
      content: .table(.init(columns: names, rows: [names], current: nil)))
    #expect(drawn(view).text.contains("more columns"))
    let end = drawn(view, ViewInk(scroll: ViewScroll(column: 18)))
    #expect(end.text.contains("column0") && end.text.contains("column19"))
  }

  /// A long name gives way to the other columns, where they are all seen then.
  @Test func aLongNameLeavesTheOtherColumnsTheirRoom() {
    let name = String(repeating: "x", count: 500)
    let view = ModelView(
      name: "movers", title: "movers", note: "",
      content: .table(
        .init(
          columns: ["item", "‖D‖", "rating change", "once consumed"],
          rows: [[name, "1.180", "+0.412", "better"], ["i1", "0.961", "-0.377", "worse"]])))
    for columns in [58, 60, 80, 100] {
      let canvas = drawn(view, rows: 8, columns: columns)
      #expect(canvas.text(row: 1).contains("rating change  once consumed"), "\(columns)")
      #expect(canvas.text(row: 2).contains("x…  1.180         +0.412  better"), "\(columns)")
    }
    // Where that would leave nothing of the name it has half of the room.
    let narrow = drawn(view, rows: 8, columns: 44).text(row: 2)
    #expect(narrow.count { $0 == "x" } == 20 && narrow.contains("1.180"))
  }

  /// `(none)` is a word, and stands under its head, at the left.
  @Test func wordsInBracketsAreWords() {
    let view = ModelView(
      name: "c", title: "c", note: "",
      content: .table(
        .init(columns: ["pointer", "first row"], rows: [["head 0", "(none)"], ["head 1", "-"]])))
    #expect(drawn(view).text(row: 2).contains("  head 0   (none) "))
  }

  /// Less of a number would be another one: where the title takes its room, no step is said.
  @Test func theTitleComesBeforeTheStep() {
    let view = ModelView(
      name: "t", title: "words that are right, and more", note: "", step: 12_500,
      content: .passages(.init([])))
    #expect(
      drawn(view, columns: 48).text(row: 0).contains(
        " words that are right, and more  step 12,500 "))
    let narrow = drawn(view, columns: 47).text(row: 0)
    #expect(narrow.contains(" words that are right, and more ━") && !narrow.contains("st"))
  }

  @Test(arguments: [(1, 1), (2, 3), (3, 20), (9, 40), (30, 200)])
  func nothingIsTooSmallOrTooBroken(rows: Int, columns: Int) {
    for view in Fixture.allViews() + Fixture.brokenViews {
      for charset in Charset.allCases {
        let ink = ViewInk(charset: charset, tasks: ["a"], scroll: ViewScroll(row: 3, column: 9))
        let canvas = drawn(view, rows: rows, columns: columns, ink)
        #expect(!canvas.text.contains("\u{1B}"))
      }
    }
  }
}
