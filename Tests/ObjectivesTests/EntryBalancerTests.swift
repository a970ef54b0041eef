import Tensors
import Testing

@testable import Objectives

/// Balancers by entries and those around others, by hand.
@Suite struct EntryBalancerTests {
  private func step(_ sums: [Double], number: Int = 0) -> BalancingStep {
    var step = BalancingStep(tasks: sums.count, seed: 1)
    (step.sums, step.losses, step.number) = (sums, sums.map { _ in 1 }, number)
    return step
  }

  private func weigh(_ rule: ExcessMTL, _ all: [[Double]]) -> [[Double]] {
    var memory = rule.memory(of: BalancedTasks(["a", "b"]))
    var scratch = BalancerScratch(tasks: 2)
    return all.map { sums in
      var weights = BalancerWeights(tasks: 2)
      rule.weigh(step(sums), memory: &memory, scratch: &scratch, weights: &weights)
      return weights.own
    }
  }

  /// A task whose first gradient comes behind the warm-up has that as its baseline: e / e⁰ is 1 in the
  /// next step and not the warm-up's length.
  @Test func aLateTaskHasItsOwnBaseline() {
    var rule = ExcessMTL()
    (rule.warmup, rule.rate) = (10, 0.01)
    let found = weigh(rule, Array(repeating: [0, 2], count: 10) + [[3, 2], [3, 2]])
    #expect(found[10][1] > found[10][0] && found[11].allSatisfy { $0 > 0.9 && $0 < 1.1 })
  }

  /// A baseline of next to nothing takes all the weight, and no number is lost.
  @Test func aTinyBaselineStaysFinite() {
    var rule = ExcessMTL()
    rule.rate = 1
    for tiny in [1e-9, 1e-300] {
      let found = weigh(rule, [[tiny, 1], [1, 1], [1, 1], [0, 1]])
      #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) })
      #expect(agree(found[2], [2, 0]))
    }
  }

  /// Draws next to 1 or at 0 drop nothing on which all agree.
  @Test(arguments: [0, 1 - 1e-9, 1 - 0x1p-53]) func agreementAlwaysPasses(_ uniform: Double) {
    let rows = [Storage<Float>([0.5, -0.25]), Storage<Float>([2, -1])]
    let bases = Storage(count: 2, filling: UnsafePointer(rows[0].base))
    bases.base[1] = UnsafePointer(rows[1].base)
    let entries = GradientEntries(count: 2, first: 0, gradients: UnsafePointer(bases.base))
    let found = (0..<2).map {
      GradDrop().combine(entries, $0, step([0, 0]), uniform: uniform)
    }
    #expect(found == [2.5, -1.25])
  }

  /// What is a task's own takes its plain gradient, smoothed or not; whole losses are weighed as one.
  @Test func smoothingLeavesTowersAlone() throws {
    let problem = BalancerProblem(seed: 2, tasks: 4)
    let uniform = try problem.weights("cr-mogm", ["inner": "upgrad", "start": "uniform"])
    #expect(uniform.own == [1, 1, 1, 1] && uniform.shared.allSatisfy { $0 < 0.6 })
    let whole = try problem.weights("cr-mogm", ["inner": "geometric", "start": "uniform"])
    #expect(whole.own == whole.shared)
  }

  /// Another ω_k is no change of a loss.
  @Test(arguments: ["dwa", "gradnorm", "stch"]) func weightsOfTasksAreNoLosses(
    _ name: String
  ) throws {
    let problem = BalancerProblem(seed: 3, tasks: 2)
    func weights(doubling: Bool) throws -> [Double] {
      var balancer = try BalancerRegistry.make(name, for: problem.tasks)
      var (scratch, weights) = (BalancerScratch(tasks: 2), BalancerWeights(tasks: 2))
      for number in 0..<4 {
        var step = problem.step
        (step.number, step.epoch) = (number, number)
        step.losses = [0.9, 1.1].enumerated().map { $1 * (1 - 0.1 * Double(number * $0)) }
        if doubling, number > 1 {
          step.losses[0] *= 2
          step.taskWeights[0] = 2
        }
        balancer.weigh(step, scratch: &scratch, weights: &weights)
        balancer.learn(step, scratch: &scratch)
      }
      // STCH divides by ω_k·L_k.
      return name == "stch" && doubling ? [weights.own[0] * 2, weights.own[1]] : weights.own
    }
    #expect(agree(try weights(doubling: true), try weights(doubling: false)))
  }
}
