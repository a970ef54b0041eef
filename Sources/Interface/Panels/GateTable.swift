import Runs
import Terminal

/// Gates by expert: a heat cell each, entropy and a mark for a gate that one expert dominates.
///
///     gate           E0   E1   E2   E3   H
///     ● income      █41  ▓22  ▒11  ░ 6   0.82  E0 leads
struct GateTable {
  let gates: [GateSnapshot]
  let tasks: [String]
  var nameColumns = 14

  /// The mean weight above which one expert is said to dominate a gate, in multiples of equal use.
  static let dominance: Float = 2

  /// Columns of one cell and the space after it.
  private static let cellColumns = HeatCell.width + 1

  /// Draws the table; experts that do not fit are scrolled to and counted.
  func draw(
    in area: Rect, hasHeader: Bool, selected: (gate: Int, expert: Int)?, showsLoad: Bool,
    on canvas: inout Canvas
  ) {
    let experts = gates.map(\.experts).max { $0.count < $1.count } ?? []
    let tail = 6
    let room = area.size.columns - nameColumns - 4 - tail
    let shown = ListWindow(
      count: experts.count, selected: selected?.expert ?? 0, rows: room / Self.cellColumns)
    var row = area.row
    if hasHeader {
      drawHeader(experts, shown, row: row, in: area, on: &canvas)
      row += 1
    }
    let each = showsLoad ? 2 : 1
    let rows = (area.row + area.size.rows - row) / each
    let list = ListWindow(count: gates.count, selected: selected?.gate ?? 0, rows: rows)
    for (line, gate) in list.places.enumerated() {
      drawGate(
        gate, shown, row: row + line * each, in: area, selected: selected, showsLoad: showsLoad,
        on: &canvas)
    }
  }

  /// The first column of the cell of a visible expert.
  private func column(_ place: Int, in area: Rect) -> Int {
    area.column + 4 + nameColumns + place * Self.cellColumns
  }

  private func drawHeader(
    _ experts: [String], _ shown: ListWindow, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    canvas.write("gate", row: row, column: area.column + 4, style: .dim, limit: nameColumns)
    for (place, expert) in shown.places.enumerated() {
      canvas.write(
        rightAligned(experts[expert], to: 3), row: row, column: column(place, in: area),
        style: .dim, limit: 4)
    }
    let after = column(shown.places.count, in: area)
    let hidden = experts.count - shown.places.count
    canvas.write(
      hidden > 0 ? " H   → \(hidden) more" : " H", row: row, column: after, style: .dim,
      limit: area.column + area.size.columns - after)
  }

  private func drawGate(
    _ index: Int, _ shown: ListWindow, row: Int, in area: Rect,
    selected: (gate: Int, expert: Int)?, showsLoad: Bool, on canvas: inout Canvas
  ) {
    let gate = gates[index]
    let task = tasks.firstIndex(of: gate.name)
    let isSelected = selected?.gate == index
    let name = padded(gate.name, to: nameColumns)
    canvas.write(
      [
        Span(isSelected ? ">" : " ", .hint),
        Span(task.map { "\(seriesGlyph($0)) " } ?? "  ", .series(task ?? 0)),
        Span(name, style: isSelected ? .bold : .plain),
      ], row: row, column: area.column, limit: area.size.columns)
    for (place, expert) in shown.places.enumerated() where gate.mean.indices.contains(expert) {
      HeatCell(share: gate.mean[expert]).draw(
        row: row, column: column(place, in: area),
        isSelected: isSelected && selected?.expert == expert, on: &canvas)
    }
    let after = column(shown.places.count, in: area)
    canvas.write(
      [Span(" " + fixed(Double(gate.entropy), 2)), remark(on: gate)], row: row, column: after,
      limit: area.column + area.size.columns - after)
    guard showsLoad else { return }
    drawLoad(of: gate, shown, row: row + 1, in: area, on: &canvas)
  }

  /// The share of rows for which an expert has the largest weight, below the means.
  private func drawLoad(
    of gate: GateSnapshot, _ shown: ListWindow, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    guard row < area.row + area.size.rows else { return }
    canvas.write(
      rightAligned("load", to: nameColumns), row: row, column: area.column + 3, style: .dim)
    for (place, expert) in shown.places.enumerated() where gate.topShare.indices.contains(expert) {
      let text = rightAligned(percent(Double(gate.topShare[expert])), to: 4)
      canvas.write(text, row: row, column: column(place, in: area), style: .dim)
    }
  }

  /// A word where one expert carries most, or where the numbers are old.
  private func remark(on gate: GateSnapshot) -> Span {
    if gate.isStale { return Span("  old: task off", .dim) }
    guard let (place, share) = gate.leader, gate.isDominated(share) else { return Span("") }
    let name = gate.experts.indices.contains(place) ? gate.experts[place] : "E\(place)"
    return Span("  ×\(name) leads", .warning)
  }
}

extension GateSnapshot {
  /// The expert of the largest mean weight.
  var leader: (place: Int, share: Float)? {
    mean.enumerated().max { $0.element < $1.element }.map { ($0.offset, $0.element) }
  }

  /// Whether a share is so large that the other experts hardly matter.
  func isDominated(_ share: Float) -> Bool {
    mean.count > 1 && share >= 0.4 && share * Float(mean.count) >= GateTable.dominance
  }
}
