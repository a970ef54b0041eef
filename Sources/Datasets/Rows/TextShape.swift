/// What a model has to know of the texts that rows are given.
public struct TextShape: Sendable, Hashable, Codable {
  /// How many ids the vocabulary has, those that are no words among them.
  public var vocabulary: Int
  /// How many texts a row may be given, and how long they are.
  public var shape: ReviewShape
  /// Whether some words are concepts.
  public var hasConcepts: Bool
  /// Tokens of a training row's text in the mean, of those that have any; nil where nobody knows.
  ///
  /// Memory for packed words goes by it, and no number of a model.
  public var meanTokens: Double?

  /// Names the numbers.
  public init(
    vocabulary: Int, shape: ReviewShape, hasConcepts: Bool, meanTokens: Double? = nil
  ) {
    self.vocabulary = vocabulary
    self.shape = shape
    self.hasConcepts = hasConcepts
    self.meanTokens = meanTokens
  }
}

/// How many texts a row may be given, and how long they are.
public struct ReviewShape: Sendable, Hashable, Codable {
  /// Texts of a row's user at most.
  public var perUser: Int
  /// Texts of a row's item at most.
  public var perItem: Int
  /// Tokens of a text at most.
  public var tokens: Int

  /// Names the numbers.
  public init(perUser: Int, perItem: Int, tokens: Int) {
    self.perUser = perUser
    self.perItem = perItem
    self.tokens = tokens
  }
}
