/// Where a row's texts stand among the numbers that are drawn for it: fixed slots of numbers, 0 where
/// there is nothing.
///
/// One after another from ``first`` on, U texts of the user and I of the item, T tokens and C concepts
/// a text, and a target of L tokens:
///
///     user texts [U] · their tokens [U, T] · their concepts [U, C]
///     item texts [I] · their tokens [I, T] · their concepts [I, C] · target [L]
///
/// A text is its number in the ``TokenCorpus`` plus 1. Texts fill the first slots, newest first, and
/// so do a text's tokens in their order, and its concepts, each once, in the order in which its tokens
/// first have them. The target is the row's own text with ``TextVocabulary/end`` behind it, where its
/// last token is kept and there is room.
public struct ReviewSlots: Sendable, Hashable, Codable {
  /// Where they begin.
  public var first: Int
  /// Texts of the user, U.
  public var userTexts: Int
  /// Texts of the item, I.
  public var itemTexts: Int
  /// Tokens of a gathered text, T.
  public var tokens: Int
  /// Concepts of a gathered text, C.
  public var concepts: Int
  /// Tokens of the row's own text and its end, L.
  public var target: Int

  /// Names the numbers.
  public init(
    first: Int = 0, userTexts: Int, itemTexts: Int, tokens: Int, concepts: Int = 0, target: Int = 0
  ) {
    self.first = first
    self.userTexts = userTexts
    self.itemTexts = itemTexts
    self.tokens = tokens
    self.concepts = concepts
    self.target = target
  }

  /// No numbers.
  public static let none = ReviewSlots(userTexts: 0, itemTexts: 0, tokens: 1)

  /// Where the numbers of the user's texts stand.
  public var userNumbers: Range<Int> { next(first, userTexts) }
  /// Where the tokens of the user's texts stand, text after text.
  public var userTokens: Range<Int> { next(userNumbers.upperBound, userTexts * tokens) }
  /// Where the concepts of the user's texts stand, text after text.
  public var userConcepts: Range<Int> { next(userTokens.upperBound, userTexts * concepts) }
  /// Where the numbers of the item's texts stand.
  public var itemNumbers: Range<Int> { next(userConcepts.upperBound, itemTexts) }
  /// Where the tokens of the item's texts stand, text after text.
  public var itemTokens: Range<Int> { next(itemNumbers.upperBound, itemTexts * tokens) }
  /// Where the concepts of the item's texts stand, text after text.
  public var itemConcepts: Range<Int> { next(itemTokens.upperBound, itemTexts * concepts) }
  /// Where the tokens of the row's own text stand.
  public var targetTokens: Range<Int> { next(itemConcepts.upperBound, target) }
  /// How many numbers.
  public var count: Int { targetTokens.upperBound - first }

  private func next(_ start: Int, _ count: Int) -> Range<Int> { start..<(start + count) }
}
