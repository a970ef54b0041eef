import Runs
import Terminal

/// A number for every two tasks, with a mark where they pull against each other.
///
///                click   like   follow
///     ● click     1.00  +0.11   -0.08!
///     ◆ like     +0.11   1.00   -0.33!
struct PairMatrixPanel {
  /// What the numbers are.
  enum Kind {
    /// cos(g_i, g_j): from −1 to 1.
    case cosine
    /// Z_{i→j}: a share of the loss of j, the row is who moves.
    case affinity
  }

  let kind: Kind
  /// The tasks of rows and columns.
  let tasks: [String]
  /// Row after row.
  let values: [Double]
  /// The tasks of the run, for glyphs and colours.
  let allTasks: [String]
  /// The selected task.
  let selected: String?
  /// What numbers of affinity are counted in.
  var unit = 1.0
  /// What is said below, where there is room.
  var note = ""

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    // Names may be cut where every task has its column then.
    let forNames = area.size.columns - 4 - tasks.count * (Self.cell + 1)
    let names = min(tasks.map(columnsTaken).max() ?? 4, max(6, forNames), 24)
    let room = area.size.columns - names - 4
    let width = max(Self.cell + 1, min(12, room / max(1, tasks.count)))
    let row = tasks.firstIndex { $0 == selected } ?? 0
    let columns = ListWindow(count: tasks.count, selected: row, rows: room / width)
    let hasNote = area.size.rows > min(tasks.count, 3) + 1 && !note.isEmpty
    let rows = ListWindow(
      count: tasks.count, selected: row, rows: area.size.rows - 1 - (hasNote ? 1 : 0))
    let start = area.column + names + 3
    for (place, column) in columns.places.enumerated() {
      canvas.write(
        rightAligned(fit(tasks[column], into: width - 2), to: width - 1), row: area.row,
        column: start + place * width, style: .dim, limit: width - 1)
    }
    for (line, row) in rows.places.enumerated() {
      let series = allTasks.firstIndex(of: tasks[row]) ?? row
      let isSelected = tasks[row] == selected
      canvas.write(
        [
          Span("\(seriesGlyph(series)) ", .series(series)),
          Span(padded(tasks[row], to: names), style: isSelected ? .bold : .plain),
        ], row: area.row + 1 + line, column: area.column + 1)
      for (place, column) in columns.places.enumerated() {
        draw(
          row, column, width: width, row: area.row + 1 + line, column: start + place * width,
          on: &canvas)
      }
    }
    rows.drawMore(in: frame, on: &canvas)
    canvas.drawHidden(columns: columns, noun: "task", in: frame)
    guard hasNote else { return }
    canvas.write(
      note, row: area.row + 1 + rows.places.count, column: area.column + 1, style: .dim,
      limit: area.size.columns - 2)
  }

  /// Columns of a number with its sign, and of the mark.
  private static let cell = 6

  private func draw(
    _ i: Int, _ j: Int, width: Int, row: Int, column: Int, on canvas: inout Canvas
  ) {
    let value = values[i * tasks.count + j]
    canvas.write(
      rightAligned(text(value, isOwn: i == j) + (value < 0 ? "!" : " "), to: width), row: row,
      column: column, style: style(value, isOwn: i == j), limit: width)
  }

  private func text(_ value: Double, isOwn: Bool) -> String {
    switch kind {
    case .cosine: isOwn ? fixed(value, 2) : signedFixed(value, 2)
    case .affinity: signedFixed(value / unit, 1)
    }
  }

  /// Warm where the step of one helps the other, a warning where it harms.
  private func style(_ value: Double, isOwn: Bool) -> Style {
    guard value.isFinite, !isOwn else { return .dim }
    if value < 0 { return Style(.warning) }
    switch kind {
    case .cosine: return value >= 0.3 ? Style(.good) : .plain
    case .affinity: return .plain
    }
  }
}

extension PairMatrixPanel {
  /// The power of ten in which the largest of some numbers has one digit before the point.
  static func unit(of values: [Double]) -> Double {
    let most = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    return most > 0 ? exponential10(logarithm10(most).rounded(.down)) : 1
  }
}

/// A number with its sign: `+0.11`, `-0.41`; `-` for what is undefined.
///
/// A negative one too small for its decimals is no zero: -0.004 is `-<.01`, of the same columns.
func signedFixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "-" }
  let digits = fixed(abs(value), decimals)
  guard value < 0 else { return "+" + digits }
  let isTooSmall = digits.allSatisfy { $0 == "0" || $0 == "." }
  return isTooSmall && decimals > 0
    ? "-<." + String(repeating: "0", count: decimals - 1) + "1" : "-" + digits
}
