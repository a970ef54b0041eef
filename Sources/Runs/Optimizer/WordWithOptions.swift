/// A choice by a word, which has options of its own: the rule of an optimiser, a schedule.
///
/// In files it is one flat object, the word under a key and the options of that choice beside it,
/// which are written always, so that a file says what a run was trained with even if a default changes.
protocol WordWithOptions {
  /// The key of the word, `rule`.
  static var wordKey: String { get }
  /// What a word names, for messages: `optimiser`.
  static var noun: String { get }
  /// Every choice with its defaults; the first one is meant where no word is given.
  static var all: [Self] { get }
  /// Its word.
  var word: String { get }
  /// Its options by name; flags are 0 or 1.
  var codedOptions: [(name: String, value: Double, isFlag: Bool)] { get }
  /// The same choice with another value of one option.
  func with(_ value: Double, for name: String) -> Self
}

extension WordWithOptions {
  /// The choice of this word, with its defaults; nil for none.
  static func named(_ word: String) -> Self? { all.first { $0.word == word } }

  /// Reads the word and the options that stand beside it.
  ///
  /// - Throws: `DecodingError` for a word that names nothing and for what is no number.
  static func read(from decoder: any Decoder) throws -> Self {
    let container = try decoder.container(keyedBy: TextKey.self)
    let key = TextKey(stringValue: wordKey)
    let word = try container.decodeIfPresent(String.self, forKey: key) ?? all[0].word
    guard var choice = named(word) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: container,
        debugDescription: "no such \(noun) (known: \(all.map(\.word)))")
    }
    for option in choice.codedOptions {
      let key = TextKey(stringValue: option.name)
      let given =
        option.isFlag
        ? try container.decodeIfPresent(Bool.self, forKey: key).map { $0 ? 1 : 0 }
        : try container.decodeIfPresent(Double.self, forKey: key)
      if let given { choice = choice.with(given, for: option.name) }
    }
    return choice
  }

  /// Writes the word and all options beside it.
  func write(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: TextKey.self)
    try container.encode(word, forKey: TextKey(stringValue: Self.wordKey))
    for option in codedOptions {
      let key = TextKey(stringValue: option.name)
      if option.isFlag {
        try container.encode(option.value != 0, forKey: key)
      } else {
        try container.encode(option.value, forKey: key)
      }
    }
  }
}

/// A key of an object by its text.
private struct TextKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
