import Runs
import Terminal

/// How the weights of a gate moved: one small line an expert, where it stands, and how far it went.
///
///     own 1     ▁▁▂▃▄▅▆▇█   38 %  ↑ +13
struct GateHistoryPanel {
  let run: RunState
  /// The gate, by number.
  let gateIndex: Int
  /// The expert that is kept in view.
  let expert: Int
  let charset: Charset

  /// A line spans this much of a share at least, so that noise stays small.
  private static let leastSpan = 0.05
  /// Rows that an expert's line has at most.
  private static let mostRows = 8

  func draw(in area: Rect, on canvas: inout Canvas) {
    let gate = run.snapshot.gates[gateIndex]
    let samples = run.gateHistory.samples
    var title = [run.glyph(ofGate: gate.name) ?? Span(""), Span(gate.name, .title)]
    if let first = samples.first, let last = samples.last {
      let steps = "\(abbreviated(Double(first.step))) to \(abbreviated(Double(last.step)))"
      title.append(Span(" over time  steps \(steps)", .dim))
    }
    let inner = canvas.frame(area, title: title)
    let each = max(1, min(Self.mostRows, inner.size.rows / max(1, gate.mean.count)))
    let list = ListWindow(
      count: gate.mean.count, selected: expert, rows: inner.size.rows / each)
    let name = gate.nameColumns(upTo: inner.size.columns / 4)
    for (line, index) in list.places.enumerated() {
      let row = Rect(
        row: inner.row + line * each, column: inner.column, rows: each,
        columns: inner.size.columns)
      canvas.write(
        padded(gate.nameOfExpert(index), to: name), row: row.row, column: row.column + 1,
        style: index == expert ? .bold : .plain)
      draw(samples, expert: index, in: row.trimmed(left: name + 2, right: 15), on: &canvas)
      canvas.writeRight(
        percent(Double(gate.mean[index])) + "  " + change(samples, gate, index) + " ",
        row: row.row, in: row)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// How far a share went, in points of percent.
  private func change(
    _ samples: [GateHistory.Sample], _ gate: GateSnapshot, _ index: Int
  ) -> String {
    let values = shares(samples, expert: index)
    guard let first = values.first, samples.count > 1 else { return "      " }
    let points = Int(((Double(gate.mean[index]) - first) * 100).rounded())
    let arrow = points > 0 ? "↑" : points < 0 ? "↓" : "="
    return "\(arrow) \(rightAligned(points > 0 ? "+\(points)" : "\(points)", to: 3))"
  }

  private func shares(_ samples: [GateHistory.Sample], expert: Int) -> [Double] {
    samples.compactMap { sample in
      guard sample.means.indices.contains(gateIndex),
        sample.means[gateIndex].indices.contains(expert)
      else { return nil }
      return Double(sample.means[gateIndex][expert])
    }
  }

  private func draw(
    _ samples: [GateHistory.Sample], expert: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let all = shares(samples, expert: expert)
    let dots = area.size.rows > 1 ? charset.dotsAcross : 1
    let width = area.size.columns * dots
    guard width > 0, !all.isEmpty else { return }
    // The mean of what falls into a column: single batches scatter.
    let values = (0..<width).map { x in
      let part = all[
        (x * all.count / width)..<max((x + 1) * all.count / width, x * all.count / width + 1)]
      return part.reduce(0, +) / Double(part.count)
    }
    let style = Style(expert == self.expert ? .focusedFrame : .plain)
    guard let low = values.min(), let high = values.max() else { return }
    let span = max(Self.leastSpan, high - low)
    let base = min(low, (low + high - span) / 2)
    guard area.size.rows > 1 else {
      let bars: [Character] = charset == .ascii ? [".", "-", "=", "#"] : Array("▁▂▃▄▅▆▇█")
      let line = values.map {
        bars[min(bars.count - 1, Int(($0 - base) / span * Double(bars.count)))]
      }
      canvas.write(String(line), row: area.row, column: area.column, style: style)
      return
    }
    var grid = DotGrid(charset: charset, rows: area.size.rows, columns: area.size.columns)
    func y(_ value: Double) -> Int {
      Int((1 - (value - base) / span) * Double(grid.height - 1) + 0.5)
    }
    for x in values.indices {
      grid.connect(
        (x: max(0, x - 1), y: y(values[max(0, x - 1)])), (x: x, y: y(values[x])), glyph: "*",
        style: style)
    }
    grid.draw(row: area.row, column: area.column, on: &canvas)
  }
}

extension GateSnapshot {
  /// Columns that the longest name of an expert takes.
  fileprivate func nameColumns(upTo most: Int) -> Int {
    max(3, min(most, experts.map(columnsTaken).max() ?? 3))
  }
}

extension Rect {
  /// The area without columns at its sides.
  fileprivate func trimmed(left: Int, right: Int) -> Rect {
    Rect(
      row: row, column: column + left, rows: size.rows,
      columns: max(0, size.columns - left - right))
  }
}

/// How the weights of a gate differ between rows.
struct GateSpreadPanel {
  let gate: GateSnapshot
  /// The expert that is kept in view.
  let expert: Int

  func draw(in area: Rect, on canvas: inout Canvas) {
    let title = [
      Span("between rows", .title),
      Span("  p10 to p90 on 0–\(percent(top)), ● mean, ┊ even", .dim),
    ]
    let inner = canvas.frame(area, title: title)
    let name = gate.nameColumns(upTo: inner.size.columns / 4)
    let width = max(0, inner.size.columns - 11 - name)
    let list = ListWindow(
      count: gate.mean.count, selected: expert, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      canvas.write(
        padded(gate.nameOfExpert(index), to: name), row: inner.row + row,
        column: inner.column + 1)
      let spread = GateSpread(gate: gate, expert: index, top: Float(top))
      spread.draw(
        row: inner.row + row, column: inner.column + name + 2, columns: width, on: &canvas)
      let share = gate.deviation.indices.contains(index) ? gate.deviation[index] : .nan
      canvas.writeRight("σ " + percent(Double(share)) + " ", row: inner.row + row, in: inner)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// The end of the scale: the next tenth at or above all that is drawn.
  private var top: Double {
    let even = 1 / Float(max(1, gate.mean.count))
    let most = ([even] + gate.high + gate.mean).filter(\.isFinite).max() ?? 1
    return min(1, (Double(most) * 10 - 1e-6).rounded(.up) / 10)
  }
}

/// One expert's weights over rows: a line from the 10th to the 90th percentile, a dot at the mean.
private struct GateSpread {
  let gate: GateSnapshot
  let expert: Int
  /// The end of the scale, which begins at 0.
  let top: Float

  func draw(row: Int, column: Int, columns: Int, on canvas: inout Canvas) {
    guard columns > 1, gate.low.indices.contains(expert), gate.high.indices.contains(expert) else {
      return
    }
    func offset(of share: Float) -> Int {
      share.isFinite ? Int(min(1, max(0, share / top)) * Float(columns - 1)) : 0
    }
    let (low, high) = (offset(of: gate.low[expert]), offset(of: gate.high[expert]))
    for at in 0..<columns {
      let isInside = at >= low && at <= high
      canvas.put(
        isInside ? "━" : "·", row: row, column: column + at,
        style: isInside ? .plain : .dim)
    }
    // Where an even share lies.
    let even = offset(of: 1 / Float(gate.mean.count))
    if even < low || even > high { canvas.put("┊", row: row, column: column + even, style: .dim) }
    canvas.put("●", row: row, column: column + offset(of: gate.mean[expert]), style: .bold)
  }
}
