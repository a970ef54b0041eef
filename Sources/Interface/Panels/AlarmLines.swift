import Runs
import Terminal

/// What is wrong with gates and experts, a line each: what, what speaks for it, and what to do.
///
///     ! E5 is dead: 97 % of its outputs are zero · x what it costs without it
struct AlarmLines {
  let alarms: [GateAlarm]
  /// Whether what to do is said, too.
  var showsAdvice = true
  /// The key of the screen on which the advice can be taken; empty on that screen.
  var screenKey = ""

  /// Rows that are wanted of so many.
  func height(upTo most: Int) -> Int { min(alarms.count, max(0, most)) }

  func draw(in area: Rect, on canvas: inout Canvas) {
    for (line, alarm) in alarms.prefix(area.size.rows).enumerated() {
      let isLast = line == area.size.rows - 1 && alarms.count > area.size.rows
      let more = isLast ? " · \(alarms.count - line - 1) more" : ""
      let advice =
        showsAdvice ? " · \(screenKey.isEmpty ? "" : screenKey + " ")\(alarm.kind.advice)" : ""
      canvas.write(
        [Span("! ", .warning), Span(alarm.sentence), Span(more + advice, .dim)],
        row: area.row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
  }
}

extension GateAlarm.Kind {
  /// The key that helps.
  var advice: String {
    switch self {
    case .dead, .unused: "x what it costs to do without it, 6 fewer experts"
    case .collapsed: "x what it costs to do without it"
    case .ownIgnored: "x what its own expert is worth, 6 fewer of them"
    case .hoarded: "x what the others lose without it"
    case .copied: "C a column that they differ by, 6 OMoE has one gate for all"
    }
  }
}
