import Datasets
import Tensors
import Testing

/// What a row is given of the texts of its user and its item, by hand.
@Suite struct ReviewGatheringTests {
  /// User and item of each training row, beside the unknown ones of id 0; rows 0 and 4 are of the same
  /// user and item, row 5 has no text, rows 6 and 7 are of users without an id of their own.
  private static let pairs: [[Int32]] = [
    [1, 2], [1, 1], [2, 2], [1, 3], [1, 2], [1, 4], [0, 2], [0, 2], [2, 0],
  ]
  private static let texts: [[Int32]] = [
    [10, 11], [12, 10, 12], [13], [14, 15, 16, 17], [18], [], [19], [20], [21],
  ]
  /// Texts of one validation row of user 1 and item 2 and of one test row of user 2 and item 1.
  private static let heldOut: [[Int32]] = [[22, 23], [24]]

  private let examples = Examples(
    count: pairs.count, ids: Storage(pairs.flatMap { $0 }), dense: Storage([]),
    labels: Storage(pairs.map { _ in Float(1) }), firstText: 0)
  private let features = FeatureSchema(
    fields: [
      CategoricalField(name: "user", vocabulary: 3), CategoricalField(name: "item", vocabulary: 5),
    ], dense: [])
  private let slots = ReviewSlots(
    first: 2, userTexts: 2, itemTexts: 3, tokens: 3, concepts: 2, target: 4)

  private func gathering(
    _ concepts: [Int32] = [12, 15, 10], most: Int = 4, missing: Int32? = nil
  ) -> ReviewGathering {
    var features = features
    features.interactions = InteractionFields(user: 0, item: 1)
    features.interactions?.missingUser = missing
    let text = TextData(
      vocabulary: TextVocabulary(words: (4..<30).map { "w\($0)" }),
      corpus: TokenCorpus(
        training: Self.texts, validation: [Self.heldOut[0]], test: [Self.heldOut[1]], most: most),
      shape: ReviewShape(perUser: 2, perItem: 3, tokens: 3), concepts: concepts)
    return ReviewGathering(
      text, Interactions(examples, features, user: 0, item: 1), training: examples, slots: slots)
  }

  /// The slots of a row, which begin as if others were before.
  private func row(
    _ gathering: ReviewGathering, user: Int32, item: Int32, text: Int32
  ) -> [Int32] {
    let memory = Storage<Int32>(count: 2 + slots.count + 1, filling: 99)
    gathering.fill(memory.base, user: user, item: item, text: text)
    #expect(memory[0] == 99 && memory[1] == 99 && memory[2 + slots.count] == 99)
    return memory.array
  }

  @Test func slotsFollowEachOther() {
    #expect(slots.userNumbers == 2..<4)
    #expect(slots.userTokens == 4..<10)
    #expect(slots.userConcepts == 10..<14)
    #expect(slots.itemNumbers == 14..<17)
    #expect(slots.itemTokens == 17..<26)
    #expect(slots.itemConcepts == 26..<32)
    #expect(slots.targetTokens == 32..<36)
    #expect(slots.count == 34)
  }

  /// Row 0 is given neither itself nor row 4, of the same user and item; empty texts take no slot, and
  /// the newest of the others come first.
  @Test func leavesOutItselfAndItsLike() {
    let own = row(gathering(), user: 1, item: 2, text: 0)
    #expect(Array(own[slots.userNumbers]) == [4, 2])
    #expect(Array(own[slots.userTokens]) == [14, 15, 16, 12, 10, 12])
    #expect(Array(own[slots.userConcepts]) == [15, 0, 12, 10])
    #expect(Array(own[slots.itemNumbers]) == [8, 7, 3])
    #expect(Array(own[slots.itemTokens]) == [20, 0, 0, 19, 0, 0, 13, 0, 0])
    #expect(Array(own[slots.targetTokens]) == [10, 11, TextVocabulary.end, 0])
  }

  /// Where rows of user 1 name nobody, they are given no texts of a user; their own are texts of their
  /// items still, but not to each other.
  @Test func givesNobodyNoTexts() {
    let own = row(gathering(missing: 1), user: 1, item: 2, text: 0)
    #expect(Array(own[slots.userNumbers]) == [0, 0])
    #expect(Array(own[slots.itemNumbers]) == [8, 7, 3])
    let other = row(gathering(missing: 1), user: 2, item: 2, text: 2)
    #expect(Array(other[slots.userNumbers]) == [9, 0])
    #expect(Array(other[slots.itemNumbers]) == [8, 7, 5])
  }

  /// A row that validates is given training texts alone, and not those of its own user and item.
  @Test func givesHeldOutRowsTrainingTexts() {
    let own = row(gathering(), user: 1, item: 2, text: 9)
    #expect(Array(own[slots.userNumbers]) == [4, 2])
    #expect(Array(own[slots.itemNumbers]) == [8, 7, 3])
    #expect(Array(own[slots.targetTokens]) == [22, 23, TextVocabulary.end, 0])
    let other = row(gathering(), user: 2, item: 1, text: 10)
    #expect(Array(other[slots.userNumbers]) == [9, 3])
    #expect(Array(other[slots.itemNumbers]) == [2, 0, 0])
  }

  /// Of those who have no id of their own nobody knows whether they are one.
  @Test func tellsNoUnknownUsersApart() {
    let own = row(gathering(), user: 0, item: 2, text: 6)
    #expect(Array(own[slots.userNumbers]) == [0, 0])
    #expect(Array(own[slots.itemNumbers]) == [5, 3, 1])
    let unknownItem = row(gathering(), user: 2, item: 0, text: -1)
    #expect(Array(unknownItem[slots.userNumbers]) == [3, 0])
    #expect(Array(unknownItem[slots.itemNumbers]) == [0, 0, 0])
    #expect(Array(unknownItem[slots.targetTokens]) == [0, 0, 0, 0])
  }

  /// A text that was cut does not end, one without room for its end has none, and no text is no end.
  @Test func endsTargetsThatEnd() {
    let whole = row(gathering(), user: 1, item: 3, text: 3)
    #expect(Array(whole[slots.targetTokens]) == [14, 15, 16, 17])
    let cut = row(gathering(most: 3), user: 1, item: 3, text: 3)
    #expect(Array(cut[slots.targetTokens]) == [14, 15, 16, 0])
    let none = row(gathering(), user: 1, item: 4, text: 5)
    #expect(Array(none[slots.targetTokens]) == [0, 0, 0, 0])
  }

  @Test func givesTargetsWithoutInteractions() {
    let text = TextData(
      training: ["Good sound!"], shape: ReviewShape(perUser: 0, perItem: 0, tokens: 3))
    let slots = ReviewSlots(userTexts: 0, itemTexts: 0, tokens: 3, target: 4)
    let one = Examples(
      count: 1, ids: Storage([1, 1]), dense: Storage([]), labels: Storage([1]), firstText: 0)
    let memory = Storage<Int32>(count: 4, filling: 9)
    ReviewGathering(text, nil, training: one, slots: slots)
      .fill(memory.base, user: 1, item: 1, text: 0)
    #expect(text.vocabulary.tokens(of: memory.array) == ["good", "sound", "!"])
    #expect(memory[3] == TextVocabulary.end)
  }
}
