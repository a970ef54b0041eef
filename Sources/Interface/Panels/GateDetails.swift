import Runs
import Terminal

/// How the weights of a gate moved: one row an expert, shades over steps.
struct GateHistoryPanel {
  let run: RunState
  /// The gate's place.
  let place: Int
  /// The expert that is kept in view.
  let expert: Int

  func draw(in area: Rect, on canvas: inout Canvas) {
    let gate = run.snapshot.gates[place]
    let samples = run.gateHistory.samples
    var title = [run.glyph(ofGate: gate.name) ?? Span(""), Span(gate.name, .title)]
    if let first = samples.first, let last = samples.last {
      let steps = "\(abbreviated(Double(first.step))) to \(abbreviated(Double(last.step)))"
      title.append(Span(" over time  steps \(steps)", .dim))
    }
    let inner = canvas.frame(area, title: title)
    let list = ListWindow(
      count: gate.mean.count, selected: expert, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      let line = Rect(
        row: inner.row + row, column: inner.column, rows: 1, columns: inner.size.columns)
      canvas.write(
        padded(gate.nameOfExpert(index), to: 4), row: line.row, column: line.column + 1,
        style: index == expert ? .bold : .plain)
      drawShades(samples, gate: place, expert: index, in: line, on: &canvas)
      canvas.writeRight(percent(Double(gate.mean[index])) + " ", row: line.row, in: line)
    }
    list.drawMore(in: area, on: &canvas)
  }

  private func drawShades(
    _ samples: [GateHistory.Sample], gate: Int, expert: Int, in line: Rect,
    on canvas: inout Canvas
  ) {
    let width = max(0, min(line.size.columns - 11, samples.count))
    for column in 0..<width {
      let means = samples[column * samples.count / width].means
      guard means.indices.contains(gate), means[gate].indices.contains(expert) else { continue }
      let cell = HeatCell(share: means[gate][expert])
      canvas.put(
        cell.shade, row: line.row, column: line.column + 5 + column,
        style: HeatCell.style(cell.share))
    }
  }

}

/// How the weights of a gate differ between rows.
struct GateSpreadPanel {
  let gate: GateSnapshot
  /// The expert that is kept in view.
  let expert: Int

  func draw(in area: Rect, on canvas: inout Canvas) {
    let title = [Span("between rows", .title), Span("  p10 to p90, ● mean", .dim)]
    let inner = canvas.frame(area, title: title)
    let width = max(0, inner.size.columns - 14)
    let list = ListWindow(
      count: gate.mean.count, selected: expert, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      canvas.write(
        padded(gate.nameOfExpert(index), to: 4), row: inner.row + row,
        column: inner.column + 1)
      let spread = GateSpread(gate: gate, expert: index)
      spread.draw(row: inner.row + row, column: inner.column + 5, columns: width, on: &canvas)
      let share = gate.deviation.indices.contains(index) ? gate.deviation[index] : .nan
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
