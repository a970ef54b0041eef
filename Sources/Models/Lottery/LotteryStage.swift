import Foundation
import Graph
import Objectives
public import Tensors

/// The stage of a lottery: scales of a contrast, and what settles the weights that all tasks keep.
///
///     scale    ω_k ← ω_k·w⁺_k, and that of the negative loss ω_k·w⁻_k
///     note     ℓ⁺_k and ℓ⁻_k, the rule's running means
///     adjust   the gradient of the weights that all tasks keep, times the rule's factors of a_k
public final class LotteryStage {
  /// The masks in memory.
  public let masks: LotteryMasks
  /// How masks are found and used.
  public let plan: LotteryPlan
  /// ℓ⁺ and ℓ⁻ of each task in its newest turn; NaN before the first.
  public private(set) var losses: [(positive: Double, negative: Double)]
  /// w⁺ and w⁻ of each task in its newest turn.
  public private(set) var factors: [(positive: Double, negative: Double)]
  /// Tasks whose negative loss has been above the cap.
  public private(set) var capped: Set<Int> = []
  /// The rule for the weights that all tasks keep; nil: every task moves them in its turn.
  public private(set) var rule: ConflictRule?
  /// How often the tasks' masks have changed.
  public private(set) var maskVersion = 0
  /// Whether the contrast is on: only tasks that train together are contrasted.
  public var contrasts = true

  private let site: StageSite

  /// The masks as they are, with negatives for them.
  public init(_ plan: LotteryPlan, _ site: StageSite) {
    self.plan = plan
    self.site = site
    masks = LotteryMasks(plan, store: site.store, seed: site.seed)
    losses = (0..<site.tasks).map { _ in (.nan, .nan) }
    factors = (0..<site.tasks).map { _ in (1, 0) }
    masksChanged(draw: 0)
  }

  /// Whether there is a contrast.
  public var hasContrast: Bool { plan.contrast != nil }

  /// Sets the negatives anew and forgets impacts, after a task's masks have changed.
  public func masksChanged(draw: Int) {
    maskVersion += 1
    masks.setNegatives(draw: draw)
    guard let contrast = plan.contrast, contrast.rule != .implicit else { return }
    let sets = masks.sets
    rule = ConflictRule(
      contrast, tasks: losses.count, shared: plan.layers.indices.map { sets.shared(of: $0) })
  }

  /// Visits losses and factors, the rule's memory, and whether the contrast is on.
  ///
  /// The masks themselves are numbers of the store, which are put back before.
  public func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.flag("contrasts", &contrasts)
    try archive.pairs("losses", &losses)
    try archive.pairs("factors", &factors)
    var tasks = capped.sorted()
    try archive.numbers("capped", &tasks)
    guard tasks.allSatisfy(losses.indices.contains) else {
      throw archive.invalid("capped", "\(tasks) are not all tasks of \(losses.count)")
    }
    capped = Set(tasks)
    if let rule { try archive.part("rule", rule.visit) }
    if archive.isLoading { maskVersion += 1 }
  }

  private func value(_ dial: Parameter) -> Double { Double(site.store.base(of: dial)[0]) }
}

extension LotteryStage: Stage {
  /// The losses first where the contrast's factors depend on them, a sum where a rule changes it, and
  /// no negative losses while the contrast is off.
  public func needs(in turn: TurnState) -> StageNeeds {
    guard contrasts else { return .noTerms }
    var needs: StageNeeds = []
    if plan.contrast?.needsLosses == true { needs.insert(.lossesFirst) }
    if rule != nil, turn.task != nil { needs.insert(.summedGradient) }
    return needs
  }

  /// Multiplies by w⁺ and w⁻.
  public func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
    guard let contrast = plan.contrast, contrasts else { return }
    for task in turn.active.indices where turn.active[task] {
      let (positive, negative) = turn.firstMeans(of: task) ?? (0, 0)
      let found = contrast.scales(
        positive: positive, negative: negative, strength: value(contrast.strength),
        temperature: value(contrast.temperature))
      if !turn.isLooking { factors[task] = found }
      scales[task] *= Float(found.positive)
      scales[turn.active.count + task] *= Float(found.negative)
    }
  }

  /// Notes the losses of the tasks that have just had a turn.
  public func note(_ turn: TurnState) {
    guard let contrast = plan.contrast, contrasts else { return }
    for task in losses.indices where turn.active[task] {
      let (positive, negative) = (turn.sums[task].mean, turn.terms[task].mean)
      losses[task] = (positive, negative)
      if contrast.isCapped(negative) { capped.insert(task) }
      rule?.note(task, positive: positive, negative: negative)
    }
  }

  /// Multiplies the gradient of the weights that all tasks keep.
  public func adjust(_ turn: TurnState) {
    guard let rule, let task = turn.task else { return }
    rule.isOn = turn.isOn
    let scale = 1 / Float(factors[task].positive)
    for (index, layer) in plan.layers.enumerated() {
      let gradient =
        site.workspace.laneGradients.base + site.store.offsets[layer.weight.index]
      rule.note(
        task, layer: index, weights: site.store.base(of: layer.weight), gradient: gradient,
        scale: scale)
      rule.apply(task, layer: index, to: gradient)
    }
  }
}

extension Archive {
  /// Visits two numbers by task.
  fileprivate mutating func pairs(
    _ name: String, _ pairs: inout [(positive: Double, negative: Double)]
  ) throws(ArchiveError) {
    var numbers = pairs.flatMap { [$0.positive, $0.negative] }
    try self.numbers(name, &numbers, count: 2 * pairs.count)
    pairs = pairs.indices.map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
  }
}

extension TurnState {
  /// The means of a task's loss and of its negative one before the descent; nil if nobody has asked.
  fileprivate func firstMeans(of task: Int) -> (positive: Double, negative: Double)? {
    first.map { executor in
      (
        executor.lossSums(task: task, rows: batch.rows).mean,
        executor.lossSums(task: active.count + task, rows: batch.rows).mean
      )
    }
  }
}

extension LossSums {
  /// Σ ω·loss / Σ ω, of less than one row the sum.
  fileprivate var mean: Double { loss / max(1, rows) }
}
