import Runs
import Terminal

/// What a system is made of: a box for each kind of part, in the order in which it is declared.
///
///     ┌ experts · shared ┐┌ gates · 5 tasks ─┐
///     │ 4 × 88→64→32     ││ 5 × 88→4         │
///     │ 31,104 numbers   ││ 1,760 numbers    │
///     └──────────────────┘└──────────────────┘
struct StructurePanel {
  let parts: [StartPreview.Part]

  /// Rows of one box.
  private static let boxRows = 4
  private static let narrowest = 20

  /// Columns of one box where there are so many in all.
  private func boxColumns(_ columns: Int) -> Int {
    let wanted =
      (parts.flatMap { [columnsTaken(by: title($0)), columnsTaken(by: size($0))] }.max() ?? 0) + 6
    return max(1, min(columns, max(Self.narrowest, wanted)))
  }

  /// The rows that it takes where there are so many columns; 0 for no parts.
  func rows(columns: Int) -> Int {
    guard !parts.isEmpty else { return 0 }
    let across = max(1, columns / boxColumns(columns))
    return (parts.count + across - 1) / across * Self.boxRows
  }

  func draw(in area: Rect, on canvas: inout Canvas) {
    let width = boxColumns(area.size.columns)
    let across = max(1, area.size.columns / width)
    for (index, part) in parts.enumerated() {
      let (row, column) = (index / across * Self.boxRows, index % across * width)
      guard row + Self.boxRows <= area.size.rows else { return }
      let box = Rect(
        row: area.row + row, column: area.column + column, rows: Self.boxRows, columns: width)
      let inner = canvas.frame(box, title: [Span(title(part))])
      let lines = [size(part), "\(grouped(part.parameterCount)) numbers"]
      for (line, text) in lines.enumerated() {
        canvas.write(
          [Span(text, .dim)], row: inner.row + line, column: inner.column + 1,
          limit: inner.size.columns - 1)
      }
    }
  }

  /// `experts · shared`, `towers · 5 tasks`, `columns · click`.
  private func title(_ part: StartPreview.Part) -> String {
    switch part.tasks.count {
    case 0: "\(part.name) · shared"
    case 1: "\(part.name) · \(part.tasks[0])"
    default: "\(part.name) · \(part.tasks.count) tasks"
    }
  }

  /// `4 × 88→64→32`, `12 tables ×8`, `5 parts`.
  private func size(_ part: StartPreview.Part) -> String {
    if part.shape.hasPrefix("×") { return counted(part.count, "table") + " " + part.shape }
    return part.shape.isEmpty ? counted(part.count, "part") : "\(part.count) × \(part.shape)"
  }
}
