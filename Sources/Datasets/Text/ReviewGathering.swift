import Tensors

/// Gathers what a row may know of its user and its item: the newest texts that they have in training
/// rows, but never the row's own and none that the same user wrote of the same item.
///
/// Texts of rows that validate or test are gathered for no row. Users and items that are rare, unseen
/// or not named have no texts of their own, since nobody can tell them apart; for the same reason two
/// of them count as the same where a text is left out. It allocates nothing and may be shared between threads.
public struct ReviewGathering: Sendable {
  /// Where the texts go.
  public let slots: ReviewSlots
  private let text: TextData
  private let interactions: Interactions?
  private let ids: Storage<Int32>
  private let fields: Int

  /// - Parameters:
  ///   - text: the texts.
  ///   - interactions: who wrote of what; nil: rows are given their own text alone, as a target.
  ///   - training: the training rows, whose texts are the first of the corpus.
  ///   - slots: where the texts go.
  public init(
    _ text: TextData, _ interactions: Interactions?, training: Examples, slots: ReviewSlots
  ) {
    precondition(
      text.corpus.texts(of: .training).count == training.count,
      "\(text.corpus.texts(of: .training).count) texts of \(training.count) training rows")
    self.text = text
    self.interactions = interactions
    self.slots = slots
    ids = training.ids
    fields = training.count == 0 ? 0 : training.ids.count / training.count
  }

  /// Fills the slots of a row.
  ///
  /// - Parameters:
  ///   - row: the row's numbers, of which ``slots`` says where they begin.
  ///   - user: the id of its user.
  ///   - item: the id of its item.
  ///   - own: the number of its own text; −1 if it has none.
  public func fill(
    _ row: UnsafeMutablePointer<Int32>, user: Int32, item: Int32, text own: Int32
  ) {
    (row + slots.first).update(repeating: 0, count: slots.count)
    forEachText(ofUser: user, of: item, without: own, most: slots.userTexts) { place, text in
      fill(row, Side(ofUser: slots), place, text)
    }
    forEachText(ofItem: item, by: user, without: own, most: slots.itemTexts) { place, text in
      fill(row, Side(ofItem: slots), place, text)
    }
    if own >= 0 { fillTarget(row + slots.targetTokens.lowerBound, Int(own)) }
  }

  /// Adds a row with its texts to packed ones, of which as many of a side as there is room for.
  ///
  /// - Parameters:
  ///   - packed: the rows before it.
  ///   - user: the id of its user.
  ///   - item: the id of its item.
  ///   - own: the number of its own text; −1 if it has none.
  public func add(to packed: PackedReviews, user: Int32, item: Int32, text own: Int32) {
    guard let interactions else { return packed.endRow() }
    forEachText(ofUser: user, of: item, without: own, most: packed.user.texts) {
      packed.user.add($1, ids.base[$1 * fields + interactions.itemField])
    }
    forEachText(ofItem: item, by: user, without: own, most: packed.item.texts) {
      packed.item.add($1, ids.base[$1 * fields + interactions.userField])
    }
    packed.endRow()
  }

  /// The texts.
  var corpus: TokenCorpus { text.corpus }

  /// Where the texts of a user or of an item go.
  private struct Side {
    let numbers: Int
    let tokens: Int
    let concepts: Int

    init(ofUser slots: ReviewSlots) {
      numbers = slots.userNumbers.lowerBound
      tokens = slots.userTokens.lowerBound
      concepts = slots.userConcepts.lowerBound
    }

    init(ofItem slots: ReviewSlots) {
      numbers = slots.itemNumbers.lowerBound
      tokens = slots.itemTokens.lowerBound
      concepts = slots.itemConcepts.lowerBound
    }
  }

  /// Calls `body` with the texts that a user wrote, but not of an item.
  @inline(__always) private func forEachText(
    ofUser user: Int32, of item: Int32, without own: Int32, most: Int,
    _ body: (_ place: Int, _ text: Int) -> Void
  ) {
    guard let interactions, interactions.users.contains(user) else { return }
    forEachText(
      in: interactions.rows(ofUser: user), without: own, most: most,
      partner: (interactions.itemField, item), body)
  }

  /// Calls `body` with the texts of an item, but not by a user.
  @inline(__always) private func forEachText(
    ofItem item: Int32, by user: Int32, without own: Int32, most: Int,
    _ body: (_ place: Int, _ text: Int) -> Void
  ) {
    guard let interactions, interactions.items.contains(item) else { return }
    forEachText(
      in: interactions.rows(ofItem: item), without: own, most: most,
      partner: (interactions.userField, user), body)
  }

  /// Calls `body` with texts of training rows, the newest of which are the last: their numbers are those
  /// of the rows.
  @inline(__always) private func forEachText(
    in rows: UnsafeBufferPointer<Int32>, without own: Int32, most: Int,
    partner: (field: Int, id: Int32), _ body: (_ place: Int, _ text: Int) -> Void
  ) {
    var found = 0
    var index = rows.count - 1
    while index >= 0, found < most {
      let number = rows[index]
      index -= 1
      if text.corpus[Int(number)].isEmpty || number == own
        || ids.base[Int(number) * fields + partner.field] == partner.id
      {
        continue
      }
      body(found, Int(number))
      found += 1
    }
  }

  /// Fills the slots of one of a side's texts.
  private func fill(
    _ row: UnsafeMutablePointer<Int32>, _ side: Side, _ place: Int, _ number: Int
  ) {
    row[side.numbers + place] = Int32(number) + 1
    fill(
      text.corpus[number], row + side.tokens + place * slots.tokens,
      row + side.concepts + place * slots.concepts)
  }

  /// Fills the tokens of a text and its concepts, each of them once.
  private func fill(
    _ tokens: UnsafeBufferPointer<Int32>, _ target: UnsafeMutablePointer<Int32>,
    _ concepts: UnsafeMutablePointer<Int32>
  ) {
    var found = 0
    for index in 0..<min(tokens.count, slots.tokens) {
      let token = tokens[index]
      target[index] = token
      guard found < slots.concepts, text.isConcept(token) else { continue }
      var isNew = true
      for earlier in 0..<found where concepts[earlier] == token { isNew = false }
      guard isNew else { continue }
      concepts[found] = token
      found += 1
    }
  }

  /// Fills the row's own text and its end, which a text that was cut does not have.
  private func fillTarget(_ target: UnsafeMutablePointer<Int32>, _ own: Int) {
    let tokens = text.corpus[own]
    guard !tokens.isEmpty else { return }
    for index in 0..<min(tokens.count, slots.target) { target[index] = tokens[index] }
    guard tokens.count < slots.target, !text.corpus.isCut[own] else { return }
    target[tokens.count] = TextVocabulary.end
  }
}
