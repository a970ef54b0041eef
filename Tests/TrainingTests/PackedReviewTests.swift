import Datasets
import Graph
import Layers
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Models
@testable import Training

/// Models that read packed texts of any number and length.
@Suite struct PackedReviewTests {
  /// Who reads packed texts.
  enum Model: String, CaseIterable {
    case why, narre, narreOfOthers

    var options: [String: String] {
      let narre = ["width": "6", "word": "8", "attention": "5", "l2": "0"]
      return switch self {
      case .why: WhyTrainingTests.options.merging(["prior": "0", "text-prior": "0"]) { $1 }
      case .narre: narre
      case .narreOfOthers: narre.merging(["asks": "other"]) { $1 }
      }
    }
  }

  /// Rows of made reviews: one of nobody, one of an item that nobody knows.
  private struct Rows {
    let problem = ReviewProblem(seed: 3)
    let ratings = ReviewProblem(seed: 3, tasks: ["stars"])
    let ids: Storage<Int32>
    let count = 40

    init() {
      let training = problem.dataset.training.ids
      ids = Storage((0..<80).map { training[$0] })
      for place in [2, 3, 8] { ids[place] = 0 }
    }

    func batch(_ rows: Range<Int>, of model: Model = .why) -> Batch {
      var batch = (model == .why ? problem : ratings).batch(from: rows.lowerBound, rows: rows.count)
      batch.ids = UnsafePointer(ids.base + 2 * rows.lowerBound)
      return batch
    }

    func trainer(
      _ model: Model, threads: Int = 1, rule: OptimizerConfiguration.Rule = .adam()
    ) throws -> Trainer {
      try (model == .why ? problem : ratings).trainer(
        model == .why ? "why" : "narre", model.options, batchSize: count, threads: threads, seed: 5,
        optimizer: OptimizerConfiguration(rule))
    }
  }

  private static func outputs(_ trainer: Trainer, _ batch: Batch, _ names: [Watched]) -> [[Float]] {
    let executor = trainer.forward(batch)
    return names.map { name in
      executor.output(name).map { Array(UnsafeBufferPointer(start: $0, count: batch.rows)) } ?? []
    }
  }

  @Test(arguments: Model.allCases) func valuesOfABatchAreThoseOfEachRowAlone(_ model: Model) throws
  {
    let rows = Rows()
    let trainer = try rows.trainer(model)
    let names =
      model == .why
      ? [Watched.logit("stars"), .logit("why"), Why.distance("user"), Why.distance("item")]
      : [.logit("stars")]
    let whole = Self.outputs(trainer, rows.batch(0..<7, of: model), names)
    for row in 0..<7 {
      let alone = Self.outputs(trainer, rows.batch(row..<(row + 1), of: model), names)
      for (place, name) in names.enumerated() {
        let (own, all) = (try #require(alone[place].first), whole[place][row])
        #expect(abs(own - all) <= 1e-6 * max(1, abs(all)), "row \(row), \(name)")
      }
    }
  }

  @Test(arguments: Model.allCases)
  func gradientsOfABatchAreThoseOfEachRowAlone(_ kind: Model) throws {
    let rows = Rows()
    let trainer = try rows.trainer(kind)
    func gradients(_ batch: Batch) -> [[Float]] {
      let isFinite = trainer.gradients(batch, of: kind == .why ? 1 : 0)
      #expect(isFinite)
      return trainer.store.entries.map { trainer.gradient(of: $0, batch: batch) }
    }
    /// Words that the loss is a mean over, or rows.
    func words(_ batch: Batch) throws -> Float {
      guard let model = trainer.model as? Why else { return Float(batch.rows) }
      let rows = trainer.sources.rows(of: 0, at: 0, beside: batch)
      let drawn = try #require(rows.drawn)
      return (0..<batch.rows).reduce(Float(0)) { sum, row in
        sum + Float(model.slots.targetTokens.count { drawn[row * rows.drawnCount + $0] != 0 })
      }
    }
    let all = rows.batch(0..<7, of: kind)
    let (whole, count) = (gradients(all), try words(all))
    var sums = whole.map { $0.map { _ in Float(0) } }
    for row in 0..<7 {
      let own = rows.batch(row..<(row + 1), of: kind)
      let share = try words(own) / count
      for (place, gradient) in gradients(own).enumerated() {
        for k in gradient.indices { sums[place][k] += share * gradient[k] }
      }
    }
    for (place, entry) in trainer.store.entries.enumerated() {
      let largest = whole[place].reduce(Float(1e-3)) { max($0, abs($1)) }
      let isNear = zip(whole[place], sums[place]).allSatisfy { abs($0 - $1) <= 1e-5 * largest }
      #expect(isNear, "\(entry.piece.path)")
    }
    let reading = trainer.store.entries.indices.filter {
      let path = trainer.store.entries[$0].piece.path
      return ["encoder.", "embeddings.word", "user.", "item."].contains { path.hasPrefix($0) }
    }
    #expect(reading.count >= 13)
    #expect(reading.allSatisfy { whole[$0].contains { $0 != 0 } })
  }

  /// A user without reviews has a document of zeros, whatever another batch has left in memory.
  @Test func nobodyHasADocumentOfZeros() throws {
    let rows = Rows()
    let trainer = try rows.trainer(.why)
    let model = try #require(trainer.model as? Why)
    _ = trainer.forward(rows.batch(0..<40))
    // Rows 1 and 4: nobody of nothing, and a user of no item.
    let found = Self.outputs(trainer, rows.batch(1..<2), [Why.distance("user")])
    let own = trainer.store.entries.first { $0.parameter == model.factors.users }
    let numbers = trainer.store.numbers(of: try #require(own))
    let width = 2 * model.configuration.encoder
    let expected = numbers[..<width].reduce(Float(0)) { $0 + $1 * $1 }
    #expect(expected > 0 && abs(found[0][0] - expected) <= 1e-6 * expected)
    #expect(trainer.gradients(rows.batch(1..<2)))
  }

  @Test(arguments: Model.allCases) func threadsChangeNoBit(_ model: Model) throws {
    let rows = Rows()
    let stores = try (1...3).map { threads in
      let trainer = try rows.trainer(model, threads: threads)
      for step in 0..<3 {
        let hasMoved = trainer.step(
          rows.batch((2 * step)..<(40 - step), of: model), rate: 0.01)
        #expect(hasMoved)
      }
      return trainer.store
    }
    for entry in stores[0].entries {
      let one = stores[0].numbers(of: entry)
      #expect(stores[1].numbers(of: entry) == one, "\(entry.piece.path), 2 threads")
      #expect(stores[2].numbers(of: entry) == one, "\(entry.piece.path), 3 threads")
    }
  }

  /// Those who ask are the items of a user's reviews: rows whose own item is another one learn of them.
  @Test func everyIdMovesByItsGradient() throws {
    let rows = Rows()
    let trainer = try rows.trainer(.narreOfOthers, rule: .sgd)
    let batch = rows.batch(0..<3, of: .narreOfOthers)
    let isFinite = trainer.gradients(batch)
    #expect(isFinite)
    let entries = trainer.store.entries
    let gradients = entries.map { trainer.gradient(of: $0, batch: batch) }
    let before = entries.map { trainer.store.numbers(of: $0) }
    let hasMoved = trainer.step(batch, rate: 0.5)
    #expect(hasMoved)
    for (place, entry) in entries.enumerated() {
      let after = trainer.store.numbers(of: entry)
      let isRight = after.indices.allSatisfy {
        abs(after[$0] - (before[place][$0] - 0.5 * gradients[place][$0])) <= 1e-6
      }
      #expect(isRight, "\(entry.piece.path)")
    }
    let items = try #require(entries.firstIndex { $0.piece.path == "embeddings.item.weight" })
    let touched = Set(gradients[items].indices.filter { gradients[items][$0] != 0 }.map { $0 / 6 })
    let own = Set((0..<3).map { Int(rows.ids[2 * $0]) })
    #expect(touched.count > own.count && touched.isSuperset(of: own.subtracting([0])))
  }

  /// What is kept for the texts of a whole batch has room for as many as a row may have.
  @Test func tooManyTextsAreRefusedByName() throws {
    let made = ReviewProblem(tasks: ["stars"]).dataset
    var features = made.features
    features.text?.shape.perUser = 70_000
    var dataset = Dataset(
      name: "many", features: features, tasks: made.tasks, training: made.training,
      validation: made.validation, test: made.test)
    (dataset.text, dataset.interactions) = (made.text, made.interactions)
    var configuration = RunConfiguration()
    (configuration.model, configuration.threads) = ("narre", 1)
    let needed = Double(4 * 1024 * (70_000 + 5))
    let error = ModelError.tooManyEntries(
      model: "narre",
      TextMemory(
        column: "text", shape: ReviewShape(perUser: 70_000, perItem: 5, tokens: 6), rows: 1024,
        isScoring: true, followsBatch: false, needed: needed, limit: Double(256 << 20)))
    #expect(throws: error) {
      _ = try Trainer(configuration, try ModelRegistry.entry(named: "narre"), dataset: dataset)
    }
    #expect(
      "\(error)" == """
        --model narre: scoring would take 274 MiB for the texts of column 'text', 256 MiB at most are allowed.
          found: perUser 70000, perItem 5, maximumTokens 6, 1024 rows at a time
          fix:   lower perUser or perItem in the schema
        """)
    // More rows than are scored in any case are those of the batch.
    configuration.batchSize = 8_000
    let larger = #expect(throws: ModelError.self) {
      _ = try Trainer(configuration, try ModelRegistry.entry(named: "narre"), dataset: dataset)
    }
    let text = larger.map { "\($0)" } ?? ""
    #expect(text.contains("8000 rows at a time") && text.hasSuffix("schema, or --batch"), "\(text)")
  }
}
