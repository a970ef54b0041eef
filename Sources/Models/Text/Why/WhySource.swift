import Datasets
import Graph
import Tensors

/// Gives the rows of a turn, beside their texts, a sentence that the model says of each just now, and a
/// review that somebody else has written.
///
/// Sentences follow from the numbers, the seed, the turn and the step, and are written before the
/// descent; the reviews of others follow from seed, turn, step and row. It writes one number of the
/// store: how many of the newest sentences' pairs of words differ.
final class WhySource: RowSource {
  let capacity: Int
  let drawnCount: Int
  private let model: Why
  private let reviews: ReviewSource
  private let writer: any SentenceWriter
  private let random: RandomSource
  private let others: OtherReviews?
  private let store: ParameterStore
  private let pairs: DistinctPairs
  /// Whether it is these sentences whose pairs are followed: those that the policy descends on.
  private let isFollowed: Bool

  /// What a turn reads; nil where nobody writes or nothing is known that could be read.
  init?(_ model: Why, turn: Int, at site: SourceSite) {
    guard let reviews = model.reviewSource(at: site), let dataset = site.dataset,
      let text = dataset.text, let writer = site.writer?(model, model.slots.target)
    else { return nil }
    self.model = model
    self.reviews = reviews
    self.writer = writer
    (capacity, drawnCount) = (reviews.capacity, reviews.drawnCount)
    store = site.store
    let root = RandomSource(seed: site.seed, .negatives)
    random = RandomSource(seed: root.bits(UInt64(turn) + 1), .negatives)
    let isAdversary = turn == Why.Step.adversary
    isFollowed = !isAdversary
    others =
      isAdversary && model.configuration.showsOthers
      ? OtherReviews(text, dataset.training, owner: model.owner) : nil
    pairs = DistinctPairs(most: reviews.capacity * model.slots.target)
  }

  /// How fast the share of pairs that differ is followed.
  private static let rate: Float = 0.05

  func rows(at step: Int, beside batch: Batch) -> Batch {
    let rows = reviews.rows(at: step, beside: batch)
    writer.write(rows, seed: random.bits(UInt64(step)))
    pairs.clear()
    for row in 0..<rows.rows {
      let own = reviews.memory.base + row * drawnCount
      write(writer.words(ofRow: row), to: own + model.sampleTokens.lowerBound)
      guard let others, let ids = batch.ids else { continue }
      let place = batch.index.map { Int($0[row]) } ?? row
      others.write(
        random, step: step, row: row, without: ids[place * batch.fields + model.owner],
        to: own + model.otherTokens.lowerBound, most: model.slots.target)
    }
    if isFollowed { follow() }
    return rows
  }

  /// Writes a sentence behind which there is nothing, and counts its pairs but for its end.
  private func write(
    _ words: UnsafeBufferPointer<Int32>, to target: UnsafeMutablePointer<Int32>
  ) {
    target.update(repeating: 0, count: model.slots.target)
    for place in 0..<min(words.count, model.slots.target) {
      target[place] = words[place]
      guard place > 0, words[place] != TextVocabulary.end else { continue }
      pairs.add(words[place - 1], words[place])
    }
  }

  private func follow() {
    guard let share = pairs.share, let court = model.court else { return }
    store.change(court.distinct) { number in number[0] += Self.rate * (Float(share) - number[0]) }
  }
}

/// Draws reviews of training rows that somebody else has written.
private struct OtherReviews {
  private let text: TextData
  private let ids: Storage<Int32>
  private let width: Int
  private let count: Int
  private let owner: Int

  /// - Parameters:
  ///   - text: the texts of all rows, those of training rows first.
  ///   - training: the rows.
  ///   - owner: the field of whose reviews they are.
  init(_ text: TextData, _ training: Examples, owner: Int) {
    self.text = text
    self.owner = owner
    ids = training.ids
    count = training.count
    width = count == 0 ? 0 : ids.count / count
  }

  /// Refusals before there is none.
  private static let mostRefusals = 50

  /// Writes one with its end, where there is room; nothing where 50 in a row were empty or the owner's.
  func write(
    _ random: RandomSource, step: Int, row: Int, without own: Int32,
    to target: UnsafeMutablePointer<Int32>, most: Int
  ) {
    target.update(repeating: 0, count: most)
    guard count > 0 else { return }
    for refusals in 0..<Self.mostRefusals {
      let number = random.index(
        below: count, UInt64(step), 1 << 40 | UInt64(row) << 8 | UInt64(refusals))
      let tokens = text.corpus[number]
      guard !tokens.isEmpty, ids[number * width + owner] != own else { continue }
      for place in 0..<min(tokens.count, most) { target[place] = tokens[place] }
      if tokens.count < most, !text.corpus.isCut[number] {
        target[tokens.count] = TextVocabulary.end
      }
      return
    }
  }
}
