import Foundation
import Tensors
import Testing

@testable import Objectives

/// Balancers by losses, by hand.
@Suite struct LossBalancerTests {
  private func run(
    _ name: String, _ options: [String: String] = [:], losses: [[Double]],
    after: ([Double]) -> [Double] = { $0 }, epochs: (Int) -> Int = { _ in 0 }
  ) throws -> [BalancerWeights] {
    let tasks = BalancedTasks(losses[0].indices.map { "t\($0)" })
    var balancer = try BalancerRegistry.make(name, setting: options, for: tasks)
    var step = BalancingStep(tasks: tasks.count, seed: 1)
    var scratch = BalancerScratch(tasks: tasks.count)
    return losses.enumerated().map { number, losses in
      (step.number, step.epoch, step.losses) = (number, epochs(number), losses)
      var weights = BalancerWeights(tasks: tasks.count)
      balancer.weigh(step, scratch: &scratch, weights: &weights)
      balancer.learn(step, scratch: &scratch)
      balancer.lookAgain(after(losses), step, scratch: &scratch)
      #expect(weights.own == weights.shared, "\(name): whole losses")
      return weights
    }
  }

  @Test func fixedWeightsAreThoseGiven() throws {
    #expect(try run("fixed", ["weights": "0.5,2"], losses: [[1, 1]])[0].own == [0.5, 2])
    #expect(try run("fixed", ["weights": "3"], losses: [[1, 1]])[0].own == [3, 3])
  }

  @Test func randomWeightsSumToOneAndChange() throws {
    let all = try run("random", losses: Array(repeating: [1, 1, 1], count: 50)).map(\.own)
    #expect(all.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
    #expect(Set(all).count == 50)
    let means = (0..<3).map { task in all.reduce(0) { $0 + $1[task] } / 50 }
    #expect(means.allSatisfy { abs($0 - 1.0 / 3) < 0.1 }, "\(means)")
    #expect(try run("random", losses: [[1, 1, 1]])[0].own == all[0])
  }

  /// At rest e^s = L in the form of classification (from ½ = L·e^(−s): e^s = 2L), and w·L = ½.
  @Test func uncertaintyRestsWhereItShould() throws {
    for form in ["classification", "regression"] {
      let all = try run(
        "uncertainty", ["form": form, "rate": "0.05"],
        losses: Array(repeating: [0.2, 3], count: 2000))
      for (weight, loss) in zip(all[1999].own, [0.2, 3]) {
        #expect(abs(weight * loss - 0.5) < 1e-3, "\(form)")
      }
    }
    let scaled = try run(
      "imtl-l", ["rate": "0.05"], losses: Array(repeating: [0.2, 3], count: 2000))
    for (weight, loss) in zip(scaled[1999].own, [0.2, 3]) {
      #expect(abs(weight * loss - 1) < 1e-3)
    }
  }

  @Test func aLossNearZeroDoesNotRunAway() throws {
    let all = try run("uncertainty", ["rate": "5"], losses: Array(repeating: [0, 1], count: 50))
    #expect(all.allSatisfy { $0.own[0] <= 22_027 })
  }

  @Test func averagesAreOnesForTwoEpochsAndSumToTheirNumber() throws {
    let losses = [[1.0, 1], [0.5, 0.9], [0.3, 0.8]]
    let all = try run("dwa", losses: losses, epochs: { $0 })
    #expect(all[0].own == [1, 1] && all[1].own == [1, 1])
    // r = (0.5, 0.9): softmax of halves.
    let (a, b) = (pow(2.718281828459045, 0.25), pow(2.718281828459045, 0.45))
    #expect(agree(all[2].own, [2 * a / (a + b), 2 * b / (a + b)]))
    let even = try run("dwa", ["temperature": "1e6"], losses: losses, epochs: { $0 })
    #expect(agree(even[2].own, [1, 1], within: 1e-5))
  }

  @Test func smoothTchebycheffTurnsToTheWorst() throws {
    let losses = [[1.0, 2], [0.8, 1]]
    let all = try run("stch", ["mu": "0.001"], losses: losses, epochs: { $0 })
    #expect(agree(all[0].own, [1, 0.5]))
    // 0.8 of the nadir against 0.5: the first task alone, 2 / 0.8.
    #expect(agree(all[1].own, [2.5, 0]))
  }

  /// Equal improvement leaves the weights; the task that improved most counts less.
  @Test func famoTurnsFromWhatImproves() throws {
    let even = try run(
      "famo", ["decay": "0"], losses: [[2, 2], [2, 2]], after: { $0.map { 0.5 * $0 } })
    #expect(even[1].own == [0.5, 0.5])
    let uneven = try run(
      "famo", losses: [[1, 1], [1, 1]], after: { [$0[0] * 0.5, $0[1] * 0.9] })
    #expect(uneven[1].own[0] < uneven[0].own[0])
    #expect(abs(uneven[1].own.reduce(0, +) - 1) < 1e-12)
  }

  @Test func gradNormBringsLengthsTogether() throws {
    let problem = BalancerProblem(seed: 4, tasks: 3, ratio: 0.3)
    var balancer = try BalancerRegistry.make(
      "gradnorm", setting: ["alpha": "0", "rate": "0.001"], for: problem.tasks)
    let step = problem.step
    var (scratch, weights) = (BalancerScratch(tasks: 3), BalancerWeights(tasks: 3))
    for _ in 0..<20_000 {
      balancer.weigh(step, scratch: &scratch, weights: &weights)
      balancer.learn(step, scratch: &scratch)
    }
    let lengths = zip(weights.shared, problem.gradients).map { $0 * length($1) }
    #expect(agree(lengths, lengths.map { _ in lengths[0] }, within: 0.02), "\(lengths)")
    #expect(abs(weights.shared.reduce(0, +) - 3) < 1e-9)
  }
}
