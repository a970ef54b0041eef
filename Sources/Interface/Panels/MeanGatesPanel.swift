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
    let all = run.snapshot.gates
    let alarms = AlarmLines(alarms: run.alarms).height(upTo: Self.mostAlarms)
    // Loads are shown where the selected gate's experts still have room below.
    let loaded = table(showsLoad: true)
    let selected = max(0, min(gate, all.count - 1))
    let details = min(10, all[selected].members.count + 2)
    let showsLoad = body.size.rows >= loaded.height + 3 + alarms + details
    let table = showsLoad ? loaded : table(showsLoad: false)
    let full = table.height + 3 + alarms
    let wanted = isZoomed ? body.size.rows : min(body.size.rows, full)
    let (top, bottom) = body.splitTop(body.size.rows - wanted < 4 ? body.size.rows : wanted)
    draw(table, in: top, alarms: alarms, on: &canvas)
    guard bottom.size.rows >= 4 else { return }
    if let matrix = run.shownMatrix {
      return drawMatrix(matrix, in: bottom, on: &canvas)
    }
    let isWide = bottom.size.columns >= 110
    let hasKnockOut = run.knockOut != nil
    let share = isWide || hasKnockOut ? bottom.size.columns / 2 : bottom.size.columns
    let (left, right) = bottom.splitLeft(share)
    GateHistoryPanel(run: run, place: selected, expert: expert, charset: charset)
      .draw(in: left, on: &canvas)
    let spread = isWide ? right.size.rows : 0
    let low = run.knockOut.map { $0.without.count + 3 } ?? 0
    let (upper, lower) = right.splitTop(max(0, spread - low))
    if upper.size.rows >= 4 {
      GateSpreadPanel(gate: all[selected], expert: expert).draw(in: upper, on: &canvas)
    }
    if let found = run.knockOut {
      let area = upper.size.rows >= 4 ? lower : right
      KnockOutPanel(found: found, run: run).draw(in: area, on: &canvas)
    }
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
    let selected = max(0, min(gate, run.snapshot.gates.count - 1))
    let task =
      run.snapshot.gates.indices.contains(selected) ? run.snapshot.gates[selected].task : nil
    KnockOutMatrixPanel(
      matrix: matrix, progress: run.snapshot.question.flatMap { $0.matrix == nil ? nil : $0 },
      tasks: run.taskNames, expert: expertOfModel, task: task, charset: charset
    ).draw(in: first, on: &canvas)
    guard rest.size.rows >= 5, rest.size.columns > 20 else { return }
    GateHistoryPanel(run: run, place: selected, expert: expert, charset: charset)
      .draw(in: rest, on: &canvas)
  }

  /// The selected expert's number among all of the model.
  private var expertOfModel: Int {
    let all = run.snapshot.gates
    let members = all.indices.contains(gate) ? all[gate].members : []
    return members.indices.contains(expert) ? members[expert].index : 0
  }

  private func table(showsLoad: Bool) -> GateTable {
    GateTable(
      lines: run.snapshot.gates.map {
        $0.line(glyph: run.glyph(ofGate: $0.name), showsEntropy: true, showsLoad: showsLoad)
      },
      header: ("gate", "", " H"), selectedLine: min(gate, run.snapshot.gates.count - 1),
      expert: expert, marksExpert: true)
  }

  private func draw(
    _ table: GateTable, in area: Rect, alarms: Int, on canvas: inout Canvas
  ) {
    var title = tabs
    if let rows = run.snapshot.gates.first?.rows {
      title.append(Span("  % of \(grouped(rows)) rows", .dim))
    }
    let inner = canvas.frame(area, title: title, isFocused: true)
    let (list, rest) = inner.splitTop(inner.size.rows - 1 - alarms)
    let (note, low) = rest.splitTop(1)
    table.draw(in: list, frame: area, on: &canvas)
    canvas.write(
      cellText, row: note.row, column: note.column + 1, style: .dim,
      limit: note.size.columns - 2)
    AlarmLines(alarms: run.alarms).draw(in: low, on: &canvas)
  }

  /// The selected cell in words.
  private var cellText: String {
    let all = run.snapshot.gates
    guard all.indices.contains(self.gate) else { return "" }
    let gate = all[self.gate]
    guard gate.mean.indices.contains(expert) else { return "" }
    let name = gate.experts.indices.contains(expert) ? gate.experts[expert] : ""
    func share(_ values: [Float]) -> String {
      values.indices.contains(expert) ? percent(Double(values[expert])) : "-"
    }
    return "\(gate.name) × \(name): mean \(share(gate.mean)), σ \(share(gate.deviation)), "
      + "p10 \(share(gate.low)), p90 \(share(gate.high)), "
      + "first choice of \(share(gate.topShare)) of the rows"
  }
}
