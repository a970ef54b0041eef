public import Datasets
public import Graph
public import Layers
public import Runs

/// The ranking model of "Recommending What Video to Watch Next": a mixture of experts on a shared
/// hidden layer, and a shallow tower that takes the bias of the position away from it.
///
///     s   = MLP(x)
///     z_k = h_k(Σ_e g_k(s)_e · f_e(s)) + b_k(position, device)      engagement tasks
///     z_k = h_k(Σ_e g_k(s)_e · f_e(s))                              satisfaction tasks
///
/// A row that is shown high is clicked for being high. The shallow tower learns that part from the
/// position and the device alone, which the main network does not see. In training the position is
/// dropped now and then and the missing one takes its place; in use it is always the missing one,
/// so answers do not depend on it. Gate dropout keeps the gates from settling on one expert.
///
/// Where a logging policy sorts items by quality, place and quality go together, and what the main
/// network does not know of the quality ends up in the bias. If some traffic was shown in random
/// order and a column says which, the shallow tower may learn from those rows alone (`random`).
///
/// The paper leaves open what the tower is: a number for each cross of position and device here, or
/// an embedding with layers behind it. Widths are not published. Which tasks count as engagement
/// may be named; see ``Configuration/engagement``.
///
/// Zhao et al. "Recommending What Video to Watch Next: A Multitask Ranking System." RecSys 2019.
/// doi:10.1145/3298689.3346997
public struct YouTube: MultiTaskModel {
  let embeddings: Embeddings  // shared
  let bottom: MLP?  // shared
  let experts: Experts  // shared
  let gates: [Gate]  // one per task
  let towers: [Tower]  // one per task
  let shallow: [BiasTower?]  // one per task, nil for satisfaction
  let controls: GateControls
  let positionDropout: Parameter?
  let columns: Columns
  let input: InputSpecification
  let names: [String]
  private let readsHidden: (experts: Bool, gates: Bool)

  /// Declares the hidden layer, the experts, the gates and both kinds of towers; the inputs must
  /// have passed the check.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let columns = configuration.columns(of: input.schema)
    (self.columns, self.input) = (columns, input)
    names = tasks.map(\.name)
    let embeddings = Embeddings(
      input, leavingOut: columns.all, in: builder.shared / "embeddings")
    self.embeddings = embeddings
    readsHidden = (configuration.expertInput == "hidden", configuration.gateInput == "hidden")
    // Nobody would read it: then there is none.
    let bottom =
      readsHidden.experts || readsHidden.gates
      ? MLP(embeddings.width, configuration.bottomSizes, in: builder.shared / "bottom") : nil
    self.bottom = bottom
    func width(_ readsHidden: Bool) -> Int {
      readsHidden ? bottom?.width ?? embeddings.width : embeddings.width
    }
    let experts = Experts(
      configuration.expertCount, width(readsHidden.experts), configuration.expertSizes,
      in: builder.shared / "experts")
    self.experts = experts
    let gateWidth = width(readsHidden.gates)
    gates = tasks.indices.map {
      Gate(gateWidth, experts: experts.count, in: builder.task($0) / "gates" / tasks[$0].name)
    }
    towers = tasks.indices.map {
      Tower(
        experts.width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
    controls = GateControls(
      configuration.gate, experts: experts.count, gates: names, in: builder)
    shallow = Self.shallow(configuration, columns.fields(of: input.schema), names, builder)
    positionDropout =
      configuration.positionDropout > 0 && columns.position != nil
      ? builder.dial(
        "position-dropout", "the share of rows that train without their position",
        in: GateOptions.shares, start: configuration.positionDropout) : nil
  }

  /// The towers of position and device; none of a satisfaction, and none without such fields.
  private static func shallow(
    _ configuration: Configuration, _ fields: CrossedLookup.Fields?, _ names: [String],
    _ builder: Builder
  ) -> [BiasTower?] {
    names.enumerated().map { place, name in
      guard let fields, configuration.isEngagement(name) else { return nil }
      return BiasTower(
        fields, configuration.form, rateFactor: configuration.shallowRate,
        in: builder.task(place) / "shallow" / name)
    }
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    let s = bottom.map { $0(x) } ?? x  // [B, H]
    let f = experts(readsHidden.experts ? s : x)  // [B, E·H]
    let bias = biases(pass)  // T × [B, 1]
    return gates.indices.map { k in
      let weights = controls.weights(
        gates[k].logits(readsHidden.gates ? s : x), of: names[k], task: k, in: pass)  // [B, E]
      let z = towers[k](f.mixture(weights))  // [B, 1]
      return bias[k].map { z + $0 } ?? z
    }
  }

  /// b_k by task, [B, 1]; nil where a task has none.
  func biases(_ pass: Forward) -> [Variable?] {
    guard pass.isTraining else { return shallow.map { $0?.missing(pass) } }
    guard shallow.contains(where: { $0 != nil }) else { return shallow.map { _ in nil } }
    let keep = positionDropout.map { pass.keep("position_keep", columns: 1, dropping: $0) }
    return shallow.map { tower in
      guard let bias = tower?(pass, keeping: keep) else { return nil }
      return columns.random.map { bias.learned(whereField: $0.field, is: $0.id) } ?? bias
    }
  }

  /// All gates weigh the same experts.
  public var gateDeclarations: [GateDeclaration] { controls.declarations(of: names) }

  /// The learned bias, if there is one.
  public var subjects: Set<ModelView.Subject> { shallow.contains { $0 != nil } ? [.model] : [] }
}
