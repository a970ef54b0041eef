import Runs
import Terminal

/// The first row: the run at the left, the screens at the right.
struct TabRow {
  let screens: [any Screen]
  /// Those that have nothing to show, by place.
  let empty: Set<Int>
  /// The place of the screen that is shown.
  let shown: Int
  let run: RunState

  func draw(on canvas: inout Canvas) {
    let (start, tabs) = tabs(columns: canvas.size.columns)
    for (index, tab) in tabs.enumerated() {
      if index == shown {
        canvas.write(
          "[\(tab.label)]", row: 0, column: tab.column - 1, style: Style(.title, bold: true))
      } else {
        // A screen with nothing to show stands back behind the others.
        canvas.write(
          tab.label, row: 0, column: tab.column, style: empty.contains(index) ? .dim : .plain)
      }
    }
    var name = [Span("mtl", style: Style(.title, bold: true))]
    if let run = run.description {
      name.append(Span(" \(run.modelTitle)", style: .bold))
      name.append(Span(" · \(run.data)", .dim))
    }
    canvas.write(name, row: 0, column: 1, limit: start - 2)
  }

  /// The place of the screen whose tab lies at a column; nil between tabs.
  func screen(at column: Int, columns: Int) -> Int? {
    tabs(columns: columns).tabs.firstIndex {
      column >= $0.column - 1 && column < $0.column + $0.label.count
    }
  }

  /// Where the tabs begin, and where each of them stands.
  private func tabs(columns: Int) -> (start: Int, tabs: [(label: String, column: Int)]) {
    let labels = labels(columns: columns)
    let gap = columns < 100 ? 1 : 2
    // Room for the longest title of all, so that nothing moves when another screen is shown.
    let width = labels.texts.reduce(0) { $0 + $1.count + gap } - gap + labels.spare
    let start = max(0, columns - width - 3)
    var column = start + 1
    return (
      start,
      labels.texts.map { label in
        defer { column += label.count + gap }
        return (label, column)
      }
    )
  }

  /// The titles of the screens: whole, cut short but for the one that is shown, or digits alone.
  private func labels(columns: Int) -> (texts: [String], spare: Int) {
    let texts = screens.enumerated().map { index, screen in
      let isWhole = columns >= 100 || index == shown
      let title = columns >= 100 ? screen.title : screen.shortTitle
      let kept = isWhole ? title : columns >= 76 ? String(title.prefix(4)) : ""
      return kept.isEmpty ? "\(index + 1)" : "\(index + 1) \(kept)"
    }
    guard columns < 100 else { return (texts, 0) }
    let longest = screens.map(\.shortTitle.count).max() ?? 0
    return (texts, longest - screens[shown].shortTitle.count)
  }
}
