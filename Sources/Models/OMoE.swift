public import Datasets
public import Graph
public import Layers

/// One-gate Mixture-of-Experts: all tasks mix the experts with the same gate.
///
///     y_k = h_k(Σ_e g(x)_e · f_e(x)),  g(x) = softmax(W_g · x)
///
/// With one task it is the plain MoE. Ma et al. KDD 2018, doi:10.1145/3219819.3220007, section 4.2.
public struct OMoE: RepresentationModel {
  /// Experts and layer sizes, as in ``MMoE``.
  public typealias Configuration = MMoE.Configuration

  let embeddings: Embeddings  // shared
  let experts: Experts  // shared
  let gate: Gate  // shared
  /// One per task.
  public let towers: [Tower]
  let controls: GateControls

  /// Declares the experts, the gate and the towers.
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
      configuration.gate, experts: experts.count, gates: ["shared"], in: builder)
    gate = Gate(input.width, experts: experts.count, in: builder.shared / "gates" / "shared")
    towers = tasks.indices.map {
      Tower(
        experts.width, configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
  }

  /// T × what the one gate mixes, [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    let f = experts(x)  // [B, E·H]
    let weights = controls.weights(gate.logits(x), of: "shared", task: nil, in: pass)  // [B, E]
    let mixed = f.mixture(weights)  // [B, H]
    return towers.map { _ in mixed }
  }
}

extension OMoE {
  /// The gate weighs all experts.
  public var gateDeclarations: [GateDeclaration] { controls.declarations(of: nil) }
}
