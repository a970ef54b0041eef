public import Graph

/// One row of numbers a word: dense numbers, since every step reads thousands of words and a softmax
/// over them costs more than the table.
///
/// Named `weight` [V, e]; N(0, 0.1²). The id 0 fills texts up: it has a row that sums leave out.
public struct WordTable: Sendable {
  /// The rows.
  public let weight: Parameter
  /// V.
  public let vocabulary: Int
  /// e.
  public let width: Int

  /// Declares the table in a scope.
  public init(_ vocabulary: Int, width: Int, in scope: Scope) {
    self.vocabulary = vocabulary
    self.width = width
    weight = scope.block(
      count: vocabulary * width,
      [
        ParameterPiece(
          path: scope.named("weight"), shape: [vocabulary, width], offset: 0,
          strides: .init(first: width, second: 1), initialiser: .normal(deviation: 0.1))
      ])
  }

  /// The row of every id, side by side: [B, n] to [B, n·e], or packed [words, 1] to [words, e].
  public func callAsFunction(_ ids: Variable) -> Variable {
    ids.rows(of: weight, vocabulary: vocabulary, columns: width)
  }

  /// The sum of the rows of every text of n ids: [B, G·n] to [B, G·e], or packed [words, 1] to
  /// [texts, e].
  public func sums(_ ids: Variable, of slots: Slots) -> Variable {
    ids.wordSums(of: slots, in: weight, vocabulary: vocabulary, columns: width)
  }
}
