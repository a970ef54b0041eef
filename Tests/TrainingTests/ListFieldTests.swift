import Datasets
import Graph
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Columns of lists in training: every model, every way to move a table.
@Suite struct ListFieldTests {
  /// Lists of one value each: what they say is what plain ids say.
  private static let single: [[Int32]] = [[0], [1], [2], [3]]
  /// Lists of several values, one of them twice, and an empty one.
  private static let several: [[Int32]] = [[2, 0, 3], [1], [], [3, 1, 3]]

  static let models = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return entry.name
  }

  private func steps(
    _ problem: TinyProblem, _ model: String, _ optimizer: OptimizerConfiguration,
    threads: Int = 1, options: [String: String] = [:]
  ) throws -> [String: [Float]] {
    let trainer = try problem.trainer(
      model, options, batchSize: 64, threads: threads, optimizer: optimizer)
    for index in 0..<3 {
      #expect(trainer.step(problem.batch(from: index * 64, rows: 64), rate: 0.05))
    }
    return trainer.namedNumbers
  }

  /// A list of one value is that value, to the bit.
  @Test(arguments: models, [Pooling.mean, .sum]) func aListOfOneIsItsValue(
    model: String, pooling: Pooling
  ) throws {
    let problem = TinyProblem()
    let plain = try steps(problem, model, OptimizerConfiguration())
    let listed = try steps(problem.listed(pooling, Self.single), model, OptimizerConfiguration())
    #expect(plain == listed)
  }

  private static let optimizers: [OptimizerConfiguration] = [
    OptimizerConfiguration(), OptimizerConfiguration(tables: .dense),
    OptimizerConfiguration(clipNorm: 0.1), OptimizerConfiguration(.adagrad()),
    OptimizerConfiguration(.adagrad(isRowWise: true)), OptimizerConfiguration(.sgd),
  ]

  @Test(arguments: optimizers, ["mmoe", "l2-soft", "stem-net"]) func everyRuleMovesRows(
    optimizer: OptimizerConfiguration, model: String
  ) throws {
    let options = model == "l2-soft" ? ["separate": "true"] : [:]
    let problem = TinyProblem()
    let plain = try steps(problem, model, optimizer, options: options)
    let ones = problem.listed(.mean, Self.single)
    let listed = try steps(ones, model, optimizer, options: options)
    for (path, numbers) in plain {
      let found = try #require(listed[path])
      for (a, b) in zip(numbers, found) { #expect(abs(a - b) <= 1e-4, "\(path): \(a), \(b)") }
    }
    let many = problem.listed(.mean, Self.several)
    let one = try steps(many, model, optimizer, options: options)
    #expect(one == (try steps(many, model, optimizer, threads: 2, options: options)))
    #expect(one != plain)
  }

  /// The gradient of every row of the table is the loss's slope.
  ///
  /// Of a model without rectifiers, whose kinks would lie between two differences.
  @Test(arguments: [Pooling.mean, .sum]) func gradientsAreSlopes(pooling: Pooling) throws {
    let problem = TinyProblem(rows: 16).listed(pooling, Self.several)
    let trainer = try problem.trainer(
      "mt-fwfm", ["l2": "0"], batchSize: 16)
    let batch = problem.batch(rows: 16)
    for entry in trainer.store.entries where entry.piece.path.hasSuffix("row.weight") {
      let numbers = (0..<entry.piece.count).map { Float(($0 * 7) % 11) / 11 - 0.4 }
      trainer.set(entry.piece.path, to: numbers)
      trainer.gradients(batch)
      let found = trainer.gradient(of: entry, batch: batch)
      let largest = found.map(abs).max() ?? 0
      #expect(largest > 0)
      func loss(_ index: Int, _ shift: Float) -> Double {
        var moved = numbers
        moved[index] += shift
        trainer.set(entry.piece.path, to: moved)
        trainer.gradients(batch)
        return (0..<2).reduce(0) { $0 + trainer.loss(of: $1) }
      }
      for index in stride(from: 0, to: numbers.count, by: 3) {
        let slope = (loss(index, 0.01) - loss(index, -0.01)) / 0.02
        #expect(
          abs(Double(found[index]) - slope) < 0.02 * Double(largest) + 1e-4,
          "\(entry.piece.path)[\(index)]: \(found[index]), \(slope)")
      }
    }
  }

  /// The linear fit's logit and slopes of lists, against weights by hand.
  @Test(arguments: [(Pooling.mean, 1.0 / 3), (.sum, 1)]) func aLinearFitPools(
    pooling: Pooling, share: Double
  ) {
    let problem = TinyProblem(rows: 40).listed(pooling, Self.several)
    var linear = LinearProblem(
      problem.examples, schema: problem.input.schema, tasks: problem.tasks)
    linear.penalty = 0.5
    let objective = LinearObjective(linear, task: 0)
    let random = RandomSource(seed: 8, .test)
    let count = objective.layout.dimensions
    let point = Storage((0..<count).map { 2 * random.uniform(UInt64($0)) - 1 })
    let weights = LinearWeights(point.array, layout: objective.layout)
    for row in 0..<40 where problem.examples.ids[2 * row] == 3 {
      let column = Int(problem.examples.ids[2 * row + 1])
      let z =
        point[8 + 1] + share * (2 * point[3] + point[1]) + point[4 + column]
        + point[8] * Double(problem.examples.dense[row])
      #expect(abs(weights.logit(of: row, in: problem.examples) - z) < 1e-9)
    }
    let gradient = Storage<Double>(count: count, filling: 0)
    let spare = Storage<Double>(count: count, filling: 0)
    func inOrder(_ count: Int, _ body: (Int) -> Void) { for chunk in 0..<count { body(chunk) } }
    _ = objective.evaluate(point.base, gradient: gradient.base, loop: inOrder)
    for index in 0..<count {
      func value(_ shift: Double) -> Double {
        point[index] += shift
        defer { point[index] -= shift }
        return objective.evaluate(point.base, gradient: spare.base, loop: inOrder)
      }
      let slope = (value(1e-5) - value(-1e-5)) / 2e-5
      #expect(abs(gradient[index] - slope) < 1e-6 * max(1, abs(slope)), "\(index)")
    }
  }

  /// A whole run: an example shows its values, and lists are no segments.
  @Test func aRunShowsLists() throws {
    let problem = TinyProblem(rows: 500).listed(.mean, Self.several)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 64
    configuration.epochs = 1
    var views = WantedViews()
    views.example = 3
    let dataset = Dataset(
      name: "lists", features: problem.input.schema, tasks: problem.tasks,
      training: problem.examples, validation: problem.examples, test: problem.examples)
    let session = TrainingSession(configuration) { _ in dataset }
    session.show(views)
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    guard case .prepared(let description)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(description.categoricalColumns == ["column"])
    let example = try #require(session.takeSnapshot()?.example)
    let values = Self.several[Int(problem.examples.ids[6])]
    let names = values.map { $0 == 0 ? "(rare or unseen)" : "\($0)" }
    #expect(
      example.inputs.first?.value == (names.isEmpty ? "(empty)" : names.joined(separator: " | ")))
    #expect(dataset.fingerprint != TinyProblem(rows: 500).dataset().fingerprint)
  }

  @Test func aPositionIsNoList() throws {
    let problem = TinyProblem().listed(.mean, Self.several)
    let error = #expect(throws: ModelError.self) {
      try problem.trainer("youtube", ["position": "row"])
    }
    #expect("\(try #require(error))".contains("this one has lists"))
  }
}
