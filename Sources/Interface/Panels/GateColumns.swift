import Runs
import Terminal

/// Where the columns of a ``GateTable`` lie.
struct GateColumns {
  let hasGlyphs: Bool
  let name: Int
  let count: Int
  let cellWidth: Int
  let experts: ListWindow

  /// Columns of a remark that is wanted in view.
  private static let remarkColumns = 6

  init(_ table: GateTable, width: Int) {
    let widest =
      (table.lines.flatMap { [$0.name, $0.below?.name ?? ""] } + [table.header?.name ?? ""]).map(
        columnsTaken
      ).max()
    hasGlyphs = table.lines.contains { $0.glyph != nil }
    let counts = table.lines.map(\.count.utf8.count) + [table.header?.count.utf8.count ?? 0]
    let countColumns = counts.max().map { $0 > 0 ? $0 + 1 : 0 } ?? 0
    count = countColumns
    name = min(max(4, widest ?? 4), max(6, width / 4))
    let hasRemarks = table.lines.contains { !$0.remark.isEmpty }
    let room =
      width - (hasGlyphs ? 3 : 1) - name - count - 1 - (hasRemarks ? Self.remarkColumns : 0)
    let members = table.lines.indices.map { table.members(of: $0) }
    let most = max(1, members.map(\.count).max() ?? 1)
    cellWidth = Self.cellWidth(members.flatMap { $0 }, most: most, room: room)
    experts = ListWindow(
      count: members.map(\.count).max() ?? 0, selected: table.expert,
      rows: max(0, room) / cellWidth)
  }

  /// Columns from cell to cell: as wide as owners and labels, where there is room.
  private static func cellWidth(_ members: [GateExpert], most: Int, room: Int) -> Int {
    let plain = DivergingCell.width + 1
    let words = members.filter { !$0.owner.isEmpty }.map {
      max(columnsTaken(by: $0.owner), columnsTaken(by: $0.label)) + 2
    }
    let wanted = min(11, max(plain, words.max() ?? plain))
    if room >= most * wanted { return wanted }
    return room >= most * plain ? max(plain, room / most) : DivergingCell.width
  }

  var nameStart: Int { hasGlyphs ? 3 : 1 }

  /// The column of a cell, by its number among those in view.
  func cell(_ index: Int) -> Int { nameStart + name + count + 1 + index * cellWidth }
}
