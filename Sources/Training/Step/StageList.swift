import Graph
import Models
import Tensors

/// The stages of a trainer in the order in which a turn goes through them; see `Stage`.
struct StageList {
  /// What stages are made from.
  let site: StageSite
  /// Those of the model.
  let model: [any Stage]
  /// The balancer; nil: the tasks' gradients are added.
  var balance: (any BalanceStage)?
  /// By turn, whether it descends from the tasks' losses, which can be balanced.
  private let isBalanced: [Bool]
  private let penalties: ParallelLoop<PenaltyBody>

  init(
    _ site: StageSite, model: [any Stage], balance: (any BalanceStage)?, turns: [Turn],
    penalties: ParallelLoop<PenaltyBody>
  ) {
    self.site = site
    self.model = model
    self.balance = balance
    isBalanced = turns.map { $0.losses == .tasks }
    self.penalties = penalties
  }

  /// The balancer in a turn that descends from the tasks' losses; nil in any other.
  private func balance(in turn: TurnState) -> (any BalanceStage)? {
    isBalanced[turn.turn] ? balance : nil
  }

  /// What any of them needs.
  func needs(in turn: TurnState) -> StageNeeds {
    var needs = balance(in: turn)?.needs(in: turn) ?? []
    for stage in model { needs.formUnion(stage.needs(in: turn)) }
    return needs
  }

  /// Whether the tasks' gradients must be apart.
  func keepsApart(in turn: TurnState) -> Bool {
    balance(in: turn).map { !$0.sees(in: turn).isEmpty } ?? false
  }

  /// Scales the losses; what a balancer makes of them is no part of a gradient that is looked at.
  func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
    for stage in model { stage.scale(scales, in: turn) }
    if !turn.isLooking { balance(in: turn)?.scale(scales, in: turn) }
  }

  /// Notes the losses.
  func note(_ turn: TurnState) {
    for stage in model { stage.note(turn) }
    balance(in: turn)?.note(turn)
  }

  /// Makes one gradient of the tasks'.
  func join(_ gradients: ParallelLoop<SectionGradients>, in turn: TurnState) {
    guard let balance = balance(in: turn) else { return }
    gradients.measure(turn.batch, balance.sees(in: turn))
    balance.balance(gradients.body, in: turn)
    gradients.join()
  }

  /// Lets the balancer look at the numbers after the update.
  func applied(_ turn: TurnState) { balance(in: turn)?.applied(turn) }

  /// Adds the gradients of what depends on the parameters alone to the first lane.
  func penalise(_ executor: Executor, _ batch: Batch) {
    if penalties.body.addsToLookups { executor.finishLookups() }
    penalties.run(executor, batch)
  }

  /// Changes the summed gradient.
  func adjust(_ turn: TurnState) {
    for stage in model where stage.needs(in: turn).contains(.summedGradient) { stage.adjust(turn) }
  }
}
