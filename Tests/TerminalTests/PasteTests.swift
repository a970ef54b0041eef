import Testing

@testable import Terminal

@Suite("Pastes") struct PasteTests {
  private static let begin = "\u{1B}[200~"
  private static let end = "\u{1B}[201~"

  @Test(
    "what stands between the marks is one key, and never acts",
    arguments: [
      ("", ""), ("my notes q", "my notes q"), ("é界🙂", "é界🙂"), ("a\tb\nc\rd\r\ne", "a b c d e"),
      ("\u{3}\u{1A}a\u{7F}\u{9B}b", "ab"), ("\u{1B}[2Jx\u{1B}", "[2Jx"), ("\u{1B}[200~x", "[200~x"),
      ("\u{1B}[20\u{1B}[2", "[20[2"), ("\u{1B}\u{1B}", ""), ("a\u{2028}b", "a b"),
    ])
  func between(sent: String, text: String) {
    #expect(keys(Self.begin + sent + Self.end + "u") == [.paste(text), .character("u")])
  }

  @Test("key codes that curses makes of a paste's bytes are passed over") func codes() {
    let codes = bytes(Self.begin) + [0x61, 258, 0x62, 600] + bytes(Self.end)
    var decoder = KeyDecoder(specialKeys: cursesKeys)
    var rest = codes[...]
    #expect(decoder.readKey { _ in rest.popFirst() } == .paste("ab"))
  }

  /// Every way to cut the bytes in two or three reads gives the same key.
  @Test("the parts may come in any number of reads") func parts() {
    let all = bytes(Self.begin + "é1\u{1B}[20x" + Self.end + "j")
    // Before the whole mark has come the decoder waits for the rest itself.
    for first in bytes(Self.begin).count...all.count {
      for second in first...all.count {
        var decoder = KeyDecoder()
        var found: [Key] = []
        for part in [all[..<first], all[first..<second], all[second...]] {
          var rest = part
          while let key = decoder.readKey(next: { _ in rest.popFirst() }) { found.append(key) }
          #expect(rest.isEmpty)
        }
        #expect(found == [.paste("é1[20x"), .character("j")], "cut at \(first), \(second)")
      }
    }
  }

  @Test("a paste without an end is given up on demand, and keys are keys again") func unterminated()
  {
    var decoder = KeyDecoder()
    var rest = bytes(Self.begin + "lost\u{1B}[20")[...]
    #expect(decoder.readKey { _ in rest.popFirst() } == nil)
    #expect(decoder.isPasting)
    #expect(decoder.endPaste() == .paste("lost"))
    #expect(!decoder.isPasting)
    #expect(decoder.endPaste() == nil)
    rest = bytes("q")[...]
    #expect(decoder.readKey { _ in rest.popFirst() } == .character("q"))
  }

  @Test("a large paste is read in pieces; what no field could hold is dropped") func large() {
    let text = String(repeating: "0123456\u{1B}[20", count: 30_000)
    let sent = bytes(Self.begin + text + Self.end + "q")
    var at = 0
    var decoder = KeyDecoder()
    var found: [Key] = []
    // A flood is read in pieces, between which the screen may be looked after.
    var pauses = 0
    while at < sent.count {
      let key = decoder.readKey { _ in
        defer { at += 1 }
        return at < sent.count ? sent[at] : nil
      }
      if let key { found.append(key) } else { pauses += 1 }
    }
    #expect(pauses > 3)
    let kept = String(text.replacing("\u{1B}", with: "").prefix(4_096 * 10 / 11))
    guard case .paste(let pasted) = found.first else {
      Issue.record("no paste: \(found)")
      return
    }
    #expect(pasted.utf8.count <= PasteReader.capacity)
    #expect(pasted.hasPrefix(kept.prefix(3_600)))
    #expect(found.dropFirst() == [.character("q")])
  }

  @Test("a character that is cut at the end is left out") func cutCharacter() {
    let text = "a" + String(repeating: "界", count: 2_000)
    #expect(keys(Self.begin + text + Self.end) == [.paste(String(text.prefix(1 + 1_365)))])
  }

  private func bytes(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    var rest = bytes(text)[...]
    var keys: [Key] = []
    while let key = decoder.readKey(next: { _ in rest.popFirst() }) { keys.append(key) }
    return keys
  }
}
