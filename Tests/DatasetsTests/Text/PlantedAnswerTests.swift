import Foundation
import Tensors
import Testing

@testable import Datasets

/// A log whose every row holds words that no other row has: nothing that is gathered for a row, and
/// nothing that training reads, holds those of the row itself or of a row that validates or tests.
@Suite struct PlantedAnswerTests {
  private static let users = 13
  private static let items = 11
  private static let rows = 240

  /// A row as it is written: rows of one user and item come again.
  private struct Row {
    let number: Int
    var user: String { "u\(number * 5 % PlantedAnswerTests.users)" }
    var item: String { "i\(number / 3 % PlantedAnswerTests.items)" }
    /// The word that only this row has.
    var word: String { "answer\(number)x" }
    /// The split, which the rows of one user and item share no more than others do.
    var split: String { number % 6 == 4 ? "v" : (number % 6 == 5 ? "t" : "x") }
  }

  private static let log = (0..<rows).map { Row(number: $0) }

  private static let schema = """
    name: planted
    files: {all: reviews.jsonl}
    columns:
      user: {type: categorical, minimumCount: 1}
      item: {type: categorical, minimumCount: 1}
      review: {type: text, from: text, minimumCount: 1, maximumTokens: 6}
    interactions: {user: user, item: item, time: day}
    reviews: {of: review, perUser: 40, perItem: 60}
    opinions: {file: said.tsv, quoted: false}
    concepts: {from: opinions}
    tasks: {words: {kind: text, column: review}, opinions: {kind: tuples}}
    split: {column: split, validation: v, test: t}
    """

  private static var source: DatasetLoader.Source {
    let reviews = log.map { row in
      #"{"user": "\#(row.user)", "item": "\#(row.item)", "day": \#(1_600_000_000 + row.number * 86_400), "#
        + #""split": "\#(row.split)", "text": "The \#(row.word) is fine, really"}"#
    }
    let said = log.map { row in
      "\(row.user)\t\(row.item)\t\(row.word)\tfine\(row.number)\t\(row.number % 2 == 0 ? 1 : -1)"
    }
    return .memory([
      "reviews.jsonl": Data(reviews.joined(separator: "\n").utf8),
      "said.tsv": Data(
        (["user\titem\tfeature\topinion\tsentiment"] + said).joined(separator: "\n").utf8),
    ])
  }

  private static func load() throws -> Dataset {
    var loader = DatasetLoader(
      try DatasetSchema(yaml: schema, path: "s.yaml"), from: source, threads: 2)
    loader.partBytes = 4096
    return try loader.load()
  }

  /// The rows of a split as they were written, in their order.
  private static func rows(_ split: RowSplit) -> [Row] {
    let text = [RowSplit.training: "x", .validation: "v", .test: "t"][split]
    return log.filter { $0.split == text }
  }

  @Test func everyRowFindsItsOwnText() throws {
    let data = try Self.load()
    let text = try #require(data.text)
    for (split, examples) in zip(RowSplit.allCases, [data.training, data.validation, data.test]) {
      let own = Self.rows(split)
      let first = try #require(examples.firstText)
      #expect(own.count == examples.count && text.corpus.texts(of: split).lowerBound == first)
      for (row, written) in own.enumerated() {
        let word = split == .training ? written.word : "<unknown>"
        let known = ["the", word, "is", "fine", ",", "really"]
        let tokens = text.vocabulary.tokens(of: text.corpus[first + row])
        #expect(tokens == known, "row \(written.number)")
      }
    }
  }

  @Test func noAnswerIsAmongTheWords() throws {
    let data = try Self.load()
    let text = try #require(data.text)
    let known = Set(text.vocabulary.tokens)
    let opinions = try #require(data.opinions)
    let named = Set(opinions.features + opinions.opinions)
    for split in [RowSplit.validation, .test] {
      for row in Self.rows(split) {
        #expect(!known.contains(row.word))
        #expect(!named.contains(row.word) && !named.contains("fine\(row.number)"))
      }
    }
    for row in Self.rows(.training) { #expect(known.contains(row.word)) }
    #expect(text.vocabulary.count == 4 + 5 + Self.rows(.training).count)
  }

  /// Over all rows of all splits: no text of the row itself, none of the same user and item, none that
  /// validates or tests; and all others are there, the newest first.
  @Test func nothingGatheredHoldsTheAnswer() throws {
    let data = try Self.load()
    let text = try #require(data.text)
    let interactions = try #require(data.interactions)
    let slots = ReviewSlots(
      userTexts: text.shape.perUser, itemTexts: text.shape.perItem, tokens: text.shape.tokens,
      concepts: 2)
    let gathering = ReviewGathering(
      text, interactions, training: data.training, slots: slots)
    let memory = Storage<Int32>(count: slots.count, filling: 0)
    let training = Self.rows(.training)
    for (split, examples) in zip(RowSplit.allCases, [data.training, data.validation, data.test]) {
      let first = try #require(examples.firstText)
      for (index, row) in Self.rows(split).enumerated() {
        gathering.fill(
          memory.base, user: examples.ids[index * 2], item: examples.ids[index * 2 + 1],
          text: Int32(first + index))
        let others = training.filter { $0.user != row.user || $0.item != row.item }.reversed()
        let expected = (
          others.filter { $0.user == row.user }, others.filter { $0.item == row.item }
        )
        let seen = (
          words(memory, slots.userTokens, text), words(memory, slots.itemTokens, text)
        )
        #expect(seen.0 == expected.0.map(\.word), "row \(row.number) of \(split)")
        #expect(seen.1 == expected.1.map(\.word), "row \(row.number) of \(split)")
        #expect(!(seen.0 + seen.1).contains(row.word))
      }
    }
  }

  /// The second word of each text in some slots.
  private func words(
    _ memory: Storage<Int32>, _ slots: Range<Int>, _ text: TextData
  ) -> [String] {
    stride(from: slots.lowerBound, to: slots.upperBound, by: text.shape.tokens).compactMap {
      let id = memory[$0 + 1]
      return id == TextVocabulary.padding ? nil : text.vocabulary.tokens[Int(id)]
    }
  }

  /// Training tuples are of users and items that meet in training rows alone; no other is in a number.
  @Test func noTupleOfAHeldOutRowTrains() throws {
    let data = try Self.load()
    let opinions = try #require(data.opinions)
    let heldOut = Self.rows(.validation) + Self.rows(.test)
    let pairs = Set(heldOut.map { "\($0.user) \($0.item)" })
    let expected = Self.log.filter { !pairs.contains("\($0.user) \($0.item)") }.map(\.word)
    #expect(!expected.isEmpty && expected.count < Self.rows(.training).count)
    let training = opinions.training.map { opinions.features[Int($0.feature)] }
    #expect(training == expected)
    #expect(Set(opinions.features) == Set(expected))
    for tuple in opinions.validation + opinions.test {
      #expect(tuple.feature == -1 && tuple.opinion == -1)
    }
    #expect(
      data.features.opinions
        == OpinionWords(features: opinions.features, opinions: opinions.opinions))
  }

  /// Each tuple is in one split, the last that its user and item meet in.
  @Test func everyTupleIsInOneSplit() throws {
    let data = try Self.load()
    let opinions = try #require(data.opinions)
    let tested = Set(Self.rows(.test).map { "\($0.user) \($0.item)" })
    let validated = Set(Self.rows(.validation).map { "\($0.user) \($0.item)" })
    let last = Self.log.map { row in
      let pair = "\(row.user) \(row.item)"
      return tested.contains(pair)
        ? RowSplit.test : validated.contains(pair) ? .validation : .training
    }
    for split in RowSplit.allCases {
      #expect(opinions[split].count == last.count { $0 == split }, "\(split)")
    }
    #expect(!tested.isDisjoint(with: validated))
  }

  /// A row is in the space of the tuples where its own split has some of its user and item.
  @Test func rowsWithoutTuplesAreOutside() throws {
    let data = try Self.load()
    let spaces = try #require(data.training.spaces)
    let heldOut = Set((Self.rows(.validation) + Self.rows(.test)).map { "\($0.user) \($0.item)" })
    for (index, row) in Self.rows(.training).enumerated() {
      #expect(spaces[index * 2] == 1)
      #expect((spaces[index * 2 + 1] == 1) == !heldOut.contains("\(row.user) \(row.item)"))
    }
    let tested = try #require(data.test.spaces).array
    #expect(tested.allSatisfy { $0 == 1 })
  }
}
