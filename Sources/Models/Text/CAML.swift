public import Datasets
public import Graph
public import Layers
import Objectives
import Runs

/// CAML: an encoder, a selector and a decoder that predict a rating and say why.
///
///     q   = ReLU(W Σ_t E[w_t] + b)             a text is the sum of its words
///     u   = [ReLU(W_m [r_1, c_1, …, r_H, c_H] + b_m), e_user]        what H heads choose of its texts
///     r̂   = FM([u, v]),   s_0 = tanh(W_u u + W_v v + b), then a GRU says the words
///     L   = MSE + λ_g (NLL + λ_c L_c) + ½ λ Σ ‖θ‖²
///     L_c = max (mean, min) over the 2H chosen concepts c of −ln p_t(c), a mean over words t
///
/// v likewise; the maps of texts and heads serve both sides. The heads are a ``CAMLSelector``, the
/// decoder a ``SentenceDecoder``. λ_g is the weight of the text task, λ_c and the temperature of the
/// Gumbel pointers are dials; λ is over everything but layers' biases (the two of the GRU, `bias_ih`
/// and `bias_hh`, are in it).
///
/// The paper has the architecture and the three losses. From the authors' code are the sizes, FM of
/// order two with k = 10, the three ways to pool L_c, τ = 0.5 and λ_c = 0.25, which it multiplies
/// twice by mistake: 0.0625, as here. L is least where p is (true + λ_c chosen) / (1 + λ_c), so that the
/// price of the concepts in perplexity is a factor of 1 + λ_c and more. Reconstructed: padding is masked everywhere, choices take no
/// noise when they answer, and a side without texts contributes zeros; the code sums padding in. Its
/// GRU resets before the product (`gru=reset-before`); the default is the form of today's libraries.
/// Choices of a run, where the code fixes them: dropout that keeps 0.8 (here of the decoder alone), and
/// clipping of gradients. A text's loss is a mean over its words, where the code sums over time
/// (`mean=time`), so λ_g = 1 counts about T times less here; and the rating is learned in standard deviations σ, so λ_g is that of the code over σ².
///
/// Chen et al. "Co-Attentive Multi-Task Learning for Explainable Recommendation." IJCAI 2019.
/// doi:10.24963/ijcai.2019/296
public struct CAML: TextModel {
  let slots: ReviewSlots
  let words: WordTable  // shared
  let user: PairSide  // shared
  let item: PairSide  // shared
  let review: TokenDense  // shared
  let heads: [CAMLSelector]  // shared
  let merge: Dense  // shared
  let rating: FactorWeights  // the rating's own
  let decoder: SentenceDecoder  // the text's own
  let temperature: Parameter
  let conceptStrength: Parameter
  let l2: Parameter
  let configuration: Configuration
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
    self.init(
      configuration, slots: configuration.slots(of: input.text), input: input, tasks: tasks,
      builder: builder)
  }

  /// Declares the parameters for texts that stand in these slots.
  init(
    _ configuration: Configuration, slots: ReviewSlots, input: InputSpecification,
    tasks: [TaskDefinition], builder: Builder
  ) {
    self.configuration = configuration
    self.slots = slots
    textTask = tasks.firstIndex { $0.kind == .text } ?? 0
    ratingTask = tasks.firstIndex { $0.kind != .text } ?? 0
    let embeddings = builder.shared / "embeddings"
    let width = configuration.wordWidth
    words = WordTable(input.text.vocabulary, width: width, in: embeddings / "word")
    user = PairSide(\.user, of: input, in: embeddings / "user")
    item = PairSide(\.item, of: input, in: embeddings / "item")
    review = TokenDense(width, width, bias: true, in: builder.shared / "review")
    let words = words
    let hasConcepts = slots.concepts > 0
    heads = (0..<configuration.heads).map {
      CAMLSelector(
        "heads.\($0)", words, hasConcepts: hasConcepts, in: builder.shared / "heads.\($0)")
    }
    merge = Dense(
      configuration.heads * (hasConcepts ? 2 : 1) * width, width, in: builder.shared / "merge")
    let (u, v) = (width + user.width, width + item.width)
    rating = FactorWeights(
      u + v, factors: configuration.factors, in: builder.task(ratingTask) / "fm")
    decoder = SentenceDecoder(
      words, user: u, item: v, hidden: configuration.hidden, form: configuration.form,
      sampledWords: configuration.sampledWords, in: builder.task(textTask) / "decoder")
    temperature = builder.dial(
      "temperature", "of the Gumbel pointers: small is hard", in: 0.05...5,
      start: configuration.temperature)
    conceptStrength = builder.dial(
      "concepts", "how much the text should say the chosen concepts", in: 0...10,
      start: hasConcepts ? configuration.conceptStrength : 0)
    l2 = builder.dial(
      "l2", "penalty on all but layers' biases", in: 0...1, start: configuration.l2)
  }

  /// The rating's answer [B, 1], and of the text task −ln p of the true text, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let (pair, concepts) = select(pass)
    let answer = rating(pair)
    let text = text(pair, concepts, pass)
    return (0..<2).map { $0 == textTask ? text : answer }
  }

  /// ½ λ Σ ‖θ‖² over what is no bias.
  public var penalties: [ParameterPenalty] {
    let own = [words.weight, user.table, item.table, review.weight, merge.weight]
    return [
      .squares(
        own + heads.flatMap(\.weights) + rating.weights + decoder.weights, strength: l2,
        factor: 0.5)
    ]
  }
}

// MARK: - Rows

extension CAML {
  /// The texts of user and item, gathered from training rows, and the row's own.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    ReviewSource(slots, at: site)
  }
}

// MARK: - Encoder and selector

extension CAML {
  /// [u, v] of the rows, and the ids of the concepts that the heads chose [B, 2H], the user's first.
  func select(_ pass: Forward) -> (pair: Variable, concepts: Variable?) {
    let sides = (
      user: side(pass, slots.userTokens, slots.userConcepts),
      item: side(pass, slots.itemTokens, slots.itemConcepts)
    )
    let chosen = heads.map { $0(sides.user, sides.item, temperature: temperature, pass) }
    let pair = pass.graph.concatenation([
      merged(chosen.map(\.user)), user(pass), merged(chosen.map(\.item)), item(pass),
    ])  // [B, 2e + d_u + d_v]
    let ids = chosen.compactMap(\.user.concept) + chosen.compactMap(\.item.concept)
    let concepts = ids.isEmpty ? nil : pass.graph.concatenation(ids)
    if !pass.isTraining {
      pass.watch(pair, as: Self.pair)
      if let concepts { pass.watch(concepts, as: Self.concepts) }
    }
    return (pair, concepts)
  }

  /// [u, v], as it is watched.
  static let pair = Watched.value("pair")
  /// The ids of the chosen concepts, as they are watched.
  static let concepts = Watched.value("concepts")

  private func side(
    _ pass: Forward, _ tokens: Range<Int>, _ concepts: Range<Int>
  ) -> CAMLSelector.Side {
    let ids = pass.graph.drawnIds(tokens)  // [B, n·L]
    let texts = review(words.sums(ids, of: .fixed(slots.tokens))).relu()  // [B, n·e]
    return CAMLSelector.Side(
      texts: .init(texts, keeping: ids.present(groupsOf: slots.tokens)),
      concepts: concepts.isEmpty ? nil : pass.graph.drawnIds(concepts))
  }

  private func merged(_ choices: [CAMLSelector.Choice]) -> Variable {
    let values = choices.flatMap(\.values)
    return merge(values[0].graph.concatenation(values)).relu()
  }
}

// MARK: - Decoder

extension CAML {
  /// The loss of the true text; while training beside it that of the concepts, a term of its own.
  private func text(_ pair: Variable, _ concepts: Variable?, _ pass: Forward) -> Variable {
    func loss(_ concepts: VocabularyLoss.Concepts?) -> Variable {
      decoder.loss(
        of: slots.targetTokens, pair, task: textTask, mean: configuration.vocabularyMean,
        concepts: concepts, learns: pass.isTraining)
    }
    guard let concepts, pass.isTraining else { return loss(nil) }
    var whole: Variable?
    pass.minimise("concepts", of: textTask) { place in
      let made = loss(
        .init(
          ids: concepts, pool: configuration.pool, strength: conceptStrength, place: place))
      whole = made
      return made.sums(at: place)
    }
    return whole ?? loss(nil)
  }

  /// s_0 of the rows.
  public func beginText(_ pass: Forward) -> (state: Variable, context: Variable?) {
    (decoder.begin(select(pass).pair), nil)
  }

  /// The next word.
  public func nextWord(
    after previous: Variable?, state: Variable, context: Variable?, _ pass: Forward
  ) -> (logits: Variable, state: Variable) {
    decoder.next(after: previous, state: state)
  }
}
