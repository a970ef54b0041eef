import Objectives
import Tensors
import TestSupport
import Testing

/// A balancer that remembers entries, fed the steps of a case one after another.
struct EntrySequence {
  /// One step's results.
  struct Step {
    let weights: BalancerWeights
    let sums: [Double]
    let combined: [Float]
    /// What is remembered, [T, P].
    let memory: [Float]
  }

  let steps: [Step]

  init(
    _ name: String, _ options: [String: String], inputs: [GoldenNode], isQuiet: Bool
  ) throws {
    let tasks = try BalancerCase(inputs[0]).tasks
    var balancer = try BalancerRegistry.make(name, setting: options, for: tasks)
    #expect(balancer.entryMemory == 1)
    let size = try inputs[0]["gradients"].tensor.shape[1]
    let memory = Storage<Float>(count: tasks.count * size, filling: 0)
    var steps: [Step] = []
    for (number, input) in inputs.enumerated() {
      var problem = try BalancerCase(
        input, present: isQuiet ? input["present"].numbers : nil)
      // A balancer that was chosen later counts from its own start.
      (problem.step.number, problem.step.age) = (number + 100, number)
      let rows = EntryRows(problem.gradients)
      // Two pieces, as threads would have them.
      let pieces = [0..<(size / 2), (size / 2)..<size].map { range in
        GradientEntries(
          count: range.count, first: range.lowerBound,
          gradients: rows.pointers(from: range.lowerBound),
          memory: memory.base + range.lowerBound, memoryDistance: size)
      }
      let combined = Storage<Float>(count: size, filling: .nan)
      for piece in pieces { balancer.survey(piece, problem.step, sums: &problem.step.sums) }
      let weights = problem.weights(&balancer)
      for piece in pieces {
        balancer.combine(piece, problem.step, weights: weights, into: combined.base + piece.first)
      }
      balancer.learn(problem.step, scratch: &problem.scratch)
      steps.append(
        Step(
          weights: weights, sums: problem.step.sums, combined: combined.array, memory: memory.array)
      )
    }
    self.steps = steps
  }
}

/// Gradients by task, as a balancer reads them.
final class EntryRows {
  private let rows: [Storage<Float>]
  private var bases: [Storage<UnsafePointer<Float>>] = []

  init(_ gradients: [[Double]]) { rows = gradients.map { Storage($0.map(Float.init)) } }

  /// Where each task's entries lie from one on.
  func pointers(from first: Int) -> UnsafePointer<UnsafePointer<Float>> {
    let base = Storage(count: rows.count, filling: UnsafePointer(rows[0].base))
    for (index, row) in rows.enumerated() { base.base[index] = UnsafePointer(row.base + first) }
    bases.append(base)
    return UnsafePointer(base.base)
  }
}
