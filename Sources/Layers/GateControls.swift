public import Graph

/// What may be chosen about the gates of a model beside their sizes.
public struct GateOptions: Sendable, Hashable {
  /// T of softmax(x·W / T) at the start.
  public var temperature = 1.0
  /// The share of experts that a gate drops in training; with 0 nothing is drawn.
  public var dropout = 0.0
  /// The strength of the load-balancing loss; with 0 there is none.
  public var balance = 0.0

  /// The defaults: a plain softmax.
  public init() {}

  /// What a temperature may be.
  public static let temperatures = 0.05...20.0
  /// What shares of experts may be dropped.
  public static let shares = 0.0...0.9
}

/// What all gates of a model have in common: a temperature, dropped experts, experts left out.
///
///     g  = softmax(x·W / T)
///     g' = g ∘ m / Σ(g ∘ m), m_e ~ Bernoulli(1 − p)          in training; g where all are dropped
///     g' = g ∘ kept / Σ(g ∘ kept)                            in evaluation
///
/// Gate dropout keeps a gate from settling on one expert ("polarisation"): Zhao et al. "Recommending
/// What Video to Watch Next." RecSys 2019. doi:10.1145/3298689.3346997. A mask is drawn for every row
/// and gate.
public struct GateControls: Sendable {
  private let temperature: Parameter
  private let dropout: Parameter?
  /// By expert 1, or 0 while it is left out of an evaluation.
  public let kept: Parameter

  /// Declares the dials, and what is kept of so many experts.
  public init(_ options: GateOptions, experts: Int, in builder: Builder) {
    temperature = builder.dial(
      "temperature", "T of the gates' softmax(x·W / T)", in: GateOptions.temperatures,
      start: options.temperature)
    dropout =
      options.dropout > 0
      ? builder.dial(
        "gate-dropout", "the share of experts that a gate drops in training",
        in: GateOptions.shares, start: options.dropout) : nil
    kept = builder.shared.given("experts.kept", count: experts, 1)
  }

  /// The weights that a gate gives to the experts, watched as they are before any are dropped.
  ///
  /// - Parameters:
  ///   - gate: the gate.
  ///   - x: what it reads.
  ///   - name: whose gate it is: `click`, `shared`.
  ///   - pass: the pass.
  /// - Returns: the weights, [B, E].
  public func weights(
    _ gate: Gate, _ x: Variable, of name: String, in pass: Forward
  ) -> Variable {
    let g = gate(x, temperature: temperature)  // [B, E]
    guard pass.isTraining else {
      return pass.watch(g.renormalised(keeping: kept), as: "gates.\(name)")
    }
    pass.watch(g, as: "gates.\(name)")
    guard let dropout else { return g }
    let keep = pass.keep("gate_keep.\(name)", columns: g.width, dropping: dropout)
    return g.renormalised(keeping: keep)
  }
}
