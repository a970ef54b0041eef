import Graph
import Models
import Objectives
import Tensors

/// Any balancer of the registry as the stage *balance*, with its memory.
///
/// Of what it is shown:
///
/// - Losses are ω_k·L_k, the mean over the task's rows times the weight that the person and the model
///   give it; so are the gradients. A task without rows in the batch, or whose ω_k is 0, does not take
///   part in the step. Terms that a model minimises for a task have the task's weight; the losses that
///   are shown are without them.
/// - A balancer by losses scales them before the one backward pass; if it must see those of this very
///   batch, the run stops behind the forward pass until it has looked. One that looks at them again
///   after the update costs one more forward pass. One by gradients has a backward pass for each task after one
///   forward pass.
/// - Shared is what more than one task moves; the rest takes the weights of the tasks' own. Losses that
///   are nobody's, and penalties, are added as they are.
/// - In turns of one task at a time there is nothing to weigh, which is refused before the start; a turn
///   that descends from terms alone is left alone.
/// - The optimiser's moments stay when a balancer is changed: they follow the new gradients within some
///   1/(1−β) steps.
final class BalancerStage: BalanceStage {
  /// The balancer with its memory; it may be changed between two steps.
  var balancer: any Balancing
  /// What the newest step was given: weights of the tasks that took part.
  private(set) var weights: BalancerWeights
  /// The tasks whose weights these are, in their order.
  private(set) var weighed: [Int] = []
  /// What the newest step was shown.
  private(set) var step: BalancingStep

  private var scratch: BalancerScratch
  private var arrayWeights: BalancerWeights
  private var arrayNorms: [Double]
  /// ω_k / n_k by task.
  private var factors: [Double]
  private var isPresent: [Bool]
  /// g_i·g_j of all tasks, [T, T].
  private let products: Storage<Double>
  /// w by task; those that do not take part have 1.
  private let floats: (shared: Storage<Float>, own: Storage<Float>)
  private let arrays: ArrayNumbers
  private let entries: EntryBalance?

  init(_ balancer: any Balancing, site: StageSite) {
    self.balancer = balancer
    let count = site.tasks
    step = BalancingStep(tasks: count, seed: site.seed)
    scratch = BalancerScratch(tasks: count)
    weights = BalancerWeights(tasks: count)
    arrayWeights = weights
    arrayNorms = Array(repeating: 0, count: count)
    factors = arrayNorms
    isPresent = Array(repeating: true, count: count)
    weighed.reserveCapacity(count)
    products = Storage(count: count * count, filling: 0)
    floats = (Storage(count: count, filling: 1), Storage(count: count, filling: 1))
    arrays = ArrayNumbers(site.store)
    entries =
      balancer.sees.contains(.entries)
      ? EntryBalance(site, remembers: balancer.entryMemory > 0) : nil
  }

  /// Floats that are remembered of entries of gradients.
  var rememberedFloats: Int { entries?.floats ?? 0 }

  /// Visits what is remembered, and what the newest step was given; the balancer's choices are not
  /// part of it.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("age", &step.age, in: Archive.counts)
    try archive.part("memory") { archive throws(ArchiveError) in
      try balancer.visit(&archive)
    }
    if let entries { try archive.part("entries", entries.visit) }
    try archive.numbers("weighed", &weighed)
    try archive.numbers("weights-shared", &weights.shared)
    try archive.numbers("weights-own", &weights.own)
    let (tasks, count) = (isPresent.indices, weights.shared.count)
    guard weighed.allSatisfy(tasks.contains), weighed.isEmpty || weighed.count == count,
      weights.own.count == count, count <= tasks.count
    else { throw archive.invalid("weighed", "\(weighed) do not have \(count) weights") }
  }

  // MARK: - Losses

  func needs(in turn: TurnState) -> StageNeeds {
    var needs: StageNeeds = []
    if !balancer.sees.needsGradients, balancer.sees.contains(.losses) {
      needs.insert(.lossesFirst)
    }
    if balancer.sees.contains(.lossesAgain) { needs.insert(.lossesAgain) }
    if entries != nil, !balancer.givesTaskWeights {
      needs.insert(.summedGradient)
      if balancer.entryMemory > 0 { needs.insert(.restingRows) }
    }
    return needs
  }

  func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
    for task in turn.active.indices { factors[task] = Double(scales[task]) }
    guard !balancer.sees.needsGradients else { return }
    if balancer.sees.contains(.losses), let first = turn.first {
      begin(turn) { first.lossSums(task: $0, rows: turn.batch.rows) }
    } else {
      for task in isPresent.indices { isPresent[task] = turn.active[task] && factors[task] != 0 }
      step.select(isPresent)
      (step.number, step.epoch) = (turn.step, turn.epoch)
    }
    guard step.count > 0 else { return }
    weigh()
    for (index, task) in step.tasks.enumerated() { scales[task] *= Float(weights.own[index]) }
    for term in turn.termOwners {
      guard let index = step.tasks.firstIndex(of: term.task) else { continue }
      scales[term.place] *= Float(weights.own[index])
    }
  }

  /// Weighs the tasks of the step, and keeps which ones they are: what is noted later may be fewer.
  private func weigh() {
    balancer.weigh(step, scratch: &scratch, weights: &weights)
    weighed.removeAll(keepingCapacity: true)
    weighed.append(contentsOf: step.tasks)
  }

  func note(_ turn: TurnState) {
    guard !balancer.sees.needsGradients else { return }
    begin(turn) { turn.sums[$0] }
    guard step.count > 0 else { return }
    balancer.learn(step, scratch: &scratch)
    step.age += 1
  }

  func applied(_ turn: TurnState) {
    guard balancer.sees.contains(.lossesAgain), let again = turn.again, step.count > 0 else {
      return
    }
    again.run(turn.batch)
    for (index, task) in step.tasks.enumerated() {
      let sums = again.lossSums(task: task, rows: turn.batch.rows)
      arrayNorms[index] = factors[task] * sums.loss
    }
    balancer.lookAgain(arrayNorms, step, scratch: &scratch)
  }

  /// Says which tasks take part, and what their losses are.
  private func begin(_ turn: TurnState, _ sums: (Int) -> LossSums) {
    for task in isPresent.indices {
      isPresent[task] = turn.active[task] && factors[task] != 0 && sums(task).rows > 0
    }
    step.select(isPresent)
    (step.number, step.epoch) = (turn.step, turn.epoch)
    for (index, task) in step.tasks.enumerated() {
      step.losses[index] = factors[task] * sums(task).loss
      step.taskWeights[index] = factors[task] * sums(task).rows
    }
  }

  // MARK: - Gradients

  func sees(in turn: TurnState) -> BalanceNeeds {
    let sees = balancer.sees
    guard sees.needsGradients else { return [] }
    var needs: BalanceNeeds = .gradients
    if sees.contains(.gram) { needs.insert(.products) }
    if sees.contains(.entries) { needs.insert(.rowSums) }
    return needs
  }

  func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
    begin(turn) { turn.sums[$0] }
    guard step.count > 0 else { return leaveAlone(gradients) }
    if balancer.sees.contains(.gram) { fillGram(gradients) }
    entries?.survey(gradients, balancer, &step)
    weigh()
    spread(weights)
    for array in 0..<gradients.count {
      if gradients.isShared(array), balancer.sees.contains(.arrayNorms) {
        weigh(array, gradients)
      } else {
        let all = gradients.isShared(array) ? floats.shared : floats.own
        gradients.weights(of: array).update(from: all.base, count: gradients.taskCount)
      }
    }
    if let entries, !balancer.givesTaskWeights {
      entries.combine(gradients, balancer, step, weights)
    }
    balancer.learn(step, scratch: &scratch)
    step.age += 1
  }

  /// Weighs nothing: what an earlier step has left is no part of this one.
  private func leaveAlone(_ gradients: borrowing SectionGradients) {
    for array in 0..<gradients.count {
      gradients.weights(of: array).update(repeating: 1, count: gradients.taskCount)
    }
  }

  private func fillGram(_ gradients: borrowing SectionGradients) {
    products.base.update(repeating: 0, count: products.count)
    gradients.addGram(to: products.base)
    for (i, task) in step.tasks.enumerated() {
      for (j, other) in step.tasks.enumerated() {
        step.gram[i, j] = products.base[task * gradients.taskCount + other]
      }
    }
  }

  /// Weights by index as weights by task.
  private func spread(_ weights: BalancerWeights) {
    floats.shared.base.update(repeating: 1, count: floats.shared.count)
    floats.own.base.update(repeating: 1, count: floats.own.count)
    for (index, task) in step.tasks.enumerated() {
      floats.shared.base[task] = Float(weights.shared[index])
      floats.own.base[task] = Float(weights.own[index])
    }
  }

  /// Weighs one array by its norms.
  private func weigh(_ array: Int, _ gradients: borrowing SectionGradients) {
    let norms = gradients.norms(of: array)
    for (index, task) in step.tasks.enumerated() { arrayNorms[index] = norms[task] }
    balancer.weigh(
      array: arrays.number(of: array, in: gradients), arrayNorms, step, weights: &arrayWeights)
    let weights = gradients.weights(of: array)
    weights.update(repeating: 1, count: gradients.taskCount)
    for (index, task) in step.tasks.enumerated() {
      weights[task] = Float(arrayWeights.shared[index])
    }
  }
}

/// The numbers of the arrays of a store: which of a turn's gradients is which, whatever tasks are on.
struct ArrayNumbers {
  private let starts: [Int]
  /// How many arrays there are.
  let count: Int

  init(_ store: ParameterStore) {
    var (starts, count): ([Int], Int) = ([], 0)
    for specification in store.specifications {
      starts.append(count)
      count += specification.pieces.count
    }
    self.starts = starts
    self.count = count
  }

  /// The number of an array of a turn's gradients.
  func number(of array: Int, in gradients: borrowing SectionGradients) -> Int {
    guard array < gradients.arrays.count else {
      return starts[gradients.tables[array - gradients.arrays.count].gradient.parameter.index]
    }
    let found = gradients.arrays[array]
    return starts[found.parameter.index] + found.piece
  }
}
