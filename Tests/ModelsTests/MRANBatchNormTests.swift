import Graph
import Models
import Testing
import Training
import TrainingFixtures

/// MRAN with its features normalised over the batch.
@Suite struct MRANBatchNormTests {
  private static let options = [
    "norm": "batch", "task-width": "8", "l2": "0", "score-l2": "0",
  ]

  /// Lanes meet, and still the number of threads does not show; short batches have other lanes.
  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let problem = TinyProblem(rows: 600, tasks: 3)
    func trained(threads: Int) throws -> (numbers: [String: [Float]], answers: [Float]) {
      let trainer = try problem.trainer(
        "mran", Self.options, batchSize: 256, threads: threads, seed: 3)
      for rows in [256, 77, 256, 31, 1] {
        #expect(trainer.step(problem.batch(from: rows, rows: rows), rate: 0.01))
      }
      return (trainer.namedNumbers, trainer.logits("board", problem.batch(rows: 100)))
    }
    let one = try trained(threads: 1)
    #expect(one.answers.allSatisfy { $0.isFinite })
    for threads in [2, 4] {
      let other = try trained(threads: threads)
      #expect(other.numbers == one.numbers && other.answers == one.answers)
    }
  }

  /// The slope of the loss along a direction is that of its differences, through the batch's means.
  @Test func gradientsAreThoseOfDifferences() throws {
    let problem = TinyProblem(rows: 300, tasks: 2)
    let trainer = try problem.trainer("mran", Self.options, batchSize: 300)
    let batch = problem.batch(rows: 300)
    let gradients = trainer.namedGradients(batch)
    for path in [
      "ff.norm.weight", "norms.board.weight", "norms.stripe.bias", "embeddings.row.weight",
    ] {
      let gradient = try #require(gradients[path])
      let start = try #require(trainer.namedNumbers[path])
      func loss(_ step: Float) -> Double {
        trainer.set(path, to: zip(start, gradient).map { $0 + step * $1 })
        trainer.gradients(batch)
        return trainer.loss(of: 0) + trainer.loss(of: 1)
      }
      let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }
      let h = Float(0.004 / norm.squareRoot())
      let slope = (loss(h) - loss(-h)) / Double(2 * h)
      trainer.set(path, to: start)
      #expect(norm > 0 && abs(slope - norm) <= 0.03 * norm, "\(path): \(slope), \(norm)")
    }
  }

  /// An answer does not depend on the rows beside it; the running numbers are kept with the rest.
  @Test func answersUseRunningNumbers() throws {
    let problem = TinyProblem(rows: 200, tasks: 2)
    let trainer = try problem.trainer("mran", Self.options)
    for _ in 0..<3 { #expect(trainer.step(problem.batch(rows: 200), rate: 0.01)) }
    let all = trainer.logits("board", problem.batch(rows: 60))
    #expect(trainer.logits("board", problem.batch(rows: 1))[0] == all[0])
    let copy = trainer.store.copy()
    #expect(trainer.step(problem.batch(rows: 200), rate: 0.01))
    #expect(trainer.logits("board", problem.batch(rows: 60)) != all)
    trainer.store.restore(from: copy)
    #expect(trainer.logits("board", problem.batch(rows: 60)) == all)
  }
}
