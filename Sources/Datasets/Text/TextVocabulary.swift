/// The tokens that a model knows, by id.
///
/// The first four ids are no words: padding 0, any word that is not known 1, the start 2 and the end 3 of a
/// text. Words follow by how often the training texts have them, equally frequent ones by their bytes, so
/// that the ids depend neither on the order of the texts nor on threads.
public struct TextVocabulary: Sendable, Hashable {
  /// Stands where there is no token.
  public static let padding: Int32 = 0
  /// Any word that is not known.
  public static let unknown: Int32 = 1
  /// Stands before a text.
  public static let start: Int32 = 2
  /// Stands behind a text.
  public static let end: Int32 = 3
  /// What the first ids are called; no tokenizer makes such tokens.
  public static let specials = ["<pad>", "<unknown>", "<start>", "<end>"]

  /// Specials, then words, by id.
  public let tokens: [String]
  private let ids: [String: Int32]

  /// Knows these words, in this order; a word that is there twice keeps its first place.
  public init(words: some Sequence<String>) {
    var (tokens, ids) = (Self.specials, [String: Int32]())
    for word in words where ids[word] == nil {
      ids[word] = Int32(tokens.count)
      tokens.append(word)
    }
    self.tokens = tokens
    self.ids = ids
  }

  /// Knows the words that training texts have often enough.
  ///
  /// - Parameters:
  ///   - counts: how often they have each.
  ///   - minimumCount: words that they have less often are not known.
  ///   - most: of the others no more than so many are, the most frequent ones; nil: all.
  public init(counts: [String: Int], minimumCount: Int = 1, most: Int? = nil) {
    let frequent = counts.filter { $0.value >= minimumCount }.sorted { left, right in
      left.value != right.value
        ? left.value > right.value : left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
    self.init(words: frequent.prefix(most ?? frequent.count).lazy.map(\.key))
  }

  /// How many ids there are.
  public var count: Int { tokens.count }

  /// The id of a token; ``unknown`` if it is not known.
  public func id(of token: String) -> Int32 { ids[token] ?? Self.unknown }

  /// The ids of a text's tokens, of the first ones where it has more than so many.
  public func ids(of tokens: [String], first most: Int = .max) -> [Int32] {
    tokens.prefix(most).map { id(of: $0) }
  }

  /// The tokens of ids up to the end of their text, without padding and start.
  ///
  /// An id that is none of the vocabulary's counts as unknown.
  public func tokens(of ids: some Sequence<Int32>) -> [String] {
    var found: [String] = []
    for id in ids {
      if id == Self.end { break }
      if id == Self.padding || id == Self.start { continue }
      let index = tokens.indices.contains(Int(id)) ? Int(id) : Int(Self.unknown)
      found.append(tokens[index])
    }
    return found
  }
}

extension TextVocabulary: Codable {
  /// Reads the words, without the specials.
  public init(from decoder: any Decoder) throws {
    let words = try decoder.singleValueContainer().decode([String].self)
    self.init(words: words)
    guard count == words.count + Self.specials.count else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a word is there twice"))
    }
  }

  /// Writes the words, without the specials.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Array(tokens.dropFirst(Self.specials.count)))
  }
}
