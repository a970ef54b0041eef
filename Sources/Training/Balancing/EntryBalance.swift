import Graph
import Models
import Objectives
import Tensors

/// Shows a balancer the entries of the tasks' gradients of shared parameters, and what it remembers of
/// them; writes what it makes of them.
///
/// Entries are counted: the dense floats in their order, then table after table, row after row. Of a
/// table the rows that the batch touches are seen, summed by id; with an optimiser that moves whole
/// tables all rows are, so that what a balancer remembers of a resting row counts as it should.
final class EntryBalance {
  private let tasks: Int
  private let store: ParameterStore
  /// By task, what is remembered of dense floats; empty without memory.
  private let dense: Storage<Float>
  /// By block, what is remembered of a table, [T, V, D]; empty until the table is shared in some turn.
  private var tables: [Storage<Float>]
  /// The number of each block's first entry.
  private let starts: [Int]
  /// Zeros, for tasks whose loss does not reach an array.
  private let zeros: Storage<Float>
  /// By task that takes part, where its gradient of an array lies.
  private let gradients: Storage<UnsafePointer<Float>>
  /// What the balancer adds up, by task that takes part.
  private let sums: Storage<Double>
  private let remembers: Bool

  init(_ site: StageSite, remembers: Bool) {
    tasks = site.tasks
    store = site.store
    self.remembers = remembers
    sums = Storage(count: site.tasks, filling: 0)
    dense = Storage(count: remembers ? site.tasks * store.dense.count : 0, filling: 0)
    var (starts, next): ([Int], Int) = ([], store.dense.count)
    tables = store.specifications.map { specification in
      guard case .table(let vocabulary, let width) = specification.kind else {
        starts.append(0)
        return Storage(count: 0, filling: 0)
      }
      starts.append(next)
      next += vocabulary * width
      return Storage(count: 0, filling: 0)
    }
    self.starts = starts
    let longest = store.specifications.flatMap(\.pieces).map(\.count).max() ?? 0
    zeros = Storage(count: longest, filling: 0)
    gradients = Storage(count: site.tasks, filling: UnsafePointer(zeros.base))
  }

  /// Floats that are remembered.
  var floats: Int { dense.count + tables.reduce(0) { $0 + $1.count } }

  /// Visits what is remembered of every entry.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    guard remembers else { return }
    try archive.memory("dense", dense)
    for (index, specification) in store.specifications.enumerated() {
      guard case .table(let vocabulary, let width) = specification.kind else { continue }
      try archive.memory(
        "tables/\(specification.pieces.first?.path ?? "\(index)")", &tables[index],
        emptyOr: tasks * vocabulary * width)
    }
  }

  /// Adds up what the balancer looks for, by task that takes part.
  func survey(
    _ all: borrowing SectionGradients, _ balancer: any Balancing, _ step: inout BalancingStep
  ) {
    let base = sums.base
    base.update(repeating: 0, count: tasks)
    forEach(all, step, withResting: !balancer.givesTaskWeights) { entries, _ in
      balancer.survey(entries, step, sums: base)
    }
    for index in 0..<step.count { step.sums[index] = base[index] }
  }

  /// Writes the joined gradients: of a dense array where the first task's lay, of a table as its sums.
  func combine(
    _ all: borrowing SectionGradients, _ balancer: any Balancing, _ step: BalancingStep,
    _ weights: BalancerWeights
  ) {
    forEach(all, step, withResting: true) { entries, target in
      balancer.combine(entries, step, weights: weights, into: target)
    }
    for array in 0..<all.count where all.isShared(array) {
      if array < all.arrays.count {
        guard let owner = owner(of: array, all, step) else { continue }
        let weights = all.weights(of: array)
        for task in step.tasks { weights[task] = task == owner ? 1 : 0 }
      } else {
        addOthers(to: array - all.arrays.count, all, step)
        all.tables[array - all.arrays.count].hasSums = true
      }
    }
  }

  /// The first task of the step whose loss reaches a dense array: its gradient makes room for the
  /// joined one.
  private func owner(
    of array: Int, _ all: borrowing SectionGradients, _ step: BalancingStep
  ) -> Int? {
    for task in step.tasks where all.dense(array, task: task) != nil { return task }
    return nil
  }

  /// Adds to a table's joined gradient those that no task of the step has: of what is nobody's, and of
  /// terms of tasks without rows.
  private func addOthers(
    to number: Int, _ all: borrowing SectionGradients, _ step: BalancingStep
  ) {
    let table = all.tables[number]
    let width = table.gradient.width
    for column in 0...all.taskCount where !step.tasks.contains(column) {
      guard let sums = all.rowSums(number, task: column) else { continue }
      for slot in 0..<table.touchedRows {
        let row = table.movesAllRows ? table.touchedId(slot) : slot
        let target = table.sumsBase + row * width
        for entry in 0..<width { target[entry] += sums[slot * width + entry] }
      }
    }
  }

  // MARK: - Runs of entries

  private func forEach(
    _ all: borrowing SectionGradients, _ step: BalancingStep, withResting rests: Bool,
    _ body: (GradientEntries, UnsafeMutablePointer<Float>) -> Void
  ) {
    for array in 0..<all.count where all.isShared(array) {
      if array < all.arrays.count {
        forEachRun(array, all, step, body)
      } else {
        forEachRow(array - all.arrays.count, all, step, withResting: rests, body)
      }
    }
  }

  private func forEachRun(
    _ array: Int, _ all: borrowing SectionGradients, _ step: BalancingStep,
    _ body: (GradientEntries, UnsafeMutablePointer<Float>) -> Void
  ) {
    let layout = all.arrays[array]
    guard let owner = owner(of: array, all, step), let target = all.dense(array, task: owner) else {
      return
    }
    for run in 0..<layout.runs {
      let start = run * layout.distance
      for (index, task) in step.tasks.enumerated() {
        let gradient = all.dense(array, task: task)
        gradients.base[index] =
          gradient.map { UnsafePointer($0 + start) } ?? UnsafePointer(zeros.base)
      }
      let offset = layout.offset + start
      body(
        GradientEntries(
          count: Int(layout.length), first: offset, gradients: UnsafePointer(gradients.base),
          memory: remembers ? dense.base + offset : nil, memoryDistance: store.dense.count),
        target + start)
    }
  }

  private func forEachRow(
    _ number: Int, _ all: borrowing SectionGradients, _ step: BalancingStep,
    withResting rests: Bool,
    _ body: (GradientEntries, UnsafeMutablePointer<Float>) -> Void
  ) {
    let table = all.tables[number]
    let block = table.gradient.parameter.index
    let width = table.gradient.width
    let size = table.vocabulary * width
    if remembers, tables[block].count == 0 {
      tables[block] = Storage(count: tasks * size, filling: 0)
    }
    var touched = 0
    let seesAll = rests && table.movesAllRows
    for slot in 0..<(seesAll ? table.vocabulary : table.touchedRows) {
      let id = seesAll ? slot : table.touchedId(slot)
      let isTouched =
        touched < table.touchedRows && table.touchedId(touched) == id
      for (index, task) in step.tasks.enumerated() {
        let sums = isTouched ? all.rowSums(number, task: task) : nil
        gradients.base[index] =
          sums.map { UnsafePointer($0 + touched * width) } ?? UnsafePointer(zeros.base)
      }
      body(
        GradientEntries(
          count: width, first: starts[block] + id * width,
          gradients: UnsafePointer(gradients.base),
          memory: remembers ? tables[block].base + id * width : nil, memoryDistance: size),
        table.sumsBase + slot * width)
      if isTouched { touched += 1 }
    }
  }
}
