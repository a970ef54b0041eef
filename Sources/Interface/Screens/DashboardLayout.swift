import Runs
import Terminal

/// Where the parts of the dashboard lie.
struct DashboardLayout {
  /// How much there is to show.
  struct Contents {
    var charts: Int
    var tasks: Int
    /// Lines of the strip of gates; 0 for none.
    var gates: Int
    /// Lines of the strip of masks; 0 for none.
    var masks = 0
    /// Columns in which all of the gates is seen; masks are given half.
    var gateColumns = 0
    /// Columns in which all of the events is seen.
    var eventColumns = 0

    /// The share of the columns for gates or masks beside the events: half, or less where the events
    /// can use it and they do without.
    func stripColumns(of all: Int) -> Int {
      guard gates > 0, masks == 0 else { return all / 2 }
      return min(all / 2, max(gateColumns, all - eventColumns))
    }
  }

  /// One area a chart, in the order of the tasks that are shown.
  var charts: [Rect] = []
  var tasks: Rect?
  var gates: Rect?
  var masks: Rect?
  var events: Rect?

  /// Lays parts out: beside each other where there is room, below each other where not.
  init(body: Rect, _ contents: Contents) {
    if body.size.columns >= 150, body.size.rows >= 40 {
      layOutLarge(body, contents)
    } else if body.size.columns >= 110, body.size.rows >= 28 {
      layOutWide(body, contents)
    } else {
      layOutNarrow(body, contents)
    }
  }

  /// Charts above events at the left; tasks, gates and masks at the right.
  private mutating func layOutLarge(_ body: Rect, _ contents: Contents) {
    let side = min(72, max(52, body.size.columns * 3 / 10))
    let (left, right) = body.splitLeft(body.size.columns - side)
    let (top, bottom) = left.splitTop(body.size.rows - max(10, body.size.rows / 4))
    charts = Self.grid(in: top, count: contents.charts)
    events = bottom
    // Strips take what they need, tasks the rest, but at least three lines each.
    let least = min(body.size.rows / 2, contents.tasks * 3 + 2)
    var strips = [contents.gates > 0 ? contents.gates + 3 : 0]
    strips.append(contents.masks > 0 ? contents.masks + 2 : 0)
    let share = (body.size.rows - least) / max(1, strips.count { $0 > 0 })
    strips = strips.map { min($0, share) }
    let (upper, lower) = right.splitTop(body.size.rows - strips.reduce(0, +))
    let (middle, last) = lower.splitTop(strips[0])
    tasks = upper
    if strips[0] > 0 { gates = middle }
    if strips[1] > 0 { masks = last }
  }

  /// Charts and tasks above; gates, masks and events below.
  private mutating func layOutWide(_ body: Rect, _ contents: Contents) {
    let isStacked = contents.gates > 0 && contents.masks > 0 && body.size.columns < 150
    let strips =
      isStacked
      ? contents.gates + contents.masks + 5 : max(contents.gates + 3, contents.masks + 2)
    let share = isStacked ? body.size.rows * 2 / 5 : body.size.rows / 3
    let low = min(max(strips, body.size.rows / 5, 8), share)
    let (top, bottom) = body.splitTop(body.size.rows - low)
    let side = min(50, max(42, body.size.columns * 3 / 10))
    let (left, right) = top.splitLeft(body.size.columns - side)
    charts = Self.grid(in: left, count: contents.charts)
    tasks = right
    layOutStrips(in: bottom, contents, isStacked: isStacked)
  }

  private mutating func layOutStrips(in area: Rect, _ contents: Contents, isStacked: Bool) {
    guard contents.gates > 0 || contents.masks > 0 else {
      events = area
      return
    }
    guard contents.gates > 0 && contents.masks > 0 else {
      let (left, right) = area.splitLeft(contents.stripColumns(of: area.size.columns))
      if contents.gates > 0 { gates = left } else { masks = left }
      events = right
      return
    }
    let share = area.size.columns / (isStacked ? 2 : 3)
    let (left, right) = area.splitLeft(isStacked ? share : share * 2)
    events = right
    let (first, second) =
      isStacked ? left.splitTop(contents.gates + 3) : left.splitLeft(share)
    (gates, masks) = (first, second)
  }

  /// Charts above, tasks beside the gates or the masks in the middle, events below.
  private mutating func layOutNarrow(_ body: Rect, _ contents: Contents) {
    let chartRows = (contents.charts > 2 ? 2 : 1) * 6
    let hasBoth = contents.gates > 0 && contents.masks > 0
    let beside = contents.gates > 0 ? contents.gates : contents.masks
    let strip = max(3, min(max(contents.tasks, beside) + 2, body.size.rows - chartRows, 8))
    let spare = body.size.rows - chartRows - strip
    // Of both, masks take the place of the events.
    let most = hasBoth ? contents.masks + 2 : 4
    let low = spare >= most ? most : spare >= 3 ? 3 : 0
    let (top, bottom) = body.splitTop(body.size.rows - strip - low)
    let (middle, last) = bottom.splitTop(strip)
    charts = Self.grid(in: top, count: contents.charts)
    if beside > 0 {
      let halves = middle.splitLeft(middle.size.columns * 45 / 100)
      tasks = halves.left
      if contents.gates > 0 { gates = halves.rest } else { masks = halves.rest }
    } else {
      tasks = middle
    }
    if low > 0, hasBoth { masks = last } else if low > 0 { events = last }
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
    return (0..<min(count, across * down)).map { index in
      let (row, column) = (index / across, index % across)
      let top = area.size.rows * row / down
      let left = area.size.columns * column / across
      let isLastAlone = index == count - 1 && column < across - 1
      let right = isLastAlone ? area.size.columns : area.size.columns * (column + 1) / across
      return Rect(
        row: area.row + top, column: area.column + left,
        rows: area.size.rows * (row + 1) / down - top, columns: right - left)
    }
  }
}
