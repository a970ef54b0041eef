import Datasets
public import Graph
public import Layers
public import Objectives

/// Says a sentence about a user and an item, word after word.
///
///     s_0 = tanh(W_u u + W_v v + b)            speaks the first word
///     s_t = GRU(E[y_t], s_{t−1})               after the word y_t
///     p(y_{t+1}) = softmax(W_o s_t + b_o)
///
/// u and v are what a model knows of the pair, [B, n] and [B, m] side by side. Named
/// `init.user.weight`, `init.item.weight`, `init.bias`, `gru.*` and `output.*`. In training a share of the
/// numbers of read words and of speaking states may be dropped (``Builder/dropout``), as the authors' code does.
///
/// After Chen et al. "Co-Attentive Multi-Task Learning for Explainable Recommendation." IJCAI 2019,
/// section 3.3. doi:10.24963/ijcai.2019/296. That the first word comes of s_0, without a start token, is
/// from the authors' code.
public struct SentenceDecoder: Sendable {
  private let words: WordTable
  private let start: JointDense
  private let recurrence: GatedRecurrence
  private let output: Dense
  private let dropout: Double
  private let sample: WordSample?

  /// What it learns but for the biases of maps, as the reference penalises it.
  public var weights: [Parameter] {
    start.weights + recurrence.parameters + [output.weight]
  }

  /// Declares the maps in a scope; the words are read from a table that others read, too.
  ///
  /// While it learns, its softmax is over `sampledWords` words of a step; 0: over all.
  public init(
    _ words: WordTable, user: Int, item: Int, hidden: Int, form: GRU.Form = .resetAfter,
    sampledWords: Int = 0, in scope: Scope
  ) {
    self.words = words
    dropout = scope.dropout
    start = JointDense(("user", user), ("item", item), hidden, in: scope / "init")
    recurrence = GatedRecurrence(words.width, hidden: hidden, form: form, in: scope / "gru")
    output = Dense(hidden, words.vocabulary, in: scope / "output")
    sample =
      sampledWords > 0 ? WordSample(sampledWords, of: words.vocabulary, stream: 0) : nil
  }

  /// s_0 of a pair [u, v].
  public func begin(_ pair: Variable) -> Variable { start(pair).tanh() }

  /// The logits of the next word and the state that speaks it; the first word is spoken by the state
  /// that a sentence begins with.
  public func next(after previous: Variable?, state: Variable) -> (
    logits: Variable, state: Variable
  ) {
    let state = previous.map { recurrence(words($0), from: state) } ?? state
    return (output(state), state)
  }

  /// The loss of the words that rows should have said, which stand in drawn columns; each is spoken
  /// after the true ones before it.
  ///
  /// - Parameters:
  ///   - target: the columns of ``Batch/drawn``, [B, T].
  ///   - pair: [u, v].
  ///   - task: whose loss it is.
  ///   - mean: what it is a mean of.
  ///   - concepts: words that should be likely besides.
  ///   - learns: whether the softmax may be over the words of a sample.
  /// - Returns: the loss, whose number is −ln p of the row's words.
  public func loss(
    of target: Range<Int>, _ pair: Variable, task: Int, mean: VocabularyLoss.Mean,
    concepts: VocabularyLoss.Concepts? = nil, learns: Bool
  ) -> Variable {
    let start = begin(pair)
    var states = start
    if target.count > 1 {
      let spoken = pair.graph.drawnIds(target.dropLast())  // [B, T − 1]
      // A state that speaks no word is not worked out.
      let follows = pair.graph.drawnIds(target.dropFirst()).present()
      states = pair.graph.concatenation([
        start, recurrence(words(spoken).dropped(dropout), from: start, keeping: follows),
      ])  // [B, T·h]
    }
    guard let bias = output.bias else { preconditionFailure("sentences: no bias of words") }
    return states.dropped(dropout).vocabularyLoss(
      task: task, target: target, weight: output.weight, bias: bias,
      vocabulary: words.vocabulary, mean: mean, concepts: concepts,
      sample: learns ? sample : nil)
  }
}
