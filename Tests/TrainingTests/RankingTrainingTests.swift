import Graph
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Models that draw what they compare with: the same bits on any number of threads, when they go on, and
/// in a fork.
@Suite struct RankingTrainingTests {
  static let models: [(String, [String: String])] = [
    ("rank-and-rate", [:]),
    ("rank-and-rate", ["interaction": "plain", "activation": "relu", "negatives": "5"]),
    ("pmf", [:]), ("bpr-mf", [:]),
  ]

  private func step(_ trainer: Trainer, _ problem: RatingProblem, _ number: Int) {
    trainer.epoch = number / 20
    let batch = problem.batch(from: number * 37 % 150, rows: number % 5 == 4 ? 33 : 64)
    let hasMoved = trainer.step(batch, rate: 0.01)
    #expect(hasMoved, "step \(number)")
  }

  @Test(arguments: models) func sameBitsOnAnyNumberOfThreads(
    _ model: String, _ options: [String: String]
  ) throws {
    let problem = try RatingProblem.of(model)
    let trainers = try [1, 2, 3].map { try problem.trainer(model, options, threads: $0) }
    for number in 0..<40 { for trainer in trainers { step(trainer, problem, number) } }
    let prints = trainers.map(\.fingerprint)
    #expect(prints[0] == prints[1] && prints[0] == prints[2])
  }

  /// 500 steps of a run, of its fork and of one that was saved, with what a person changes meanwhile.
  @Test(arguments: models) func itGoesOnAndForks(
    _ model: String, _ options: [String: String]
  ) throws {
    let problem = try RatingProblem.of(model)
    let main = try problem.trainer(model, options, threads: 2, seed: 5)
    for number in 0..<30 { step(main, problem, number) }
    let fork = try main.fork().0
    let other = try problem.trainer(model, options, seed: 5)
    step(other, problem, 3)
    try load(saved(main.visit), other.visit)
    let last = problem.tasks.count - 1
    for number in 30..<530 {
      if number == 130, last > 0 { for run in [main, fork, other] { run.isOn[last] = false } }
      if number == 230 {
        for run in [main, fork, other] {
          run.isOn[last] = true
          run.weights[0] = 0.5
        }
      }
      for run in [main, fork, other] { step(run, problem, number) }
    }
    #expect(try differences(saved(main.visit), saved(fork.visit)) == [])
    #expect(try differences(saved(main.visit), saved(other.visit)) == [])
  }
}
