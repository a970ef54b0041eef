import Terminal

/// Where the parts of the dashboard lie.
struct DashboardLayout {
  /// One area a chart, in the order of the tasks that are shown.
  var charts: [Rect] = []
  var tasks: Rect?
  var gates: Rect?
  var events: Rect?

  /// Lays parts out: beside each other where there is room, below each other where not.
  init(body: Rect, charts count: Int, tasks taskCount: Int, gates gateCount: Int) {
    if body.size.columns >= 110, body.size.rows >= 28 {
      layOutWide(body, count, taskCount, gateCount)
    } else {
      layOutNarrow(body, count, taskCount, gateCount)
    }
  }

  private mutating func layOutWide(_ body: Rect, _ count: Int, _ tasks: Int, _ gates: Int) {
    let low = min(max(gates + 3, 8), body.size.rows / 3)
    let (top, bottom) = body.splitTop(body.size.rows - low)
    let side = min(50, max(38, body.size.columns * 3 / 10))
    let (left, right) = top.splitLeft(body.size.columns - side)
    charts = Self.grid(in: left, count: count)
    self.tasks = right
    if gates > 0 {
      let halves = bottom.splitLeft(body.size.columns / 2)
      (self.gates, events) = (halves.left, halves.rest)
    } else {
      events = bottom
    }
  }

  private mutating func layOutNarrow(_ body: Rect, _ count: Int, _ tasks: Int, _ gates: Int) {
    let chartRows = (count > 2 ? 2 : 1) * 6
    let strip = max(3, min(max(tasks, gates) + 2, body.size.rows - chartRows, 8))
    let spare = body.size.rows - chartRows - strip
    let eventRows = spare >= 4 ? 4 : spare >= 3 ? 3 : 0
    let (top, bottom) = body.splitTop(body.size.rows - strip - eventRows)
    let (middle, low) = bottom.splitTop(strip)
    charts = Self.grid(in: top, count: count)
    if gates > 0 {
      let halves = middle.splitLeft(middle.size.columns * 45 / 100)
      (self.tasks, self.gates) = (halves.left, halves.rest)
    } else {
      self.tasks = middle
    }
    events = eventRows > 0 ? low : nil
  }

  /// As many charts as stay readable, in rows of equal ones.
  static func grid(in area: Rect, count: Int) -> [Rect] {
    let across =
      count > 1 && area.size.columns >= 72 ? (count > 4 && area.size.columns >= 150 ? 3 : 2) : 1
    return grid(in: area, count: count, across: across)
  }

  /// So many areas beside each other, in rows of equal ones.
  static func grid(in area: Rect, count: Int, across: Int) -> [Rect] {
    let down = max(1, min((count + across - 1) / across, area.size.rows / 6))
    return (0..<min(count, across * down)).map { place in
      let (row, column) = (place / across, place % across)
      let top = area.size.rows * row / down
      let left = area.size.columns * column / across
      let isLastAlone = place == count - 1 && column < across - 1
      let right = isLastAlone ? area.size.columns : area.size.columns * (column + 1) / across
      return Rect(
        row: area.row + top, column: area.column + left,
        rows: area.size.rows * (row + 1) / down - top, columns: right - left)
    }
  }
}
