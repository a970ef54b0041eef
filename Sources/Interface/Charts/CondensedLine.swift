import Runs

/// A curve condensed to one column of dots after the other, without losing an extreme.
struct CondensedLine {
  /// What falls into one column of dots.
  struct Column {
    var minimum = Float.infinity
    var maximum = -Float.infinity
    /// The sum and the number of the line's values whose middle is here.
    var sum = 0.0
    var count = 0
    /// How the losses are spread, and how many they are.
    var spread = LossSpread()
    var losses = 0
    /// Between which values most losses lie, here and around.
    var tenths: ClosedRange<Double>?
    var hasNotFinite = false
    /// Whether steps are missing, or not finite, before the line's first value here.
    var startsAnew = false
    /// Whether they are so after its last value here.
    var endsHere = false

    /// The line's value; nil without one.
    var value: Double? { count > 0 ? sum / Double(count) : nil }
  }

  /// A tenth of fewer losses would be one of them.
  static let fewestLosses = 48
  /// Columns to either side that are looked at for so many.
  static let widestLook = 12

  let line: CurveChart.Line
  private(set) var columns: [Column]
  /// The last value left of the columns and the first one right of them, to be joined to.
  private(set) var before: (x: Int, value: Double)?
  private(set) var after: (x: Int, value: Double)?

  /// Condenses the visible part of a curve to so many columns of dots.
  init(_ line: CurveChart.Line, on axis: StepAxis, width: Int) {
    self.line = line
    columns = [Column](repeating: Column(), count: max(1, width))
    var last = Int.max / 2
    var lastColumn: Int?
    var spread = SpreadLadder()
    var spreadColumn = -1
    let shown = line.shown(touching: line.steps(on: axis))
    for (bin, value) in zip(shown.bins, shown.values) {
      let isGap = Int(bin.first) - last > LossSeries.joinedGap
      last = Int(bin.last)
      let from = place(Double(bin.first), axis)
      if bin.notFinite > 0 { columns[min(columns.count - 1, max(0, from))].hasNotFinite = true }
      if isGap || bin.count == 0, let ended = lastColumn { columns[ended].endsHere = true }
      guard bin.count > 0 else {
        lastColumn = nil
        continue
      }
      addLosses(bin, from: from, to: place(Double(bin.last), axis), &spread, &spreadColumn)
      let middle = place((Double(bin.first) + Double(bin.last)) / 2, axis)
      if middle < 0 { before = (middle, value) }
      if middle >= columns.count, lastColumn != nil, after == nil {
        after = (middle, value)
      }
      guard columns.indices.contains(middle) else { continue }
      if isGap { before = lastColumn == nil ? nil : before }
      addValue(value, at: middle, isNew: isGap || lastColumn == nil && before == nil)
      lastColumn = middle
    }
    if columns.indices.contains(spreadColumn) { columns[spreadColumn].spread = spread.total }
    if line.band == .tenths { findTenths() }
  }

  private func place(_ step: Double, _ axis: StepAxis) -> Int {
    axis.place(of: line.measure.value(of: step), among: columns.count)
  }

  /// Puts the losses of a bin into all columns that it touches; those of many bins in one column
  /// climb a ladder.
  private mutating func addLosses(
    _ bin: LossSeries.Bin, from: Int, to: Int, _ ladder: inout SpreadLadder,
    _ ladderColumn: inout Int
  ) {
    let (first, last) = (max(0, from), min(columns.count - 1, to))
    guard first <= last else { return }
    for x in first...last {
      columns[x].minimum = min(columns[x].minimum, bin.minimum)
      columns[x].maximum = max(columns[x].maximum, bin.maximum)
      columns[x].losses += Int(bin.count)
      if x != ladderColumn {
        if columns.indices.contains(ladderColumn) { columns[ladderColumn].spread = ladder.total }
        ladder.removeAll()
        ladderColumn = x
      }
      ladder.add(bin.spread, count: Int(bin.count))
    }
  }

  private mutating func addValue(_ value: Double, at x: Int, isNew: Bool) {
    guard value.isFinite else { return }
    if isNew, columns[x].count == 0 { columns[x].startsAnew = true }
    columns[x].sum += value
    columns[x].count += 1
    columns[x].endsHere = false
  }

  /// Finds where most losses lie, of at least ``fewestLosses`` around every column.
  private mutating func findTenths() {
    var ladder = SpreadLadder()
    for x in columns.indices where columns[x].losses > 0 {
      ladder.removeAll()
      ladder.add(columns[x].spread, count: columns[x].losses)
      var (left, right) = (x, x)
      while ladder.count < Self.fewestLosses {
        let goesLeft = x - left < Self.widestLook && canLook(from: left, to: left - 1)
        let goesRight = right - x < Self.widestLook && canLook(from: right, to: right + 1)
        guard goesLeft || goesRight else { break }
        if goesLeft { left -= 1 }
        if goesRight { right += 1 }
        if goesLeft { ladder.add(columns[left].spread, count: columns[left].losses) }
        if goesRight { ladder.add(columns[right].spread, count: columns[right].losses) }
      }
      let total = ladder.total
      let (low, high) = (total.quantile(0.1), total.quantile(0.9))
      columns[x].tenths = low...max(low, high)
    }
  }

  /// Whether the curve is one piece between two columns.
  func isJoined(from left: Int, to right: Int) -> Bool {
    guard let last = columns[...left].lastIndex(where: { $0.count > 0 }),
      let next = columns[right...].firstIndex(where: { $0.count > 0 })
    else { return false }
    return !columns[last].endsHere && !columns[next].startsAnew
  }

  /// Whether a neighbour belongs to the same piece of the curve.
  private func canLook(from x: Int, to other: Int) -> Bool {
    guard columns.indices.contains(other) else { return false }
    return other < x
      ? !columns[x].startsAnew && !columns[other].endsHere
      : !columns[x].endsHere && !columns[other].startsAnew
  }
}
