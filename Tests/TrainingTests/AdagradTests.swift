import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Adagrad through whole steps: its formula, what it keeps, and what stands still.
@Suite struct AdagradTests {
  private struct Choice: CustomTestStringConvertible {
    let isRowWise: Bool
    let tables: OptimizerConfiguration.Tables
    let clip: Double?

    static let all = [false, true].flatMap { isRowWise in
      OptimizerConfiguration.Tables.allCases.flatMap { tables in
        [nil, 0.02].map { Choice(isRowWise: isRowWise, tables: tables, clip: $0) }
      }
    }
    var configuration: OptimizerConfiguration {
      OptimizerConfiguration(
        .adagrad(initial: 0.01, isRowWise: isRowWise), tables: tables, clipNorm: clip)
    }
    var testDescription: String {
      "\(tables), row-wise \(isRowWise), clip \(clip ?? .infinity)"
    }
  }

  /// Few ids a batch, so that it leaves rows out.
  private func problem() -> TinyProblem {
    let problem = TinyProblem(rows: 64, tasks: 2)
    for place in 0..<128 { problem.examples.ids[place] %= place < 32 ? 2 : 4 }
    return problem
  }

  private func batch(_ problem: TinyProblem, step: Int) -> Batch {
    problem.batch(from: step % 2 == 0 ? 0 : 40, rows: step % 2 == 0 ? 16 : 20)
  }

  /// Against the formula in Double with the engine's own gradients.
  @Test(arguments: Choice.all) private func formula(_ choice: Choice) throws {
    let problem = problem()
    let trainer = try problem.trainer(
      "hard-sharing", ["bottom": "8", "tower": "4"], optimizer: choice.configuration)
    var reference = AdagradReference(trainer, tableWidth: choice.isRowWise ? 4 : 1, initial: 0.01)
    for step in 0..<12 {
      let batch = batch(problem, step: step)
      reference.step(trainer.namedGradients(batch), rate: 1e-2, clip: choice.clip)
      #expect(trainer.step(batch, rate: 1e-2))
    }
    for (path, numbers) in trainer.namedNumbers {
      let expected = reference.numbers[path] ?? []
      let difference = zip(numbers, expected).map { abs(Double($0) - $1) }.max()
      #expect(numbers.count == expected.count && (difference ?? 1) <= 2e-5, "\(path)")
    }
  }

  /// Without momentum a gradient of 0 moves nothing: both modes give the same bits.
  @Test(arguments: [false, true]) func lazyAndDenseTablesAreTheSame(isRowWise: Bool) throws {
    let problem = problem()
    let prints = try OptimizerConfiguration.Tables.allCases.map { tables in
      let trainer = try problem.trainer(
        "mmoe",
        optimizer: OptimizerConfiguration(.adagrad(isRowWise: isRowWise), tables: tables))
      let before = trainer.store.fingerprint
      for step in 0..<8 { #expect(trainer.step(batch(problem, step: step), rate: 1e-2)) }
      #expect(trainer.store.fingerprint != before)
      return trainer.store.fingerprint
    }
    #expect(prints[0] == prints[1])
  }

  @Test(arguments: [false, true], [nil, 0.02])
  func threadsDoNotChangeTheResult(isRowWise: Bool, clip: Double?) throws {
    let problem = TinyProblem(tasks: 3)
    let prints = try [1, 2, 4].map { threads in
      let trainer = try problem.trainer(
        "mmoe", threads: threads,
        optimizer: OptimizerConfiguration(.adagrad(isRowWise: isRowWise), clipNorm: clip))
      for step in 0..<10 {
        #expect(trainer.step(problem.batch(from: step * 7, rows: 250), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    #expect(Set(prints).count == 1)
  }

  /// One accumulator a number, or one a row; no second set of moments.
  @Test(arguments: [false, true]) func memory(isRowWise: Bool) throws {
    let trainer = try problem().trainer(
      "mmoe", optimizer: OptimizerConfiguration(.adagrad(initial: 0.5, isRowWise: isRowWise)))
    let (optimizer, store) = (trainer.optimizer, trainer.store)
    #expect(optimizer.firstMoments.count == 0)
    #expect(optimizer.secondMoments.array == [Float](repeating: 0.5, count: store.dense.count))
    #expect(!optimizer.tableMoments.isEmpty)
    for moments in optimizer.tableMoments.values {
      #expect(moments.first.count == 0)
      #expect(moments.second.array == [Float](repeating: 0.5, count: isRowWise ? 4 : 16))
    }
  }
}

/// Adagrad in Double on named arrays.
private struct AdagradReference {
  private(set) var numbers: [String: [Double]]
  private var sums: [String: [Double]]
  private let tableWidth: Int

  /// `tableWidth` numbers of a table share a sum.
  init(_ trainer: Trainer, tableWidth: Int, initial: Double) {
    numbers = trainer.namedNumbers.mapValues { $0.map(Double.init) }
    sums = numbers.mapValues { $0.map { _ in initial } }
    self.tableWidth = tableWidth
  }

  mutating func step(_ gradients: [String: [Float]], rate: Double, clip: Double?) {
    let squares = gradients.values.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
    let scale = clip.map { min(1, $0 / squares.squareRoot()) } ?? 1
    for (path, gradient) in gradients {
      let width = path.hasPrefix("embeddings") ? tableWidth : 1
      for first in stride(from: 0, to: gradient.count, by: width) {
        let g = gradient[first..<first + width].map { Double($0) * scale }
        let sum = (sums[path]?[first] ?? 0) + g.reduce(0) { $0 + $1 * $1 } / Double(width)
        sums[path]?[first] = sum
        for (column, number) in g.enumerated() {
          numbers[path]?[first + column] -= rate * number / (sum.squareRoot() + 1e-10)
        }
      }
    }
  }
}
