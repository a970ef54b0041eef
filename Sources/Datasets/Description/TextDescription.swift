/// What texts hold, as far as their tokens are kept.
public struct TextDescription: Sendable {
  /// The name of the column.
  public let column: String
  /// Words that are known, without the ids that are no words.
  public let words: Int
  /// Words that are concepts.
  public let concepts: Int
  /// Texts of a row's user and of its item that it is given at most.
  public let given: (user: Int, item: Int)
  /// By split: training, validation, test.
  public let splits: [Split]

  /// The texts of a split.
  public struct Split: Sendable {
    /// Rows that have a text.
    public let texts: Int
    /// Their tokens.
    public let tokens: Int
    /// Tokens that are not known.
    public let unknown: Int

    /// The share of tokens that are not known; NaN without any.
    public var unknownShare: Double { Double(unknown) / Double(tokens) }
    /// Tokens of a text in the mean; NaN without any.
    public var meanTokens: Double { Double(tokens) / Double(texts) }
  }

  /// Counts, in O(tokens).
  public init(_ text: TextData) {
    column = text.column
    words = text.vocabulary.count - TextVocabulary.specials.count
    concepts = text.concepts.count
    given = (text.shape.perUser, text.shape.perItem)
    splits = RowSplit.allCases.map { split in
      var (texts, tokens, unknown) = (0, 0, 0)
      for number in text.corpus.texts(of: split) {
        let own = text.corpus[number]
        texts += own.isEmpty ? 0 : 1
        tokens += own.count
        for token in own where token == TextVocabulary.unknown { unknown += 1 }
      }
      return Split(texts: texts, tokens: tokens, unknown: unknown)
    }
  }
}

/// How many opinions there are, of what and in which words.
public struct OpinionDescription: Sendable {
  /// Features that training rows speak of.
  public let features: Int
  /// The words in which they do.
  public let opinions: Int
  /// Tuples by split: training, validation, test.
  public let tuples: [Int]
  /// The share of training tuples that are for and not against.
  public let positiveShare: Double

  /// Counts.
  public init(_ opinions: OpinionTuples) {
    features = opinions.features.count
    self.opinions = opinions.opinions.count
    tuples = RowSplit.allCases.map { opinions[$0].count }
    let positives = opinions.training.count { $0.sentiment > 0 }
    positiveShare = Double(positives) / Double(opinions.training.count)
  }
}
