import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Decoupled weight decay: w ← w − η·λ·w before a step, but not of stitches and of unused rows.
@Suite struct WeightDecayTests {
  @Test(arguments: [OptimizerConfiguration.Rule.adam(), .sgd, .adagrad()])
  func shrinksWhatAStepMoves(_ rule: OptimizerConfiguration.Rule) throws {
    let problem = TinyProblem()
    let batch = problem.batch(rows: 256)
    let (rate, decay) = (0.05, 0.2)
    func moved(_ decay: Double) throws -> (before: [String: [Float]], after: [String: [Float]]) {
      let trainer = try problem.trainer(
        "cross-stitch", ["stitch-rate": "1"],
        optimizer: OptimizerConfiguration(rule, weightDecay: decay))
      let before = trainer.namedNumbers
      #expect(trainer.step(batch, rate: rate))
      return (before, trainer.namedNumbers)
    }
    let (plain, shrunk) = (try moved(0), try moved(decay))
    #expect(plain.before == shrunk.before)
    var decayed = 0
    for (path, before) in plain.before {
      let (with, without) = (try #require(shrunk.after[path]), try #require(plain.after[path]))
      for at in before.indices {
        let share: Float = path.hasPrefix("stitches") ? 0 : Float(rate * decay)
        let expected = without[at] - share * before[at]
        #expect(abs(with[at] - expected) <= 1e-6 * max(1, abs(expected)), "\(path) \(at)")
        decayed += with[at] == without[at] ? 0 : 1
      }
    }
    #expect(decayed > 0)
  }

  @Test func aStitchMovesAsItsRateSays() throws {
    let problem = TinyProblem()
    let batch = problem.batch(rows: 256)
    func step(of factor: String) throws -> [String: [Float]] {
      let trainer = try problem.trainer(
        "cross-stitch", ["stitch-rate": factor], optimizer: OptimizerConfiguration(.sgd))
      let before = trainer.namedNumbers
      #expect(trainer.step(batch, rate: 0.01))
      return trainer.namedNumbers.merging(before) { zip($0, $1).map { $0 - $1 } }
    }
    let (slow, fast) = (try step(of: "1"), try step(of: "10"))
    for (path, change) in slow {
      let factor: Float = path.hasPrefix("stitches") ? 10 : 1
      for (slow, fast) in zip(change, fast[path] ?? []) {
        #expect(abs(fast - factor * slow) <= 1e-6 + 1e-4 * abs(fast), "\(path)")
      }
    }
  }
}
