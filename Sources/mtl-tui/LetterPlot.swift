import Foundation

/// Curves drawn with letters, for a terminal without more and for files: a letter at each point, dots
/// on the straight line between two, dashes for a level that belongs to all of them.
struct LetterPlot {
  /// Where the points are, ascending.
  let x: [Double]
  /// Curves with a value at each x; NaN leaves a gap.
  let series: [(name: String, y: [Double])]
  /// A level that is drawn from side to side, and what it is.
  var line: (name: String, y: Double)?
  var columns = 57
  var rows = 13

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

  private func letter(_ index: Int) -> Character { Self.letters[index % Self.letters.count] }

  /// `A Hard sharing   B OMoE`; `*` where letters meet.
  var legend: String {
    series.enumerated().map { "\(letter($0)) \($1.name)" }.joined(separator: "   ")
      + "   * where letters meet" + (line.map { "   --- \($0.name)" } ?? "")
  }

  /// The plot with its axes.
  var text: String {
    var values = series.flatMap(\.y).filter(\.isFinite)
    if let line, !values.isEmpty { values.append(line.y) }
    guard let low = values.min(), let high = values.max(), let first = x.first, let last = x.last
    else { return "no points yet" }
    let frame = Frame(
      x: (first, last), y: high > low ? (low, high) : (low - 0.5, high + 0.5),
      columns: columns, rows: rows)
    var grid = Array(repeating: Array(repeating: Character(" "), count: columns), count: rows)
    if let line { grid[frame.row(line.y)] = Array(repeating: "-", count: columns) }
    for one in series { drawLine(one.y, frame, &grid) }
    for (index, one) in series.enumerated() { drawPoints(one.y, letter(index), frame, &grid) }
    return labelled(grid, frame)
  }

  /// Where numbers lie on the grid.
  private struct Frame {
    let x: (Double, Double)
    let y: (Double, Double)
    let columns: Int
    let rows: Int

    func column(_ value: Double) -> Int {
      guard x.1 > x.0 else { return columns / 2 }
      return Int(((value - x.0) / (x.1 - x.0) * Double(columns - 1)).rounded())
    }

    func row(_ value: Double) -> Int {
      Int(((y.1 - value) / (y.1 - y.0) * Double(rows - 1)).rounded())
    }
  }

  private func drawLine(_ y: [Double], _ frame: Frame, _ grid: inout [[Character]]) {
    for index in y.indices.dropFirst() where y[index - 1].isFinite && y[index].isFinite {
      let (start, end) = (frame.column(x[index - 1]), frame.column(x[index]))
      for column in stride(from: start + 2, to: end - 1, by: 2) {
        let share = Double(column - start) / Double(end - start)
        grid[frame.row(y[index - 1] + share * (y[index] - y[index - 1]))][column] = "·"
      }
    }
  }

  private func drawPoints(
    _ y: [Double], _ letter: Character, _ frame: Frame, _ grid: inout [[Character]]
  ) {
    for (index, value) in y.enumerated() where value.isFinite {
      let (row, column) = (frame.row(value), frame.column(x[index]))
      let isFree = [" ", "·", "-"].contains(grid[row][column])
      grid[row][column] = isFree ? letter : "*"
    }
  }

  private func labelled(_ grid: [[Character]], _ frame: Frame) -> String {
    let marks = [0, rows / 2, rows - 1]
    let lines = grid.enumerated().map { row, cells in
      let value = frame.y.1 - Double(row) / Double(rows - 1) * (frame.y.1 - frame.y.0)
      let label = marks.contains(row) ? String(format: "%8.3f ┤", value) : "         │"
      let line = label + String(cells)
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let axis = "         └" + String(repeating: "─", count: columns)
    return (lines + [axis, xLabels(frame)]).joined(separator: "\n")
  }

  /// The numbers below the axis, each under its point where there is room.
  private func xLabels(_ frame: Frame) -> String {
    var line = ""
    for value in x {
      let label = String(format: "%g", value)
      let start = 10 + frame.column(value) - label.count / 2
      guard line.isEmpty || start > line.count else { continue }
      line += String(repeating: " ", count: max(0, start - line.count)) + label
    }
    return line
  }
}
