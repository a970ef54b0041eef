import Runs
import Terminal

/// Rows of weights by expert: a heat cell each, and a remark behind them.
///
///         gate         E0   E1   E2   E3   H
///     ● income        █41  ▓22  ▒11  ░ 6   0.82  ×E0 leads
struct GateTable {
  /// One row.
  struct Line {
    var glyph: Span?
    var name: String
    /// Right-aligned after the name; empty for none.
    var count = ""
    var weights: [Float]
    /// What stands behind the cells.
    var remark: [Span] = []
    /// Small numbers below the cells, and their name.
    var below: (name: String, texts: [String])?
  }

  var lines: [Line]
  var experts: [String]
  /// Headings of names, counts and remarks; nil for no row of headings.
  var header: (name: String, count: String, remark: String)?
  var selectedLine: Int?
  /// The expert that is marked in the selected line, and kept in view.
  var expert = 0
  var marksExpert = false
  /// The first line that is shown, unless one is selected.
  var firstLine = 0

  /// Columns of a remark that is wanted in view.
  private static let remarkColumns = 6

  /// Draws the table and says in the lower edge of its frame what did not fit.
  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let columns = GateColumns(self, width: area.size.columns)
    var rows = area.size.rows
    if header != nil {
      drawHeader(columns, in: area, on: &canvas)
      rows -= 1
    }
    let top = area.row + area.size.rows - rows
    let each = lines.contains { $0.below != nil } ? 2 : 1
    let list =
      selectedLine.map { ListWindow(count: lines.count, selected: $0, rows: rows / each) }
      ?? ListWindow(count: lines.count, from: firstLine, rows: rows / each)
    for (place, line) in list.places.enumerated() {
      draw(line, columns, row: top + place * each, in: area, on: &canvas)
    }
    drawHiddenExperts(columns, in: frame, on: &canvas)
    list.drawMore(in: frame, on: &canvas)
  }

  private func drawHeader(_ columns: GateColumns, in area: Rect, on canvas: inout Canvas) {
    guard let header else { return }
    let row = area.row
    let place = area.column + columns.nameStart
    canvas.write(header.name, row: row, column: place, style: .dim, limit: columns.name)
    canvas.write(
      rightAligned(header.count, to: columns.count), row: row, column: place + columns.name,
      style: .dim)
    for (place, expert) in columns.experts.places.enumerated() {
      canvas.write(
        rightAligned(experts[expert], to: 3), row: row,
        column: area.column + columns.cell(place), style: .dim, limit: columns.cellWidth - 1)
    }
    let after = columns.cell(columns.experts.places.count)
    canvas.write(
      header.remark, row: row, column: area.column + after, style: .dim,
      limit: area.size.columns - after)
  }

  /// Says in the lower edge how many experts are not seen.
  private func drawHiddenExperts(
    _ columns: GateColumns, in frame: Rect, on canvas: inout Canvas
  ) {
    let hidden = experts.count - columns.experts.places.count
    guard hidden > 0 else { return }
    canvas.write(
      " ↔ \(counted(hidden, "more expert")) ", row: frame.row + frame.size.rows - 1,
      column: frame.column + 2, style: Style(.hint), limit: frame.size.columns - 4)
  }

  private func draw(
    _ index: Int, _ columns: GateColumns, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let line = lines[index]
    let isSelected = selectedLine == index
    let marker = isSelected ? ">" : " "
    let name = Span(
      padded(line.name, to: columns.name), style: isSelected ? .bold : .plain)
    let glyph = columns.hasGlyphs ? [line.glyph ?? Span("  ")] : []
    let count = Span(rightAligned(line.count, to: columns.count), .dim)
    canvas.write(
      [Span(marker, .hint)] + glyph + [name, count], row: row, column: area.column,
      limit: area.size.columns)
    for (place, expert) in columns.experts.places.enumerated()
    where line.weights.indices.contains(expert) {
      HeatCell(share: line.weights[expert]).draw(
        row: row, column: area.column + columns.cell(place),
        isSelected: isSelected && marksExpert && expert == self.expert, on: &canvas)
    }
    let after = columns.cell(columns.experts.places.count)
    canvas.write(
      line.remark, row: row, column: area.column + after, limit: area.size.columns - after)
    drawBelow(line, columns, row: row + 1, in: area, on: &canvas)
  }

  private func drawBelow(
    _ line: Line, _ columns: GateColumns, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    guard let below = line.below, row < area.row + area.size.rows else { return }
    canvas.write(
      rightAligned(below.name, to: columns.name + columns.count), row: row,
      column: area.column + columns.nameStart, style: .dim)
    for (place, expert) in columns.experts.places.enumerated()
    where below.texts.indices.contains(expert) {
      canvas.write(
        rightAligned(below.texts[expert], to: 4), row: row,
        column: area.column + columns.cell(place) - 1, style: .dim)
    }
  }

  /// Where the columns of a table lie.
  private struct GateColumns {
    let hasGlyphs: Bool
    let name: Int
    let count: Int
    let cellWidth: Int
    let experts: ListWindow

    init(_ table: GateTable, width: Int) {
      let widest = (table.lines.map(\.name) + [table.header?.name ?? ""]).map(columnsTaken).max()
      hasGlyphs = table.lines.contains { $0.glyph != nil }
      let counts = table.lines.map(\.count.utf8.count) + [table.header?.count.utf8.count ?? 0]
      let countColumns = counts.max().map { $0 > 0 ? $0 + 1 : 0 } ?? 0
      count = countColumns
      name = min(max(4, widest ?? 4), max(6, width / 4))
      let hasRemarks = table.lines.contains { !$0.remark.isEmpty }
      let room =
        width - (hasGlyphs ? 3 : 1) - name - count - 1 - (hasRemarks ? GateTable.remarkColumns : 0)
      let wanted = max(1, table.experts.count)
      cellWidth = room >= wanted * (HeatCell.width + 1) ? HeatCell.width + 1 : HeatCell.width
      experts = ListWindow(
        count: table.experts.count, selected: table.expert, rows: max(0, room) / cellWidth)
    }

    var nameStart: Int { hasGlyphs ? 3 : 1 }

    /// The column of the cell at a place in view.
    func cell(_ place: Int) -> Int { nameStart + name + count + 1 + place * cellWidth }
  }
}

extension GateSnapshot {
  /// The mean weight above which one expert dominates, in multiples of equal use.
  static let dominance: Float = 2

  /// The expert of the largest mean weight.
  var leader: (place: Int, share: Float)? {
    mean.enumerated().max { $0.element < $1.element }.map { ($0.offset, $0.element) }
  }

  /// The expert that carries so much that the others hardly matter, if there is one.
  var dominant: String? {
    guard let leader, mean.count > 1, leader.share >= 0.4,
      leader.share * Float(mean.count) >= Self.dominance
    else { return nil }
    return nameOfExpert(leader.place)
  }

  /// An expert's name; `E` and its place where it has none.
  func nameOfExpert(_ place: Int) -> String {
    experts.indices.contains(place) ? experts[place] : "E\(place)"
  }

  /// The row of the table that shows this gate on average.
  func line(glyph: Span?, showsEntropy: Bool, showsLoad: Bool) -> GateTable.Line {
    var remark: [Span] = []
    if showsEntropy { remark.append(Span(" \(fixed(Double(entropy), 2))")) }
    if isStale {
      remark.append(Span("  task off, old", .dim))
    } else if let dominant {
      remark.append(Span(" ×\(dominant)", .warning))
    }
    let loads = topShare.map { percent(Double($0)) }
    return GateTable.Line(
      glyph: glyph, name: name, weights: mean, remark: remark,
      below: showsLoad ? ("load", loads) : nil)
  }
}

extension RunState {
  /// The glyph of the task that a gate belongs to.
  func glyph(ofGate name: String) -> Span? {
    taskNames.firstIndex(of: name).map { Span("\(seriesGlyph($0)) ", .series($0)) }
  }

  /// The names of all experts that any gate uses.
  var expertNames: [String] {
    snapshot.gates.map(\.experts).max { $0.count < $1.count } ?? []
  }
}
