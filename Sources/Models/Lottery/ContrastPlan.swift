import Foundation
public import Graph

/// How a task's sub-network is contrasted with a negative one, and who moves the weights that all
/// tasks keep.
///
///     difference   ℓ⁺ − λ·ℓ⁻                          w⁺ = 1             w⁻ = −λ
///     logistic     ℓ⁺ + λ·softplus((ℓ⁺ − ℓ⁻)/τ)       w⁺ = 1 + λσ(·)/τ   w⁻ = −λσ(·)/τ
///     hinge        ℓ⁺ + λ·max(0, m − (ℓ⁻ − ℓ⁺))       w⁺ = 1 + λ·[·>0]   w⁻ = −λ·[·>0]
///
/// The gradients of ℓ⁺ and ℓ⁻ are scaled by w⁺ and w⁻; that of ℓ⁻ reaches the masked weights alone.
/// In the difference, which drives it up without limit, ℓ⁻ is a constant above the cap.
public struct ContrastPlan: Sendable {
  /// Which weights the negative sub-network of a task keeps; S are those that every task keeps.
  public enum Negative: String, Sendable, Hashable, CaseIterable {
    /// All but S, each with a probability.
    case complement
    /// The task's own but S.
    case ownMinusConflict = "own-minus-conflict"
    /// The task's own, each with a probability.
    case randomOwn = "random-own"
  }

  /// When the random part of the negatives is drawn.
  public enum Resampling: String, Sendable, Hashable, CaseIterable {
    case once, epoch, step
  }

  /// Who moves the weights of S.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Every task in its turn.
    case implicit
    /// A weight follows the tasks in proportion to what its removal would cost them.
    case impactParameter = "impact-param"
    /// All of S follow the tasks by how much better their sub-network is than the negative one.
    case impactNetwork = "impact-net"
  }

  /// How the two losses are put together.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    case difference, logistic, hinge
  }

  /// How the two losses are put together.
  public var form: Form
  /// Which weights the negatives keep.
  public var negative: Negative
  /// The probability with which a weight of the random part is kept.
  public var keep: Double
  /// When the random part is drawn.
  public var resampling: Resampling
  /// Who moves the weights that all tasks keep.
  public var rule: Rule
  /// ρ of the running means of impacts.
  public var memory: Double
  /// γ, the power of an impact.
  public var power: Double
  /// τ of the shares by sub-network.
  public var ruleTemperature: Double
  /// m of the hinge.
  public var margin: Double
  /// ℓ⁻ above which the difference takes it as a constant; nil: never.
  public var cap: Double?
  /// λ.
  public var strength: Parameter
  /// τ of the logistic form.
  public var temperature: Parameter

  /// Names all choices.
  public init(
    form: Form, negative: Negative, keep: Double, resampling: Resampling, rule: Rule,
    memory: Double, power: Double, ruleTemperature: Double, margin: Double, cap: Double?,
    strength: Parameter, temperature: Parameter
  ) {
    self.form = form
    self.negative = negative
    self.keep = keep
    self.resampling = resampling
    self.rule = rule
    self.memory = memory
    self.power = power
    self.ruleTemperature = ruleTemperature
    self.margin = margin
    self.cap = cap
    self.strength = strength
    self.temperature = temperature
  }

  /// Whether the scales depend on the losses of the batch.
  public var needsLosses: Bool { form != .difference || cap != nil }

  /// w⁺ and w⁻.
  ///
  /// - Parameters:
  ///   - positive: ℓ⁺.
  ///   - negative: ℓ⁻.
  ///   - strength: λ.
  ///   - temperature: τ.
  /// - Returns: the factors of both gradients.
  public func scales(
    positive: Double, negative: Double, strength: Double, temperature: Double
  ) -> (positive: Double, negative: Double) {
    let share: Double
    switch form {
    case .difference: return (1, isCapped(negative) ? 0 : -strength)
    case .logistic: share = 1 / (1 + exp(-(positive - negative) / temperature)) / temperature
    case .hinge: share = margin - (negative - positive) > 0 ? 1 : 0
    }
    return (1 + strength * share, -strength * share)
  }

  /// Whether ℓ⁻ has run away to the cap.
  public func isCapped(_ negative: Double) -> Bool {
    form == .difference && cap.map { negative > $0 } ?? false
  }
}
