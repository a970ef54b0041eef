import Runs
import Terminal

/// What is wrong with gates, experts and gradients, a line each: what, what speaks for it, and what to do.
///
///     ! E5 is dead: 97 % of its outputs are zero · x what it costs without it
struct AlarmLines {
  /// What is wrong, and the key that helps.
  private let lines: [(sentence: String, advice: String)]

  /// Alarms, and the keys of the screens on which the advice can be taken; empty on that screen.
  init(
    gates: [GateAlarm], gateKey: String = "", gradients: [GradientAlarm] = [],
    gradientKey: String = ""
  ) {
    func line(_ sentence: String, _ key: String, _ advice: String) -> (String, String) {
      (sentence, key.isEmpty ? advice : "\(key) \(advice)")
    }
    lines =
      gates.map { line($0.sentence, gateKey, $0.kind.advice) }
      + gradients.map { line($0.sentence, gradientKey, $0.kind.advice) }
  }

  /// Rows that are wanted of so many.
  func height(upTo most: Int) -> Int { min(lines.count, max(0, most)) }

  func draw(in area: Rect, on canvas: inout Canvas) {
    for (index, line) in lines.prefix(area.size.rows).enumerated() {
      let isLast = index == area.size.rows - 1 && lines.count > area.size.rows
      let more = isLast ? " · \(lines.count - index - 1) more" : ""
      canvas.write(
        [Span("! ", .warning), Span(line.sentence), Span("\(more) · \(line.advice)", .dim)],
        row: area.row + index, column: area.column + 1, limit: area.size.columns - 2)
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

extension GradientAlarm.Kind {
  /// What may help.
  var advice: String {
    switch self {
    case .conflict: "F what the others gain without one of them"
    case .dominance: "5 w a smaller weight"
    }
  }
}
