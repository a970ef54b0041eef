import Testing

@testable import Terminal

@Suite("Canvas") struct CanvasTests {
  @Test("a wide character takes two columns, and its right half is an empty cell")
  func wideCharacter() {
    var canvas = Canvas(rows: 1, columns: 4)
    #expect(canvas.write("a界b", row: 0, column: 0) == 4)
    #expect(canvas[0, 1]?.text == "界")
    #expect(canvas[0, 2] == Cell(nil, .plain))
    #expect(canvas.text == "a界b")
  }

  @Test("a wide character that loses either half becomes blank", arguments: [0, 1])
  func cutInHalf(column: Int) {
    var canvas = Canvas(rows: 1, columns: 3)
    canvas.write("界c", row: 0, column: 0)
    canvas.put("x", row: 0, column: column)
    #expect(canvas.text(row: 0) == (column == 0 ? "x c" : " xc"))
  }

  @Test("a wide character over halves of two others blanks what is left of both")
  func overTwoHalves() {
    var canvas = Canvas(rows: 1, columns: 4)
    canvas.write("界界", row: 0, column: 0)
    canvas.write("世", row: 0, column: 1)
    #expect(canvas.text(row: 0) == " 世 ")
  }

  @Test("a wide character that does not fit beside an edge becomes a blank", arguments: [-1, 3])
  func wideAtEdges(column: Int) {
    var canvas = Canvas(rows: 1, columns: 4)
    canvas.write("....", row: 0, column: 0)
    canvas.write("界", row: 0, column: column)
    #expect(columns(of: canvas, row: 0) == 4)
    #expect(!canvas.text.contains("界"))
  }

  @Test("a combining mark shares its base character's cell")
  func combiningMark() {
    var canvas = Canvas(rows: 1, columns: 3)
    #expect(canvas.write("e\u{301}x", row: 0, column: 0) == 2)
    #expect(canvas[0, 0]?.text == "e\u{301}")
    #expect(canvas[0, 1]?.text == "x")
  }

  @Test(
    "what a terminal might obey is shown as ?",
    arguments: [
      "\u{1B}", "\u{7}", "\n", "\r\n", "\t", "\u{0}", "\u{7F}", "\u{9B}", "\u{202E}", "\u{2028}",
      "\u{301}", "\u{E000}", "a\u{200B}",
    ])
  func controlCharacters(text: String) {
    var canvas = Canvas(rows: 1, columns: 4)
    canvas.write("<\(text)>", row: 0, column: 0)
    for cell in canvas.cells {
      for scalar in (cell.text ?? " ").unicodeScalars {
        #expect(scalar.value >= 0x20 && scalar.properties.generalCategory != .control)
        #expect(scalar.properties.generalCategory != .format)
      }
    }
  }

  @Test("the same holds for a single character that is put", arguments: ["\u{1B}", "\n", "\u{9B}"])
  func controlCharacterPut(character: Character) {
    var canvas = Canvas(rows: 1, columns: 1)
    canvas.put(character, row: 0, column: 0)
    #expect(canvas.text == "?")
  }

  @Test(
    "an ellipsis counts columns, not characters",
    arguments: [
      ("abcdef", 4, "abc…"), ("界界界", 5, "界界…"), ("界界界", 4, "界…"), ("界界", 4, "界界"),
      ("界", 1, "…"), ("abc", 3, "abc"), ("a界", 2, "a…"), ("x", 0, ""), ("x", -3, ""),
    ])
  func ellipsis(text: String, limit: Int, expected: String) {
    #expect(fit(text, into: limit) == expected)
    #expect(cellWidth(of: fit(text, into: limit)) <= max(0, limit))
  }

  @Test("what lies outside is dropped, at every size", arguments: [0, 1, 2, 3])
  func clipping(size: Int) {
    var canvas = Canvas(rows: size, columns: size)
    for place in [-100, -1, 0, 1, 2, 100] {
      canvas.write("a界b", row: place, column: place)
      canvas.write("a界b", row: 0, column: place, limit: 2)
      canvas.put("x", row: place, column: -place)
      canvas.fill(Rect(row: place, column: place, rows: 3, columns: 3), with: "#")
      canvas.restyle(Rect(row: place, column: -place, rows: 2, columns: 2)) { $0.isBold = true }
    }
    #expect(canvas.cells.count == size * size)
    for row in 0..<size { #expect(columns(of: canvas, row: row) == size) }
  }

  @Test("negative sizes are empty") func negativeSize() {
    let canvas = Canvas(rows: -3, columns: 5)
    #expect(canvas.size == Size(rows: 0, columns: 5))
    #expect(canvas.text(row: 0) == "" && canvas.text == "")
    #expect(canvas[0, 0] == nil)
  }

  @Test("a huge area is filled at no more cost than the canvas has cells")
  func hugeArea() {
    var canvas = Canvas(rows: 2, columns: 2)
    canvas.fill(Rect(row: -5, column: -5, rows: .max / 4, columns: .max / 4), with: "#")
    #expect(canvas.text == "##\n##")
  }

  @Test("a canvas put on another keeps its cells and cuts no wide character in half")
  func canvasOnCanvas() {
    var small = Canvas(rows: 2, columns: 4)
    small.write("a界b", row: 0, column: 0, style: .bold)
    small.write("界 c", row: 1, column: 0)
    var canvas = Canvas(rows: 3, columns: 7)
    for row in 0..<3 { canvas.write("世世世.", row: row, column: 0) }
    canvas.put(small, row: 1, column: 1)
    #expect(canvas.text(row: 0) == "世世世.")
    #expect(canvas.text(row: 1) == " a界b .")
    #expect(canvas[1, 2] == Cell("界", .bold) && canvas[1, 3] == Cell(nil, .bold))
    #expect(canvas.text(row: 2) == " 界 c .")
    // Over the left edge, the right one and the foot.
    canvas.put(small, row: 0, column: -2)
    #expect(canvas.text(row: 0) == " b世世.")
    canvas.put(small, row: 2, column: 5)
    #expect(canvas.text(row: 2) == " 界 ca ")
    canvas.put(small, row: .max / 4, column: 0)
  }

  @Test("whatever is drawn where, every row keeps its width", arguments: 0..<40 as Range<UInt64>)
  func rowsKeepTheirWidth(seed: UInt64) {
    var random = Draws(seed: seed)
    var canvas = Canvas(rows: random.below(5), columns: random.below(12))
    for _ in 0..<120 {
      Self.draw(&canvas, &random)
      for row in 0..<canvas.size.rows {
        #expect(columns(of: canvas, row: row) == canvas.size.columns, "seed \(seed)")
      }
    }
  }

  @Test(
    "writing with a limit is writing the text that was fitted", arguments: 0..<20 as Range<UInt64>)
  func limitIsFitting(seed: UInt64) {
    var random = Draws(seed: seed)
    for _ in 0..<50 {
      let text = (0..<random.below(7)).map { _ in
        Self.pieces[random.below(Self.pieces.count)]
      }.joined()
      let limit = random.below(10)
      var cut = Canvas(rows: 1, columns: 14)
      var fitted = cut
      let width = cut.write(text, row: 0, column: 1, limit: limit)
      #expect(width == fitted.write(fit(text, into: limit), row: 0, column: 1), "seed \(seed)")
      #expect(cut == fitted, "seed \(seed): \(text.debugDescription) into \(limit)")
    }
  }

  private static let pieces = [
    "a", "界", "🙂", "e\u{301}", "\u{1B}[2J", "❤\u{FE0F}", "\u{301}", "👨\u{200D}👩", "\r\n", "🇩🇪", "é",
    "ﷺ",
  ]

  private static func draw(_ canvas: inout Canvas, _ random: inout Draws) {
    let row = random.below(8) - 2
    let column = random.below(16) - 3
    let piece = pieces[random.below(pieces.count)]
    switch random.below(4) {
    case 0:
      if let character = piece.first { canvas.put(character, row: row, column: column) }
    case 1:
      guard let character = piece.first else { return }
      let area = Rect(row: row, column: column, rows: random.below(3), columns: random.below(5))
      canvas.fill(area, with: character)
    case 2:
      canvas.write(piece + "b" + piece, row: row, column: column, limit: random.below(6))
    default:
      canvas.write(piece + piece, row: row, column: column)
    }
  }

  /// The columns a row takes, seen from its text; wide characters must be followed by their half.
  private func columns(of canvas: Canvas, row: Int) -> Int {
    var width = 0
    for column in 0..<canvas.size.columns {
      guard let text = canvas[row, column]?.text else { continue }
      width += cellWidth(of: text)
      let isWide = cellWidth(of: text) == 2
      let next = canvas[row, column + 1]
      #expect(isWide == (next != nil && next?.text == nil))
    }
    return width
  }
}

/// SplitMix64: draws that are the same in every run.
struct Draws {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}
