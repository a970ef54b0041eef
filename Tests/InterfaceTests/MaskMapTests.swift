import Runs
import Terminal
import Testing

@testable import Interface

/// The map of masks by hand: its cursor, its dots, its strip on the dashboard.
@Suite struct MaskMapTests {
  private func panel(
    _ window: MaskWindow, cursor: MaskPlace, charset: Charset = .braille, hasColors: Bool,
    kept: [Bool]? = nil
  ) -> MaskMapPanel {
    var map = Fixture.map(window)
    if let kept { map.isKept = kept }
    return MaskMapPanel(
      map: map, cell: nil, cursor: cursor, layer: Fixture.masks().layers[window.layer],
      tasks: Fixture.shortNames, selectedTask: window.task ?? 0, charset: charset,
      hasColors: hasColors)
  }

  /// The rows of a drawn panel.
  private func drawn(_ panel: MaskMapPanel, _ rows: Int, _ columns: Int) -> [String] {
    var canvas = Canvas(rows: rows, columns: columns)
    panel.draw(in: canvas.area, on: &canvas)
    return canvas.text.split(separator: "\n").map(String.init)
  }

  // MARK: - The cursor

  /// Two weights lie in a cell of colours: the sixth unit is in the third row of the picture.
  @Test func theCursorLiesOnItsWeight() {
    let window = MaskWindow(layer: 0, row: 0, column: 0, rows: 20, columns: 40)
    let cursor = MaskPlace(layer: 0, row: 5, column: 7)
    let panel = panel(window, cursor: cursor, hasColors: true)
    let rows = drawn(panel, 15, 44)
    #expect(rows.indices.filter { rows[$0].contains("▸") } == [3])
    var canvas = Canvas(rows: 15, columns: 44)
    panel.draw(in: canvas.area, on: &canvas)
    #expect(canvas[3, 9]?.style.isReversed == true && canvas[3, 8]?.style.isReversed == false)
  }

  /// A picture that has become smaller than its map does not draw the cursor over its words.
  @Test func theCursorStaysInThePicture() {
    let window = MaskWindow(layer: 0, row: 0, column: 0, rows: 20, columns: 40)
    func hasCursor(_ row: Int, _ column: Int) -> Bool {
      let place = MaskPlace(layer: 0, row: row, column: column)
      let rows = drawn(panel(window, cursor: place, hasColors: true), 13, 30)
      return rows.contains { $0.contains("▸") || $0.contains("◂") }
    }
    // Eight rows of two units, 26 columns.
    #expect(hasCursor(15, 25) && !hasCursor(16, 0) && !hasCursor(19, 0) && !hasCursor(0, 26))
  }

  /// Where the first steps, a warning or a cost take rows, the part is as small as the picture.
  @Test func theMapIsAsLargeAsItsPicture() {
    func rows(_ change: (inout App) -> Void) -> Int? {
      var app = Fixture.appWithMasks()
      _ = app.update(.size(Size(rows: 24, columns: 80)))
      app.press("3m")
      change(&app)
      return app.screen.wants(app.desk).maskWindow?.rows
    }
    let whole = rows { _ in }
    #expect(rows { _ = $0.update(.events([.thinned(Fixture.cost())])) } == whole.map { $0 - 2 })
    let broken = rows {
      _ = $0.update(
        .events([
          .diverged(
            Divergence(task: "click", step: 9, parameter: nil, loss: .nan, largest: nil))
        ]))
    }
    var app = Fixture.appWithMasks()
    _ = app.update(.size(Size(rows: 24, columns: 80)))
    let tour = app.desk.showsTour(app.desk.size)
    #expect(broken == whole.map { tour ? $0 : $0 - 2 })
    app.press("3m")
    #expect(
      whole
        == MaskMapPanel.reach(
          of: app.body(of: app.desk.size), charset: .braille, hasColors: true
        ).rows)
  }

  /// The cursor at the last row stays in sight when a cost takes a row of the picture.
  @Test func theCursorIsFollowedIntoASmallerPicture() {
    var app = Fixture.appWithMasks()
    _ = app.update(.size(Size(rows: 24, columns: 80)))
    app.press("3m")
    let whole = app.screen.wants(app.desk).maskWindow
    for _ in 1..<(whole?.rows ?? 1) { app.press("j") }
    #expect(app.screen.wants(app.desk).maskWindow == whole)
    _ = app.update(.events([.thinned(Fixture.cost())]))
    let wanted = app.screen.wants(app.desk)
    let last = wanted.maskWindow.map { $0.row + $0.rows - 1 }
    #expect(wanted.maskWindow?.row == 2 && wanted.maskPlace?.row == last)
  }

  // MARK: - Without colours

  /// Dots are what the task keeps, alone or with others, and nothing else.
  @Test func dotsAreTheTasksMask() {
    let window = MaskWindow(layer: 0, row: 0, column: 0, rows: 4, columns: 4, task: 2)
    let kept = [
      true, false, false, false, false, true, false, false, false, false, false, false, false,
      false, false, true,
    ]
    let rows = drawn(
      panel(
        window, cursor: MaskPlace(layer: 0, row: 100, column: 0), hasColors: false, kept: kept),
      8, 60)
    // Dots 1 and 5 of the first cell, dot 8 of the second.
    #expect(rows[1].contains("⠑⢀"))
    #expect(
      rows.contains { $0.contains("⣿ kept by \(Fixture.shortNames[2]), alone or with others") })
    let none = drawn(
      panel(
        window, cursor: MaskPlace(layer: 0, row: 100, column: 0), hasColors: false,
        kept: [Bool](repeating: false, count: 16)), 8, 60)
    #expect(!none[1].contains("⠑"))
  }

  /// The screen asks for the mask of the selected task.
  @Test func theSelectedTasksMaskIsAskedFor() {
    var app = Fixture.appOnMap()
    #expect(app.screen.wants(app.desk).maskWindow?.task == 0)
    app.press("", .tab)
    #expect(app.screen.wants(app.desk).maskWindow?.task == 1)
  }

  // MARK: - The strip

  private func strip(_ masks: MaskSummary, columns: Int = 70) -> (rows: [String], canvas: Canvas) {
    var canvas = Canvas(rows: 7, columns: columns)
    MaskStrip(masks: masks, tasks: Fixture.shortNames).draw(in: canvas.area, on: &canvas)
    return (canvas.text.split(separator: "\n").map(String.init), canvas)
  }

  @Test func theStripByHand() {
    var masks = Fixture.masks()
    masks.tasks[0].sparsity = 0.2
    let count = masks.tasks.count
    for a in 0..<count { for b in 0..<count where a != b { masks.overlap[a * count + b] = 0.1 } }
    // One way only: the table is looked at above its diagonal.
    (masks.overlap[1 * count + 3], masks.overlap[3 * count + 1]) = (0.77, 0.77)
    let (rows, canvas) = strip(masks)
    #expect(rows[1].contains("click") && rows[1].contains("20%") && !rows[1].contains("80%"))
    let names = Fixture.shortNames
    #expect(rows[5].contains("all keep 11% of what any keeps · \(names[1]) and \(names[3]) 77%"))
    // A margin below 0 warns, one above does not.
    func margin(_ row: Int) -> Role? {
      let column = rows[row].firstRange(of: "margin").map {
        rows[row].distance(from: rows[row].startIndex, to: $0.lowerBound)
      }
      return column.flatMap { canvas[row, $0]?.style.role }
    }
    #expect(margin(1) == .plain && margin(2) == .warning)
  }
}
