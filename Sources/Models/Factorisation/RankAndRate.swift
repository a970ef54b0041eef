public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// Rank and Rate: users first choose an item and then rate it, and the item moves in between.
///
///     rank    s_ui = U_u·V_i + b_i
///     moved   Ṽ_i  = V_i + D_i
///     tied    φ(x) = act(W x + b)              one W for users and items
///     rate    r_ui = φ(U_u)·φ(Ṽ_i) + μ + b′_u + b′_i
///     L = α L_rank + (1 − α) L_rate + λ(‖U‖² + ‖V‖²) + λ_D ‖D‖² + λ_W ‖W‖²
///
/// L_rank is BPR over items that the user has not met, whatever the rating was; L_rate the mean squared
/// error of ratings. D starts at 0; the biases are free. Ratings are trained as the data store them,
/// centred and divided by their deviation, so that μ is 0.
///
/// **Reconstructed**: the paper's four pages were not at hand. That ranking reads the embeddings as
/// they stand, rating moved items and a tied layer, and both losses at once are the abstract's and a
/// review's; the formulas, the defaults and what "two configurations" means are ours: here `moved` and
/// `plain`, in which D is 0 and not trained.
///
/// Hadash, Sar Shalom, Osadchy. "Rank and Rate: Multi-task Learning for Recommender Systems." RecSys 2018.
/// arXiv:1807.11698
public struct RankAndRate: MultiTaskModel {
  /// Widths, weights and strengths.
  public struct Configuration: ModelConfiguration {
    /// k.
    public var width = 32
    /// k′, what the tied layer gives.
    public var hidden = 32
    /// What stands behind the tied layer.
    public var activation = "tanh"
    /// Whether items move between ranking and rating.
    public var interaction = "moved"
    /// α.
    public var alpha = 0.5
    /// Items that are drawn beside a row; 0: as many as the data say.
    public var negatives = 0
    /// λ at the start.
    public var l2 = 1e-3
    /// λ_D at the start.
    public var deviationL2 = 1e-3
    /// λ_W at the start.
    public var transformL2 = 1e-2
    /// μ, in the unit in which labels are stored.
    public var mean = 0.0

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("width", .count(\.width), "width of users and items"),
        ModelOption("hidden", .count(\.hidden), "width behind the tied layer"),
        ModelOption(
          "activation", .word(\.activation, of: ["tanh", "relu", "identity"]),
          "what stands behind the tied layer"),
        ModelOption(
          "interaction", .word(\.interaction, of: ["moved", "plain"]),
          "whether items move between ranking and rating"),
        ModelOption(
          "alpha", .number(\.alpha, in: 0...1), "share of the ranking in the whole loss"),
        ModelOption(
          "negatives", .whole(\.negatives),
          "items that are drawn beside a row; 0: as the data say"),
        ModelOption(
          "l2", .number(\.l2, in: 0...1), "penalty on users and items, at the start (dial l2)"),
        ModelOption(
          "deviation-l2", .number(\.deviationL2, in: 0...100),
          "penalty on how far items move, at the start (dial deviation-l2)"),
        ModelOption(
          "transform-l2", .number(\.transformL2, in: 0...1),
          "penalty on the tied layer, at the start (dial transform-l2)"),
      ]
    }
  }

  /// The penalties' strengths.
  struct Strengths: Sendable {
    let l2, deviation, transform: Parameter
  }

  let configuration: Configuration
  let factors: FactorTables  // shared
  let deviation: Parameter?  // D, of the rating
  let transform: Dense  // W and b, of the rating
  let userBias: Parameter  // b′_u
  let itemBias: Parameter  // b′_i
  let rank: RankHead
  let strengths: Strengths
  /// The task that is the rating.
  let rating: Int

  /// Declares the tables, the tied layer and the strengths.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.configuration = configuration
    let factors = FactorTables(
      input, width: configuration.width, in: builder.shared / "embeddings")
    self.factors = factors
    let rating = tasks.firstIndex { $0.kind == .regression } ?? 0
    let ranking = tasks.firstIndex { $0.kind == .ranking } ?? 0
    self.rating = rating
    let fields = input.schema.fields
    deviation =
      configuration.interaction == "moved"
      ? (builder.task(rating) / "embeddings" / "deviation").table(
        "weight", vocabulary: fields[factors.fields.item].vocabulary,
        width: configuration.width, .zeros) : nil
    transform = Dense(
      configuration.width, configuration.hidden, in: builder.task(rating) / "transform")
    let rate = builder.task(rating) / "rate"
    userBias = rate.biases("user_bias", vocabulary: fields[factors.fields.user].vocabulary)
    itemBias = rate.biases("item_bias", vocabulary: fields[factors.fields.item].vocabulary)
    rank = RankHead(
      factors, input, negatives: configuration.negatives, task: ranking, of: tasks,
      in: builder.task(ranking) / "rank")
    strengths = Self.strengths(configuration, builder)
  }

  private static func strengths(
    _ configuration: Configuration, _ builder: Builder
  ) -> Strengths {
    Strengths(
      l2: builder.dial("l2", "penalty on users and items", in: 0...1, start: configuration.l2),
      deviation: builder.dial(
        "deviation-l2", "penalty on how far items move", in: 0...100,
        start: configuration.deviationL2),
      transform: builder.dial(
        "transform-l2", "penalty on the tied layer", in: 0...1,
        start: configuration.transformL2))
  }

  /// The score of every row and its rating, T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let (u, v) = (factors.user(pass), factors.item(pass))  // [B, k]
    var moved = v
    if let deviation {
      moved = v + pass.lookup(deviation, of: .field(factors.fields.item), factors.width)
    }
    let biases =
      pass.biases(userBias, of: .field(factors.fields.user))
      + pass.biases(itemBias, of: .field(factors.fields.item))
    var rate = tied(u).dot(tied(moved)) + biases
    if configuration.mean != 0 {
      rate = rate.affine(times: 1, plus: Float(configuration.mean))
    }
    let score = rank(u, v, pass)
    return rating < rank.task ? [rate, score] : [score, rate]
  }

  /// φ, [B, k′].
  private func tied(_ x: Variable) -> Variable {
    let h = transform(x)
    switch configuration.activation {
    case "tanh": return h.tanh()
    case "relu": return h.relu()
    default: return h
    }
  }

  /// BPR of the ranking, the squared error of the rating.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map {
      $0 == rank.task
        ? rank.loss(of: logits[$0]) : logits[$0].loss(of: tasks[$0], at: $0)
    }
  }

  /// The squares of users and items, of D, and of W.
  public var penalties: [ParameterPenalty] {
    var all: [ParameterPenalty] = [
      .squares([factors.users, factors.items], strength: strengths.l2),
      .squares([transform.weight], strength: strengths.transform),
    ]
    if let deviation { all.append(.squares([deviation], strength: strengths.deviation)) }
    return all
  }

  /// α of the ranking, 1 − α of the rating.
  public func weightFactor(of task: Int, epoch: Int, step: Int) -> Double {
    task == rank.task ? configuration.alpha : 1 - configuration.alpha
  }

  /// Items that the user has not met, drawn beside each row.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    rank.source(for: purpose, at: site)
  }
}

// MARK: - What it needs

extension RankAndRate {
  /// A rating and a ranking.
  public static var kinds: Set<LabelKind> { [.regression, .ranking] }

  /// One of each.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try FactorTables.check(
      tasks, have: [(.regression, "rating (regression)"), (.ranking, "ranking")], of: name)
  }

  /// User and item.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try FactorTables.check(input, of: name)
  }
}
