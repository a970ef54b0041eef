public import Graph
public import Layers
import Objectives

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
  /// How strong the load-balancing loss may be.
  public static let strengths = 0.0...10.0
}

/// What all gates of a model have in common: a temperature, dropped experts, experts left out, and
/// a loss that keeps each gate from leaving experts idle.
///
///     g  = softmax(x·W / T)
///     g' = g ∘ m / Σ(g ∘ m), m_e ~ Bernoulli(1 − p)          in training; g where all are dropped
///     g' = g ∘ kept / Σ(g ∘ kept)                            in evaluation
///
/// Gate dropout keeps a gate from settling on one expert ("polarisation"): Zhao et al. "Recommending
/// What Video to Watch Next." RecSys 2019. doi:10.1145/3298689.3346997. A mask is drawn for every row
/// and gate.
///
/// The load-balancing loss of ``GateBalance`` is one for each gate, of the softmax before dropout; a
/// task's shares the weight of the task's loss.
public struct GateControls: Sendable {
  private let temperature: Parameter
  private let dropout: Parameter?
  private let balance: Balance?
  /// E.
  private let experts: Int
  /// By expert 1, or 0 while it is left out of an evaluation.
  public let kept: Parameter

  /// What the load-balancing loss is made of; see ``GateBalance``.
  private struct Balance: Sendable {
    /// s.
    let strength: Parameter
    /// f by gate.
    let shares: [String: Parameter]
  }

  /// How far f goes towards a batch's shares: it remembers some 20 steps, enough that a small
  /// batch's luck does not push experts about, few enough to notice one that takes over.
  private static let averageRate = 0.05

  /// Declares the dials, what is kept of so many experts, and what the gates of these names need.
  public init(
    _ options: GateOptions, experts: Int, gates: [String], in builder: Builder
  ) {
    self.experts = experts
    temperature = builder.dial(
      "temperature", "T of the gates' softmax(x·W / T)", in: GateOptions.temperatures,
      start: options.temperature)
    dropout =
      options.dropout > 0
      ? builder.dial(
        "gate-dropout", "the share of experts that a gate drops in training",
        in: GateOptions.shares, start: options.dropout) : nil
    balance =
      options.balance > 0
      ? Balance(
        strength: builder.dial(
          "balance", "the strength of the load-balancing loss", in: GateOptions.strengths,
          start: options.balance),
        shares: Dictionary(
          uniqueKeysWithValues: gates.map { name in
            let shares = (builder.shared / "gate_shares").average(
              name, count: experts, 1 / Double(experts), rate: Self.averageRate)
            return (name, shares)
          })) : nil
    kept = builder.shared.given("experts.kept", count: experts, 1)
  }

  /// The weights that a gate gives to the experts, watched as they are before any are dropped.
  ///
  /// - Parameters:
  ///   - logits: what the gate makes of its input, [B, E].
  ///   - name: whose gate it is: `click`, `shared`.
  ///   - task: the task whose weight the load-balancing loss shares; nil for all.
  ///   - watched: what it is watched as; by default the gate of whose it is.
  ///   - kept: which experts are kept in an evaluation, where gates do not weigh all the same.
  ///   - pass: the pass.
  /// - Returns: the weights, [B, E].
  public func weights(
    _ logits: Variable, of name: String, task: Int?, watchedAs watched: Watched? = nil,
    keeping kept: Parameter? = nil, in pass: Forward
  ) -> Variable {
    let watched = watched ?? .gate(name)
    let g = logits.softmax(temperature: temperature)  // [B, E]
    guard pass.isTraining else {
      return pass.watch(g.renormalised(keeping: kept ?? self.kept), as: watched)
    }
    pass.watch(g, as: watched)
    if let balance, let shares = balance.shares[name] {
      pass.minimise("balance.\(name)", of: task) {
        g.balanceLoss(at: $0, strength: balance.strength, shares: shares)
      }
    }
    guard let dropout else { return g }
    let keep = pass.keep("gate_keep.\(name)", columns: g.width, dropping: dropout)
    return g.renormalised(keeping: keep)
  }
}

extension GateControls {
  /// The gates of experts that all share: one for each task of these names in their order, or
  /// without names one for all tasks together.
  public func declarations(of tasks: [String]?) -> [GateDeclaration] {
    guard let tasks else { return [declaration(of: "shared", task: nil)] }
    return tasks.enumerated().map { declaration(of: $0.element, task: $0.offset) }
  }

  private func declaration(of name: String, task: Int?) -> GateDeclaration {
    GateDeclaration(
      watched: .gate(name), task: task, experts: GateDeclaration.Expert.all(experts), kept: kept)
  }
}
