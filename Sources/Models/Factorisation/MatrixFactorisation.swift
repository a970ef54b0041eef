public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// What plain matrix factorisations may choose.
public struct FactorConfiguration: ModelConfiguration {
  /// k.
  public var width = 32
  /// λ at the start.
  public var l2 = 1e-3

  /// The defaults.
  public init() {}

  /// What may be set by name.
  public static var options: [ModelOption<Self>] {
    [
      ModelOption("width", .count(\.width), "width of users and items"),
      ModelOption(
        "l2", .number(\.l2, in: 0...1), "penalty on users and items, at the start (dial l2)"),
    ]
  }

  fileprivate func strength(_ builder: Builder) -> Parameter {
    builder.dial("l2", "penalty on users and items", in: 0...1, start: l2)
  }
}

/// Matrix factorisation of ratings with biases.
///
///     r_ui = U_u·V_i + μ + b_u + b_i           L = mean (r − r_ui)² + λ(‖U‖² + ‖V‖²)
///
/// Ratings are trained as the data store them, centred, so that μ is 0. The probabilistic form has
/// Gaussian priors, which are the squares here; the biases are those that it is usually given.
///
/// Mnih, Salakhutdinov. "Probabilistic Matrix Factorization." NIPS 2007.
public struct PMF: MultiTaskModel {
  /// Its choices.
  public typealias Configuration = FactorConfiguration

  let factors: FactorTables
  let userBias, itemBias, l2: Parameter

  /// Declares the tables.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    factors = FactorTables(input, width: configuration.width, in: builder.shared / "embeddings")
    let (fields, rate) = (input.schema.fields, builder.task(0) / "rate")
    userBias = rate.biases("user_bias", vocabulary: fields[factors.fields.user].vocabulary)
    itemBias = rate.biases("item_bias", vocabulary: fields[factors.fields.item].vocabulary)
    l2 = configuration.strength(builder)
  }

  /// The rating of every row, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let biases =
      pass.biases(userBias, of: .field(factors.fields.user))
      + pass.biases(itemBias, of: .field(factors.fields.item))
    return [factors.user(pass).dot(factors.item(pass)) + biases]
  }

  /// The squares of users and items.
  public var penalties: [ParameterPenalty] {
    [.squares([factors.users, factors.items], strength: l2)]
  }

  /// A rating.
  public static var kinds: Set<LabelKind> { [.regression] }

  /// One.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try FactorTables.check(tasks, have: [(.regression, "rating (regression)")], of: name)
  }

  /// User and item.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try FactorTables.check(input, of: name)
  }
}

/// Matrix factorisation of who met what, by pairs.
///
///     s_ui = U_u·V_i + b_i                     L = BPR over items not met + λ(‖U‖² + ‖V‖²)
///
/// Rendle et al. "BPR: Bayesian Personalized Ranking from Implicit Feedback." UAI 2009. arXiv:1205.2618
public struct BPRMF: MultiTaskModel {
  /// Its choices.
  public typealias Configuration = FactorConfiguration

  let factors: FactorTables
  let rank: RankHead
  let l2: Parameter

  /// Declares the tables.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    factors = FactorTables(input, width: configuration.width, in: builder.shared / "embeddings")
    rank = RankHead(
      factors, input, negatives: 0, task: 0, of: tasks, in: builder.task(0) / "rank")
    l2 = configuration.strength(builder)
  }

  /// The score of every row, [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    [rank(factors.user(pass), factors.item(pass), pass)]
  }

  /// BPR.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    [rank.loss(of: logits[0])]
  }

  /// The squares of users and items.
  public var penalties: [ParameterPenalty] {
    [.squares([factors.users, factors.items], strength: l2)]
  }

  /// Items that the user has not met, drawn beside each row.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    rank.source(for: purpose, at: site)
  }

  /// A ranking.
  public static var kinds: Set<LabelKind> { [.ranking] }

  /// One.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try FactorTables.check(tasks, have: [(.ranking, "ranking")], of: name)
  }

  /// User and item.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try FactorTables.check(input, of: name)
  }
}
