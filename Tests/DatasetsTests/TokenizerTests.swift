import Datasets
import Foundation
import Tensors
import Testing

@Suite struct TokenizerTests {
  private static func words(_ text: String) -> [String] { Tokenizer().tokens(of: text) }

  @Test(
    arguments: [
      ("It's a good one, really!", ["it's", "a", "good", "one", ",", "really", "!"]),
      ("don’t — e-mail", ["don't", "—", "e", "-", "mail"]),
      // A missing blank parts sentences; points and commas stay in numbers only.
      (
        "great.Works 3.5mm, 1,000 of 5.",
        [
          "great", ".", "works", "3.5mm", ",", "1,000", "of", "5", ".",
        ]
      ),
      (
        "rock 'n' roll the boys' 4'6",
        [
          "rock", "'", "n", "'", "roll", "the", "boys", "'", "4", "'", "6",
        ]
      ),
      ("not_best <br/> $5", ["not_best", "<", "br", "/", ">", "$", "5"]),
      ("a\r\nb\u{0}c\u{200B}d\u{AD}e\u{202E}f", ["a", "b", "c", "def"]),
      ("", []), (" \t\u{A0}\u{3000}\u{301} ", []),
      // Decomposed and composed letters are one word.
      ("Cafe\u{301} CAFÉ", ["café", "café"]),
      ("這个很好吃ok テスト", ["這", "个", "很", "好", "吃", "ok", "テ", "ス", "ト"]),
      ("한국어 좋아요", ["한국어", "좋아요"]),
      ("كِتَابٌ، رائع", ["كِتَابٌ", "،", "رائع"]),
      ("ok 👩\u{200D}🔧🇩🇪👍🏽!", ["ok", "👩\u{200D}🔧", "🇩🇪", "👍🏽", "!"]),
      ("दुनिया ²", ["दुनिया", "²"]),
    ] as [(String, [String])])
  func `words are cut by hand`(text: String, expected: [String]) {
    #expect(Self.words(text) == expected)
  }

  @Test func `casing stays where it is wanted`() {
    #expect(Tokenizer(lowercases: false).tokens(of: "Äh OK") == ["Äh", "OK"])
    #expect(Tokenizer().tokens(of: "ÄH ÑU") == ["äh", "ñu"])
  }

  @Test func `characters are those that people count`() {
    let tokenizer = Tokenizer(.characters)
    #expect(tokenizer.tokens(of: "E\u{301} 好👍🏽!\n") == ["é", "好", "👍🏽", "!"])
    #expect(tokenizer.text(of: ["é", "好", "!"]) == "é好!")
    // What follows each other may be one character: their text does not give them back.
    let letters = ["\u{1F1E9}", "\u{1F1EA}"]
    #expect(tokenizer.tokens(of: letters.joined(separator: " ")) == letters)
    #expect(tokenizer.tokens(of: tokenizer.text(of: letters)) == ["🇩🇪"])
  }

  @Test func `a text for people has blanks where they belong`() {
    let tokenizer = Tokenizer()
    #expect(
      tokenizer.text(of: ["it's", "good", ",", "(", "really", ")", "!"]) == "it's good, (really)!")
    #expect(tokenizer.text(of: ["很", "好", "。", "ok", "吃"]) == "很好。 ok 吃")
    #expect(tokenizer.text(of: [String]()).isEmpty)
  }

  /// Whatever a text is made of, its tokens are those of the text that they make.
  @Test(arguments: UInt64(1)...200)
  func `tokens of tokens are the same`(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let pieces = [
      "a", "B", "é", "e\u{301}", "\u{301}", " ", "'", "’", ".", ",", "-", "3", "7", "(", ")", "_",
      "好", "テ", "ｱ", "ไ", "한", "ب", "،", "👍🏽", "🇩🇪", "👩\u{200D}🔧", "\u{200D}", "\u{AD}",
      "\u{600}", "\u{200F}", "\r\n", "\u{1B}", "İ", "ß", "Σ", "½", "∑", "…", "\u{FFFD}",
    ]
    let text = (0..<(1 + random.index(below: 12, 0))).map {
      pieces[random.index(below: pieces.count, 1, UInt64($0))]
    }.joined()
    for tokenizer in [Tokenizer(), Tokenizer(lowercases: false)] {
      let tokens = tokenizer.tokens(of: text)
      #expect(
        tokenizer.tokens(of: tokenizer.text(of: tokens)) == tokens, "\(text.debugDescription)")
      let controls = tokens.joined().unicodeScalars.filter {
        $0.properties.generalCategory == .control
      }
      #expect(controls.isEmpty)
      #expect(tokens.firstIndex(of: "") == nil)
    }
  }

  // MARK: - The vocabulary

  @Test func `words are numbered by frequency, then by bytes`() {
    let vocabulary = TextVocabulary(
      counts: ["b": 3, "a": 2, "é": 2, "z": 2, "rare": 1], minimumCount: 2)
    #expect(
      vocabulary.tokens == ["<pad>", "<unknown>", "<start>", "<end>", "b", "a", "z", "é"])
    #expect(vocabulary.count == 8)
    #expect(vocabulary.ids(of: ["é", "rare", "b", "<end>"]) == [7, 1, 4, 1])
    #expect(vocabulary.ids(of: ["a", "b", "z"], first: 2) == [5, 4])
    let few = TextVocabulary(counts: ["b": 3, "a": 2, "c": 2], most: 2)
    #expect(few.tokens == TextVocabulary.specials + ["b", "a"])
  }

  @Test func `a text ends at its end`() {
    let vocabulary = TextVocabulary(words: ["good", "sound"])
    #expect(vocabulary.tokens(of: [2, 4, 1, 5, 3, 4, 0]) == ["good", "<unknown>", "sound"])
    #expect(vocabulary.tokens(of: [0, 4, 99, -7]) == ["good", "<unknown>", "<unknown>"])
  }

  @Test func `it comes back from its file`() throws {
    let vocabulary = TextVocabulary(words: ["naïve", "好", "a\"b"])
    let bytes = try JSONEncoder().encode(vocabulary)
    let read = try JSONDecoder().decode(TextVocabulary.self, from: bytes)
    #expect(read == vocabulary)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TextVocabulary.self, from: Data(#"["a", "b", "a"]"#.utf8))
    }
  }
}
