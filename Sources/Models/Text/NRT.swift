public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// NRT: a rating from a user and an item, and the sentence that goes with it.
///
///     r̂   = w·h_L + b,  h_l = ReLU(W_l h_{l−1} + b_l),  h_0 = [U_u, V_i]
///     s_0 = tanh(W_u U_u + W_v V_i + b), then a GRU says the words
///     L   = MSE + λ_g NLL + ½ λ Σ ‖θ‖²
///
/// λ_g is the weight of the text task; λ is over everything whose name does not end in `bias`. No
/// review is read: what a sentence knows of the pair is its two vectors.
///
/// Reconstructed, a baseline rather than a copy: the paper's decoder starts from the predicted rating
/// and words of reviews, too, its layers are sigmoid ones, and it says tips, not reviews.
///
/// Li et al. "Neural Rating Regression with Abstractive Tips Generation for Recommendation."
/// SIGIR 2017. doi:10.1145/3077136.3080822
public struct NRT: TextModel {
  /// Sizes.
  public struct Configuration: ModelConfiguration {
    /// Numbers of a user and of an item.
    public var width = 64
    /// Hidden layers of the rating.
    public var layers = [64]
    /// Numbers of a word.
    public var wordWidth = 50
    /// Units of the decoder.
    public var hidden = 400
    /// Words of a step that its softmax is over while it learns; 0 for all.
    public var sampledWords = 0
    /// λ.
    public var l2 = 1e-6

    /// The sizes of CAML where they mean the same.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("width", .count(\.width), "width of users and items"),
        ModelOption("layers", .sizes(\.layers, orNone: true), "hidden layers of the rating"),
        ModelOption("word", .count(\.wordWidth), "numbers of a word"),
        ModelOption("hidden", .count(\.hidden), "units of the decoder"),
        ModelOption(
          "sampled", .whole(\.sampledWords),
          "words of a step's softmax, whose loss is then an estimate; 0: all"),
        ModelOption("l2", .number(\.l2, in: 0...1), "penalty on all but layers' biases"),
      ]
    }
  }

  let slots: ReviewSlots
  let factors: FactorTables  // shared
  let words: WordTable  // the text's own
  let rating: Tower  // the rating's own
  let decoder: SentenceDecoder  // the text's own
  let l2: Parameter
  let ratingTask: Int
  /// The task whose texts it says.
  public let textTask: Int
  /// How many words there are.
  public var vocabulary: Int { words.vocabulary }

  /// Declares the parameters.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    textTask = tasks.firstIndex { $0.kind == .text } ?? 0
    ratingTask = tasks.firstIndex { $0.kind != .text } ?? 0
    slots = ReviewSlots(
      userTexts: 0, itemTexts: 0, tokens: 1, target: input.text.shape.tokens + 1)
    factors = FactorTables(input, width: configuration.width, in: builder.shared / "embeddings")
    let text = builder.task(textTask)
    words = WordTable(
      input.text.vocabulary, width: configuration.wordWidth, in: text / "embeddings.word")
    rating = Tower(
      2 * configuration.width, configuration.layers, in: builder.task(ratingTask) / "rate")
    decoder = SentenceDecoder(
      words, user: configuration.width, item: configuration.width, hidden: configuration.hidden,
      sampledWords: configuration.sampledWords, in: text / "decoder")
    l2 = builder.dial("l2", "penalty on all but layers' biases", in: 0...1, start: configuration.l2)
  }

  private func pair(_ pass: Forward) -> Variable {
    pass.graph.concatenation([factors.user(pass), factors.item(pass)])  // [B, 2k]
  }

  /// The rating's answer [B, 1], and of the text task −ln p of the true text, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let pair = pair(pass)
    let answer = rating(pair)
    let text = decoder.loss(
      of: slots.targetTokens, pair, task: textTask, mean: .rowsThenBatch, learns: pass.isTraining)
    return (0..<2).map { $0 == textTask ? text : answer }
  }

  /// ½ λ Σ ‖θ‖² over all but layers' biases; those of the GRU are in it.
  public var penalties: [ParameterPenalty] {
    let own = [factors.users, factors.items, words.weight] + rating.layers.map(\.weight)
    return [.squares(own + decoder.weights, strength: l2, factor: 0.5)]
  }

  /// The row's own text.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    ReviewSource(slots, at: site)
  }

  /// What it says of the first rows, and how ratings and words go.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// A few rows say as much as many, and every row costs a softmax over all words.
  public var inspectedRows: Int { 64 }

  /// The courses of perplexity and of the rating's error.
  public func inspect(_ reading: ModelReading) -> Inspection {
    guard reading.batch.rows > 0 else { return Inspection() }
    let perplexity = reading.perplexity(of: textTask, words: slots.targetTokens)
    return Inspection(views: [], traces: [perplexity, reading.error(of: ratingTask)])
  }

  /// s_0 of the rows.
  public func beginText(_ pass: Forward) -> (state: Variable, context: Variable?) {
    (decoder.begin(pair(pass)), nil)
  }

  /// The next word.
  public func nextWord(
    after previous: Variable?, state: Variable, context: Variable?, _ pass: Forward
  ) -> (logits: Variable, state: Variable) {
    decoder.next(after: previous, state: state)
  }
}
