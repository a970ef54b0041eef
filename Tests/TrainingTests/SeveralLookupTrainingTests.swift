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

/// A table that four columns of ids read, two of the data, one that is drawn and one constant: its
/// gradient, its update, its joining by a balancer.
@Suite struct SeveralLookupTrainingTests {
  /// Two answers of which neither reads all columns of V.
  ///
  ///     z_0 = a·b + c·a    z_1 = d·u + b·u    a, b, c, d rows of V, u of U
  struct FourReaders: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      static var options: [ModelOption<Self>] { [] }
    }

    static let width = 3
    static let vocabulary = 12
    let v: Parameter
    let u: Parameter

    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) {
      let start = Initialiser.normal(deviation: 0.7)
      v = builder.shared.table("v", vocabulary: Self.vocabulary, width: Self.width, start)
      u = builder.shared.table("u", vocabulary: 4, width: Self.width, start)
    }

    func callAsFunction(_ pass: Forward) -> [Variable] {
      let width = Self.width
      func read(_ tables: [Parameter], _ columns: [IdColumn]) -> Variable {
        pass.graph.lookup(tables, columns: columns, widths: tables.map { _ in width })
      }
      let b = read([v], [.field(1)])
      let both = read([v, u], [.drawn(1), .field(0)])
      let (d, u) = (both.columns(0..<width), both.columns(width..<(2 * width)))
      let (a, c) = (read([v], [.field(0)]), read([v], [.constant(4)]))
      return [a.dot(b) + c.dot(a), d.dot(u) + b.dot(u)]
    }
  }

  /// A trainer of the model, and rows with drawn ids.
  final class Problem {
    let tiny = TinyProblem()
    let trainer: Trainer
    private var drawn: [Storage<Int32>] = []
    private let index = Storage<Int32>((0..<512).map { ($0 * 37 + 11) % 512 })

    init(
      _ optimizer: OptimizerConfiguration = OptimizerConfiguration(), threads: Int = 1
    ) {
      let builder = Builder()
      let model = FourReaders(.init(), input: tiny.input, tasks: tiny.tasks, builder: builder)
      trainer = Trainer(
        model, store: ParameterStore(builder.specifications, tasks: 2, seed: 3),
        tasks: tiny.tasks, batchSize: 300, optimizer: optimizer,
        pool: WorkerPool(threads: threads))
    }

    /// Rows of which the number drawn is from `ids`.
    func batch(rows: Int, from first: Int = 0, drawing ids: Range<Int>, isIndexed: Bool = false)
      -> Batch
    {
      // Column 0 is nobody's, and other numbers than column 1.
      var own: [Int32] = []
      for row in 0..<rows {
        let id = ids.lowerBound + (row * 5 + row / 7) % ids.count
        own += [Int32(row % 3), Int32(id)]
      }
      drawn.append(Storage(own))
      var batch = tiny.batch(from: isIndexed ? 0 : first, rows: rows)
      batch.drawn = UnsafePointer(drawn[drawn.count - 1].base)
      batch.drawnCount = 2
      if isIndexed { batch.index = UnsafePointer(index.base + first) }
      return batch
    }

    /// The gradients of V and U by the formulas, and which rows of V the batch names.
    func expected(_ batch: Batch, isOn: [Bool] = [true, true]) -> Expected {
      let numbers = trainer.namedNumbers.mapValues { $0.map(Double.init) }
      var found = Expected(v: numbers["v"] ?? [], u: numbers["u"] ?? [])
      for row in 0..<batch.rows { found.add(row, of: batch, isOn: isOn) }
      return found
    }
  }

  /// Gradients by hand, in double precision.
  struct Expected {
    let (v, u): ([Double], [Double])
    var (dv, du): ([Double], [Double])
    var named = Set<Int>()

    init(v: [Double], u: [Double]) {
      (self.v, self.u) = (v, u)
      dv = [Double](repeating: 0, count: v.count)
      du = [Double](repeating: 0, count: u.count)
    }

    mutating func add(_ row: Int, of batch: Batch, isOn: [Bool]) {
      let at = batch.index.map { Int($0[row]) } ?? row
      guard let ids = batch.ids, let drawn = batch.drawn, let labels = batch.labels else { return }
      let (a, b, c) = (Int(ids[at * 2]), Int(ids[at * 2 + 1]), 4)
      let d = Int(drawn[row * 2 + 1])
      named.formUnion([a, b, c, d])
      let width = FourReaders.width
      func v(_ id: Int, _ k: Int) -> Double { self.v[id * width + k] }
      func u(_ k: Int) -> Double { self.u[a * width + k] }
      var z = [0.0, 0.0]
      for k in 0..<width {
        z[0] += v(a, k) * v(b, k) + v(c, k) * v(a, k)
        z[1] += v(d, k) * u(k) + v(b, k) * u(k)
      }
      let slopes = (0..<2).map { task -> Double in
        guard isOn[task] else { return 0 }
        let probability = 1 / (1 + exp(-z[task]))
        return (probability - Double(labels[at * 2 + task])) / Double(batch.rows)
      }
      for k in 0..<width {
        dv[a * width + k] += slopes[0] * (v(b, k) + v(c, k))
        dv[b * width + k] += slopes[0] * v(a, k) + slopes[1] * u(k)
        dv[c * width + k] += slopes[0] * v(a, k)
        dv[d * width + k] += slopes[1] * u(k)
        du[a * width + k] += slopes[1] * (v(d, k) + v(b, k))
      }
    }
  }

  private func expectClose(_ found: [Float]?, _ expected: [Double], _ what: String) {
    #expect(found?.count == expected.count)
    for (place, (a, b)) in zip(found ?? [], expected).enumerated() {
      #expect(abs(Double(a) - b) <= 2e-6, "\(what), entry \(place): \(a), expected \(b)")
    }
  }

  // MARK: - Gradients

  @Test(arguments: [1, 3], [false, true]) func aGradientIsTheSumOfAllColumns(
    threads: Int, isIndexed: Bool
  ) {
    let problem = Problem(threads: threads)
    let batch = problem.batch(rows: 150, from: 40, drawing: 2..<9, isIndexed: isIndexed)
    let expected = problem.expected(batch)
    let found = problem.trainer.namedGradients(batch)
    expectClose(found["v"], expected.dv, "V")
    expectClose(found["u"], expected.du, "U")
    // With a task off, the other's gradient alone.
    for task in 0..<2 {
      problem.trainer.isOn = [task == 0, task == 1]
      let expected = problem.expected(batch, isOn: problem.trainer.isOn)
      let found = problem.trainer.namedGradients(batch)
      expectClose(found["v"], expected.dv, "V of task \(task)")
      expectClose(found["u"], expected.du, "U of task \(task)")
    }
  }

  /// Entries of an id stand column after column and row after row, which is the order of the sum.
  @Test func entriesAreInOrder() throws {
    let problem = Problem()
    let batch = problem.batch(rows: 30, drawing: 2..<7)
    let tables = problem.trainer.trainingExecutor().tableGradients
    let gradient = try #require(tables.first { $0.parts.count > 1 })
    let rows = RowGroups(gradient, vocabulary: FourReaders.vocabulary, capacity: 300)
    rows.group(batch)
    var entries = 0
    for group in 0..<Int(rows.groups.count) {
      let range = Int(rows.groups.starts[group])..<Int(rows.groups.starts[group + 1])
      let places = range.map { Int(rows.groups.rows[$0]) }
      // Every place is that of the id, found again from the parts.
      let expected = gradient.parts.flatMap { part in
        (0..<batch.rows).compactMap { row -> Int? in
          var isNamed = false
          batch.forEachId(ofRow: row, column: part.column) {
            isNamed = isNamed || $0 == Int(rows.groups.ids[group])
          }
          return isNamed ? part.base - gradient.base + row * part.stride : nil
        }
      }
      #expect(places == expected)
      entries += places.count
    }
    #expect(entries == 4 * 30)
  }

  // MARK: - Updates

  /// Adam by its formulas, three steps on other rows each: lazy moves the rows that any column names,
  /// dense all.
  @Test(arguments: [OptimizerConfiguration.Tables.lazy, .dense]) func adamMovesWhatIsNamed(
    _ tables: OptimizerConfiguration.Tables
  ) {
    let problem = Problem(OptimizerConfiguration(tables: tables))
    let count = FourReaders.vocabulary * FourReaders.width
    var (m, s) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for step in 1...3 {
      let batch = problem.batch(rows: 64, from: 64 * step, drawing: (2 * step + 3)..<(2 * step + 6))
      let expected = problem.expected(batch)
      var moved = expected.v
      for entry in 0..<count
      where tables == .dense || expected.named.contains(entry / FourReaders.width) {
        m[entry] = 0.9 * m[entry] + 0.1 * expected.dv[entry]
        s[entry] = 0.999 * s[entry] + 0.001 * expected.dv[entry] * expected.dv[entry]
        let (first, second) = (
          m[entry] / (1 - pow(0.9, Double(step))), s[entry] / (1 - pow(0.999, Double(step)))
        )
        moved[entry] -= 0.05 * first / (second.squareRoot() + 1e-8)
      }
      #expect(expected.named.count < FourReaders.vocabulary)
      #expect(problem.trainer.step(batch, rate: 0.05))
      let found = problem.trainer.namedNumbers["v"] ?? []
      for (place, (a, b)) in zip(found, moved).enumerated() {
        #expect(abs(Double(a) - b) <= 1e-4, "step \(step), entry \(place): \(a), expected \(b)")
      }
    }
  }

  private static let optimizers: [OptimizerConfiguration] = [
    OptimizerConfiguration(), OptimizerConfiguration(tables: .dense),
    OptimizerConfiguration(clipNorm: 0.1), OptimizerConfiguration(.adagrad()),
    OptimizerConfiguration(.adagrad(isRowWise: true)), OptimizerConfiguration(.sgd),
  ]

  /// The same bits on any number of threads.
  @Test(arguments: optimizers) func threadsChangeNothing(_ optimizer: OptimizerConfiguration) {
    func run(threads: Int, isBalanced: Bool) -> UInt64 {
      let problem = Problem(optimizer, threads: threads)
      if isBalanced { problem.trainer.balance(by: BalancerChoice(MetaBalance())) }
      for step in 0..<3 {
        let batch = problem.batch(rows: 300, from: 100 * step, drawing: 1..<11)
        #expect(problem.trainer.step(batch, rate: 0.02))
      }
      return problem.trainer.store.fingerprint
    }
    for isBalanced in [false, true] {
      let single = run(threads: 1, isBalanced: isBalanced)
      #expect(single == run(threads: 3, isBalanced: isBalanced))
    }
  }

  /// A file of ONNX reads columns of the data alone.
  @Test func whatIsDrawnHasNoFormInONNX() {
    let problem = Problem()
    #expect(throws: OnnxError.noForm(operation: "lookup", reason: OnnxForm.noField)) {
      try OnnxExport.file(
        of: problem.trainer, reading: problem.tiny.input.schema, name: "four", version: "1")
    }
  }

  // MARK: - Balancers

  /// Writes the dot products down and weighs every task by the same.
  private final class Witness: BalanceStage {
    var gram: [Double] = []
    var weights: [Float] = [1, 1]

    func visit(_ archive: inout Archive) {}
    func sees(in turn: TurnState) -> BalanceNeeds { [.gradients, .products] }
    func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
      gram = [0, 0, 0, 0]
      gradients.addGram(to: &gram)
      gradients.weigh(all: weights)
    }
  }

  /// Sections that reach other columns of a table: their products and their sum, step after step, so
  /// that what was joined in one would be seen in the next.
  @Test func sectionsReachOtherColumns() {
    let (apart, problem) = (Problem(OptimizerConfiguration(.sgd)), Problem())
    let witness = Witness()
    apart.trainer.stages.balance = witness
    for step in 0..<4 {
      witness.weights = step == 2 ? [0, 1] : [1, 1]
      let batch = apart.batch(rows: 96, from: 90 * step, drawing: 3..<(6 + step))
      for (path, numbers) in apart.trainer.namedNumbers { problem.trainer.set(path, to: numbers) }
      let tasks = [[true, false], [false, true]].map { problem.expected(batch, isOn: $0) }
      #expect(apart.trainer.step(batch, rate: 0.5))
      for left in 0..<2 {
        for right in 0..<2 {
          let expected =
            zip(tasks[left].dv + tasks[left].du, tasks[right].dv + tasks[right].du)
            .reduce(0) { $0 + $1.0 * $1.1 }
          #expect(
            abs(witness.gram[2 * left + right] - expected) <= 1e-6,
            "step \(step), \(left), \(right): \(witness.gram), expected \(expected)")
        }
      }
      let moved = tasks[0].v.indices.map { entry in
        (0..<2).reduce(tasks[0].v[entry]) {
          $0 - 0.5 * Double(witness.weights[$1]) * tasks[$1].dv[entry]
        }
      }
      expectClose(apart.trainer.namedNumbers["v"], moved, "V after step \(step)")
    }
  }
}
