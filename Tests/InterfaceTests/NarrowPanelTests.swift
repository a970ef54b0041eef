import Runs
import Terminal
import Testing

@testable import Interface

/// What panels leave out where there is little room.
@Suite struct NarrowPanelTests {
  @Test("the columns of the task table are the first that fit, and fit", arguments: 24...200)
  func taskColumns(width: Int) {
    let columns = TaskColumns(width: width, names: ["click", "longview"])
    let header = columns.header
    #expect(columnsTaken(by: header) <= width)
    let names = [
      "score", "loss", "weight", "best at step", "label", "pred÷obs", "rows", "kind",
    ]
    let shown = names.map { header.contains($0) }
    #expect(shown.lastIndex(of: true) ?? -1 < shown.firstIndex(of: false) ?? names.count)
  }

  @Test("tasks come before notes that never change") func tasksBeforeNotes() {
    var app = Fixture.app()
    _ = app.update(.size(Size(rows: 16, columns: 60)))
    app.press("5")
    let text = app.view(Size(rows: 16, columns: 60)).text
    for (task, name) in Fixture.shortNames.enumerated() {
      #expect(text.contains("\(seriesGlyph(task)) \(name)"), "\(name)")
    }
    #expect(text.contains("last action") && text.contains("pending"))
    #expect(!text.contains("safety"))
  }

  @Test("a score keeps its name, the task is cut") func knockedOut() {
    let names = ["a long name of a task", "like", "follow", "longview"]
    var canvas = Canvas(rows: 7, columns: 50)
    KnockOutPanel(found: Fixture.knockOut(names), run: Fixture.app(names).run).draw(
      in: canvas.area, on: &canvas)
    #expect(canvas.text(row: 2).contains("… auc") && canvas.text(row: 2).contains("a long"))
    #expect(canvas.text(row: 3).contains("like auc"))
    #expect(canvas.text(row: 5).contains("longview rmse"))
  }

  @Test("gates on the dashboard say their step; an old one is dim where no remark fits")
  func gates() {
    var gates = Fixture.gates()
    (gates[0].isStale, gates[0].step) = (true, 757)
    let app = Fixture.app(gates: gates)
    var canvas = Canvas(rows: 8, columns: 48)
    GateStrip(run: app.run, isFocused: false).draw(in: canvas.area, on: &canvas)
    #expect(canvas.text(row: 0).contains("step \(grouped(gates[1].step))"))
    func role(_ name: String) -> Role? {
      for row in 1..<7 {
        let text = Array(canvas.text(row: row))
        for column in text.indices
        where text[column...].starts(with: Array(name)) {
          return canvas[row, column]?.style.role
        }
      }
      return nil
    }
    #expect(role(gates[0].name) == .dim && role(gates[1].name) == .plain)
  }

  @Test("the title of the gates on the dashboard cuts no number", arguments: 20...70)
  func titleOfGates(columns: Int) {
    let app = Fixture.app(gates: Fixture.gates())
    var canvas = Canvas(rows: 8, columns: columns)
    GateStrip(run: app.run, isFocused: false).draw(in: canvas.area, on: &canvas)
    let (title, step) = (canvas.text(row: 0), grouped(Fixture.gates()[0].step))
    #expect(!title.contains("…"), "\(title)")
    #expect(title.contains("step \(step) ") == (columns >= 22), "\(title)")
    #expect(title.contains("mean %") == (columns >= 30), "\(title)")
    #expect(title.contains("rows") == (columns >= 44), "\(title)")
  }

  @Test("a remark is shown whole or not at all") func remarks() {
    let line = GateTable.Line(
      name: "like", weights: [0.75, 0.25], remark: [Span(" 0.88"), Span(" ×E3", .warning)])
    let table = GateTable(lines: [line], experts: ["E0", "E1"])
    for columns in (table.wantedColumns - 4)...table.wantedColumns {
      var canvas = Canvas(rows: 1, columns: columns)
      table.draw(in: canvas.area, frame: canvas.area, on: &canvas)
      let text = canvas.text(row: 0)
      #expect(text.contains("0.88 ×E3") == (columns == table.wantedColumns), "\(columns): \(text)")
      #expect(!text.contains("…") && text.contains("0.8"))
      #expect(text.contains("×") == (columns == table.wantedColumns), "\(columns): \(text)")
    }
  }

  @Test("as much of a name as columns hold, wide characters among them") func beginnings() {
    #expect(GateTable.beginning(of: "shared", columns: 4) == "shar")
    #expect(GateTable.beginning(of: "回访七日", columns: 5) == "回访")
    #expect(GateTable.beginning(of: "回", columns: 1) == "")
  }
}
