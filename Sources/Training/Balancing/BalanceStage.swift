import Graph
import Models
public import Objectives

/// What a balancer must see, so that nothing is computed for nobody.
struct BalanceNeeds: OptionSet {
  let rawValue: Int

  /// The gradients of the tasks apart: a backward pass for each, and ‖g_k‖ by array.
  static let gradients = BalanceNeeds(rawValue: 1)
  /// g_j·g_k by array besides, and so the Gram matrix.
  static let products = BalanceNeeds(rawValue: 2)
  /// The gradients of tables summed by id.
  static let rowSums = BalanceNeeds(rawValue: 4)
}

/// How the tasks of a turn are weighed against each other: the stage *balance*.
///
/// One that goes by the losses alone multiplies their scales in `scale(_:in:)`, remembers them in
/// `note(_:)`, and needs nothing: there is one backward pass as without it. With
/// `StageNeeds.lossesFirst` in `needs(in:)` the losses of this very batch are in `TurnState/first`
/// when it scales.
///
/// One that goes by gradients needs ``BalanceNeeds/gradients``: then they are kept apart by task and
/// ``balance(_:in:)`` is called with all that was measured. It fills the weights, or rewrites
/// gradients in place; joining them is not its business. Weights are 1 until it writes them and stay
/// as it has left them.
///
///     for array in 0..<gradients.count where gradients.isShared(array) {
///       let (norms, weights) = (gradients.norms(of: array), gradients.weights(of: array))
///       ...
///     }
///
/// A balancer may be put in the place of another between any two steps (``Trainer/balance(by:)``): a
/// plan with gradients apart is another plan of the cache. Where one task trains alone, turn by turn,
/// there is nothing to balance: a stage is called all the same, with the one task in
/// `TurnState/active`.
protocol BalanceStage: Stage {
  /// What it must see in a turn.
  func sees(in turn: TurnState) -> BalanceNeeds

  /// Says how the gradients of the turn are joined.
  func balance(_ gradients: borrowing SectionGradients, in turn: TurnState)

  /// Looks at the numbers that the update has left.
  func applied(_ turn: TurnState)
}

extension BalanceStage {
  /// Nothing: it goes by the losses.
  func sees(in turn: TurnState) -> BalanceNeeds { [] }
  /// Leaves the sum.
  func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {}
  /// Looks at nothing.
  func applied(_ turn: TurnState) {}
}

/// A balancer that was chosen: makes the stage for a trainer, whose memory begins empty.
public struct BalancerChoice: Sendable {
  let makeStage: @Sendable (StageSite) -> any BalanceStage

  /// A choice by what makes its stage.
  init(_ makeStage: @escaping @Sendable (StageSite) -> any BalanceStage) {
    self.makeStage = makeStage
  }

  /// A rule with its choices, for tasks that are called by number.
  public init<Rule: Balancer>(_ rule: Rule) {
    self.init { site in
      let tasks = BalancedTasks(
        (0..<site.tasks).map { "\($0)" }, arrays: ArrayNumbers(site.store).count)
      return BalancerStage(RunningBalancer(rule, for: tasks), site: site)
    }
  }

  /// A balancer of the registry.
  ///
  /// - Throws: ``BalancerError`` for an unknown name or choice.
  public init(
    named name: String, setting options: [String: String] = [:], for tasks: BalancedTasks
  ) throws(BalancerError) {
    _ = try BalancerRegistry.make(name, setting: options, for: tasks)
    self.init { site in
      let tasks = BalancedTasks(
        tasks.names, answers: tasks.answers, arrays: ArrayNumbers(site.store).count)
      do {
        return BalancerStage(
          try BalancerRegistry.make(name, setting: options, for: tasks), site: site)
      } catch {
        preconditionFailure("a balancer that was made before: \(error)")
      }
    }
  }
}
