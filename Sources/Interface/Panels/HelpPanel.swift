import Terminal

/// The keys of a screen and of everything, made from the table of actions; searchable.
struct HelpPanel: Sendable, Equatable {
  var search: LineEditor
  var scroll = 0

  init(search: String = "") { self.search = LineEditor(search) }

  /// One line: a heading, or keys and what they do.
  struct Line: Equatable {
    var keys: String
    var text: String
    var isHeading: Bool
  }

  /// What is listed on a screen: the actions whose keys hold here by section; where something is
  /// searched for also what is typed, and behind it what other screens have, under their names.
  func lines(
    of all: [Action], here: [Action], screen: String, screens: [String], signs: [Sign]
  ) -> [Line] {
    let wanted = search.text.lowercased()
    let listed = wanted.isEmpty ? here.filter { !$0.keyNames.isEmpty } : here
    var lines: [Line] = []
    for section in Action.Section.allCases {
      let title = section == .view ? "This screen: \(screen)" : section.rawValue
      lines += entries(
        listed.filter { $0.section == section }, wanted, title, isFirst: lines.isEmpty)
    }
    if !wanted.isEmpty {
      for (index, other) in screens.enumerated() where other != screen {
        let own = all.filter { $0.scope == .screen(index) }
        lines += entries(own, wanted, "On \(index + 1) \(other)", isFirst: lines.isEmpty)
      }
      let names = Set(here.map(\.name))
      let grouped = all.filter { !$0.isOfOneScreen && !names.contains($0.name) }
      lines += entries(grouped, wanted, "On other screens", isFirst: lines.isEmpty)
    }
    lines += signLines(signs, "Drawn on this screen", matching: wanted, isFirst: lines.isEmpty)
    return lines + signLines(Self.scores, "Scores", matching: wanted, isFirst: lines.isEmpty)
  }

  /// The actions that are called what is searched for, under a heading.
  private func entries(
    _ actions: [Action], _ wanted: String, _ title: String, isFirst: Bool
  ) -> [Line] {
    let found = actions.filter { $0.matches(wanted) }
    guard !found.isEmpty else { return [] }
    let gap = isFirst ? [] : [Line(keys: "", text: "", isHeading: false)]
    return gap + [Line(keys: "", text: title, isHeading: true)] + found.map(\.helpLine)
  }

  /// What a sign or a short word means, in at most 9 and 26 columns.
  struct Sign: Equatable {
    var sign: String
    var meaning: String

    init(_ sign: String, _ meaning: String) {
      self.sign = sign
      self.meaning = meaning
    }
  }

  /// Scores and what they mean; they stand on every screen.
  static let scores = [
    Sign("★", "best step, the one kept"), Sign("pred÷obs", "predicted ÷ observed means"),
    Sign("auc gauc", "right order; within groups"), Sign("ne", "log loss ÷ base rate's"),
    Sign("ece", "calibration error, binned"), Sign("rmse mae", "error in the label's unit"),
    Sign("xauc", "right order of real labels"),
  ]

  private func signLines(
    _ signs: [Sign], _ title: String, matching wanted: String, isFirst: Bool
  ) -> [Line] {
    let found = signs.filter { $0.sign.passes(wanted) || $0.meaning.passes(wanted) }
    guard !found.isEmpty else { return [] }
    let heading = Line(keys: "", text: title, isHeading: true)
    return (isFirst ? [] : [Line(keys: "", text: "", isHeading: false)]) + [heading]
      + found.map { Line(keys: $0.sign, text: $0.meaning, isHeading: false) }
  }

  /// Draws lines over an area, in as many columns as there is room for.
  func draw(_ lines: [Line], in area: Rect, on canvas: inout Canvas) {
    canvas.fill(area)
    let title = [
      Span("help", .title), Span("  search: ", .hint), Span(search.text, .plain),
      Span("_", .hint),
    ]
    let inner = canvas.frame(area, title: title, isFocused: true)
    guard !lines.isEmpty else {
      canvas.write(
        "Nothing is called that. Backspace widens the search, Esc closes.", row: inner.row,
        column: inner.column + 1, style: .dim, limit: inner.size.columns - 1)
      return
    }
    draw(lines, in: inner, frame: area, on: &canvas)
  }

  private func draw(_ lines: [Line], in inner: Rect, frame: Rect, on canvas: inout Canvas) {
    let across = max(1, min(3, inner.size.columns / 38))
    let width = inner.size.columns / across
    let perColumn = max(inner.size.rows, (lines.count + across - 1) / across)
    let start = max(0, min(scroll, perColumn - inner.size.rows))
    for column in 0..<across {
      for row in 0..<inner.size.rows {
        let index = column * perColumn + start + row
        guard lines.indices.contains(index), start + row < perColumn else { continue }
        lines[index].draw(
          row: inner.row + row, column: inner.column + 1 + column * width, columns: width - 2,
          on: &canvas)
      }
    }
    let below = perColumn - start - inner.size.rows
    if below > 0 { drawMore(below, in: frame, on: &canvas) }
  }

  private func drawMore(_ below: Int, in area: Rect, on canvas: inout Canvas) {
    let edge = Rect(
      row: area.row + area.size.rows - 1, column: area.column, rows: 1,
      columns: area.size.columns - 2)
    canvas.writeRight(
      " ↓ \(counted(below, "more line")) ", row: edge.row, in: edge, style: Style(.hint))
  }
}

extension HelpPanel.Line {
  func draw(row: Int, column: Int, columns: Int, on canvas: inout Canvas) {
    guard !isHeading else {
      canvas.write(text, row: row, column: column, style: Style(.title, bold: true), limit: columns)
      return
    }
    canvas.write(keys, row: row, column: column + 1, style: Style(.hint), limit: 9)
    canvas.write(text, row: row, column: column + 11, limit: columns - 11)
  }
}

extension Action {
  fileprivate var helpLine: HelpPanel.Line {
    let name = keyNames.isEmpty ? ":" + usage : keyNames
    return HelpPanel.Line(keys: name, text: summary, isHeading: false)
  }

  /// Whether it is one of a single screen.
  fileprivate var isOfOneScreen: Bool {
    if case .screen = scope { true } else { false }
  }

  fileprivate func matches(_ wanted: String) -> Bool {
    wanted.isEmpty || name.contains(wanted) || summary.lowercased().contains(wanted)
      || keyNames.lowercased().contains(wanted)
  }
}
