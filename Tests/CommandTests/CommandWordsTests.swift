import Foundation
import Testing

@testable import mtl_tui

@Suite("Words of a command line") struct CommandWordsTests {
  @Test(
    "a negative value belongs to the option before it",
    arguments: [
      (["--lr", "-1"], ["--lr=-1"]),
      (["--lr", "-.5", "--json"], ["--lr=-.5", "--json"]),
      (["--lr", "-1e-3"], ["--lr=-1e-3"]), (["--lr", "-inf"], ["--lr=-inf"]),
      (["--correlations", "-1,0"], ["--correlations=-1,0"]),
      (["--lr=2", "-1"], ["--lr=2", "-1"]), (["-h"], ["-h"]),
      (["--json", "--lr", "1"], ["--json", "--lr", "1"]), (["train", "-1"], ["train", "-1"]),
      (["--", "--lr", "-1"], ["--", "--lr", "-1"]), (["--lr", "-x"], ["--lr", "-x"]),
      (["--lr", "-"], ["--lr", "-"]), ([], []),
    ])
  func negatives(words: [String], joined: [String]) {
    #expect(CommandWords(words).joined == joined)
  }

  @Test("what a terminal might obey is written out, an end of line only where the text has it")
  func harmless() {
    let words = CommandWords(["--mod\u{1B}[2Jel", "a\nb", "--x=c\r\nd"])
    #expect(
      words.harmless("Unknown option '--mod\u{1B}[2Jel'\nUsage: …")
        == "Unknown option '--mod\\u{1B}[2Jel'\nUsage: …")
    #expect(words.harmless("found 'a\nb'") == "found 'a\\u{A}b'")
    #expect(words.harmless("found 'c\r\nd'") == "found 'c\\u{D}\\u{A}d'")
    #expect(words.harmless("ab\u{202E}c\u{2028}") == "ab\\u{202E}c\\u{2028}")
  }
}

@Suite("JSON texts") struct JSONTextTests {
  @Test("what a terminal or an editor might obey is escaped, and read back as it was")
  func escapes() throws {
    let cases = [
      ("\u{202E}", "\\u202e"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029"),
      ("\u{7F}", "\\u007f"), ("\u{9B}", "\\u009b"), ("\u{FEFF}", "\\ufeff"),
      ("\u{E0001}", "\\udb40\\udc01"), ("\u{10FFFD}", "\\udbff\\udffd"), ("\u{1}", "\\u0001"),
      ("é界🙂", "é界🙂"), ("\"\\\n", "\\\"\\\\\\n"),
    ]
    for (text, escaped) in cases {
      #expect(quoted(text) == "\"\(escaped)\"")
      let back =
        try JSONSerialization.jsonObject(
          with: Data("[\(quoted("a\(text)b"))]".utf8)) as? [String]
      #expect(back == ["a\(text)b"])
    }
  }

  @Test("every scalar is read back, and none that is obeyed stands raw") func everyScalar() throws {
    let scalars = (0...0x10FFFF).lazy.compactMap { Unicode.Scalar($0 as UInt32) }
      .filter { $0.value % 7 == 0 || $0.value < 0x3000 }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    let json = quoted(text)
    #expect(!json.unicodeScalars.contains { $0.isObeyed })
    let back = try JSONSerialization.jsonObject(with: Data("[\(json)]".utf8)) as? [String]
    #expect(back?.first?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
  }
}
