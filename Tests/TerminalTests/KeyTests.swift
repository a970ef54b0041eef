import Testing

@testable import Terminal

@Suite("Keys") struct KeyTests {
  @Test(
    "single bytes",
    arguments: [
      (0x61, .character("a")), (0x20, .character(" ")), (0x7E, .character("~")),
      (0x0D, .enter), (0x0A, .enter), (0x09, .tab), (0x1B, .escape), (0x7F, .backspace),
      (0x08, .backspace), (0x03, .control("c")), (0x1A, .control("z")), (0x01, .control("a")),
      (0x1C, .control("\\")), (0x00, .unknown), (0xFF, .unknown), (0x80, .unknown),
    ] as [(Int32, Key)])
  func byte(code: Int32, key: Key) {
    #expect(keys([code]) == [key])
  }

  @Test(
    "the key codes of curses",
    arguments: [
      (0o402, .down), (0o403, .up), (0o404, .left), (0o405, .right), (0o406, .home),
      (0o407, .backspace), (0o411, .function(1)), (0o424, .function(12)), (0o512, .delete),
      (0o513, .insert), (0o522, .pageDown), (0o523, .pageUp), (0o527, .enter),
      (0o541, .backTab), (0o550, .end), (0o632, .resize), (0o631, .unknown), (0x3FF, .unknown),
    ] as [(Int32, Key)])
  func code(code: Int32, key: Key) {
    #expect(keys([code]) == [key])
  }

  @Test(
    "escape sequences are read to their end",
    arguments: [
      ("\u{1B}", [.escape]), ("\u{1B}\u{1B}", [.escape, .escape]),
      ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\u{1B}[1;5C", [.right]),
      ("\u{1B}[Z", [.backTab]),
      ("\u{1B}[1~", [.home]), ("\u{1B}[4~", [.end]), ("\u{1B}[5;3~", [.pageUp]),
      ("\u{1B}OP", [.function(1)]), ("\u{1B}[15~", [.function(5)]), ("\u{1B}[[E", [.function(5)]),
      ("\u{1B}[I", [.unknown]), ("\u{1B}[201~q", [.unknown, .character("q")]),
      ("\u{1B}[?2026;2$yq", [.unknown, .character("q")]),
      ("\u{1B}q", [.unknown]), ("\u{1B}é", [.unknown]),
      ("\u{1B}[", [.unknown]), ("\u{1B}O", [.unknown]), ("\u{1B}[12", [.unknown]),
      ("\u{1B}[1\rx", [.unknown, .enter, .character("x")]),
    ] as [(String, [Key])])
  func sequence(text: String, expected: [Key]) {
    #expect(keys(text.utf8.map(Int32.init)) == expected)
  }

  @Test("text without marks arrives as characters") func unmarkedText() {
    let text = "loss é 界 🙂\t"
    #expect(keys(text.utf8.map(Int32.init)) == text.dropLast().map(Key.character) + [.tab])
  }

  @Test(
    "broken UTF-8 does not swallow what follows it",
    arguments: [
      [0xFF], [0xC3], [0xE7, 0x95], [0xF0, 0x9F, 0x99], [0xC0, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xC2, 0x9B],
    ] as [[Int32]])
  func brokenText(bytes: [Int32]) {
    let found = keys(bytes + [0x71, 0x0D])
    #expect(found.suffix(2) == [.character("q"), .enter])
    #expect(found.dropLast(2).allSatisfy { $0 == .unknown })
  }

  @Test("a control sequence without end is given up, not kept") func endlessSequence() {
    let bytes = Array("\u{1B}[".utf8) + Array(repeating: UInt8(ascii: "1"), count: 100_000)
    let found = keys(bytes.map(Int32.init) + [0x0D])
    #expect(found.first == .unknown)
    #expect(found.last == .enter)
  }

  @Test("random bytes and codes are all read and give no control characters as text")
  func monkey() {
    let seed: UInt64 = 20_261_121
    var random = Draws(seed: seed)
    for _ in 0..<2_000 {
      let codes = (0..<random.below(25)).map { _ in
        random.below(3) == 0
          ? [27, 0x5B, 0x4F, 0x71, 258][random.below(5)]
          : Int32(random.below(600))
      }
      for case .character(let character) in keys(codes) {
        let scalars = character.unicodeScalars
        #expect(
          scalars.allSatisfy { $0.properties.generalCategory != .control },
          "seed \(seed): \(codes)")
      }
    }
  }

  /// All keys of a text, and proof that it was read to its end.
  private func keys(_ codes: [Int32]) -> [Key] {
    var decoder = KeyDecoder(specialKeys: cursesKeys)
    var rest = codes[...]
    var keys: [Key] = []
    while let key = decoder.readKey(next: { _ in rest.popFirst() }) { keys.append(key) }
    #expect(rest.isEmpty)
    if let key = decoder.endPaste() { keys.append(key) }
    return keys
  }
}

@Suite("A scripted terminal") struct ScriptedTerminalTests {
  @Test("gives its keys in order and keeps only canvases that differ")
  func script() {
    let terminal = ScriptedTerminal(rows: 1, columns: 2, keys: [.tab, nil, .character("x")])
    #expect(terminal.readKey(timeoutMilliseconds: 50) == .tab)
    #expect(terminal.readKey(timeoutMilliseconds: 50) == nil)
    #expect(terminal.readKey(timeoutMilliseconds: 50) == .character("x"))
    #expect(terminal.readKey(timeoutMilliseconds: 50) == nil)
    var canvas = Canvas(rows: 1, columns: 2)
    terminal.show(canvas)
    terminal.show(canvas)
    canvas.put("x", row: 0, column: 0)
    terminal.show(canvas)
    #expect(terminal.shown.map(\.text) == ["", "x"])
    terminal.redraw()
    terminal.close()
    terminal.close()
    #expect(terminal.redraws == 1)
    #expect(terminal.isClosed)
  }
}
