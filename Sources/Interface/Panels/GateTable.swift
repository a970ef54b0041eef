import Runs
import Terminal

/// Rows of weights by expert, a cell each that says how far it lies from an even share.
///
/// Gates that weigh other experts have headings of their own, with the owners of the experts.
///
///         gate         own     shared   H
///                      1   2   1   2
///     ● income        █41 ░ 8 ·22 █29  0.82
struct GateTable {
  /// One row.
  struct Line {
    var glyph: Span?
    var name: String
    /// Right-aligned after the name; empty for none.
    var count = ""
    var weights: [Float]
    /// What is weighed; nil: the experts of the table.
    var experts: [GateExpert]?
    /// Whether the weights are of an earlier step than those of other lines.
    var isOld = false
    /// What stands behind the cells; a part that does not fit is left out.
    var remark: [Span] = []
    /// Small numbers below the cells, and their name.
    var below: (name: String, texts: [String])?
  }

  var lines: [Line]
  /// The names of experts of lines that do not say theirs.
  var experts: [String] = []
  /// Headings of names, counts and remarks; nil for no row of headings.
  var header: (name: String, count: String, remark: String)?
  var selectedLine: Int?
  /// The expert that is marked in the selected line, and kept in view.
  var expert = 0
  var marksExpert = false
  /// The first line that is shown, unless one is selected.
  var firstLine = 0

  /// Rows that show everything.
  var height: Int {
    lines.count * rowsOfLine
      + (header == nil ? 0 : blocks.reduce(0) { $0 + headings(of: $1.lowerBound) })
  }

  /// Columns in which every cell is seen, and what stands behind it.
  var wantedColumns: Int {
    let columns = GateColumns(self, width: 1_000)
    let remark = lines.map { $0.remark.reduce(0) { $0 + columnsTaken(by: $1.text) } }.max() ?? 0
    return columns.cell(columns.experts.count) + remark
  }

  /// Draws the table and says in the lower edge of its frame what did not fit.
  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let columns = GateColumns(self, width: area.size.columns)
    let isShort = height > area.size.rows
    let blocks = self.blocks
    // Headings that stand only once have room for owners where others would take too many rows.
    let most = header == nil ? 0 : isShort && (blocks.count > 1 || area.size.rows < 8) ? 1 : 2
    let heads = blocks.reduce(0) { $0 + min(most, headings(of: $1.lowerBound)) }
    // Where headings would leave no line, the first one must do.
    let fits = area.size.rows - heads >= rowsOfLine
    let list = window(rows: area.size.rows - (fits ? heads : min(most, 1)))
    var row = area.row
    for index in list.places {
      let isFirst = index == list.places.lowerBound
      let isNew = isFirst || fits && blocks.contains { $0.lowerBound == index }
      if header != nil, isNew {
        let block = Line(name: "", weights: [], experts: members(of: index))
        let size = min(most, headings(of: index))
        drawHeader(block, columns, isOwnerAbove: size > 1, row: row, in: area, on: &canvas)
        row += size
      }
      draw(lines[index], index, columns, row: row, in: area, on: &canvas)
      row += rowsOfLine
    }
    drawHiddenExperts(columns, in: frame, on: &canvas)
    list.drawMore(in: frame, on: &canvas)
  }

  private var rowsOfLine: Int { lines.contains { $0.below != nil } ? 2 : 1 }

  private func window(rows: Int) -> ListWindow {
    selectedLine.map { ListWindow(count: lines.count, selected: $0, rows: rows / rowsOfLine) }
      ?? ListWindow(count: lines.count, from: firstLine, rows: rows / rowsOfLine)
  }

  /// What a line weighs.
  func members(of line: Int) -> [GateExpert] {
    lines[line].experts
      ?? experts.enumerated().map { GateExpert(label: $0.element, index: $0.offset) }
  }

  /// Neighbouring lines that have one heading.
  private var blocks: [Range<Int>] {
    var blocks: [Range<Int>] = []
    for index in lines.indices {
      if let last = blocks.last,
        members(of: last.lowerBound).map(\.name) == members(of: index).map(\.name)
      {
        blocks[blocks.count - 1] = last.lowerBound..<(index + 1)
      } else {
        blocks.append(index..<(index + 1))
      }
    }
    return blocks
  }

  /// Rows of headings: owners stand above the experts' labels.
  private func headings(of line: Int) -> Int {
    members(of: line).contains { !$0.owner.isEmpty } ? 2 : 1
  }

  private func drawHeader(
    _ block: Line, _ columns: GateColumns, isOwnerAbove: Bool, row: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    guard let header else { return }
    let start = area.column + columns.nameStart
    canvas.write(header.name, row: row, column: start, style: .dim, limit: columns.name)
    canvas.write(
      rightAligned(header.count, to: columns.count), row: row, column: start + columns.name,
      style: .dim)
    let members = block.experts ?? []
    let short = Self.shortened(members.map(\.owner))
    for (index, expert) in columns.experts.places.enumerated()
    where members.indices.contains(expert) {
      let member = members[expert]
      let column = area.column + columns.cell(index)
      if isOwnerAbove, index == 0 || members[expert - 1].owner != member.owner {
        let span = members[expert...].prefix { $0.owner == member.owner }.count
        let room = span * columns.cellWidth - 1
        // Of a name that is too long its first letters say more than fewer of them and dots.
        canvas.write(
          " "
            + (columnsTaken(by: member.owner) < room
              ? member.owner : Self.beginning(of: member.owner, columns: room - 1)),
          row: row, column: column, style: .dim, limit: room)
      }
      let label = isOwnerAbove ? member.label : (short[member.owner] ?? "") + member.label
      canvas.write(
        columnsTaken(by: label) > 3 ? " " + label : rightAligned(label, to: 3),
        row: row + (isOwnerAbove ? 1 : 0), column: column, style: .dim,
        limit: columns.cellWidth - 1)
    }
    let after = columns.cell(min(members.count, columns.experts.places.count))
    canvas.write(
      header.remark, row: row, column: area.column + after, style: .dim,
      limit: area.size.columns - after)
  }

  /// As much of a name as so many columns hold.
  static func beginning(of name: String, columns: Int) -> String {
    var beginning = name
    while columnsTaken(by: beginning) > columns, !beginning.isEmpty { beginning.removeLast() }
    return beginning
  }

  /// The first letter of each name, and where others begin with it, too, one that tells it apart.
  static func shortened(_ names: [String]) -> [String: String] {
    var short: [String: String] = [:]
    for name in names where short[name] == nil {
      guard let first = name.first else {
        short[name] = ""
        continue
      }
      let isAlone = !names.contains { $0 != name && $0.first == first }
      let pairs = name.dropFirst().map { "\(first)\($0)" }
      short[name] =
        isAlone ? "\(first)" : pairs.first { !short.values.contains($0) } ?? String(name.prefix(2))
    }
    return short
  }

  /// Says in the lower edge how many experts are not seen.
  private func drawHiddenExperts(
    _ columns: GateColumns, in frame: Rect, on canvas: inout Canvas
  ) {
    let hidden = columns.experts.count - columns.experts.places.count
    guard hidden > 0 else { return }
    canvas.write(
      " ↔ \(counted(hidden, "more expert")) ", row: frame.row + frame.size.rows - 1,
      column: frame.column + 2, style: Style(.hint), limit: frame.size.columns - 4)
  }

  private func draw(
    _ line: Line, _ index: Int, _ columns: GateColumns, row: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let isSelected = selectedLine == index
    let name = Span(
      padded(line.name, to: columns.name), style: isSelected ? .bold : line.isOld ? .dim : .plain)
    let glyph = columns.hasGlyphs ? [line.glyph ?? Span("  ")] : []
    let count = Span(rightAligned(line.count, to: columns.count), .dim)
    canvas.write(
      [Span(isSelected ? ">" : " ", .hint)] + glyph + [name, count], row: row,
      column: area.column, limit: area.size.columns)
    for (cell, expert) in columns.experts.places.enumerated()
    where line.weights.indices.contains(expert) {
      DivergingCell(share: line.weights[expert], count: line.weights.count).draw(
        row: row, column: area.column + columns.cell(cell),
        isSelected: isSelected && marksExpert && expert == self.expert, on: &canvas)
    }
    let after = columns.cell(min(line.weights.count, columns.experts.places.count))
    var room = area.size.columns - after
    let remark = line.remark.prefix { span in
      room -= columnsTaken(by: span.text)
      return room >= 0
    }
    canvas.write(Array(remark), row: row, column: area.column + after)
    drawBelow(line, columns, row: row + 1, in: area, on: &canvas)
  }

  private func drawBelow(
    _ line: Line, _ columns: GateColumns, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    guard let below = line.below, row < area.row + area.size.rows else { return }
    canvas.write(
      rightAligned(below.name, to: columns.name + columns.count), row: row,
      column: area.column + columns.nameStart, style: .dim)
    for (cell, expert) in columns.experts.places.enumerated()
    where below.texts.indices.contains(expert) {
      canvas.write(
        rightAligned(below.texts[expert], to: 4), row: row,
        column: area.column + columns.cell(cell) - 1, style: .dim)
    }
  }
}
