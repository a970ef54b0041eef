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
  /// Which columns change the gates most, if it has come.
  let ranking: SegmentRanking?
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
  let charset: Charset

  func draw(in body: Rect, on canvas: inout Canvas) {
    guard let table, !table.gates.isEmpty else {
      return drawNoSegments(in: body, on: &canvas)
    }
    let gate = max(0, min(self.gate, table.gates.count - 1))
    let segments = sorted(table.segments.filter { $0.name.passes(filter) }, gate: gate)
    let chosen = !isZoomed && segments.indices.contains(scroll) ? segments[scroll] : nil
    let low = chosen.map { self.grid($0, of: table).height + 2 } ?? 0
    let details = low > 0 && body.size.rows >= low + 12
    let (top, bottom) = body.splitTop(body.size.rows - (details ? low : 0))
    let side = isZoomed ? 0 : rankingColumns(of: top.size.columns)
    let (left, right) = top.splitLeft(top.size.columns - side)
    draw(table, segments, gate: gate, in: left, on: &canvas)
    if side > 0 { drawRanking(for: table.gates[gate], in: right, on: &canvas) }
    if details, let chosen { draw(chosen, of: table, in: bottom, on: &canvas) }
  }

  /// Columns of the screen that the list of columns takes of so many: with all gates where there is
  /// room for them, else with the selected one.
  private func rankingColumns(of columns: Int) -> Int {
    guard let ranking, columns >= 100 else { return 0 }
    let all = Self.nameColumns + Self.bitColumns * ranking.gates.count + 4
    return columns >= 150 && all <= columns / 2 ? all : 38
  }

  private static let nameColumns = 20
  private static let bitColumns = 8

  /// The columns that change the gate, best first: bits, and beside them a bar or the other gates'.
  private func drawRanking(for gate: String, in area: Rect, on canvas: inout Canvas) {
    guard let ranking else { return }
    let columns = ranking.columns(for: gate)
    let isWhole = area.size.columns >= Self.nameColumns + Self.bitColumns * ranking.gates.count + 2
    let words = isWhole ? "JS in bits of all values at once" : "JS of all values at once"
    let inner = canvas.frame(area, title: [Span("columns", .title), Span("  \(words)", .dim)])
    let (head, body) = inner.splitTop(isWhole ? 1 : 0)
    if isWhole { drawGateNames(ranking.gates, chosen: gate, in: head, on: &canvas) }
    let shown = columns.firstIndex { $0.column.name == column } ?? 0
    let list = ListWindow(count: columns.count, selected: shown, rows: body.size.rows)
    let name = isWhole ? Self.nameColumns - 1 : max(6, body.size.columns - 18)
    let most = max(columns.first?.divergence ?? 0, SegmentRanking.negligible)
    for (row, index) in list.places.enumerated() {
      let (found, bits) = columns[index]
      let start = [
        Span(index == shown ? ">" : " ", .hint),
        Span(padded(found.name, to: name), style: index == shown ? .bold : .plain),
      ]
      let numbers =
        isWhole
        ? zip(ranking.gates, found.divergence).map { number($1, isChosen: $0 == gate) }
        : [
          number(bits, isChosen: false), Span(" "),
          Span(bar(Double(bits / most), columns: 7, charset: charset)),
        ]
      canvas.write(
        start + numbers, row: body.row + row, column: body.column, limit: body.size.columns)
    }
    list.drawMore(in: area, on: &canvas)
  }

  private func drawGateNames(
    _ gates: [String], chosen: String, in row: Rect, on canvas: inout Canvas
  ) {
    let names = gates.map { gate in
      Span(
        " " + rightAligned(gate, to: Self.bitColumns - 1),
        style: gate == chosen ? .bold : .dim)
    }
    canvas.write(
      [Span(String(repeating: " ", count: Self.nameColumns))] + names, row: row.row,
      column: row.column, limit: row.size.columns)
  }

  /// A number of bits; what is about none stands back.
  private func number(_ bits: Float, isChosen: Bool) -> Span {
    let style: Style = isChosen ? .bold : bits < SegmentRanking.negligible ? .dim : .plain
    return Span(rightAligned(Self.words(bits), to: Self.bitColumns), style: style)
  }

  /// Bits, or that there are about none.
  private static func words(_ bits: Float) -> String {
    bits < SegmentRanking.negligible ? "<0.001" : fixed(Double(bits), 3)
  }

  private func drawNoSegments(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: tabs, isFocused: true)
    let text =
      column.map { "Counting the values of \($0) over the validation rows …" }
      ?? "The data have no column to make segments of. m shows single rows."
    canvas.write(
      text, row: inner.row + 1, column: inner.column + 2, style: .dim,
      limit: inner.size.columns - 3)
  }

  private func sorted(
    _ segments: [SegmentTable.Segment], gate: Int
  ) -> [SegmentTable.Segment] {
    guard order == .divergence else { return segments }
    return segments.sorted { $0.divergence(ofGate: gate) > $1.divergence(ofGate: gate) }
  }

  /// The segments for one gate: all rows first, then value by value.
  private func draw(
    _ table: SegmentTable, _ segments: [SegmentTable.Segment], gate: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let name = table.gates[gate]
    let columns = ranking?.columns(for: name) ?? []
    let isNumeric = columns.first { $0.column.name == table.column }?.column.isNumeric ?? false
    let order = self.order == .divergence ? "by divergence" : isNumeric ? "in order" : "by count"
    let title =
      tabs + [
        run.glyph(ofGate: name) ?? Span(""), Span(name, .title),
        Span("  by \(table.column), \(order), step \(grouped(table.step))", .dim),
      ]
    let inner = canvas.frame(area, title: title, isFocused: true)
    let (list, note) = inner.splitTop(inner.size.rows - 1)
    let lines = ([table.total] + segments).map { segment in
      GateTable.Line(
        name: segment.name, count: grouped(segment.rows),
        weights: segment.means.indices.contains(gate) ? segment.means[gate] : [],
        experts: run.experts(ofGate: name),
        remark: [Span(" " + fixed(Double(segment.divergence(ofGate: gate)), 3))])
    }
    let grid = GateTable(
      lines: lines, experts: table.experts, header: (table.column, "rows", " JS"),
      selectedLine: min(scroll, max(0, segments.count - 1)) + 1, expert: expert)
    grid.draw(in: list, frame: area, on: &canvas)
    canvas.write(
      remark(on: segments, gate: gate, name: name, columns: note.size.columns - 2), row: note.row,
      column: note.column + 1, style: .dim, limit: note.size.columns - 2)
  }

  /// How much the column changes the gate, and which of its values most.
  private func remark(
    on segments: [SegmentTable.Segment], gate: Int, name: String, columns: Int
  ) -> String {
    let most = segments.max { $0.divergence(ofGate: gate) < $1.divergence(ofGate: gate) }
    guard let most, let column else { return "no value of this column among the rows" }
    let own = most.divergence(ofGate: gate)
    let ranked = ranking?.columns(for: name).first { $0.column.name == column }?.divergence
    guard (ranked ?? own) >= SegmentRanking.negligible else {
      return "\(name)'s gate does not differ by \(column) (JS < 0.001)"
    }
    // The divergence of several at once is another one than that of one from all: either may be larger.
    let start = "\(name)'s gate differs by \(column)"
    guard let ranked else { return "\(start), most for '\(most.name)': JS \(Self.words(own))" }
    let whole = "\(start): JS \(Self.words(ranked)) bit of all values"
    return [
      "\(whole) at once, most for '\(most.name)', alone \(Self.words(own))",
      "\(whole), '\(most.name)' alone \(Self.words(own))", "\(whole) at once",
    ].first { columnsTaken(by: $0) <= columns } ?? "\(start): JS \(Self.words(ranked)) bit"
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
    grid(segment, of: table).draw(in: inner, frame: area, on: &canvas)
  }

  private func grid(_ segment: SegmentTable.Segment, of table: SegmentTable) -> GateTable {
    let lines = table.gates.indices.map { gate in
      GateTable.Line(
        glyph: run.glyph(ofGate: table.gates[gate]), name: table.gates[gate],
        weights: segment.means.indices.contains(gate) ? segment.means[gate] : [],
        experts: run.experts(ofGate: table.gates[gate]),
        remark: [Span(" " + fixed(Double(segment.divergence(ofGate: gate)), 3))])
    }
    return GateTable(
      lines: lines, experts: table.experts, header: ("gate", "", " JS"), expert: expert)
  }
}

extension SegmentTable.Segment {
  /// The divergence of a gate; 0 where there is none.
  fileprivate func divergence(ofGate gate: Int) -> Float {
    divergence.indices.contains(gate) && divergence[gate].isFinite ? divergence[gate] : 0
  }
}
