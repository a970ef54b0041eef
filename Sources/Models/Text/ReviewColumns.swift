import Datasets
import Graph
import Tensors

/// The texts of a row's user and item as packed entries, with the words of each; a ``ReviewSource`` fills
/// them.
struct ReviewColumns: Sendable {
  /// The texts of one of both.
  struct Side: Sendable {
    /// Of rows: numbers of texts.
    let texts: RaggedColumn
    /// Of texts.
    let words: RaggedColumn
    /// Whom texts are of or by: the item of a user's, the user of an item's.
    let others: IdColumn
  }

  /// What the user wrote.
  let user: Side
  /// What was written of the item.
  let item: Side

  /// The columns of texts of a shape.
  init(_ text: TextShape) {
    func side(
      _ texts: PackedReviews.Column, _ words: PackedReviews.Column,
      _ others: PackedReviews.Column, most: Int
    ) -> Side {
      let texts = RaggedColumn(
        index: texts.rawValue, longest: max(1, most), typical: Double(max(1, most)))
      let longest = max(1, text.shape.tokens)
      return Side(
        texts: texts,
        words: RaggedColumn(
          index: words.rawValue, of: .entries(texts), longest: longest,
          typical: text.meanTokens ?? Double(longest)),
        others: .entries(texts, values: others.rawValue))
    }
    user = side(.userTexts, .userWords, .userOthers, most: text.shape.perUser)
    item = side(.itemTexts, .itemWords, .itemOthers, most: text.shape.perItem)
  }
}

extension ReviewColumns.Side {
  /// The places of a row's texts among those of a batch: where values that are watched by text lie.
  func places(ofRow row: Int, of batch: Batch) -> Range<Int> {
    guard let texts = batch.ragged?[texts.index] else { return 0..<0 }
    let starts = texts.starts + batch.firstParent
    return Int(starts[row] - starts[0])..<Int(starts[row + 1] - starts[0])
  }

  /// Whom a row's texts are of or by; empty where the batch does not say.
  func others(ofRow row: Int, of batch: Batch) -> [Int32] {
    guard case .entries(_, let values) = others, values < batch.raggedCount,
      let ragged = batch.ragged
    else { return [] }
    return Array(ragged[values][batch.firstParent + row])
  }

  /// The numbers of a row's texts in the corpus, with the words of each.
  func texts(ofRow row: Int, of batch: Batch) -> [(number: Int32, words: [Int32])] {
    guard let ragged = batch.ragged else { return [] }
    let (texts, words) = (ragged[texts.index], ragged[words.index])
    let parent = batch.firstParent + row
    return texts[parent].enumerated().map { place, number in
      (number, Array(words[Int(texts.starts[parent]) + place]))
    }
  }
}
