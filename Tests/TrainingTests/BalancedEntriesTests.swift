import Datasets
import Foundation
import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Layers
@testable import Training

/// Tables that are looked up by what packed entries name, and how a balancer joins their gradients.
@Suite struct BalancedEntriesTests {
  /// Two answers of sums over a row's entries.
  ///
  ///     s = Σ_e V[e], t = Σ_e U[e]    z_0 = V[a]·s    z_1 = s_0 t_0 + s_1 t_1    a the id of a field
  struct EntryReaders: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      static var options: [ModelOption<Self>] { [] }
    }

    static let texts = RaggedColumn(index: 0, longest: 3, typical: 1.5)
    static let vocabulary = 9
    let v, u: Parameter

    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) {
      let start = Initialiser.normal(deviation: 0.7)
      v = builder.shared.table("v", vocabulary: Self.vocabulary, width: 3, start)
      u = builder.shared.table("u", vocabulary: Self.vocabulary, width: 2, start)
    }

    func callAsFunction(_ pass: Forward) -> [Variable] {
      let named = IdColumn.entries(Self.texts, values: 1)
      let entries = pass.graph.lookup([v, u], columns: [named, named], widths: [3, 2])
      let own = pass.graph.lookup([v], columns: [.field(0)], widths: [3])
      let sums = entries.sum(of: .packed(Self.texts))
      return [own.dot(sums.columns(0..<3)), sums.columns(0..<2).dot(sums.columns(3..<5))]
    }
  }

  /// A trainer of the model, and rows of which every fourth has no entry.
  final class Problem {
    static let rows = 300
    /// Rows before those of a batch, whose entries it must pass over.
    static let before = 2
    let tiny = TinyProblem()
    let trainer: Trainer
    private let starts: Storage<Int32>
    private let ids: Storage<Int32>
    private let columns: Storage<RaggedRows>

    init(_ optimizer: OptimizerConfiguration = OptimizerConfiguration(.sgd), threads: Int = 1) {
      let builder = Builder()
      let model = EntryReaders(.init(), input: tiny.input, tasks: tiny.tasks, builder: builder)
      trainer = Trainer(
        model, store: ParameterStore(builder.specifications, tasks: 2, seed: 3),
        tasks: tiny.tasks, batchSize: Self.rows, optimizer: optimizer,
        pool: WorkerPool(threads: threads))
      let counts = (0..<(Self.rows + Self.before)).map { ($0 * 7 + $0 / 128 + 2) % 4 }
      starts = Storage(counts.reduce(into: [Int32(0)]) { $0.append($0[$0.count - 1] + Int32($1)) })
      let all = counts.reduce(0, +)
      ids = Storage((0..<all).map { Int32(($0 * 5 + $0 / 11) % (EntryReaders.vocabulary - 1)) })
      columns = Storage(
        count: 2,
        filling: RaggedRows(starts: UnsafePointer(starts.base), values: UnsafePointer(ids.base)))
    }

    func batch(rows: Int = Problem.rows, from first: Int = 0) -> Batch {
      var batch = tiny.batch(from: first, rows: rows)
      (batch.ragged, batch.raggedCount) = (UnsafePointer(columns.base), 2)
      batch.firstParent = Self.before
      return batch
    }

    /// The gradients of V and U for a task by the formulas, in double precision.
    func expected(_ batch: Batch, of task: Int) -> (v: [Double], u: [Double]) {
      let numbers = trainer.namedNumbers.mapValues { $0.map(Double.init) }
      let (v, u) = (numbers["v"] ?? [], numbers["u"] ?? [])
      var found = (v: v.map { _ in 0.0 }, u: u.map { _ in 0.0 })
      guard let own = batch.ids, let labels = batch.labels else { return found }
      for row in 0..<batch.rows {
        let a = Int(own[row * batch.fields])
        let named = (starts[Self.before + row]..<starts[Self.before + row + 1]).map {
          Int(ids[Int($0)])
        }
        let s = (0..<3).map { k in named.reduce(0) { $0 + v[3 * $1 + k] } }
        let t = (0..<2).map { k in named.reduce(0) { $0 + u[2 * $1 + k] } }
        let z =
          task == 0
          ? (0..<3).reduce(0) { $0 + v[3 * a + $1] * s[$1] } : s[0] * t[0] + s[1] * t[1]
        let label = Double(labels[row * batch.tasks + task])
        let slope = (1 / (1 + exp(-z)) - label) / Double(batch.rows)
        for k in 0..<3 where task == 0 {
          found.v[3 * a + k] += slope * s[k]
          for entry in named { found.v[3 * entry + k] += slope * v[3 * a + k] }
        }
        for k in 0..<2 where task == 1 {
          for entry in named {
            found.v[3 * entry + k] += slope * t[k]
            found.u[2 * entry + k] += slope * s[k]
          }
        }
      }
      return found
    }
  }

  /// Writes the dot products down and weighs the tasks as it is told, of U the other way round.
  private final class Witness: BalanceStage {
    var gram: [Double] = []
    var weights: [Float] = [1, 1]

    func visit(_ archive: inout Archive) {}
    func sees(in turn: TurnState) -> BalanceNeeds { [.gradients, .products] }
    func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
      gram = [0, 0, 0, 0]
      gradients.addGram(to: &gram)
      for array in 0..<gradients.count {
        let isV = gradients.tables[array - gradients.arrays.count].gradient.width == 3
        for task in 0..<2 { gradients.weights(of: array)[task] = weights[isV ? task : 1 - task] }
      }
    }
  }

  private func expectClose(_ found: [Float]?, _ expected: [Double], _ what: String) {
    #expect(found?.count == expected.count)
    for (index, (a, b)) in zip(found ?? [], expected).enumerated() {
      #expect(abs(Double(a) - b) <= 5e-6, "\(what), number \(index): \(a), expected \(b)")
    }
  }

  @Test(arguments: [1, 3]) func gradientsAreThoseOfFieldAndEntries(threads: Int) {
    let problem = Problem(threads: threads)
    let batch = problem.batch()
    let tasks = (0..<2).map { problem.expected(batch, of: $0) }
    let found = problem.trainer.namedGradients(batch)
    expectClose(found["v"], zip(tasks[0].v, tasks[1].v).map { $0 + $1 }, "V")
    expectClose(found["u"], tasks[1].u, "U")
    #expect(tasks.allSatisfy { $0.v.contains { abs($0) > 1e-3 } })
    #expect(tasks[1].u.contains { abs($0) > 1e-3 })
  }

  /// Products and sums of two tasks' gradients, step after step, of batches of one block and of three.
  @Test func joinedEntriesAreTheWeightedSum() {
    let problem = Problem()
    let witness = Witness()
    problem.trainer.stages.balance = witness
    let weights: [[Float]] = [[1, 1], [2, 0.5], [0, 1], [0.25, 3]]
    for (step, own) in weights.enumerated() {
      witness.weights = own
      let batch = problem.batch(rows: step == 1 ? 90 : Problem.rows, from: 7 * step)
      let numbers = problem.trainer.namedNumbers.mapValues { $0.map(Double.init) }
      let tasks = (0..<2).map { problem.expected(batch, of: $0) }
      #expect(problem.trainer.step(batch, rate: 0.5))
      for (left, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let expected = zip(tasks[left].v + tasks[left].u, tasks[right].v + tasks[right].u)
          .reduce(0) { $0 + $1.0 * $1.1 }
        let found = witness.gram[2 * left + right]
        #expect(abs(found - expected) <= 1e-6, "step \(step): \(found), expected \(expected)")
      }
      func moved(_ path: String, _ weights: [Float], _ gradients: [[Double]]) -> [Double] {
        (numbers[path] ?? []).enumerated().map { index, number in
          (0..<2).reduce(number) { $0 - 0.5 * Double(weights[$1]) * gradients[$1][index] }
        }
      }
      let found = problem.trainer.namedNumbers
      expectClose(found["v"], moved("v", own, tasks.map(\.v)), "V after step \(step)")
      expectClose(found["u"], moved("u", own.reversed(), tasks.map(\.u)), "U after step \(step)")
    }
  }

  @Test func threadsChangeNoBit() {
    func run(threads: Int) -> UInt64 {
      let problem = Problem(OptimizerConfiguration(), threads: threads)
      problem.trainer.balance(by: BalancerChoice(MetaBalance()))
      for step in 0..<3 { #expect(problem.trainer.step(problem.batch(from: step), rate: 0.02)) }
      return problem.trainer.store.fingerprint
    }
    let single = run(threads: 1)
    for threads in 2...3 { #expect(run(threads: threads) == single, "\(threads) threads") }
  }
}
