import Tensors
import Testing

@testable import Datasets

/// Bytes are cut as their texts are.
@Suite struct ByteTokenizerTests {
  private func cut(_ text: String, _ tokenizer: Tokenizer) -> [String] {
    var text = text
    var bytes = ByteTokenizer(tokenizer)
    var tokens: [String] = []
    text.withUTF8 { utf8 in
      bytes.cut(utf8) { token in
        tokens.append(String(decoding: token, as: UTF8.self))
        return true
      }
    }
    return tokens
  }

  private static let tokenizers = [
    Tokenizer(), Tokenizer(.words, lowercases: false), Tokenizer(.characters),
    Tokenizer(.characters, lowercases: false),
  ]

  @Test(arguments: tokenizers) func agreesByHand(tokenizer: Tokenizer) {
    let texts = [
      "", " ", "a", "Don't stop!", "'tis 'n' rock'n'roll'", "3.14 1,000,000. 5,a a.5 .5", "a_b __",
      "e-mail\r\nA\u{0}B\u{7F}C\tD", "it's''s", "x.y,z 1.a", "1.", "Été don’t 3.5€", "日本 ok",
      "ΟΔΟΣ ΟΔΟΣ. ΟΔΟΣ", " \u{301}a e\u{301} \u{200D} b", "👩\u{200D}🚀 ok!", "مرحبا بالعالم ok",
    ]
    for text in texts { #expect(cut(text, tokenizer) == tokenizer.tokens(of: text), "\(text)") }
  }

  /// Texts of the bytes that matter, at random.
  @Test(arguments: tokenizers) func agreesOnASCII(tokenizer: Tokenizer) {
    let random = RandomSource(seed: 3, .split)
    let bytes: [UInt8] = Array("aZ_09'.,-! \n\u{7F}\u{1}~".utf8)
    var unlike: [String] = []
    for number in 0..<800 {
      let length = 1 + Int(random.uniform(UInt64(number * 64)) * 12)
      let text = (0..<length).map { at in
        bytes[Int(random.uniform(UInt64(number * 64 + at + 1)) * Double(bytes.count))]
      }
      let string = String(decoding: text, as: UTF8.self)
      if cut(string, tokenizer) != tokenizer.tokens(of: string) { unlike.append(string) }
    }
    #expect(unlike.isEmpty)
  }

  @Test func stopsWhenItIsTold() {
    var bytes = ByteTokenizer(Tokenizer())
    for var text in ["a b c d", "é b c d"] {
      var tokens = 0
      text.withUTF8 { utf8 in
        bytes.cut(utf8) { _ in
          tokens += 1
          return tokens < 2
        }
      }
      #expect(tokens == 2)
    }
  }
}
