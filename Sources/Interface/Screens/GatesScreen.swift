import Runs
import Terminal

// The gates: on average, by segment, by example.
extension App {
  func drawGates(in body: Rect, on canvas: inout Canvas) {
    if gates.mode == .example { return drawExample(in: body, on: &canvas) }
    guard !shown.snapshot.gates.isEmpty else { return drawNoGates(in: body, on: &canvas) }
    switch gates.mode {
    case .mean: drawMeanGates(in: body, on: &canvas)
    case .segment, .example: drawSegments(in: body, on: &canvas)
    }
  }

  /// The title of a screen: which of the three views is shown, as in `[mean] segment example`.
  var gateTabs: [Span] {
    GatesState.Mode.allCases.map { mode in
      gates.mode == mode
        ? Span("[\(mode.rawValue)] ", style: Style(.title, bold: true))
        : Span(" \(mode.rawValue)  ", .dim)
    }
  }

  private func drawNoGates(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: gateTabs, isFocused: true)
    let name = run.description?.modelTitle ?? "This model"
    let lines =
      run.snapshot.step == 0
      ? [noGatesReason, run.isPaused ? "P goes on, . takes one step." : ""]
      : [
        "\(name) has no gate that weighs all its experts for a task.",
        "m twice shows single rows with their predictions; 1 goes back to the curves.",
        "4 shows what it has inside; 6 starts another model, MMoE among them.",
      ]
    for (row, line) in lines.enumerated() where row + 1 < inner.size.rows {
      canvas.write(
        line, row: inner.row + 1 + row, column: inner.column + 2,
        style: row == 0 ? .plain : .dim, limit: inner.size.columns - 3)
    }
  }

  // MARK: Mean

  private func drawMeanGates(in body: Rect, on canvas: inout Canvas) {
    let all = shown.snapshot.gates
    let each = body.size.rows >= all.count * 2 + 12 ? 2 : 1
    let wanted = gates.isZoomed ? body.size.rows : min(body.size.rows, all.count * each + 4)
    let (top, bottom) = body.splitTop(body.size.rows - wanted < 4 ? body.size.rows : wanted)
    drawMeanTable(in: top, showsLoad: each == 2, on: &canvas)
    guard bottom.size.rows >= 4 else { return }
    let isWide = bottom.size.columns >= 110
    let hasKnockOut = shown.knockOut != nil
    let share = isWide || hasKnockOut ? bottom.size.columns / 2 : bottom.size.columns
    let (left, right) = bottom.splitLeft(share)
    drawGateHistory(in: left, on: &canvas)
    let spread = isWide ? right.size.rows : 0
    let low = shown.knockOut.map { $0.without.count + 3 } ?? 0
    let (upper, lower) = right.splitTop(max(0, spread - low))
    if upper.size.rows >= 4 { drawGateSpread(in: upper, on: &canvas) }
    if let found = shown.knockOut {
      let area = upper.size.rows >= 4 ? lower : right
      KnockOutPanel(found: found, run: shown).draw(in: area, on: &canvas)
    }
  }

  private func drawMeanTable(in area: Rect, showsLoad: Bool, on canvas: inout Canvas) {
    let run = shown
    var title = gateTabs
    if let rows = run.snapshot.gates.first?.rows {
      title.append(Span("  % of \(grouped(rows)) rows", .dim))
    }
    let inner = canvas.frame(area, title: title, isFocused: true)
    let (list, note) = inner.splitTop(inner.size.rows - 1)
    let table = GateTable(
      lines: run.snapshot.gates.map {
        $0.line(glyph: run.glyph(ofGate: $0.name), showsEntropy: true, showsLoad: showsLoad)
      },
      experts: run.expertNames, header: ("gate", "", " H"),
      selectedLine: min(gates.gate, run.snapshot.gates.count - 1), expert: gates.expert,
      marksExpert: true)
    table.draw(in: list, frame: area, on: &canvas)
    canvas.write(
      cellText, row: note.row, column: note.column + 1, style: .dim,
      limit: note.size.columns - 2)
  }

  /// The selected cell in words.
  private var cellText: String {
    let all = shown.snapshot.gates
    guard all.indices.contains(gates.gate) else { return "" }
    let gate = all[gates.gate]
    guard gate.mean.indices.contains(gates.expert) else { return "" }
    let name = gate.experts.indices.contains(gates.expert) ? gate.experts[gates.expert] : ""
    func share(_ values: [Float]) -> String {
      values.indices.contains(gates.expert) ? percent(Double(values[gates.expert])) : "-"
    }
    return "\(gate.name) × \(name): mean \(share(gate.mean)), σ \(share(gate.deviation)), "
      + "p10 \(share(gate.low)), p90 \(share(gate.high)), "
      + "first choice of \(share(gate.topShare)) of the rows"
  }

  /// The gate that is selected.
  var selectedGate: GateSnapshot? {
    let all = shown.snapshot.gates
    return all.isEmpty ? nil : all[max(0, min(gates.gate, all.count - 1))]
  }
}
