import Tensors
import Testing

@testable import Datasets

/// The texts of rows packed: what slots have, without what fills them up.
@Suite struct PackedReviewsTests {
  private static let (users, items, rows) = (7, 7, 60)
  private static let shape = ReviewShape(perUser: 3, perItem: 4, tokens: 5)
  private static let slots = ReviewSlots(userTexts: 3, itemTexts: 4, tokens: 5)

  /// User and item of the first rows, which have texts with tokens: beside the row's own, user 5 has one,
  /// user 6 two and user 1 three or more of other items, item 6 four or more by others; 0 is nobody.
  private static let chosen: [(user: Int32, item: Int32)] = [
    (5, 1), (5, 2), (6, 3), (6, 4), (6, 5), (0, 0), (1, 1), (1, 2), (1, 3), (1, 4),
    (0, 6), (1, 6), (2, 6), (3, 6), (4, 6),
  ]

  /// Texts of 0 to 7 tokens, of users and items among whom 0 is nobody.
  private static func gathering(seed: UInt64) -> (gathering: ReviewGathering, ids: [Int32]) {
    let random = RandomSource(seed: seed, .test)
    let ids = (0..<rows).flatMap { row -> [Int32] in
      guard row >= chosen.count else { return [chosen[row].user, chosen[row].item] }
      // Users 5 and 6 have no other rows.
      return [
        Int32(random.index(below: 5, 1, UInt64(row))),
        Int32(random.index(below: items, 2, UInt64(row))),
      ]
    }
    let texts = (0..<rows).map { row -> [Int32] in
      let least = row < chosen.count ? 1 : 0
      let count = least + random.index(below: 8 - least, 3, UInt64(row))
      return (0..<count).map { word -> Int32 in Int32(4 + (7 * row + word) % 20) }
    }
    let examples = Examples(
      count: rows, ids: Storage(ids), dense: Storage([]),
      labels: Storage(ids.map { _ in Float(1) }), firstText: 0)
    var features = FeatureSchema(
      fields: [users, items].map { CategoricalField(name: "", vocabulary: $0) }, dense: [])
    features.interactions = InteractionFields(user: 0, item: 1)
    let text = TextData(
      vocabulary: TextVocabulary(words: (4..<30).map { "w\($0)" }),
      corpus: TokenCorpus(training: texts, most: 6), shape: shape)
    return (
      ReviewGathering(
        text, Interactions(examples, features, user: 0, item: 1), training: examples, slots: slots),
      ids
    )
  }

  private struct Side {
    let texts, words, others: PackedReviews.Column
    /// The field of those beside the texts.
    let field: Int
    let slots: Range<Int>

    init(
      _ texts: PackedReviews.Column, _ words: PackedReviews.Column,
      _ others: PackedReviews.Column, field: Int, _ slots: Range<Int>
    ) {
      (self.texts, self.words, self.others) = (texts, words, others)
      (self.field, self.slots) = (field, slots)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func packedTextsAreThoseOfSlots(seed: UInt64) {
    let (gathering, ids) = Self.gathering(seed: seed)
    let packed = PackedReviews(gathering.corpus, shape: Self.shape, rows: Self.rows)
    // What rows before have left is not seen.
    for row in 0..<9 { gathering.add(to: packed, user: 1, item: Int32(row % 7), text: -1) }
    packed.clear()
    for row in 0..<Self.rows {
      gathering.add(to: packed, user: ids[2 * row], item: ids[2 * row + 1], text: Int32(row))
    }
    let memory = Storage<Int32>(count: Self.slots.count, filling: 0)
    let sides: [Side] = [
      Side(.userTexts, .userWords, .userOthers, field: 1, Self.slots.userTokens),
      Side(.itemTexts, .itemWords, .itemOthers, field: 0, Self.slots.itemTokens),
    ]
    var counts = Set<Int>()
    for row in 0..<Self.rows {
      gathering.fill(
        memory.base, user: ids[2 * row], item: ids[2 * row + 1], text: Int32(row))
      for side in sides {
        let (texts, words) = (
          packed.columns[side.texts.rawValue], packed.columns[side.words.rawValue]
        )
        let expected = stride(from: side.slots.lowerBound, to: side.slots.upperBound, by: 5).map {
          first in (first..<(first + 5)).map { memory[$0] }.filter { $0 != 0 }
        }.filter { !$0.isEmpty }
        let first = Int(texts.starts[row])
        let found = (first..<Int(texts.starts[row + 1])).map { Array(words[$0]) }
        #expect(found == expected, "seed \(seed), row \(row), \(side.texts)")
        for (text, tokens) in zip(texts[row], found) {
          #expect(Array(gathering.corpus[Int(text)].prefix(5)) == tokens)
        }
        // Of a user's texts the items, of an item's the users.
        let others = packed.columns[side.others.rawValue][row]
        #expect(Array(others) == texts[row].map { ids[2 * Int($0) + side.field] })
        counts.insert(found.count)
      }
    }
    #expect(counts == Set(0...4), "seed \(seed)")
  }

  @Test func theMeanIsOfTrainingTextsThatHaveTokens() {
    let corpus = TokenCorpus(
      training: [[4, 5, 6], [], [7]], validation: [[4, 4, 4, 4, 4, 4]], test: [[]])
    #expect(corpus.meanTokens == 2)
    #expect(TokenCorpus(training: [[], []], test: [[4]]).meanTokens == nil)
    #expect(TokenCorpus(training: []).meanTokens == nil)
  }
}
