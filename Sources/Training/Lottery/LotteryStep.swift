import Graph
import Models
import Tensors

/// What a step needs of a lottery: the scales of a contrast, who keeps which moments, and what
/// settles the weights that all tasks keep.
final class LotteryStep {
  /// The masks in memory.
  let masks: LotteryMasks
  /// ℓ⁺ and ℓ⁻ of each task in its newest turn; NaN before the first.
  private(set) var losses: [(positive: Double, negative: Double)]
  /// w⁺ and w⁻ of each task in its newest turn.
  private(set) var factors: [(positive: Double, negative: Double)]
  /// Tasks whose negative loss has been above the cap.
  private(set) var capped: Set<Int> = []
  /// The rule for the weights that all tasks keep; nil: every task moves them in its turn.
  private(set) var rule: ConflictRule?

  /// The task whose turn it is.
  private var turn = 0
  /// Whether the contrast is on: only tasks that train together are contrasted.
  var contrasts = true

  let plan: LotteryPlan
  private let store: ParameterStore
  private let workspace: Workspace
  private let shared: Optimizer
  private let own: [Optimizer]
  private let updates: [MaskedUpdate]

  init(
    _ plan: LotteryPlan, tasks: Int, store: ParameterStore, workspace: Workspace,
    optimizer: Optimizer, seed: UInt64
  ) {
    self.plan = plan
    self.store = store
    self.workspace = workspace
    shared = optimizer
    masks = LotteryMasks(plan, store: store, seed: seed)
    losses = (0..<tasks).map { _ in (.nan, .nan) }
    factors = (0..<tasks).map { _ in (1, 0) }
    own =
      plan.schedule.moments == "per-task"
      ? (0..<tasks).map { _ in
        Optimizer(
          optimizer.configuration, store: store, penalties: optimizer.penalties,
          workspace: workspace)
      } : []
    updates =
      plan.schedule.moments == "strict"
      ? (0..<tasks).map { task in
        MaskedUpdate(
          plan.layers.map { layer in
            let start = store.offsets[layer.weight.index]
            let masks =
              [layer.masks[task]] + (layer.negatives.isEmpty ? [] : [layer.negatives[task]])
            return MaskedUpdate.Block(
              range: start..<(start + layer.inputs * layer.outputs),
              masks: masks.map { UnsafePointer(store.base(of: $0)) })
          }, threads: workspace.pool.threads, piece: UpdateBody.piece)
      } : []
    for one in own + [shared] { one.sumsFirst = (plan.contrast?.rule ?? .implicit) != .implicit }
    masksChanged(draw: 0)
  }

  /// Whether there is a contrast.
  var hasContrast: Bool { plan.contrast != nil }
  /// Whether scales depend on the losses of the batch.
  var needsLosses: Bool { plan.contrast?.needsLosses ?? false }

  /// Forgets all moments.
  func resetOptimizers() {
    shared.reset()
    for one in own { one.reset() }
  }

  /// How often the tasks' masks have changed.
  private(set) var maskVersion = 0

  /// Sets the negatives anew and forgets impacts, after a task's masks have changed.
  func masksChanged(draw: Int) {
    maskVersion += 1
    masks.setNegatives(draw: draw)
    guard let contrast = plan.contrast, contrast.rule != .implicit else { return }
    let sets = masks.sets
    rule = ConflictRule(
      contrast, tasks: losses.count, shared: plan.layers.indices.map { sets.shared(of: $0) })
  }

  // MARK: - Contrast

  /// w⁺ and w⁻ of a task for the losses of its batch.
  func scales(
    of task: Int, losses: (positive: Double, negative: Double)?
  ) -> (positive: Double, negative: Double) {
    guard let contrast = plan.contrast else { return (1, 0) }
    let (positive, negative) = losses ?? (0, 0)
    let found = contrast.scales(
      positive: positive, negative: negative, strength: value(contrast.strength),
      temperature: value(contrast.temperature))
    factors[task] = found
    return found
  }

  private func value(_ dial: Parameter) -> Double { Double(store.base(of: dial)[0]) }

  /// Notes the losses of the tasks that have just had a turn.
  func note(_ sums: [LossSums], _ terms: [LossSums], active: [Bool]) {
    guard let contrast = plan.contrast, contrasts else { return }
    for task in losses.indices where active[task] {
      let positive = sums[task].loss / max(1, sums[task].rows)
      let negative = terms[task].loss / max(1, terms[task].rows)
      losses[task] = (positive, negative)
      if contrast.isCapped(negative) { capped.insert(task) }
      rule?.note(task, positive: positive, negative: negative)
    }
  }

  // MARK: - The update of a turn

  /// Applies the gradients of a task's turn; `isOn` says which tasks train.
  func update(
    _ task: Int, _ executor: Executor, batch: Batch, segments: [Bool], rate: Double, isOn: [Bool]
  ) {
    turn = task
    rule?.isOn = isOn
    (own.isEmpty ? shared : own[task]).update(
      executor, batch: batch, segments: segments, rate: rate, isJoined: false,
      masked: updates.isEmpty ? nil : updates[task],
      adjust: rule != nil && contrasts ? self : nil)
  }
}

extension LotteryStep: GradientAdjustment {
  /// Multiplies the gradient of the weights that all tasks keep.
  func adjustGradients() {
    guard let rule else { return }
    let scale = 1 / Float(factors[turn].positive)
    for (place, layer) in plan.layers.enumerated() {
      let gradient = workspace.laneGradients.base + store.offsets[layer.weight.index]
      rule.note(
        turn, layer: place, weights: store.base(of: layer.weight), gradient: gradient,
        scale: scale)
      rule.apply(turn, layer: place, to: gradient)
    }
  }
}
