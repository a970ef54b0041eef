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

  @Test(
    "the mouse, in numbers and in the older bytes",
    arguments: [
      ("[<0;1;1M", .mouse(Mouse(.left, row: 0, column: 0))),
      ("[<0;300;41M", .mouse(Mouse(.left, row: 40, column: 299))),
      ("[<1;2;3M", .mouse(Mouse(.middle, row: 2, column: 1))),
      ("[<18;2;3M", .mouse(Mouse(.right, row: 2, column: 1))),
      ("[<0;2;3m", .mouse(Mouse(.release, row: 2, column: 1))),
      ("[<64;5;6M", .mouse(Mouse(.wheelUp, row: 5, column: 4))),
      ("[<69;5;6M", .mouse(Mouse(.wheelDown, row: 5, column: 4))),
      ("[M !!", .mouse(Mouse(.left, row: 0, column: 0))),
      ("[M`#\"", .mouse(Mouse(.wheelUp, row: 1, column: 2))),
      ("[M#!!", .mouse(Mouse(.release, row: 0, column: 0))),
      ("[<35;5;6M", .unknown), ("[<0;0;6M", .unknown), ("[<0;5M", .unknown),
      ("[<66;5;6M", .unknown), ("[<;;M", .unknown), ("[<0;5;6;7M", .unknown),
      ("[<0;99999999999999999999;1M", .unknown), ("[<-1;2;3M", .unknown), ("[0;5;6M", .unknown),
    ] as [(String, Key)])
  func mouse(sequence: String, key: Key) {
    #expect(keys("\u{1B}\(sequence)q".utf8.map(Int32.init)) == [key, .character("q")])
  }

  @Test("answers of the terminal are kept apart, and are no keys")
  func replies() {
    let cases: [(String, [TerminalReply])] = [
      ("[?2026;2$y", [.mode(2026, setting: 2)]), ("[?2026;0$y", [.mode(2026, setting: 0)]),
      ("[?62;22c", [.attributes]), ("[?1;2$", []), ("[2026;2$y", []), ("[?2026$y", []),
      ("]11;rgb:ffff/8000/0000\u{07}", [.background(red: 1, green: 32768 / 65535.0, blue: 0)]),
      ("]11;rgb:f/0/8\u{1B}\\", [.background(red: 1, green: 0, blue: 8 / 15.0)]),
      ("]11;rgba:00/ff/00/ff\u{07}", [.background(red: 0, green: 1, blue: 0)]),
      ("]11;rgb:fffff/0/0\u{07}", []), ("]11;rgb:0/0\u{07}", []), ("]10;rgb:0/0/0\u{07}", []),
    ]
    for (sequence, expected) in cases {
      var decoder = KeyDecoder(specialKeys: cursesKeys)
      var rest = ("\u{1B}\(sequence)" + "\rq").utf8.map(Int32.init)[...]
      var keys: [Key] = []
      while let key = decoder.readKey(next: { _ in rest.popFirst() }) { keys.append(key) }
      #expect(keys == [.unknown, .enter, .character("q")], "\(sequence)")
      #expect(decoder.takeReplies() == expected, "\(sequence)")
      #expect(decoder.takeReplies().isEmpty)
    }
  }

  @Test("a system command that breaks off gives back what follows")
  func brokenCommand() {
    #expect(keys("\u{1B}]11;rgb\rq".utf8.map(Int32.init)) == [.unknown, .enter, .character("q")])
    #expect(keys("\u{1B}]11\u{1B}[A".utf8.map(Int32.init)) == [.unknown, .up])
    #expect(keys("\u{1B}]".utf8.map(Int32.init)) == [.unknown])
  }

  @Test("a background is dark by how bright it looks")
  func backgrounds() {
    for (color, isDark) in [
      ((0.0, 0.0, 0.0), true), ((1, 1, 1), false), ((0, 0, 1), true), ((0, 1, 0), false),
      ((0.99, 0.96, 0.89), false), ((0, 0.17, 0.21), true),
    ] {
      let reply = TerminalReply.background(red: color.0, green: color.1, blue: color.2)
      #expect(reply.isDarkBackground == isDark, "\(color)")
    }
    #expect(TerminalReply.attributes.isDarkBackground == nil)
    #expect(Theme.assumed(from: "15;0") == .dark && Theme.assumed(from: "0;15") == .light)
    #expect(Theme.assumed(from: "0;default;7") == .light && Theme.assumed(from: "0;8") == .dark)
    #expect(Theme.assumed(from: "") == .dark && Theme.assumed(from: "x") == .dark)
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
          ? [27, 0x5B, 0x4F, 0x71, 258, 0x5D, 0x3C, 0x4D, 0x6D, 0x3B, 0x31][random.below(11)]
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
