public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// Joint factorisation of what users think of features of items, and of the words in which they say so.
///
///     x̂(u, i, f) = Σ G_abc u_a i_b f_c          what u thinks of feature f of i; f = F: the rating
///     ŷU(u, f, o) = Σ H_acd u_a f_c o_d         how much u says o of f
///     ŷI(i, f, o) = Σ K_bcd i_b f_c o_d         how much is said o of f of i
///     L = Σ (x̂ − x)² + Σ (ŷU − yU)² + Σ (ŷI − yI)² − λ_B Σ ln σ(s (x̂(u, i, F) − x̂(u, j, F)))
///
/// The sums are over entries that a step draws of the three tensors (``MTERTensors``) and over pairs of
/// items, s the sign of the difference of their ratings; no factor ever falls below 0, see
/// `OptimizerConfiguration.Rule.projectedAdagrad`. The rating's task has the entries x(u, i, F) and
/// no other; what tuples make, x of the features, yU and yI, is the tuples' task's. The loss that is
/// shown of that is ŷU's; ŷI's and that of x̂ of the features are terms beside it.
///
/// Wang, Wang, Jia, Yin. "Explainable Recommendation via Multi-Task Learning in Opinionated Text Data."
/// SIGIR 2018. doi:10.1145/3209978.3210010. What the paper leaves open is as in its official code and in
/// Cornac's (1000 pairs a step, entries drawn with replacement); the paper's tables were not seen.
public struct MTER: MultiTaskModel {
  /// Widths, and what a step draws.
  public struct Configuration: ModelConfiguration {
    /// a.
    public var userWidth = 15
    /// b.
    public var itemWidth = 15
    /// c.
    public var featureWidth = 12
    /// d.
    public var opinionWidth = 12
    /// Entries of each tensor a step.
    public var entries = 50
    /// Pairs of items a step.
    public var pairs = 1000
    /// λ_B, of both public codes, which judge rankings alone.
    ///
    /// A thousand pairs then outweigh fifty entries, and what is rated is pushed far above its ratings: on
    /// made reviews a test rmse of 1.67 at the best NDCG@10, 0.142, against 0.693 and 0.082 without pairs.
    public var ranking = 10.0
    /// How factors begin: `fitted`, so that the first products are as large as ratings, or `unit`, in
    /// [0, 1) as in both public codes, of which the first products are forty times as large.
    public var start = MTERStart.fitted.rawValue

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("user", .count(\.userWidth), "factors of a user"),
        ModelOption("item", .count(\.itemWidth), "factors of an item"),
        ModelOption("feature", .count(\.featureWidth), "factors of a feature"),
        ModelOption("opinion", .count(\.opinionWidth), "factors of an opinion word"),
        ModelOption("entries", .count(\.entries), "entries of each tensor that a step draws"),
        ModelOption("pairs", .whole(\.pairs), "pairs of items that a step draws"),
        ModelOption("ranking", .number(\.ranking), "what the loss of the pairs is multiplied by"),
        ModelOption(
          "start", .word(\.start, of: MTERStart.allCases.map(\.rawValue)),
          "how factors begin: by the size of the ratings, or from 0 to 1"),
      ]
    }
  }

  /// The tables of users, items, features and opinion words.
  let factors: (user: Parameter, item: Parameter, feature: Parameter, opinion: Parameter)
  /// G, H, K.
  let cores: (quality: TuckerCore, user: TuckerCore, item: TuckerCore)
  let configuration: Configuration
  /// The fields of user and item.
  let fields: InteractionFields
  /// What reviews speak of.
  let words: OpinionWords
  let roles: MTERRoles
  /// The scale in which a rating is answered.
  let scale: LabelScale
  /// Whether id 0 of user and item stands for those that have no id.
  let hasUnknown: Bool

  /// F, the slice of the rating, behind all features.
  var overall: Int { words.features.count }

  /// Declares tables and cores.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    guard let fields = input.schema.interactions, let words = input.schema.opinions,
      let roles = MTERRoles(tasks)
    else { preconditionFailure("mter: built for data that it was not checked for") }
    self.configuration = configuration
    (self.fields, self.words, self.roles) = (fields, words, roles)
    scale = tasks[roles.rating].scale
    hasUnknown = !input.schema.fields[fields.user].categories.isEmpty
    let c = configuration
    let (shared, own) = (builder.shared, builder.task(roles.opinions))
    let (start, rating) = (MTERStart(rawValue: c.start) ?? .fitted, scale.mean)
    func table(_ name: String, _ count: Int, _ width: Int, in scope: Scope) -> Parameter {
      (scope / "embeddings" / name).table(
        "weight", vocabulary: count, width: width, start.factors(c, rating: rating))
    }
    func core(_ name: String, _ a: Int, _ b: Int, _ c: Int, in scope: Scope) -> TuckerCore {
      let start = start.core(count: a * b * c, configuration, rating: rating)
      return TuckerCore(name, a, b, c, start: start, in: scope / "cores")
    }
    func count(_ field: Int) -> Int { input.schema.fields[field].vocabulary }
    factors = (
      table("user", count(fields.user), c.userWidth, in: shared),
      table("item", count(fields.item), c.itemWidth, in: shared),
      table("feature", words.features.count + 1, c.featureWidth, in: shared),
      table("opinion", words.opinions.count, c.opinionWidth, in: own)
    )
    cores = (
      core("user_item_feature", c.userWidth, c.itemWidth, c.featureWidth, in: shared),
      core("user_feature_opinion", c.userWidth, c.featureWidth, c.opinionWidth, in: own),
      core("item_feature_opinion", c.itemWidth, c.featureWidth, c.opinionWidth, in: own)
    )
  }

  /// T × [B, 1]: what the losses compare while it trains, else the rating, the score of a ranking, and
  /// the error of a row's own tuples.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    pass.isTraining ? entries(pass) : answers(pass)
  }

  /// λ_B for the ranking.
  public func weightFactor(of task: Int, epoch: Int, step: Int) -> Double {
    task == roles.ranking ? configuration.ranking : 1
  }
}

// MARK: - What it trains

extension MTER {
  /// The predicted entry of each drawn row, or the difference of its pair.
  private func entries(_ pass: Forward) -> [Variable] {
    let widths = configuration
    let rows = pass.graph.lookup(
      [factors.user, factors.item, factors.item, factors.feature, factors.opinion],
      columns: [EntryRow.user, .item, .other, .feature, .opinion].map(\.column),
      widths: [
        widths.userWidth, widths.itemWidth, widths.itemWidth, widths.featureWidth,
        widths.opinionWidth,
      ])
    var first = 0
    func next(_ width: Int) -> Variable {
      first += width
      return rows.columns(first - width..<first)
    }
    let (user, item, other) = (
      next(widths.userWidth), next(widths.itemWidth), next(widths.itemWidth)
    )
    let (feature, opinion) = (next(widths.featureWidth), next(widths.opinionWidth))
    let pairs = cores.quality.pairs(of: user)  // [B, b·c]
    let quality = pairs.mixture(item).dot(feature)  // x̂(u, i, f)
    let byItem = cores.item(item, feature, opinion)
    pass.minimise("items", of: roles.opinions) { place in
      byItem.entryLoss(
        task: roles.opinions, place: place, column: EntryRow.tensor.rawValue,
        tensor: EntryTensor.itemFeatureOpinion.rawValue)
    }
    pass.minimise("features", of: roles.opinions) { place in
      quality.entryLoss(
        task: roles.opinions, place: place, column: EntryRow.tensor.rawValue,
        tensor: EntryTensor.userItemFeature.rawValue)
    }
    return roles.answers(
      rating: quality, opinions: cores.user(user, feature, opinion),
      ranking: quality + pairs.mixture(other).dot(feature).affine(times: -1, plus: 0))
  }

  /// Sums over entries and pairs while it trains; of a single row, what it is answered by.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { task in
      let answer = logits[task]
      if task == roles.ranking { return answer.signedPairLoss(task: task) }
      guard answer.graph.isTraining else {
        return task == roles.rating
          ? answer.loss(of: tasks[task], at: task) : answer.answeredLoss(task: task)
      }
      let isRating = task == roles.rating
      return answer.entryLoss(
        task: task, column: EntryRow.tensor.rawValue,
        tensor: (isRating ? EntryTensor.rating : .userFeatureOpinion).rawValue,
        unit: isRating ? Float(scale.deviation) : 1)
    }
  }
}

// MARK: - What it answers

extension MTER {
  /// The standardised rating, its own scale as the score, and the error of a row's own tuples.
  ///
  /// A user or an item without an id of its own is answered the mean rating, and the score 0.
  private func answers(_ pass: Forward) -> [Variable] {
    let (graph, c) = (pass.graph, configuration)
    let pairs = cores.quality.pairs(
      of: pass.lookup(factors.user, of: .field(fields.user), c.userWidth))
    let features = pairs.mixture(
      pass.lookup(factors.item, of: .field(fields.item), c.itemWidth))  // [B, c]
    let slice = pass.lookup(factors.feature, of: .constant(Int32(overall)), c.featureWidth)
    let rating = features.dot(slice)
    let own = graph.lookup(
      TupleRow.features.map { _ in factors.feature },
      columns: TupleRow.features.map { .drawn($0) },
      widths: TupleRow.features.map { _ in c.featureWidth })
    let values = graph.drawnIds(TupleRow.values).affine(times: tupleUnit, plus: 0)
    let standard = rating.affine(
      times: Float(1 / scale.deviation), plus: Float(-scale.mean / scale.deviation))
    let isKnown = graph.drawnIds(TupleRow.isKnown..<(TupleRow.isKnown + 1))
    var score = rating.mixture(isKnown)
    if !pass.isAnswering {
      let other = pass.lookup(factors.item, of: .drawn(TupleRow.other), c.itemWidth)
      score = rating + pairs.mixture(other).dot(slice).affine(times: -1, plus: 0)
    }
    return roles.answers(
      rating: standard.mixture(isKnown), opinions: features.tupleErrors(of: own, values: values),
      ranking: score)
  }
}

// MARK: - Rows and needs

extension MTER {
  /// Entries and pairs to train on; what is said of a row's pair to answer it.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    switch purpose {
    case .turn: EntrySource(self, at: site)
    case .answering: TupleSource(self, at: site)
    }
  }

  /// Entries of the three tensors, and pairs; whatever the batch is.
  public func turnRows(beside batchRows: Int) -> Int {
    3 * configuration.entries + (roles.ranking == nil ? 0 : configuration.pairs)
  }

  /// A rating, tuples, and perhaps a ranking.
  public static var kinds: Set<LabelKind> { [.regression, .ranking, .tuples] }

  /// It reads what was said of a pair, for the error of tuples.
  public static var readsReviews: Bool { true }

  /// Adagrad above 0, with the L2 of both public codes, and a rate for factors that begin by the size of the
  /// ratings: the codes' 0.1 is for those from 0 to 1 (`start=unit`).
  ///
  /// A step draws its own rows: those of the batch only count the steps, of which MTER takes many.
  public static var ownRule: OwnRule? {
    OwnRule(.projectedAdagrad(), learningRate: 0.02, batchSize: 8)
  }

  /// One rating, one task of tuples, one ranking at most.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    guard MTERRoles(tasks) == nil else { return }
    let found = tasks.map { "\(printable($0.name)) (\($0.kind.rawValue))" }
    throw .unfitData(
      model: name,
      needs: "a regression, the rating, a task `kind: tuples`, and one `kind: ranking` at most",
      found: found.isEmpty ? "no task" : found.joined(separator: ", "),
      fix: "choose these with --tasks, or another model")
  }

  /// User, item and what is said of features.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try FactorTables.check(input, of: name)
    guard input.schema.opinions == nil else { return }
    throw .unfitData(
      model: name, needs: "what users say of features, as tuples",
      found: "no opinions in the schema",
      fix:
        "add a line to the schema, as in `opinions: {file: opinions.tsv, user: user, item: item, "
        + "feature: feature, opinion: opinion, sentiment: sentiment}`")
  }
}
