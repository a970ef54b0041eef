import Terminal

/// A share as a shade and a number, so that it reads without colour: `█41`, `▓22`, `▒12`, `░ 6`.
struct HeatCell {
  /// Columns of a cell: a shade, and a number up to 100.
  static let width = 4

  var share: Float

  /// The shade of a share: four steps that name how much an expert carries.
  var shade: Character {
    switch share {
    case 0.35...: "█"
    case 0.20..<0.35: "▓"
    case 0.08..<0.20: "▒"
    default: share.isFinite ? "░" : " "
    }
  }

  /// The colour of a share: its root, so that small shares, of which there are most, differ too.
  static func style(_ share: Float) -> Style {
    Style(.heat(Double(max(0, share)).squareRoot()))
  }

  /// Draws the cell.
  func draw(row: Int, column: Int, isSelected: Bool = false, on canvas: inout Canvas) {
    let style = Self.style(share)
    canvas.put(shade, row: row, column: column, style: style)
    let number = share.isFinite ? fixed(Double(share) * 100, 0) : "-"
    let width = max(2, number.utf8.count)
    var place = column + 1 + width
    for character in number.reversed() {
      place -= 1
      canvas.put(character, row: row, column: place, style: .plain)
    }
    guard isSelected else { return }
    canvas.restyle(Rect(row: row, column: column, rows: 1, columns: 1 + width)) {
      $0.isReversed = true
    }
  }
}
