import Runs
import Terminal

// Gates by the values of a column.
extension App {
  /// The table of the column that is wanted, if it has come.
  private var segmentTable: SegmentTable? {
    let wanted = segmentColumn
    return [shown.snapshot.segments, run.snapshot.segments].compactMap { $0 }
      .first { $0.column == wanted }
  }

  func drawSegments(in body: Rect, on canvas: inout Canvas) {
    guard let table = segmentTable, !table.gates.isEmpty else {
      return drawNoSegments(in: body, on: &canvas)
    }
    let gate = max(0, min(gates.gate, table.gates.count - 1))
    let segments = sorted(table.segments, gate: gate)
    let details = !gates.isZoomed && body.size.rows >= table.gates.count + 16
    let (top, bottom) = body.splitTop(body.size.rows - (details ? table.gates.count + 3 : 0))
    draw(table, segments, gate: gate, in: top, on: &canvas)
    if details, segments.indices.contains(gates.scroll) {
      draw(segments[gates.scroll], of: table, in: bottom, on: &canvas)
    }
  }

  private func drawNoSegments(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: gateTabs, isFocused: true)
    let text =
      segmentColumn.map { "Counting the values of \($0) over the validation rows …" }
      ?? "The data have no categorical column to make segments of. m shows single rows."
    canvas.write(
      text, row: inner.row + 1, column: inner.column + 2, style: .dim,
      limit: inner.size.columns - 3)
  }

  private func sorted(
    _ segments: [SegmentTable.Segment], gate: Int
  ) -> [SegmentTable.Segment] {
    guard gates.order == .divergence else { return segments }
    return segments.sorted { $0.divergence(ofGate: gate) > $1.divergence(ofGate: gate) }
  }

  /// The segments for one gate: all rows first, then value by value.
  private func draw(
    _ table: SegmentTable, _ segments: [SegmentTable.Segment], gate: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let name = table.gates[gate]
    let order = gates.order == .divergence ? "by divergence" : "by count"
    let title =
      gateTabs + [
        shown.glyph(ofGate: name) ?? Span(""), Span(name, .title),
        Span("  by \(table.column), \(order)", .dim),
      ]
    let inner = canvas.frame(area, title: title, isFocused: true)
    let (list, note) = inner.splitTop(inner.size.rows - 1)
    let lines = ([table.total] + segments).map { segment in
      GateTable.Line(
        name: segment.name, count: grouped(segment.rows),
        weights: segment.means.indices.contains(gate) ? segment.means[gate] : [],
        remark: [Span(" " + fixed(Double(segment.divergence(ofGate: gate)), 3))])
    }
    let grid = GateTable(
      lines: lines, experts: table.experts, header: (table.column, "rows", " JS"),
      selectedLine: min(gates.scroll, max(0, segments.count - 1)) + 1, expert: gates.expert)
    grid.draw(in: list, frame: area, on: &canvas)
    canvas.write(
      remark(on: segments, gate: gate, name: name, step: table.step), row: note.row,
      column: note.column + 1, style: .dim, limit: note.size.columns - 2)
  }

  private func remark(
    on segments: [SegmentTable.Segment], gate: Int, name: String, step: Int
  ) -> String {
    let most = segments.max { $0.divergence(ofGate: gate) < $1.divergence(ofGate: gate) }
    guard let most else { return "no value of this column among the rows" }
    let bits = fixed(Double(most.divergence(ofGate: gate)), 3)
    return "\(name) treats '\(most.name)' most differently: JS \(bits) bit; "
      + "as of step \(grouped(step))"
  }

  /// One segment for every gate.
  private func draw(
    _ segment: SegmentTable.Segment, of table: SegmentTable, in area: Rect,
    on canvas: inout Canvas
  ) {
    let title = [
      Span("\(table.column) = \(segment.name)", .title),
      Span("  every gate, \(grouped(segment.rows)) rows", .dim),
    ]
    let inner = canvas.frame(area, title: title)
    let lines = table.gates.indices.map { gate in
      GateTable.Line(
        glyph: shown.glyph(ofGate: table.gates[gate]), name: table.gates[gate],
        weights: segment.means.indices.contains(gate) ? segment.means[gate] : [],
        remark: [Span(" " + fixed(Double(segment.divergence(ofGate: gate)), 3))])
    }
    let grid = GateTable(
      lines: lines, experts: table.experts, header: ("gate", "", " JS"), expert: gates.expert)
    grid.draw(in: inner, frame: area, on: &canvas)
  }
}

extension SegmentTable.Segment {
  /// The divergence of a gate; 0 where there is none.
  fileprivate func divergence(ofGate gate: Int) -> Float {
    divergence.indices.contains(gate) && divergence[gate].isFinite ? divergence[gate] : 0
  }
}
