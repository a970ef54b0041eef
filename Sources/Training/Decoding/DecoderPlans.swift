import Datasets
import Graph
import Layers
import Models
import Tensors

/// What a ``Decoder`` runs: the plan of the words that sentences begin with, and that of a further word of
/// every sentence, which reads what is carried from the word before.
struct DecoderPlans {
  let begin: Plan
  let step: Plan
  let carried: CarriedSentences

  /// Traces a model for so many rows at most, and so many sentences of each.
  init(_ model: any TextModel, tasks: Int, rows: Int, beam: Int) {
    let graph = Graph()
    let pass = Forward(graph, isTraining: false, tasks: tasks)
    let (state, context) = model.beginText(pass)
    let word = model.nextWord(after: nil, state: state, context: context, pass)
    begin = Plan(
      graph, purpose: .evaluation, roots: [],
      outputs: [(Self.logits, word.logits), (Self.state, word.state)]
        + (context.map { [(Self.context, $0)] } ?? []), capacity: rows)
    carried = CarriedSentences(
      rows: rows, beam: beam, state: word.state.width, context: context?.width ?? 0)
    let next = Graph()
    let inputs = carried.record(in: next)
    let following = model.nextWord(
      after: inputs.previous, state: inputs.state, context: inputs.context,
      Forward(next, isTraining: false, tasks: tasks))
    step = Plan(
      next, purpose: .evaluation, roots: [],
      outputs: [(Self.logits, following.logits), (Self.state, following.state)],
      capacity: rows * beam)
  }

  static let logits = Watched.value("logits")
  static let state = Watched.value("state")
  static let context = Watched.value("context")

  /// Bytes that a decoder takes, but for the words that it has found.
  func bytes(threads: Int) -> Double {
    begin.bytes(threads: threads) + step.bytes(threads: threads) + Double(carried.bytes)
  }
}

/// What goes from word to word: states, contexts and the words before.
final class CarriedSentences {
  private let state: Storage<Float>
  private let context: Storage<Float>
  private let previous: Storage<Float>
  private let beam: Int
  private let stateWidth: Int
  private let contextWidth: Int

  /// Bytes that it takes.
  var bytes: Int { 4 * (state.count + context.count + previous.count) }

  init(rows: Int, beam: Int, state: Int, context: Int) {
    self.beam = beam
    stateWidth = state
    contextWidth = context
    self.state = Storage(count: rows * beam * state, filling: 0)
    self.context = Storage(count: rows * beam * context, filling: 0)
    previous = Storage(count: rows * beam, filling: 0)
  }

  /// What a step reads.
  func record(in graph: Graph) -> (previous: Variable, state: Variable, context: Variable?) {
    (
      graph.carriedRows(previous, columns: 1), graph.carriedRows(state, columns: stateWidth),
      contextWidth > 0 ? graph.carriedRows(context, columns: contextWidth) : nil
    )
  }

  /// Gives every sentence of a row the row's context.
  func take(contextOf begin: Executor, rows: Int) {
    guard contextWidth > 0, let from = begin.output(DecoderPlans.context) else { return }
    for sentence in 0..<(rows * beam) {
      (context.base + sentence * contextWidth).update(
        from: from + sentence / beam * contextWidth, count: contextWidth)
    }
  }

  /// Gives every sentence its newest word and the state that spoke it, which lies where its parent's
  /// did.
  func follow(_ search: SentenceSearch, from source: Executor, stride: Int, word: Int) {
    guard let from = source.output(DecoderPlans.state) else { return }
    for row in 0..<search.rows {
      for place in 0..<beam {
        let sentence = row * beam + place
        guard place < search.count(ofRow: row) else {
          previous[sentence] = 0
          continue
        }
        previous[sentence] = Float(search.tokens[sentence * search.longest + word])
        let parent = row * stride + Int(search.parents[sentence])
        (state.base + sentence * stateWidth).update(
          from: from + parent * stateWidth, count: stateWidth)
      }
    }
  }

  /// The rows of a step: one a sentence.
  func batch(rows: Int) -> Batch {
    Batch(rows: rows * beam)
  }
}
