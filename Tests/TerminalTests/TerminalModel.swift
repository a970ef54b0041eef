@testable import Terminal

/// A terminal that does what the bytes of a frame say: cells with colours and attributes.
struct TerminalModel {
  struct Shown: Equatable {
    /// Nil for the right half of a wide character.
    var text: String?
    var ink: Ink
  }

  private(set) var cells: [[Shown]]
  private var pen = Ink()
  private var row = 0
  private var column = 0
  /// Whether the cursor waits behind the last column: the next character would wrap.
  private var waits = false
  private let sequences: SequenceSet
  private let width: (Character) -> Int
  /// What the model did not understand, or what scrolled.
  private(set) var faults: [String] = []

  init(_ size: Size, _ sequences: SequenceSet, width: @escaping (Character) -> Int) {
    let noise = Shown(text: "#", ink: Ink(attributes: .reversed))
    cells = Array(
      repeating: Array(repeating: noise, count: size.columns), count: size.rows)
    self.sequences = sequences
    self.width = width
  }

  mutating func obey(_ bytes: [UInt8]) {
    var rest = Substring(String(decoding: bytes, as: UTF8.self)).unicodeScalars
    while let first = rest.popFirst() {
      if first == "\u{1B}" {
        guard rest.popFirst() == "[", let end = rest.firstIndex(where: \.properties.isAlphabetic)
        else { return faults.append("cut off: \(rest)") }
        control(Character(rest[end]), String(rest[..<end]))
        rest = rest[rest.index(after: end)...]
      } else if first.properties.generalCategory == .nonspacingMark {
        cells[row][max(0, waits ? column : column - 1)].text?.unicodeScalars.append(first)
      } else {
        write(Character(first))
      }
    }
  }

  private mutating func control(_ final: Character, _ text: String) {
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    switch final {
    case "H":
      (row, column) = (max(1, numbers[0]) - 1, max(1, numbers.count > 1 ? numbers[1] : 1) - 1)
      waits = false
      if row >= cells.count || column >= cells[0].count { faults.append("moved to \(text)") }
    case "C":
      column += max(1, numbers[0])
      waits = false
      if column >= cells[0].count { faults.append("moved past the end by \(text)") }
    case "K": for place in column..<cells[row].count { cells[row][place] = erased }
    case "J":
      for place in cells.indices {
        let from = place == row ? column : place > row ? 0 : cells[place].count
        for column in from..<cells[place].count { cells[place][column] = erased }
      }
    case "m": select(numbers)
    default: faults.append("\(text)\(final)")
    }
  }

  /// A terminal that erases without colour leaves its own background.
  private var erased: Shown {
    var ink = Ink()
    if sequences.erasesInColor { ink.colors.background = pen.colors.background }
    return Shown(text: " ", ink: ink)
  }

  private mutating func select(_ numbers: [Int]) {
    var rest = numbers[...]
    while let number = rest.popFirst() {
      switch number {
      case 0: pen = Ink()
      case 1: pen.attributes.insert(.bold)
      case 2: pen.attributes.insert(.dim)
      case 4: pen.attributes.insert(.underlined)
      case 7: pen.attributes.insert(.reversed)
      case 22 where sequences.endsEach: pen.attributes.subtract([.bold, .dim])
      case 24 where sequences.endsEach: pen.attributes.remove(.underlined)
      case 27 where sequences.endsEach: pen.attributes.remove(.reversed)
      case 30...37: pen.colors.foreground = Int16(number - 30)
      case 39: pen.colors.foreground = -1
      case 40...47: pen.colors.background = Int16(number - 40)
      case 49: pen.colors.background = -1
      case 38, 48:
        guard rest.popFirst() == 5, let color = rest.popFirst() else {
          return faults.append("colour \(numbers)")
        }
        if number == 38 {
          pen.colors.foreground = Int16(color)
        } else {
          pen.colors.background = Int16(color)
        }
      default: faults.append("attribute \(number)")
      }
    }
  }

  private mutating func write(_ character: Character) {
    let columns = width(character)
    if waits || column + columns > cells[row].count {
      return faults.append("wrapped at row \(row)")
    }
    for place in column..<(column + columns) { breakWide(place) }
    cells[row][column] = Shown(text: String(character), ink: pen)
    if columns == 2 { cells[row][column + 1] = Shown(text: nil, ink: pen) }
    column += columns
    if column == cells[row].count {
      column -= 1
      waits = true
    }
  }

  /// A wide character that loses one half loses the other.
  private mutating func breakWide(_ place: Int) {
    if cells[row][place].text == nil { cells[row][place - 1].text = " " }
    if place + 1 < cells[row].count, cells[row][place + 1].text == nil {
      cells[row][place + 1].text = " "
    }
  }
}
