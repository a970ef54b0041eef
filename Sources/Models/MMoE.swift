public import Datasets
public import Graph
public import Layers

/// Multi-gate Mixture-of-Experts.
///
/// Every task mixes the same experts with its own gate, so unrelated tasks can
/// stop sharing without a separate network each.
///
///     y_k = h_k(Σ_e g_k(x)_e · f_e(x))        (eq. 5–6)
///     g_k(x) = softmax(W_gk · x)              (eq. 7)
///
/// Ma et al. "Modeling Task Relationships in Multi-task Learning with
/// Multi-gate Mixture-of-Experts." KDD 2018. doi:10.1145/3219819.3220007
public struct MMoE: RepresentationModel {
  /// Experts and layer sizes.
  public struct Configuration: GatedConfiguration {
    /// E.
    public var expertCount = 8
    /// Layers of an expert.
    public var expertSizes = [64, 32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// Temperature, dropout and load balance.
    public var gate = GateOptions()

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("experts", .count(\.expertCount), "how many experts"),
        ModelOption("expert", .sizes(\.expertSizes), "layers of an expert"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
      ] + gateOptions
    }
  }

  let embeddings: Embeddings  // shared
  let experts: Experts  // shared
  let gates: [Gate]  // one per task
  /// One per task.
  public let towers: [Tower]
  let controls: GateControls
  let names: [String]

  /// Declares the experts, the gates and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    let experts = Experts(
      configuration.expertCount, input.width, configuration.expertSizes,
      in: builder.shared / "experts")
    self.experts = experts
    controls = GateControls(
      configuration.gate, experts: experts.count, gates: tasks.map(\.name), in: builder)
    gates = tasks.indices.map {
      Gate(input.width, experts: experts.count, in: builder.task($0) / "gates" / tasks[$0].name)
    }
    towers = tasks.indices.map {
      Tower(
        experts.width, configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
    names = tasks.map(\.name)
  }

  /// What each task's gate mixes, T × [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    let f = experts(x)  // [B, E·H]
    return gates.indices.map { k in
      let weights = controls.weights(gates[k].logits(x), of: names[k], task: k, in: pass)  // [B, E]
      return f.mixture(weights)  // [B, H]
    }
  }
}

extension MMoE {
  /// All gates weigh the same experts.
  public var gateDeclarations: [GateDeclaration] { controls.declarations(of: names) }
}
