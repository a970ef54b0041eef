import Terminal

extension Canvas {
  /// Replaces every character outside ASCII by one that looks like it, or by `?`.
  mutating func makeASCII() {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let cell = cells[row * size.columns + column]
        if let text = cell.text, text.isASCII { continue }
        // The right half of a wide character has no text; its left half was replaced before.
        let plain = cell.text.map { asciiTwins[$0] ?? "?" } ?? "?"
        put(plain, row: row, column: column, style: cell.style)
      }
    }
  }
}

/// What stands for a character where only ASCII may be shown.
let asciiTwins: [Character: Character] = [
  "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "┤": "+", "├": "+", "┴": "^",
  "┬": "+", "┼": "+", "━": "=", "┃": "#", "┏": "#", "┓": "#", "┗": "#", "┛": "#", "┊": ":",
  "●": "*", "◆": "+", "■": "#", "▲": "^", "✚": "x", "◈": "%", "★": "!", "÷": "/", "²": "2",
  "▼": "v",
  "◉": "@", "○": "o",
  "◇": "o", "█": "#", "▓": "%", "▒": ":", "░": ".", "…": "~", "·": "-", "↓": "v", "↑": "^",
  "↔": "<", "→": ">", "←": "<", "×": "x", "❚": "|", "▶": ">", "✖": "X", "✓": "*", "▸": ">",
  "–": "-",
  "—": "-", "σ": "s", "≥": ">", "≤": "<", "▏": "|", "±": "+",
  "╌": "-", "‹": "<", "›": ">", "⣿": "#",
]
