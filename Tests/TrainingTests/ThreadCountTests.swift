import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Every model of the registry that takes steps has the same bits on 1, 2, 3, 4, 8 and 16 threads, more than
/// most machines that test have cores, whatever pieces its steps are cut into for them.
@Suite struct ThreadCountTests {
  private static let names = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind else { return nil }
    return entry.name
  }

  /// Rows whose pieces begin inside blocks; see `FingerprintTests`.
  private static let rows = 200
  /// With tasks on and off between them, and turns.
  private static let steps = 3

  @Test(arguments: names) func sameBits(_ name: String) throws {
    let first = try bits(of: name, threads: 1)
    for threads in [2, 3, 4, 8, 16] {
      #expect(try bits(of: name, threads: threads) == first, "\(threads) threads")
    }
  }

  /// What the comparison rests on: there are as many threads, and their number decides how work is cut.
  @Test(arguments: [2, 3, 4, 8, 16]) func asManyThreadsWork(threads: Int) throws {
    let pool = try TinyProblem(tasks: 2).trainer("mmoe", threads: threads).workspace.pool
    #expect(pool.threads == threads && pool.working == threads)
  }

  private func bits(of name: String, threads: Int) throws -> String {
    let entry = try ModelRegistry.entry(named: name)
    let isOfTuples = entry.kinds.contains(.tuples)
    if !isOfTuples, entry.readsReviews || entry.kinds.contains(.text) {
      return try reviewBits(of: name, threads: threads)
    }
    let one = FingerprintTests.Case(
      name, isOfTuples ? OpinionProblem.small : [:],
      optimizer: isOfTuples ? OptimizerConfiguration(.projectedAdagrad()) : OptimizerConfiguration()
    )
    return try FingerprintTests.bits(
      of: one, threads: threads, steps: Self.steps, rows: Self.rows)
  }

  /// What steps on made reviews come to; each is another epoch's, so that every turn is due in one.
  private func reviewBits(of name: String, threads: Int) throws -> String {
    let problem = ReviewProblem(tasks: name == "narre" ? ["stars"] : ["stars", "why"])
    let small: [String: [String: String]] = [
      "caml": ReviewTrainingTests.options, "why": WhyTrainingTests.options,
      "nrt": ["width": "6", "word": "8", "hidden": "16", "layers": "8"],
      "narre": ["width": "6", "word": "8", "attention": "5"],
    ]
    let options = try #require(small[name], "a model without small sizes here")
    let trainer = try problem.trainer(name, options, batchSize: 150, threads: threads)
    for step in 0..<Self.steps {
      trainer.epoch = step
      let hasMoved = trainer.step(problem.batch(from: step * 5, rows: 150 - step), rate: 0.01)
      #expect(hasMoved)
    }
    return hexadecimal(trainer.store.fingerprint)
  }
}
