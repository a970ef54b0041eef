import Terminal

/// A share of one among n, as a colour around 1/n and a number: `█41`, `·13`, `░ 6`.
///
/// Every step is a factor of √2 away from the even share 1/n, four steps below and four above; of
/// fewer than four the steps above are finer, so that the last one still means nearly all.
struct DivergingCell {
  /// Columns of a cell: a glyph, and a number up to 100.
  static let width = 4

  var share: Float
  /// n.
  var count: Int

  /// How far the share lies from 1/n: −4 far below, 0 even, 4 far above.
  ///
  ///     above: 4 · log(n·share) / log(min(n, 4)),   below: 4 · log(n·share) / log 4
  var step: Int {
    guard share.isFinite, count > 1 else { return 0 }
    guard share > 0 else { return -4 }
    let distance = logarithm10(Double(share) * Double(count))
    let whole = logarithm10(distance > 0 ? Double(min(count, 4)) : 4)
    return Int(min(4, max(-4, (4 * distance / whole).rounded())))
  }

  /// The glyph that says without colour whether the share is below, about or above 1/n.
  var glyph: Character {
    guard share.isFinite else { return " " }
    return step < 0 ? "░" : step > 0 ? "█" : "·"
  }

  /// The colour.
  var style: Style { share.isFinite ? Style(.diverging(step)) : .dim }

  /// Draws glyph and number, both in the colour.
  func draw(row: Int, column: Int, isSelected: Bool = false, on canvas: inout Canvas) {
    let number = share.isFinite ? fixed(Double(share) * 100, 0) : "-"
    let text = number.utf8.count < 2 ? " \(number)" : number
    canvas.put(glyph, row: row, column: column, style: style)
    canvas.write(text, row: row, column: column + 1, style: style)
    guard isSelected else { return }
    canvas.restyle(Rect(row: row, column: column, rows: 1, columns: 1 + text.utf8.count)) {
      $0.isReversed = true
    }
  }
}
