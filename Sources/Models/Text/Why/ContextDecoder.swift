import Datasets
import Graph
import Layers
import Objectives

/// Says a text of which every word reads what a document says.
///
///     h_t = GRU([E[y_{t−1}] ; c], h_{t−1}),  y_0 = <start>,  h_0 = 0        p(y_t) = softmax(W_o h_t + b_o)
///
/// Named `gru.*` and `output.*`. That c is read with every word is reconstructed. In training a share of
/// the numbers of read words and of speaking states may be dropped (``Builder/dropout``).
struct ContextDecoder: Sendable {
  private let words: WordTable
  private let recurrence: GatedRecurrence
  private let output: Dense
  private let nothing: Parameter
  private let dropout: Double
  private let sample: WordSample?

  /// What it learns beside the words and the biases of maps.
  var weights: [Parameter] { recurrence.parameters + [output.weight] }

  /// Declares the maps in a scope; c has so many numbers.
  ///
  /// While it learns from true texts, its softmax is over `sampledWords` words of a step; 0: over all.
  init(_ words: WordTable, context: Int, hidden: Int, sampledWords: Int = 0, in scope: Scope) {
    self.words = words
    dropout = scope.dropout
    recurrence = GatedRecurrence(words.width + context, hidden: hidden, in: scope / "gru")
    output = Dense(hidden, words.vocabulary, in: scope / "output")
    nothing = scope.given("start", count: hidden, 0)
    sample =
      sampledWords > 0 ? WordSample(sampledWords, of: words.vocabulary, stream: 0) : nil
  }

  /// h_0 of the rows of a value.
  func begin(_ context: Variable) -> Variable {
    context.graph.row(given: nothing, count: recurrence.hidden).repeated()
  }

  /// The logits of the next word and the state that speaks it; without a word before it, of the first.
  func next(after previous: Variable?, state: Variable, _ context: Variable) -> (
    logits: Variable, state: Variable
  ) {
    let word = previous ?? Self.startIds(context)
    let x = context.graph.concatenation([words(word), context])
    let next = recurrence(x, from: state)
    return (output(next), next)
  }

  /// The id of <start> in every row, [B, 1].
  private static func startIds(_ context: Variable) -> Variable {
    context.columns(0..<1).detached().affine(times: 0, plus: Float(TextVocabulary.start))
  }

  /// The loss of texts in drawn columns, each word behind the true ones before it.
  ///
  /// `weights` multiply rows: with r − b and a sum over time it is REINFORCE. A loss that is not the
  /// task's own has a place of its own. One of somebody who learns from true texts may have its softmax
  /// over the words of a sample.
  func loss(
    of target: Range<Int>, _ context: Variable, task: Int, mean: VocabularyLoss.Mean,
    weights: Variable? = nil, place: Int? = nil, learns: Bool = false
  ) -> Variable {
    let graph = context.graph
    var before = [Self.startIds(context)]
    if target.count > 1 { before.append(graph.drawnIds(target.dropLast())) }
    let ids = graph.concatenation(before)  // [B, T]
    let rows = words(ids).dropped(dropout)
    let inputs = (0..<target.count).flatMap { word in
      [rows.columns((word * words.width)..<((word + 1) * words.width)), context]
    }
    let states = recurrence(
      graph.concatenation(inputs), from: begin(context),
      keeping: graph.drawnIds(target).present())
    guard let bias = output.bias else { preconditionFailure("texts: no bias of words") }
    return states.dropped(dropout).vocabularyLoss(
      task: task, target: target, weight: output.weight, bias: bias,
      vocabulary: words.vocabulary, mean: mean, rowWeights: weights,
      place: place, sample: learns ? sample : nil)
  }
}
