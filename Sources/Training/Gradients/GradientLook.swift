import Datasets
import Graph
import Models
import Objectives
import Runs
import Tensors

// MARK: - The tasks' gradients, looked at and not followed

extension Trainer {
  /// Whether tasks share numbers that are learned, so that their gradients can be compared.
  var hasSharedGradients: Bool {
    tasks.count > 1 && store.specifications.contains { $0.owner == .shared && $0.isLearned }
  }

  /// What the tasks' gradients of a batch are on what they share, with the numbers of now.
  ///
  /// Every task's own mean loss, without weights, penalties and other terms: one forward and a
  /// backward pass a task. It leaves no trace in what the next step does, and other ranks have no part
  /// in it. The weights are those of the newest step.
  ///
  /// - Parameters:
  ///   - batch: the rows, those that the next step takes.
  ///   - rate: the learning rate of the next step.
  /// - Returns: nil where fewer than two tasks are on or share something.
  func lookAtGradients(_ batch: Batch, rate: Double) -> GradientSnapshot? {
    let chosen = Array(tasks.indices.filter { isOn[$0] }.prefix(GradientSnapshot.mostTasks))
    guard hasSharedGradients, chosen.count > 1 else { return nil }
    let turn = state.taskTurn
    let update = newestWeights(of: chosen)
    let active = tasks.indices.map { chosen.contains($0) }
    // The gradients of these tasks apart, without the terms besides.
    let plan = plan(
      CompiledTurn.Key(turn: turn, active: active, needs: .noTerms, isApart: true))
    guard let gradients = plan.update(by: optimizer, isMeasured: true).gradients else {
      return nil
    }
    let rows = rows(of: batch, in: turn)
    for loss in plan.losses { state.scales[loss.place] = 1 / max(1, loss.rowCount(of: rows)) }
    plan.executor.copiesOutputs = false
    alone {
      plan.executor.run(rows, scales: state.scales.base)
      gradients.measure(rows, [.gradients, .products])
    }
    let losses = chosen.map { task -> Double in
      let sums = plan.executor.lossSums(task: task, rows: rows.rows)
      return sums.loss / max(1, sums.rows)
    }
    return GradientSnapshot(
      step: parameterStep, rows: rows.rows, tasks: chosen.map { tasks[$0].name }, losses: losses,
      rate: rate, balancer: balancerWords, weights: update.weights,
      tensors: tensors(gradients, of: chosen, weights: update.byArray),
      cost: GradientSnapshot.Cost(seconds: 0))
  }

  // MARK: - What the newest step made of them

  /// What each task's gradient was multiplied by in the newest step, as a factor of the mean loss; and
  /// by array, where a balancer weighs arrays one by one.
  private func newestWeights(
    of chosen: [Int]
  ) -> (weights: [Double], byArray: [String: [Double]]) {
    let scales = chosen.map { task -> Double in
      guard step > 0, hasTrained[task] else { return Double(weight(of: task)) }
      return Double(state.scales[task]) * max(1, sums[task].rows)
    }
    guard stages.balance != nil, step > 0 else { return (scales, [:]) }
    if let stage = stages.balance as? BalancerStage, stage.balancer.sees.contains(.entries),
      !stage.balancer.givesTaskWeights
    {
      // What is made entry by entry is no weighted sum.
      return (chosen.map { _ in .nan }, [:])
    }
    let optimizer = optimizers.optimizer(ofTurn: state.turn.turn, task: state.turn.task)
    let isSummed =
      stages.needs(in: state.turn).contains(.summedGradient)
      || optimizer.configuration.clipNorm != nil
    guard let gradients = currentPlan().update(by: optimizer, isMeasured: isSummed).gradients
    else { return (scales, [:]) }
    var byArray: [String: [Double]] = [:]
    for array in 0..<gradients.body.count where gradients.body.isShared(array) {
      let weights = gradients.body.weights(of: array)
      byArray[name(of: array, in: gradients)] = chosen.indices.map {
        scales[$0] * Double(weights[chosen[$0]])
      }
    }
    let all = Set(byArray.values)
    return all.count == 1 ? (byArray.values.first ?? scales, [:]) : (scales, byArray)
  }

  private var balancerWords: String {
    if let balancing { return balancing.about.title }
    switch program.alternation {
    case .joint: return "weighted sum"
    case .turns, .batches, .epochs: return "tasks take turns"
    }
  }

  // MARK: - Arrays

  private func name(of array: Int, in gradients: ParallelLoop<SectionGradients>) -> String {
    guard array >= gradients.body.arrays.count else {
      let dense = gradients.body.arrays[array]
      return store.specifications[dense.parameter.index].pieces[dense.piece].path
    }
    let table = gradients.body.tables[array - gradients.body.arrays.count].gradient.parameter
    return store.specifications[table.index].pieces.first?.path ?? "table"
  }

  private func tensors(
    _ gradients: ParallelLoop<SectionGradients>, of chosen: [Int], weights: [String: [Double]]
  ) -> [GradientSnapshot.Tensor] {
    let all = (0..<gradients.body.count).filter { gradients.body.isShared($0) }.map { array in
      let name = name(of: array, in: gradients)
      return GradientSnapshot.Tensor(
        name: name, isTable: array >= gradients.body.arrays.count,
        count: numbers(of: array, in: gradients),
        gram: gram(gradients.body.products(of: array), of: chosen), weights: weights[name])
    }
    return GradientSnapshot.merged(all)
  }

  private func numbers(of array: Int, in gradients: ParallelLoop<SectionGradients>) -> Int {
    guard array >= gradients.body.arrays.count else {
      let dense = gradients.body.arrays[array]
      return store.specifications[dense.parameter.index].pieces[dense.piece].count
    }
    let table = gradients.body.tables[array - gradients.body.arrays.count].gradient.parameter
    return store.specifications[table.index].pieces.reduce(0) { $0 + $1.count }
  }

  private func gram(_ products: UnsafePointer<Double>, of chosen: [Int]) -> GramMatrix {
    GramMatrix(
      chosen.flatMap { i in chosen.map { products[i * tasks.count + $0] } }, count: chosen.count)
  }
}

extension GradientSnapshot {
  /// The largest arrays one by one and the others together, of each kind, where there are more than
  /// ``mostTensors``; those that no task moves are left out.
  static func merged(_ tensors: [Tensor], most: Int = mostTensors) -> [Tensor] {
    let moved = tensors.filter { tensor in
      (0..<tensor.gram.count).contains { tensor.gram[$0, $0] > 0 }
    }
    guard moved.count > most else { return moved }
    let falling = moved.indices.sorted { moved[$0].count > moved[$1].count }
    let kept = Set(falling.prefix(most - 2))
    let others = moved.indices.filter { !kept.contains($0) }
    let rest = [false, true].compactMap { isTable -> Tensor? in
      let small = others.map { moved[$0] }.filter { $0.isTable == isTable }
      guard let first = small.first else { return nil }
      var gram = GramMatrix(count: first.gram.count)
      for tensor in small { gram += tensor.gram }
      return Tensor(
        name: "\(small.count) more \(isTable ? "tables" : "arrays")", isTable: isTable,
        count: small.reduce(0) { $0 + $1.count }, gram: gram)
    }
    return kept.sorted().map { moved[$0] } + rest
  }
}
