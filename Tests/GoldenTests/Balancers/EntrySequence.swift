import Objectives
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
    var memory = [Float](repeating: 0, count: tasks.count * size)
    var steps: [Step] = []
    for (number, input) in inputs.enumerated() {
      var problem = try BalancerCase(
        input, present: isQuiet ? input["present"].numbers : nil)
      problem.step.number = number
      let gradients = problem.gradients.joined().map(Float.init)
      var combined = [Float](repeating: .nan, count: size)
      let weights = memory.withUnsafeMutableBufferPointer { memory in
        gradients.withUnsafeBufferPointer { gradients in
          // Two pieces, as threads would have them.
          let pieces = [0..<(size / 2), (size / 2)..<size].compactMap { range in
            gradients.baseAddress.flatMap { gradients in
              memory.baseAddress.map { memory in
                GradientEntries(
                  count: range.count, first: range.lowerBound,
                  gradients: gradients + range.lowerBound, distance: size,
                  memory: memory + range.lowerBound, memoryDistance: size)
              }
            }
          }
          for piece in pieces { balancer.survey(piece, problem.step, sums: &problem.step.sums) }
          let weights = problem.weights(&balancer)
          combined.withUnsafeMutableBufferPointer { combined in
            for piece in pieces {
              guard let base = combined.baseAddress else { continue }
              balancer.combine(piece, problem.step, weights: weights, into: base + piece.first)
            }
          }
          return weights
        }
      }
      balancer.learn(problem.step, scratch: &problem.scratch)
      steps.append(
        Step(
          weights: weights, sums: problem.step.sums, combined: combined, memory: memory))
    }
    self.steps = steps
  }
}
