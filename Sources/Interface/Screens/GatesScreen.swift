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
        "\(name) has no gates: nothing in it chooses between experts.",
        "m twice shows single rows with their predictions; 1 goes back to the curves.",
        "A model with gates: leave with q, then start with --model mmoe.",
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
    let (left, right) = bottom.splitLeft(isWide ? bottom.size.columns / 2 : bottom.size.columns)
    drawGateHistory(in: left, on: &canvas)
    if isWide { drawGateSpread(in: right, on: &canvas) }
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

  /// How the weights of the selected gate moved: one row an expert, shades over steps.
  private func drawGateHistory(in area: Rect, on canvas: inout Canvas) {
    guard let gate = selectedGate else { return }
    let samples = shown.gateHistory.samples
    let steps =
      samples.isEmpty
      ? ""
      : "  steps \(abbreviated(Double(samples[0].step))) to "
        + abbreviated(Double(samples[samples.count - 1].step))
    let title = [shown.glyph(ofGate: gate.name) ?? Span(""), Span(gate.name, .title)]
    let inner = canvas.frame(area, title: title + [Span(" over time" + steps, .dim)])
    let place = min(gates.gate, shown.snapshot.gates.count - 1)
    let width = inner.size.columns - 11
    let list = ListWindow(
      count: gate.mean.count, selected: gates.expert, rows: inner.size.rows)
    for (row, expert) in list.places.enumerated() {
      let name = gate.experts.indices.contains(expert) ? gate.experts[expert] : "E\(expert)"
      canvas.write(
        padded(name, to: 4), row: inner.row + row, column: inner.column + 1,
        style: expert == gates.expert ? .bold : .plain)
      for column in 0..<max(0, min(width, samples.count)) {
        let sample = samples[samples.count > width ? column * samples.count / width : column]
        guard sample.means.indices.contains(place),
          sample.means[place].indices.contains(expert)
        else { continue }
        let cell = HeatCell(share: sample.means[place][expert])
        canvas.put(
          cell.shade, row: inner.row + row, column: inner.column + 5 + column,
          style: Style(.heat(Double(cell.share))))
      }
      canvas.writeRight(
        percent(Double(gate.mean[expert])) + " ", row: inner.row + row, in: inner)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// How the weights of the selected gate differ between rows.
  private func drawGateSpread(in area: Rect, on canvas: inout Canvas) {
    guard let gate = selectedGate else { return }
    let title = [Span("between rows", .title), Span("  p10 to p90, ● mean", .dim)]
    let inner = canvas.frame(area, title: title)
    let width = max(0, inner.size.columns - 14)
    let list = ListWindow(
      count: gate.mean.count, selected: gates.expert, rows: inner.size.rows)
    for (row, expert) in list.places.enumerated() {
      let name = gate.experts.indices.contains(expert) ? gate.experts[expert] : "E\(expert)"
      canvas.write(padded(name, to: 4), row: inner.row + row, column: inner.column + 1)
      let spread = GateSpread(gate: gate, expert: expert)
      spread.draw(row: inner.row + row, column: inner.column + 5, columns: width, on: &canvas)
      let share = gate.deviation.indices.contains(expert) ? gate.deviation[expert] : .nan
      canvas.writeRight("σ " + percent(Double(share)) + " ", row: inner.row + row, in: inner)
    }
    list.drawMore(in: area, on: &canvas)
  }
}

/// One expert's weights over rows: a line from the 10th to the 90th percentile, a dot at the mean.
private struct GateSpread {
  let gate: GateSnapshot
  let expert: Int

  func draw(row: Int, column: Int, columns: Int, on canvas: inout Canvas) {
    guard columns > 1, gate.low.indices.contains(expert), gate.high.indices.contains(expert) else {
      return
    }
    func place(_ share: Float) -> Int {
      share.isFinite ? Int(min(1, max(0, share)) * Float(columns - 1)) : 0
    }
    let (low, high) = (place(gate.low[expert]), place(gate.high[expert]))
    for at in 0..<columns {
      let isInside = at >= low && at <= high
      canvas.put(
        isInside ? "━" : "·", row: row, column: column + at,
        style: isInside ? Style(.heat(Double(gate.mean[expert]))) : .dim)
    }
    canvas.put("●", row: row, column: column + place(gate.mean[expert]), style: .bold)
  }
}
