import Foundation
import Testing

@testable import Terminal

@Suite("Clipboard") struct ClipboardTests {
  @Test("base64 is that of Foundation, for every length and every byte")
  func base64() {
    for count in [0, 1, 2, 3, 4, 5, 255, 256, 257] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
      #expect(Clipboard.base64(bytes) == Data(bytes).base64EncodedString())
    }
  }

  @Test("the sequence, alone and inside tmux")
  func sequences() {
    #expect(Clipboard.sequence("é\n", insideTmux: false) == "\u{1B}]52;c;w6kK\u{07}")
    #expect(
      Clipboard.sequence("a", insideTmux: true)
        == "\u{1B}]52;c;YQ==\u{07}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;YQ==\u{07}\u{1B}\\")
  }

  @Test("what is too long is refused in words")
  func limit() {
    let terminal = ScriptedTerminal(rows: 1, columns: 1)
    let most = String(repeating: "x", count: 74_994)
    #expect(terminal.copy(most) == .sent(bytes: 74_994))
    #expect(Clipboard.base64(Array(most.utf8)).utf8.count < 100_000)
    let refused = terminal.copy(most + "x")
    #expect(refused == .tooLong(bytes: 74_995, limit: 74_994))
    #expect("\(refused)" == "too long to copy: 74995 bytes, terminals take 74994; write it with e")
    #expect(terminal.copied == [most])
  }

  @Test("only terminals that read sequences to their end are asked")
  func asked() {
    for name in ["xterm-256color", "tmux-256color", "screen", "xterm-kitty", "st", "st-256color"] {
      #expect(TerminalQuestion.isUnderstood(by: name), "\(name)")
    }
    for name in ["linux", "vt100", "dumb", "", "ansi", "sun", "stv52"] {
      #expect(!TerminalQuestion.isUnderstood(by: name), "\(name)")
    }
  }
}
