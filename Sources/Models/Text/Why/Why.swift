public import Datasets
public import Graph
public import Layers
import Objectives
import Runs

/// "Why I like it": a rating and a review, which learn from each other.
///
///     Ũ   = mean of a user's reviews, each read in both directions        ``DocumentEncoder``
///     r̂   = U_u·V_i + b_u + b_i
///     y_t ~ softmax(W GRU([E[y_{t−1}], c], h_{t−1}) + b),  c = [Ũ, Ṽ]    ``ContextDecoder``
///     D   = σ(w·[filters over the words of y, e_u] + b)                   ``ReviewDiscriminator``
///
///     rating:    L = mean (r − r̂)² + λ (‖U_u − sg Ũ‖² + ‖V_i − sg Ṽ‖²)
///     text:      L = NLL of the true review + λ' (‖Ũ − sg U_u‖² + ‖Ṽ − sg V_i‖²)
///     policy:    L = −η mean (D(y) − b) ln p(y),  y ~ p,  b ← b + 0.05 (mean D(y) − b)
///     adversary: L = −mean ln D(true) − mean ln (1 − D(y)) − mean ln (1 − D(another user's))
///
/// Rating and text are a step's first turn: sg stands still, and neither moves what the other owns, so
/// both steps are taken side by side from the numbers of the step before. Without the text task there
/// are no priors, and the rating is that of a plain factorisation; without the rating the documents are
/// free. Texts are those of training rows, never the row's own. Dials are λ, λ', η.
///
/// From the paper, by way of a secondary note: the encoders, the factorisation with priors from text,
/// a decoder from zero, the adversary of windows 1 to 5 that knows the user, REINFORCE with D as the
/// reward beside teacher forcing, and the variant that says from both documents. Reconstructed: the
/// rating step descends by rows where the paper solves for all (``AlternatingLeastSquares``), so whoever
/// has more ratings is drawn as many times; the squared distance; K is the encoder's own width; the
/// biases; c is read with every word; the baseline and its rate; another user's review as the third
/// kind; that policy and adversary take a turn in the same steps as the teacher, of whom the first
/// `warm-up` epochs are, the last of these the adversary's, too; a whole sentence has one reward, no
/// threshold and no roll-outs; one decoder, which says from what `reads` names, where the paper has
/// mirrored ones for users and items. The adversary reads words and user through one linear map, as the
/// reference does, so that it cannot tell whether they fit: reviews of others draw D of all true ones
/// towards ½ (`others=false` leaves them out). Words that are never said (unknown, padding, start) have a share
/// of p that no sample is drawn from: the policy's gradient is as much out as that share.
///
/// Lu, Dong, Smyth. "Why I like it: Multi-task Learning for Recommendation and Explanation."
/// RecSys 2018. doi:10.1145/3240323.3240365
public struct Why: TextModel {
  /// λ, λ', η and what is drawn to 0.
  struct Dials: Sendable {
    let prior, textPrior, policy, l2: Parameter
  }

  /// What the policy is led by: an adversary, and how it has judged.
  struct Court: Sendable {
    let discriminator: ReviewDiscriminator
    /// Moving means of D(y) and of its square over sampled sentences.
    let rewards: Parameter
    /// A moving mean of the share of sampled pairs of words that differ.
    let distinct: Parameter
  }

  /// The row's own text and those that are drawn.
  let slots: ReviewSlots
  /// The texts of user and item.
  let reviews: ReviewColumns
  let factors: FactorTables  // the rating's own
  let biases: (user: Parameter, item: Parameter)  // the rating's own
  let words: WordTable  // the text's own
  let encoders: (user: DocumentEncoder, item: DocumentEncoder)  // the text's own
  let decoder: ContextDecoder  // the text's own
  let court: Court?  // the text's own, in a group of its own
  let dials: Dials
  let configuration: Configuration
  let ratingTask: Int
  /// The task whose texts it says.
  public let textTask: Int
  /// How many words there are.
  public var vocabulary: Int { words.vocabulary }

  /// Declares the parameters; the inputs and tasks must have passed the checks.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.configuration = configuration
    textTask = tasks.firstIndex { $0.kind == .text } ?? 0
    ratingTask = tasks.firstIndex { $0.kind != .text } ?? 0
    let shape = input.text.shape
    let longest = shape.tokens + 1
    slots = ReviewSlots(
      first: Self.drawnTexts * longest, userTexts: 0, itemTexts: 0, tokens: shape.tokens,
      target: longest)
    reviews = ReviewColumns(input.text)
    let (rating, text) = (builder.task(ratingTask), builder.task(textTask))
    factors = FactorTables(input, width: 2 * configuration.encoder, in: rating / "embeddings")
    let fields = input.schema.fields
    biases = (
      (rating / "rate").biases("user_bias", vocabulary: fields[factors.fields.user].vocabulary),
      (rating / "rate").biases("item_bias", vocabulary: fields[factors.fields.item].vocabulary)
    )
    words = WordTable(
      input.text.vocabulary, width: configuration.wordWidth, in: text / "embeddings.word")
    encoders = (
      DocumentEncoder(words, hidden: configuration.encoder, in: text / "encoder.user"),
      DocumentEncoder(words, hidden: configuration.encoder, in: text / "encoder.item")
    )
    decoder = ContextDecoder(
      words, context: (configuration.source == .pair ? 4 : 2) * configuration.encoder,
      hidden: configuration.hidden, sampledWords: configuration.sampledWords, in: text / "decoder")
    let owner = configuration.source == .item ? factors.fields.item : factors.fields.user
    court =
      configuration.isAdversarial
      ? Self.court(
        configuration, vocabulary: input.text.vocabulary, owners: fields[owner].vocabulary,
        in: text) : nil
    dials = Self.dials(configuration, builder)
  }

  private static func court(
    _ configuration: Configuration, vocabulary: Int, owners: Int, in text: Scope
  ) -> Court {
    Court(
      discriminator: ReviewDiscriminator(
        vocabulary: vocabulary, width: configuration.wordWidth, users: owners,
        userWidth: configuration.ownerWidth, windows: windows, filters: configuration.filters,
        in: text.group(Group.adversary) / "discriminator"),
      rewards: (text / "policy").average("rewards", count: 2, 0.5, rate: baselineRate),
      distinct: (text / "policy").given("distinct", count: 1, 1))
  }

  private static func dials(_ configuration: Configuration, _ builder: Builder) -> Dials {
    Dials(
      prior: builder.dial(
        "prior", "how strongly documents draw users and items", in: 0...100,
        start: configuration.prior),
      textPrior: builder.dial(
        "text-prior", "how strongly users and items draw their documents", in: 0...100,
        start: configuration.textPrior),
      policy: builder.dial(
        "policy", "what the policy counts beside the teacher", in: 0...10,
        start: configuration.policy),
      l2: builder.dial(
        "l2", "penalty on users and items", in: 0...1, start: configuration.l2))
  }

  /// The windows of the adversary.
  static let windows = [1, 2, 3, 4, 5]
  /// How fast the baseline follows the rewards.
  static let baselineRate = 0.05

  /// The rating's answer [B, 1], and of the text task −ln p of the true text, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let documents = documents(pass)
    let (u, v) = (factors.user(pass), factors.item(pass))
    let distances = [
      (own: u, document: documents.user, name: "user"),
      (own: v, document: documents.item, name: "item"),
    ]
    draw(distances.map { ($0.own, $0.document) }, pass)
    if !pass.isTraining {
      for side in distances {
        let distance = side.own + side.document.negated()
        pass.watch(distance.dot(distance), as: Self.distance(side.name))
      }
    }
    let context = context(documents)
    if let court { contend(court, context, pass) }
    let rating =
      u.dot(v) + pass.biases(biases.user, of: .field(factors.fields.user))
      + pass.biases(biases.item, of: .field(factors.fields.item))
    let text = decoder.loss(
      of: slots.targetTokens, context, task: textTask, mean: .tokens, learns: pass.isTraining)
    return (0..<2).map { $0 == textTask ? text : rating }
  }

  /// λ (‖U‖² + ‖V‖²) of the rows of a step.
  public var penalties: [ParameterPenalty] {
    [.squares([factors.users, factors.items], strength: dials.l2)]
  }

  /// ‖U − Ũ‖², or that of items, as it is watched.
  static func distance(_ side: String) -> Watched { .value("distance.\(side)") }
}

// MARK: - What is read

extension Why {
  /// Ũ and Ṽ of every row.
  private func documents(_ pass: Forward) -> (user: Variable, item: Variable) {
    (encoders.user(reviews.user, pass.graph), encoders.item(reviews.item, pass.graph))
  }

  /// What a sentence is said from.
  private func context(_ documents: (user: Variable, item: Variable)) -> Variable {
    switch configuration.source {
    case .pair: documents.user.graph.concatenation([documents.user, documents.item])
    case .user: documents.user
    case .item: documents.item
    }
  }

  /// The documents of the rows, and the state that has said nothing.
  public func beginText(_ pass: Forward) -> (state: Variable, context: Variable?) {
    let context = context(documents(pass))
    return (decoder.begin(context), context)
  }

  /// The next word.
  public func nextWord(
    after previous: Variable?, state: Variable, context: Variable?, _ pass: Forward
  ) -> (logits: Variable, state: Variable) {
    guard let context else { preconditionFailure("why: a word without what it is said from") }
    return decoder.next(after: previous, state: state, context)
  }
}
