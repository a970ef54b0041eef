import Testing

@testable import Terminal

@Suite("Keys") struct KeyTests {
  @Test(
    "characters",
    arguments: [
      (0x61, Key.character("a")), (0x20, .character(" ")), (0x754C, .character("界")),
      (0x0D, .enter), (0x0A, .enter), (0x09, .tab), (0x1B, .escape), (0x7F, .backspace),
      (0x08, .backspace), (0x03, .control("c")), (0x1A, .control("z")), (0x01, .control("a")),
      (0x00, .unknown), (0x1F, .unknown), (0xD800, .unknown), (0x110000, .unknown),
    ] as [(UInt32, Key)])
  func character(code: UInt32, key: Key) {
    #expect(KeyDecoder.key(code, isFunction: false) == key)
  }

  @Test(
    "function keys, by the numbers of curses",
    arguments: [
      (0o402, Key.down), (0o403, .up), (0o404, .left), (0o405, .right), (0o406, .home),
      (0o407, .backspace), (0o411, .function(1)), (0o424, .function(12)), (0o425, .unknown),
      (0o512, .delete), (0o513, .insert), (0o522, .pageDown), (0o523, .pageUp), (0o527, .enter),
      (0o541, .backTab), (0o550, .end), (0o632, .resize), (0o631, .unknown),
      (0xFFFF_FFFF, .unknown),
    ] as [(UInt32, Key)])
  func function(code: UInt32, key: Key) {
    #expect(KeyDecoder.key(code, isFunction: true) == key)
  }

  @Test("a scripted terminal gives its keys in order and keeps only canvases that differ")
  func scriptedTerminal() {
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
