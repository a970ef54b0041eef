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
  private let penalties: ParallelLoop<PenaltyBody>

  init(
    _ site: StageSite, model: [any Stage], balance: (any BalanceStage)?,
    penalties: ParallelLoop<PenaltyBody>
  ) {
    self.site = site
    self.model = model
    self.balance = balance
    self.penalties = penalties
  }

  /// What any of them needs.
  func needs(in turn: TurnState) -> StageNeeds {
    var needs = balance?.needs(in: turn) ?? []
    for stage in model { needs.formUnion(stage.needs(in: turn)) }
    return needs
  }

  /// Whether the tasks' gradients must be apart.
  func keepsApart(in turn: TurnState) -> Bool {
    balance.map { !$0.sees(in: turn).isEmpty } ?? false
  }

  /// Scales the losses.
  func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
    for stage in model { stage.scale(scales, in: turn) }
    balance?.scale(scales, in: turn)
  }

  /// Notes the losses.
  func note(_ turn: TurnState) {
    for stage in model { stage.note(turn) }
    balance?.note(turn)
  }

  /// Makes one gradient of the tasks'.
  func join(_ gradients: ParallelLoop<SectionGradients>, in turn: TurnState) {
    guard let balance else { return }
    gradients.measure(turn.batch, balance.sees(in: turn))
    balance.balance(gradients.body, in: turn)
    gradients.join()
  }

  /// Lets the balancer look at the numbers after the update.
  func applied(_ turn: TurnState) { balance?.applied(turn) }

  /// Adds the gradients of what depends on the parameters alone to the first lane.
  func penalise(_ executor: Executor, _ batch: Batch) { penalties.run(executor, batch) }

  /// Changes the summed gradient.
  func adjust(_ turn: TurnState) {
    for stage in model where stage.needs(in: turn).contains(.summedGradient) { stage.adjust(turn) }
  }
}
