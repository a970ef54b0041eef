import Runs
import Terminal

/// The actions whose hints stand on every screen.
enum Hints {
  /// By name and by weight.
  static let always = ["pause", "step", "command", "q", "freeze", "help"]
}

/// The row above the status: what keys do just now, or a line that is being typed.
enum HintRow {
  /// Keys and words.
  case hints([(String, String)])
  /// A line that is being typed behind a title.
  case line(String, LineEditor)
  case command(CommandLine, CandidateList)

  func draw(row: Int, on canvas: inout Canvas) {
    let columns = canvas.size.columns
    switch self {
    case .hints(let hints): draw(hints: hints, row: row, on: &canvas)
    case .line(let title, let editor):
      editor.draw(prompt: title, row: row, column: 1, columns: columns - 2, on: &canvas)
    case .command(let line, let list):
      list.draw(above: row, on: &canvas)
      line.editor.draw(prompt: ":", row: row, column: 0, columns: columns - 1, on: &canvas)
    }
  }

  private func draw(hints: [(String, String)], row: Int, on canvas: inout Canvas) {
    let room = canvas.size.columns - 2
    // Help is the one hint that must stay, so it is written from the right.
    let help = hints.last { $0.1 == "help" }
    let reserved = help.map { columnsTaken(by: $0.0 + $0.1) + 3 } ?? 0
    var used = 0
    for (key, words) in hints where words != "help" {
      let width = columnsTaken(by: key) + columnsTaken(by: words) + 1
      guard used + width <= room - reserved else { continue }
      canvas.write(key, row: row, column: 1 + used, style: Style(.hint, bold: true))
      canvas.write(words, row: row, column: 2 + used + columnsTaken(by: key), style: .dim)
      used += width + 2
    }
    guard let help else { return }
    canvas.write(help.0, row: row, column: 1 + used, style: Style(.hint, bold: true))
    let keyColumns = columnsTaken(by: help.0)
    canvas.write(
      help.1, row: row, column: 2 + used + keyColumns, style: .dim,
      limit: room - used - keyColumns - 1)
  }
}
