import Runs
import Terminal

/// Gates by the values of a column.
struct SegmentsPanel {
  /// The order of segments.
  enum Order: Sendable {
    case divergence, count
  }

  let run: RunState
  /// The column that is wanted; nil if the data have none.
  let column: String?
  /// Its table, if it has come.
  let table: SegmentTable?
  let tabs: [Span]
  /// The selected gate.
  let gate: Int
  /// The expert that is kept in view.
  let expert: Int
  let order: Order
  /// The selected segment.
  let scroll: Int
  /// Only segments whose names contain it are listed.
  let filter: String
  /// Whether the table has the whole area.
  let isZoomed: Bool

  func draw(in body: Rect, on canvas: inout Canvas) {
    guard let table, !table.gates.isEmpty else {
      return drawNoSegments(in: body, on: &canvas)
    }
    let gate = max(0, min(self.gate, table.gates.count - 1))
    let segments = sorted(table.segments.filter { $0.name.passes(filter) }, gate: gate)
    let details = !isZoomed && body.size.rows >= table.gates.count + 16
    let (top, bottom) = body.splitTop(body.size.rows - (details ? table.gates.count + 3 : 0))
    draw(table, segments, gate: gate, in: top, on: &canvas)
    if details, segments.indices.contains(scroll) {
      draw(segments[scroll], of: table, in: bottom, on: &canvas)
    }
  }

  private func drawNoSegments(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: tabs, isFocused: true)
    let text =
      column.map { "Counting the values of \($0) over the validation rows …" }
      ?? "The data have no categorical column to make segments of. m shows single rows."
    canvas.write(
      text, row: inner.row + 1, column: inner.column + 2, style: .dim,
      limit: inner.size.columns - 3)
  }

  private func sorted(
    _ segments: [SegmentTable.Segment], gate: Int
  ) -> [SegmentTable.Segment] {
    guard self.order == .divergence else { return segments }
    return segments.sorted { $0.divergence(ofGate: gate) > $1.divergence(ofGate: gate) }
  }

  /// The segments for one gate: all rows first, then value by value.
  private func draw(
    _ table: SegmentTable, _ segments: [SegmentTable.Segment], gate: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let name = table.gates[gate]
    let order = self.order == .divergence ? "by divergence" : "by count"
    let title =
      tabs + [
        run.glyph(ofGate: name) ?? Span(""), Span(name, .title),
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
      selectedLine: min(scroll, max(0, segments.count - 1)) + 1, expert: expert)
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
        glyph: run.glyph(ofGate: table.gates[gate]), name: table.gates[gate],
        weights: segment.means.indices.contains(gate) ? segment.means[gate] : [],
        remark: [Span(" " + fixed(Double(segment.divergence(ofGate: gate)), 3))])
    }
    let grid = GateTable(
      lines: lines, experts: table.experts, header: ("gate", "", " JS"), expert: expert)
    grid.draw(in: inner, frame: area, on: &canvas)
  }
}

extension SegmentTable.Segment {
  /// The divergence of a gate; 0 where there is none.
  fileprivate func divergence(ofGate gate: Int) -> Float {
    divergence.indices.contains(gate) && divergence[gate].isFinite ? divergence[gate] : 0
  }
}
