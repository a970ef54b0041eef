import Testing

@testable import Terminal

@Suite("Drawing") struct DrawingTests {
  @Test(
    "only the cells between the first and the last change are sent",
    arguments: [
      ("abcd", "abcd", nil), ("abcd", "abXd", 2..<3), ("abcd", "XbcX", 0..<4),
      ("界cd", "界Xd", 2..<3), ("界cd", "語cd", 0..<2), ("abcd", "界cd", 0..<2),
      ("界cd", "abcd", 0..<2), ("a界d", "ab界", 1..<4), ("", "", nil),
    ] as [(String, String, Range<Int>?)])
  func changedColumns(before: String, after: String, expected: Range<Int>?) {
    let old = row(before)
    let new = row(after)
    let found = new.cells.withUnsafeBufferPointer { cells in
      old.cells.withUnsafeBufferPointer { CellPainter.changedColumns(cells, $0) }
    }
    #expect(found == expected)
  }

  @Test("without Unicode the nearest ASCII characters stand in")
  func standIns() {
    let pairs = [
      ("┌─┐│└┘", "+-+|++"), ("┏━┓┃┗┛", "+=+#++"), ("░▒▓█", ".:%#"), ("▁▂▃▄▅▆▇█", "_.:-=+*#"),
      ("⠀⠉⣀⡇⣿", " '.:#"), ("●◆■▲✚", "o*#^+"), ("…×−→≥µσ", "~x->>us"), ("a~ 0", "a~ 0"),
      ("界é", "??"),
    ]
    for (text, expected) in pairs {
      let found = text.unicodeScalars.map { Character(Unicode.Scalar(asciiStandIn(for: $0.value))) }
      #expect(String(found) == expected)
    }
  }

  @Test("every stand-in can be printed") func standInsArePrintable() {
    for value in UInt32(0x20)...0xFFFF {
      #expect((0x20...0x7E).contains(asciiStandIn(for: value)))
    }
  }

  @Test("direct colours are those of the palette's cube and greys")
  func directColors() {
    #expect(directColor(16) == 0)
    #expect(directColor(21) == 0x0000FF)
    #expect(directColor(196) == 0xFF0000)
    #expect(directColor(75) == 0x5FAFFF)
    #expect(directColor(231) == 0xFFFFFF)
    #expect(directColor(232) == 0x080808)
    #expect(directColor(255) == 0xEEEEEE)
  }

  @Test(
    "names of locales with UTF-8",
    arguments: [
      ("de_DE.UTF-8", true), ("C.utf8", true), ("en_US.UTF-8@euro", true), ("C", false),
      ("POSIX", false), ("de_DE.ISO-8859-1", false), ("utf8", false), ("", false),
    ])
  func locales(name: String, isUnicode: Bool) {
    #expect(namesUTF8(name) == isUnicode)
  }

  private func row(_ text: String) -> Canvas {
    var canvas = Canvas(rows: 1, columns: cellWidth(of: text))
    canvas.write(text, row: 0, column: 0)
    return canvas
  }
}
