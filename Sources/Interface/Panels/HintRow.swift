import Runs
import Terminal

// The row above the status: what keys do just now, or a line that is being typed.
extension App {
  func drawHints(row: Int, on canvas: inout Canvas) {
    let columns = canvas.size.columns
    switch mode {
    case .normal: draw(hints: normalHints, row: row, on: &canvas)
    case .help:
      draw(
        hints: [("type", "to search"), ("↑↓", "scroll"), ("Esc", "close")],
        row: row, on: &canvas)
    case .question(let question):
      draw(hints: [("y", question.yes), ("Esc", "no")], row: row, on: &canvas)
    case .choice:
      draw(
        hints: [("type", "to filter"), ("↑↓", "move"), ("Enter", "choose"), ("Esc", "close")],
        row: row, on: &canvas)
    case .prompt(let prompt):
      prompt.editor.draw(
        prompt: prompt.title, row: row, column: 1, columns: columns - 2, on: &canvas)
    case .command(let line):
      drawCandidates(of: line, above: row, on: &canvas)
      line.editor.draw(prompt: ":", row: row, column: 0, columns: columns - 1, on: &canvas)
    }
  }

  /// The actions in the row of hints, by name and by weight; keys and words come from the table.
  static func hintedActions(
    on screen: ScreenName, _ mode: GatesState.Mode, hasDials: Bool, hasViews: Bool
  ) -> [String] {
    let always = ["pause", "step", "command", "q", "freeze", "help"]
    switch screen {
    case .dashboard:
      return ["task", "next pane", "full screen", "zoom in", "smooth less", "scale"] + always
    case .masks: return (hasViews ? ["next pane", "full screen"] : []) + always
    case .inspect:
      let dials = hasDials ? ["dial", "dial up", "dial down", "next dial"] : []
      return (hasViews ? ["next pane", "full screen"] : []) + dials + always
    case .runs: return ["down", "full screen", "baseline", "same step"] + always
    case .models: return ["choose", "start", "option", "warm-start", "next pane"] + always
    case .tasks:
      return ["task", "weight", "facts", "solo", "all", "lr"] + always
    case .gates:
      let own =
        switch mode {
        case .mean: ["knock out", "segment"]
        case .segment: ["segment", "sort", "right"]
        case .example: ["next example", "random example", "example", "right"]
        }
      return ["gates"] + own + ["full screen"] + always
    }
  }

  private var normalHints: [(String, String)] {
    let hasViews = shownSubject.map { !views(of: $0).isEmpty } ?? true
    if screen == .tasks, tasks.showsFacts { return hints(of: ["facts", "down", "pause", "help"]) }
    return hints(
      of: Self.hintedActions(
        on: screen, gates.mode, hasDials: whyNotDials == nil, hasViews: hasViews))
  }

  private func hints(of names: [String]) -> [(String, String)] {
    names.compactMap { name in
      guard let action = Keymap.action(named: name), let hint = action.hint,
        let key = action.keys.first
      else { return nil }
      return (key.map(\.name).joined(), hintNow(of: name) ?? hint)
    }
  }

  /// The word of an action that does another thing just now.
  private func hintNow(of name: String) -> String? {
    switch name {
    case "pause": run.isPaused ? "go on" : nil
    case "facts": tasks.showsFacts ? "tasks" : nil
    default: nil
    }
  }

  private func draw(hints: [(String, String)], row: Int, on canvas: inout Canvas) {
    let room = canvas.size.columns - 2
    // Help is the one hint that must stay, so it is written from the right.
    let help = hints.last { $0.0 == "?" }
    let reserved = help.map { columnsTaken(by: $0.0 + $0.1) + 3 } ?? 0
    var used = 0
    for (key, words) in hints where key != "?" {
      let width = columnsTaken(by: key) + columnsTaken(by: words) + 1
      guard used + width <= room - reserved else { continue }
      canvas.write(key, row: row, column: 1 + used, style: Style(.hint, bold: true))
      canvas.write(words, row: row, column: 2 + used + columnsTaken(by: key), style: .dim)
      used += width + 2
    }
    guard let help else { return }
    canvas.write(help.0, row: row, column: 1 + used, style: Style(.hint, bold: true))
    canvas.write(help.1, row: row, column: 3 + used, style: .dim, limit: room - used - 2)
  }

  private func drawCandidates(of line: CommandLine, above row: Int, on canvas: inout Canvas) {
    let names = line.candidates.isEmpty ? completions(of: line.editor.text) : line.candidates
    guard !names.isEmpty, row > 2 else { return }
    let columns = canvas.size.columns
    canvas.fill(Rect(row: row - 1, column: 0, rows: 1, columns: columns), style: .dim)
    var spans: [Span] = []
    let first = max(0, (line.chosen ?? 0) - 3)
    for (place, name) in names.enumerated().dropFirst(first) {
      let isChosen = place == line.chosen
      spans.append(Span(" \(name) ", style: isChosen ? Style(.selection, reversed: true) : .dim))
    }
    canvas.write(spans, row: row - 1, column: 0, limit: columns)
  }
}
