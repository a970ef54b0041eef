import Runs
import Terminal

/// What every panel of a view is told: characters, tasks, and what is scrolled away.
struct ViewInk: Sendable {
  var charset = Charset.braille
  /// The tasks' names: what has the name of a task gets its glyph and its colour.
  var tasks: [String] = []
  /// Rows and columns that are scrolled away.
  var scroll = ViewScroll()

  /// The place of a series' glyph and colour: that of the task of this name, or its own.
  func series(_ name: String, at index: Int) -> Int {
    tasks.firstIndex(of: name) ?? index
  }

  /// The colour of a part or kind that a series' place stands for: a task's own, and for all that is no
  /// task's one that no task has.
  func role(ofKind series: Int) -> Role {
    tasks.isEmpty || series < tasks.count ? .series(series) : .kind(series - tasks.count)
  }

  /// The colour of a part of a whole: that of the task of this name, or a kind's.
  func role(ofPart name: String, at index: Int) -> Role {
    tasks.firstIndex(of: name).map { .series($0) } ?? .kind(index)
  }

  /// The glyph of the task of this name and a blank; two blanks if no task has it.
  func glyph(of name: String) -> Span {
    tasks.firstIndex(of: name).map { Span("\(seriesGlyph($0)) ", .series($0)) } ?? Span("  ")
  }

  /// Whether one of the names is a task's.
  func namesTasks(_ names: [String]) -> Bool { names.contains { tasks.contains($0) } }
}

/// Rows and columns that are scrolled away.
struct ViewScroll: Sendable, Equatable {
  var row = 0
  var column = 0
}

extension ViewInk {
  /// What fills cells that differ in kind, told apart without colour.
  static let fills: [Character] = ["█", "▓", "▒", "░", "●", "◆", "▲", "✚"]

  /// The fill of a kind, by its place; repeats after 8.
  static func fill(_ index: Int) -> Character { fills[((index % 8) + 8) % 8] }
}

extension Canvas {
  /// Says in the lower edge of a frame how many columns are not seen.
  mutating func drawHidden(columns window: ListWindow, noun: String, in frame: Rect) {
    let hidden = window.count - window.places.count
    guard hidden > 0 else { return }
    write(
      " ↔ \(counted(hidden, "more \(noun)")) ", row: frame.row + frame.size.rows - 1,
      column: frame.column + 2, style: Style(.hint), limit: frame.size.columns - 4)
  }
}
