import Datasets
import Graph
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What weighted rows do to losses and gradients.
@Suite struct RowWeightTests {
  private static let models: [(name: String, options: [String: String])] = [
    ("mmoe", [:]), ("esmm", [:]), ("esmm", ["variant": "base"]),
    ("escm2", ["estimator": "ips"]), ("escm2", ["estimator": "dr"]),
    ("lt4rec", ["masks": "random", "warm-up": "0", "alternation": "joint"]),
    ("mt-fwfm", ["l2": "0"]), ("single-task", [:]), ("crossdistil", [:]),
  ]

  /// Both labels 1: every loss counts such rows, whatever it is conditional on.
  private func problem(rows: Int) -> TinyProblem {
    let made = TinyProblem(rows: rows)
    return made.labelled((0..<rows).flatMap { _ in [Float(1), 1] })
  }

  /// n g = Σ w_i g_i: the gradient of a batch from those of its rows, one at a time.
  @Test(arguments: models.indices) func gradientsAreWeightedSums(index: Int) throws {
    let (model, options) = Self.models[index]
    let weights: [Float] = [2, 0.25, 1.5]
    let plain = problem(rows: 3)
    let weighted = plain.counting(weights.flatMap { [$0, $0] })
    let trainer = try plain.trainer(model, options, batchSize: 3)
    let rows = (0..<3).map { trainer.namedGradients(plain.batch(from: $0, rows: 1)) }
    let losses = (0..<3).map { row -> Double in
      trainer.gradients(plain.batch(from: row, rows: 1))
      return trainer.loss(of: 1)
    }
    let found = trainer.namedGradients(weighted.batch(rows: 3))
    let mean = zip(weights, losses).reduce(0) { $0 + Double($1.0) * $1.1 } / 3
    #expect(abs(trainer.loss(of: 1) - mean) < 1e-5 * mean)
    #expect(trainer.sums[1].rows == 3)
    for (path, gradient) in found {
      let expected = gradient.indices.map { at in
        (0..<3).reduce(Float(0)) { $0 + weights[$1] * (rows[$1][path]?[at] ?? .nan) } / 3
      }
      let largest = expected.map(abs).max() ?? 0
      for (a, b) in zip(gradient, expected) {
        #expect(abs(a - b) <= 1e-4 * largest + 1e-7, "\(model) \(path): \(a), expected \(b)")
      }
    }
  }

  /// Weights of 1 are no weights, to the bit; a row of weight 0 is not there.
  @Test(arguments: models.indices) func onesAndZeros(index: Int) throws {
    let (model, options) = Self.models[index]
    let plain = TinyProblem(rows: 64)
    let trainer = try plain.trainer(model, options, batchSize: 64)
    let expected = trainer.namedGradients(plain.batch(rows: 64))
    let ones = plain.counting([Float](repeating: 1, count: 128))
    #expect(trainer.namedGradients(ones.batch(rows: 64)) == expected)
    let few = trainer.namedGradients(plain.batch(rows: 32))
    let zeros = plain.counting((0..<128).map { $0 < 64 ? 1 : 0 })
    for (path, gradient) in trainer.namedGradients(zeros.batch(rows: 64)) {
      for (a, b) in zip(gradient, few[path] ?? []) { #expect(abs(a - b) < 1e-6, "\(path)") }
    }
  }

  /// A regression's squared error, and a linear fit: a row of weight 2 is a row that stands twice.
  @Test(arguments: [0, 2]) func aLinearFitWeighs(task: Int) {
    let plain = TinyProblem(rows: 60, tasks: 3)
    let weights = (0..<60).map { Float(1 + $0 % 3) }
    let weighted = plain.counting(weights.flatMap { [$0, $0, $0] })
    let chosen = (0..<60).flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let repeated = Examples(
      count: chosen.count,
      ids: Storage(
        chosen.flatMap { [plain.examples.ids[2 * $0], plain.examples.ids[2 * $0 + 1]] }),
      dense: Storage(chosen.map { plain.examples.dense[$0] }),
      labels: Storage(chosen.flatMap { row in (0..<3).map { plain.examples.labels[3 * row + $0] } })
    )
    func fit(_ examples: Examples) -> LinearWeights {
      var problem = LinearProblem(examples, schema: plain.input.schema, tasks: plain.tasks)
      problem.decreaseTolerance = 0
      return LinearFit.fit(problem, task: task) { count, body in
        for chunk in 0..<count { body(chunk) }
      }.weights
    }
    let (a, b) = (fit(weighted.examples), fit(repeated))
    for row in 0..<60 {
      #expect(
        abs(a.logit(of: row, in: plain.examples) - b.logit(of: row, in: plain.examples)) < 1e-4)
    }
    #expect(abs(a.bias - b.bias) < 1e-4 && a.bias != fit(plain.examples).bias)
  }
}
