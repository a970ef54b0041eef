public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// A rating from the reviews of a user and of an item, each weighed by how much it matters.
///
///     O_l = ReLU(W Σ_t E[w_lt] + b)                                  a text l is the sum of its words
///     α_l = softmax_l ⟨h, tanh(W_o O_l + W_q q)⟩                       over texts that exist
///     with `asks=other` α_l = softmax_l ⟨h, tanh(W_o O_l + W_q q_l)⟩,  q_l of the item of a user's text,
///                                                                    of the user of an item's
///     x   = q + W_x Σ_l α_l O_l + b_x                                of the user, y of the item likewise
///     r̂   = ⟨x_u, y_i⟩ + b_u + b_i
///
/// q are learned vectors of user and item; E serves both sides, the other maps are a side's own. The
/// weights α are what it shows: reviews by how much they matter.
///
/// In the manner of NARRE, and reconstructed: the paper has a convolution over words in place of the
/// sum, asks with the vector of each review's other party (`asks=other`) instead of the row's own, has a ReLU with
/// biases b₁ and b₂ in its attention where here tanh has none, adds a mean over all ratings (labels are
/// standardised here), and weighs the entries of x ⊙ y by W₁, which here the free scale of x and y
/// does.
///
/// Chen et al. "Neural Attentional Rating Regression with Review-level Explanations." WWW 2018.
/// doi:10.1145/3178876.3186070
public struct NARRE: MultiTaskModel {
  /// Sizes.
  public struct Configuration: ModelConfiguration {
    /// Numbers of a user and of an item.
    public var width = 32
    /// Numbers of a word, and of a text.
    public var wordWidth = 50
    /// Hidden numbers of the attention.
    public var attention = 32
    /// Who asks what a review matters.
    public var asks = Asks.own.rawValue
    /// λ: of made reviews the validation error is .635 with 1e-3, .621 with 2e-3 and .651 with 1e-6.
    public var l2 = 2e-3

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("width", .count(\.width), "width of users and items"),
        ModelOption("word", .count(\.wordWidth), "numbers of a word, and of a review"),
        ModelOption("attention", .count(\.attention), "hidden numbers of the attention"),
        ModelOption(
          "asks", .word(\.asks, of: Asks.allCases.map(\.rawValue)),
          "who asks what a review matters: the row's own user or item, or the other party of the review"
        ),
        ModelOption("l2", .number(\.l2, in: 0...1), "penalty on what is no bias"),
      ]
    }
  }

  /// Who asks what a review matters.
  public enum Asks: String, CaseIterable, Sendable {
    /// The row's own user of the user's reviews, its item of the item's.
    case own
    /// The item of each of the user's reviews, the user of each of the item's, as in the paper.
    case other
  }

  let asks: Asks
  let reviews: ReviewColumns
  let factors: FactorTables  // shared
  let words: WordTable  // shared
  let user: ReviewAttention  // shared
  let item: ReviewAttention  // shared
  let userBias, itemBias, l2: Parameter

  /// Declares the parameters.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let (text, embeddings) = (input.text, builder.shared / "embeddings")
    asks = Asks(rawValue: configuration.asks) ?? .own
    reviews = ReviewColumns(text)
    factors = FactorTables(input, width: configuration.width, in: embeddings)
    words = WordTable(
      text.vocabulary, width: configuration.wordWidth, in: embeddings / "word")
    func side(_ name: String) -> ReviewAttention {
      ReviewAttention(
        text: configuration.wordWidth, width: configuration.width, hidden: configuration.attention,
        in: builder.shared / name)
    }
    (user, item) = (side("user"), side("item"))
    let (fields, rate) = (input.schema.fields, builder.task(0) / "rate")
    userBias = rate.biases("user_bias", vocabulary: fields[factors.fields.user].vocabulary)
    itemBias = rate.biases("item_bias", vocabulary: fields[factors.fields.item].vocabulary)
    l2 = builder.dial("l2", "penalty on what is no bias", in: 0...1, start: configuration.l2)
  }

  /// The rating of every row, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = side("user", user, reviews.user, of: factors.users, factors.user(pass), pass)
    let y = side("item", item, reviews.item, of: factors.items, factors.item(pass), pass)
    let biases =
      pass.biases(userBias, of: .field(factors.fields.user))
      + pass.biases(itemBias, of: .field(factors.fields.item))
    return [x.dot(y) + biases]
  }

  private func side(
    _ name: String, _ attention: ReviewAttention, _ columns: ReviewColumns.Side, of own: Parameter,
    _ q: Variable, _ pass: Forward
  ) -> Variable {
    let others = own == factors.users ? factors.items : factors.users
    let query = asks == .own ? q : pass.lookup(others, of: columns.others, factors.width)
    let ids = pass.graph.ids(of: columns.words)  // [words, 1]
    let side = attention(
      words.sums(ids, of: .packed(columns.words)), of: columns.texts, asking: query)
    if !pass.isTraining { pass.watch(side.weights, as: Self.weights(name)) }
    return q + side.sum
  }

  /// α of a side's texts [texts, 1], as it is watched.
  static func weights(_ side: String) -> Watched { .attention(side) }

  /// ½ λ Σ ‖θ‖² over what is no bias.
  public var penalties: [ParameterPenalty] {
    let own = [factors.users, factors.items, words.weight]
    return [.squares(own + user.weights + item.weights, strength: l2, factor: 0.5)]
  }

  /// The texts of user and item, gathered from training rows.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    ReviewSource(.none, packing: site.dataset?.text?.shape, at: site)
  }

  /// A rating.
  public static var kinds: Set<LabelKind> { [.regression] }

  /// It does: those of the user and of the item.
  public static var readsReviews: Bool { true }

  /// Needs a text, a user and an item.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try checkReviews(of: name, reading: input)
  }

  /// Small batches, so that there are many steps.
  public static var ownRule: OwnRule? {
    OwnRule(.adam(), learningRate: 3e-3, batchSize: 128, isPartOfModel: false)
  }

  /// Needs one rating.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try FactorTables.check(tasks, have: [(.regression, "rating (regression)")], of: name)
  }
}
