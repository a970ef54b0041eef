import Runs
import Terminal

/// Gates averaged over rows: the table of all, and the selected one over time and between rows.
struct MeanGatesPanel {
  let run: RunState
  let tabs: [Span]
  /// The selected gate.
  let gate: Int
  /// The selected expert.
  let expert: Int
  /// Whether the table has the whole area.
  let isZoomed: Bool
  let charset: Charset

  /// Alarms that are listed at most.
  private static let mostAlarms = 4

  func draw(in body: Rect, on canvas: inout Canvas) {
    let alarms = AlarmLines(gates: run.alarms).height(upTo: Self.mostAlarms)
    let table = table(in: body, alarms: alarms)
    let full = table.height + 3 + alarms
    let wanted = isZoomed ? body.size.rows : min(body.size.rows, full)
    let (top, bottom) = body.splitTop(body.size.rows - wanted < 4 ? body.size.rows : wanted)
    let hasDetails = bottom.size.rows >= 4 && run.shownMatrix == nil
    let side = hasDetails && alarms == 0 ? spreadColumns(beside: table, in: top) : 0
    let (left, right) = top.splitLeft(top.size.columns - side)
    draw(table, in: left, alarms: alarms, on: &canvas)
    if side > 0 { spread.draw(in: right, on: &canvas) }
    guard bottom.size.rows >= 4 else { return }
    guard let matrix = run.shownMatrix else {
      return drawDetails(in: bottom, hasSpread: side > 0, on: &canvas)
    }
    drawMatrix(matrix, in: bottom, on: &canvas)
  }

  private var selectedGate: Int { max(0, min(gate, run.snapshot.gates.count - 1)) }

  private var spread: GateSpreadPanel {
    GateSpreadPanel(gate: run.snapshot.gates[selectedGate], expert: expert)
  }

  private var history: GateHistoryPanel {
    GateHistoryPanel(run: run, gateIndex: selectedGate, expert: expert, charset: charset)
  }

  /// Columns of the weights' spread, where half of the table's columns would stay empty without it.
  private func spreadColumns(beside table: GateTable, in area: Rect) -> Int {
    let half = area.size.columns / 2
    return area.size.columns >= 110 && table.wantedColumns + 4 <= half ? half : 0
  }

  // MARK: - Below the table

  /// The selected gate over time, between rows, and what tasks score without an expert.
  private func drawDetails(in area: Rect, hasSpread: Bool, on canvas: inout Canvas) {
    let isWide = area.size.columns >= 110 && !hasSpread
    let share =
      isWide || run.knockOut != nil ? area.size.columns / 2 : area.size.columns
    let (left, right) = area.splitLeft(share)
    history.draw(in: left, on: &canvas)
    let low = run.knockOut.map { $0.without.count + 3 } ?? 0
    let (upper, lower) = right.splitTop(isWide ? max(0, right.size.rows - low) : 0)
    if upper.size.rows >= 4 { spread.draw(in: upper, on: &canvas) }
    guard let found = run.knockOut else { return }
    KnockOutPanel(found: found, run: run).draw(
      in: upper.size.rows >= 4 ? lower : right, on: &canvas)
  }

  /// The matrix, and the selected gate over time beside it or below it where there is room.
  private func drawMatrix(
    _ matrix: KnockOutMatrix, in area: Rect, on canvas: inout Canvas
  ) {
    let wanted = 2 * matrix.lines.count + 3
    let isWide = area.size.columns >= 150
    let (first, rest) =
      isWide
      ? area.splitLeft(area.size.columns / 2)
      : area.splitTop(area.size.rows - wanted < 5 ? area.size.rows : wanted)
    KnockOutMatrixPanel(
      matrix: matrix, progress: run.snapshot.question.flatMap { $0.matrix == nil ? nil : $0 },
      tasks: run.taskNames, expert: expertOfModel,
      task: run.snapshot.gates[selectedGate].task, charset: charset
    ).draw(in: first, on: &canvas)
    guard rest.size.rows >= 5, rest.size.columns > 20 else { return }
    history.draw(in: rest, on: &canvas)
  }

  /// The selected expert's number among all of the model.
  private var expertOfModel: Int {
    let members = run.snapshot.gates[selectedGate].members
    return members.indices.contains(expert) ? members[expert].index : 0
  }

  // MARK: - The table

  /// With loads where the selected gate's experts still have room below.
  private func table(in body: Rect, alarms: Int) -> GateTable {
    let loaded = table(showsLoad: true)
    let details = min(10, run.snapshot.gates[selectedGate].members.count + 2)
    let isRoomy = body.size.rows >= loaded.height + 3 + alarms + details
    return isRoomy ? loaded : table(showsLoad: false)
  }

  private func table(showsLoad: Bool) -> GateTable {
    GateTable(
      lines: run.snapshot.gates.map {
        $0.line(glyph: run.glyph(ofGate: $0.name), showsEntropy: true, showsLoad: showsLoad)
      },
      header: ("gate", "", " H"), selectedLine: selectedGate, expert: expert, marksExpert: true)
  }

  private func draw(
    _ table: GateTable, in area: Rect, alarms: Int, on canvas: inout Canvas
  ) {
    var title = tabs
    if let gate = run.snapshot.gates.first(where: { !$0.isStale }) ?? run.snapshot.gates.first {
      title.append(Span(" % of \(grouped(gate.rows)) rows, step \(grouped(gate.step))", .dim))
    }
    let inner = canvas.frame(area, title: title, isFocused: true)
    let (list, rest) = inner.splitTop(inner.size.rows - 1 - alarms)
    let (note, low) = rest.splitTop(1)
    table.draw(in: list, frame: area, on: &canvas)
    canvas.write(
      cellText(columns: note.size.columns - 2), row: note.row, column: note.column + 1,
      style: .dim, limit: note.size.columns - 2)
    AlarmLines(gates: run.alarms).draw(in: low, on: &canvas)
  }

  /// The selected cell in words; where there is little room the spread goes first.
  private func cellText(columns: Int) -> String {
    let gate = run.snapshot.gates[selectedGate]
    guard gate.mean.indices.contains(expert) else { return "" }
    func share(_ byExpert: [Float]) -> String {
      byExpert.indices.contains(expert) ? percent(Double(byExpert[expert])) : "-"
    }
    let start = "\(gate.name) × \(gate.nameOfExpert(expert)): mean \(share(gate.mean))"
    let first = ", first choice of \(share(gate.topShare))"
    let range = ", p10 \(share(gate.low)), p90 \(share(gate.high))"
    let whole = start + first + range + ", σ \(share(gate.deviation))"
    return [whole, start + first + range, start + first]
      .first { columnsTaken(by: $0) <= columns } ?? start
  }
}
