import Foundation
import Testing

@testable import Datasets

@Suite("Tasks of a chosen correlation") struct CorrelatedTasksTests {
  private static let correlations = [0, 0.25, 0.5, 0.75, 0.9, 1]

  private func problem(_ correlation: Double, seed: UInt64 = 1) -> CorrelatedTasks {
    var problem = CorrelatedTasks(correlation: correlation)
    problem.dimensions = 20
    problem.trainingRows = 3_000
    problem.heldRows = 50
    problem.seed = seed
    return problem
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test("u₁ and u₂ are orthogonal and of length 1", arguments: [2, 3, 100, 512])
  func directions(dimensions: Int) {
    for seed: UInt64 in 1...5 {
      var problem = problem(0.5, seed: seed)
      problem.dimensions = dimensions
      let (first, second) = problem.directions
      #expect(abs(dot(first, second)) < 1e-12, "seed \(seed)")
      #expect(abs(dot(first, first) - 1) < 1e-12 && abs(dot(second, second) - 1) < 1e-12)
    }
  }

  @Test("cos(w₁, w₂) = p and both have length c", arguments: correlations + [-0.6])
  func weights(correlation: Double) {
    var problem = problem(correlation)
    problem.scale = 1.7
    let weights = problem.weights
    let lengths = weights.map { dot($0, $0).squareRoot() }
    #expect(lengths.allSatisfy { abs($0 - 1.7) < 1e-12 })
    #expect(abs(dot(weights[0], weights[1]) / (lengths[0] * lengths[1]) - correlation) < 1e-12)
  }

  @Test("the labels' correlation grows with p, on average over draws") func labels() {
    let means = Self.correlations.map { correlation in
      (1...6).reduce(0.0) {
        $0 + CorrelatedTasks.labelCorrelation(of: problem(correlation, seed: $1).dataset()) / 6
      }
    }
    for (low, high) in zip(means, means.dropFirst()) { #expect(low < high, "\(means)") }
    #expect(abs(means[0]) < 0.05 && means[5] > 0.97 && means[5] < 1, "the noises are two")
  }

  @Test("without sines: Pearson is p · c² / (c² + 0.01)") func linear() {
    var problem = problem(0.5)
    problem.sines = 0
    problem.trainingRows = 20_000
    let found = CorrelatedTasks.labelCorrelation(of: problem.dataset())
    #expect(abs(found - 0.5 / 1.01) < 0.02)
  }

  @Test("only the second task follows p; the rows of a seed are always the same") func onlyP() {
    let (low, high) = (problem(0).dataset(), problem(0.9).dataset())
    #expect(low.training.dense.array == high.training.dense.array)
    for row in 0..<100 {
      #expect(low.training.labels[2 * row] == high.training.labels[2 * row])
    }
    #expect(low.training.labels[1] != high.training.labels[1])
    #expect(low.fingerprint == problem(0).dataset().fingerprint)
    #expect(low.fingerprint != problem(0, seed: 2).dataset().fingerprint)
    #expect(low.test.dense.array != low.validation.dense.array)
  }

  @Test("labels are what the law says of the inputs") func law() {
    var problem = problem(0.3)
    problem.noise = 0
    problem.sines = 0
    let dataset = problem.dataset()
    let rows = dataset.test
    for row in 0..<rows.count {
      let x = (0..<20).map { Double(rows.dense[row * 20 + $0]) }
      for task in 0..<2 {
        #expect(abs(dot(problem.weights[task], x) - Double(rows.labels[2 * row + task])) < 1e-5)
      }
    }
  }
}
