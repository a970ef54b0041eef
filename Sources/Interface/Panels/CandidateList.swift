import Runs
import Terminal

/// What a line that is being typed may become: a list above it that scrolls, with a few words about
/// each, and how the command is written.
///
///      long view
///      longtail
///     task TASK [on|off]  train the task, or do not
///     :task lo_
struct CandidateList: Sendable, Equatable {
  var candidates: [Runs.Completion] = []
  /// The one that Tab is at.
  var chosen: Int?
  /// How the command is written.
  var usage: String?

  /// Rows of candidates at most.
  static let mostRows = 8

  /// Draws the list so that its last row is the one above `row`; what lies below it is hidden.
  func draw(above row: Int, on canvas: inout Canvas) {
    let rows = min(Self.mostRows, candidates.count, max(0, row - 4))
    let top = row - rows - (usage == nil ? 0 : 1)
    guard row > 2, rows > 0 || usage != nil else { return }
    let columns = canvas.size.columns
    canvas.fill(Rect(row: top, column: 0, rows: row - top, columns: columns))
    if let usage {
      canvas.write(usage, row: row - 1, column: 1, style: .dim, limit: columns - 2)
    }
    let first = firstShown(rows)
    let width = (candidates.map { columnsTaken(by: $0.shown) }.max() ?? 0) + 2
    for line in 0..<rows {
      let index = first + line
      let style = index == chosen ? Style(.selection, reversed: true) : Style(.plain)
      canvas.write(" " + candidates[index].shown + " ", row: top + line, column: 0, style: style)
      canvas.write(
        candidates[index].note, row: top + line, column: width + 1, style: .dim,
        limit: max(0, columns - width - 14))
    }
    drawMore(first: first, rows: rows, top: top, on: &canvas)
  }

  /// The first that is shown, so that the chosen one is seen.
  private func firstShown(_ rows: Int) -> Int {
    guard let chosen, rows > 0 else { return 0 }
    return max(0, min(chosen - rows / 2, candidates.count - rows))
  }

  private func drawMore(first: Int, rows: Int, top: Int, on canvas: inout Canvas) {
    let below = candidates.count - first - rows
    let area = Rect(row: top, column: 0, rows: rows, columns: canvas.size.columns)
    if below > 0, rows > 0 {
      canvas.writeRight(" ↓ \(below) more ", row: top + rows - 1, in: area, style: Style(.hint))
    }
    if first > 0 { canvas.writeRight(" ↑ \(first) more ", row: top, in: area, style: Style(.hint)) }
  }
}
