import Datasets
public import Graph
import Layers
public import Models
import Tensors

/// Says a sentence for every row of a batch: steps a model's ``TextModel/nextWord(after:state:context:_:)``
/// with the state that it leaves.
///
/// A sentence ends with ``TextVocabulary/end`` or is cut at ``longest`` words. ``TextVocabulary/padding``,
/// unknown and start are never said: they are skipped, and what they would have had of the probability
/// is nobody's, but for sampling, which shares it among the others. A beam keeps sentences that have
/// ended; equal ones keep their order, so that ties go to the earlier sentence, then to the lower word.
///
/// Its memory is taken when it is made: a word allocates nothing once every kind of choice has been
/// made. It belongs to the thread of its workspace.
public final class Decoder {
  /// Rows at most.
  public let rows: Int
  /// Sentences a row at most.
  public let beam: Int

  private let begin: Executor
  private let step: Executor
  private let carried: CarriedSentences
  private let search: SentenceSearch

  /// Makes ready to say sentences with the numbers of a store.
  ///
  /// - Parameters:
  ///   - model: what says them.
  ///   - store: the numbers, which may change between sentences.
  ///   - tasks: how many tasks the model has.
  ///   - workspace: whose threads and memory are used.
  ///   - rows: rows at most.
  ///   - beam: sentences a row at most.
  ///   - longest: words of a sentence at most.
  public init(
    _ model: any TextModel, store: ParameterStore, tasks: Int, workspace: Workspace, rows: Int,
    beam: Int = 1, longest: Int
  ) {
    self.rows = rows
    self.beam = beam
    search = SentenceSearch(
      vocabulary: model.vocabulary, rows: rows, beam: beam, longest: longest)
    let plans = DecoderPlans(model, tasks: tasks, rows: rows, beam: beam)
    carried = plans.carried
    begin = Executor(plans.begin, store: store, workspace: workspace)
    step = Executor(plans.step, store: store, workspace: workspace)
  }

  /// Says the sentences of a batch, which has what the model reads of it.
  public func generate(_ batch: Batch, _ choice: Decoding) {
    precondition(
      batch.rows <= rows && choice.width <= beam,
      "sentences: \(batch.rows) rows of \(choice.width), room for \(rows) of \(beam)")
    search.begin(rows: batch.rows, choice)
    begin.run(batch)
    carried.take(contextOf: begin, rows: batch.rows)
    var (source, stride) = (begin, 1)
    for word in 0..<longest {
      guard let scores = source.output(DecoderPlans.logits) else { return }
      search.advance(scores, stride: stride, word: word)
      guard !search.hasEnded, word + 1 < longest else { return }
      carried.follow(search, from: source, stride: stride, word: word)
      step.run(carried.batch(rows: batch.rows))
      (source, stride) = (step, beam)
    }
  }
}

// MARK: - What was said

extension Decoder {
  /// Words of a sentence at most.
  public var longest: Int { search.longest }

  /// How many sentences the newest rows have each.
  public func count(ofRow row: Int) -> Int { search.count(ofRow: row) }

  /// The words of a sentence, its end among them if it has one; the best sentence is the first.
  public func sentence(ofRow row: Int, _ place: Int = 0) -> UnsafeBufferPointer<Int32> {
    let sentence = row * beam + place
    return UnsafeBufferPointer(
      start: UnsafePointer(search.tokens.base) + sentence * longest,
      count: Int(search.lengths[sentence]))
  }

  /// ln p of a sentence by the model's own softmax.
  public func logProbability(ofRow row: Int, _ place: Int = 0) -> Double {
    search.totals[row * beam + place]
  }
}

extension Decoder: SentenceWriter {
  /// Draws a sentence for every row by the model's own shares, see ``Decoding/sampled(temperature:top:mass:seed:)``.
  public func write(_ batch: Batch, seed: UInt64) { generate(batch, .sampled(seed: seed)) }

  /// The words of the best sentence of a row.
  public func words(ofRow row: Int) -> UnsafeBufferPointer<Int32> { sentence(ofRow: row) }
}
