import Foundation
import Models
import Runs
import Store
import Tensors
import Testing

@testable import Datasets
@testable import Training

/// Models of users, items and what they say: taken up again, they answer as they did in their runs.
@Suite struct OwnDataAnsweringTests {
  /// All that answer ratings, rankings, texts or tuples, and no clicks.
  static let models = ModelRegistry.entries.filter {
    if case .trained = $0.kind { !$0.kinds.contains(.binary) } else { false }
  }.map(\.name)

  /// Made reviews with the rating as the last task: the labels of a model that answers some of the
  /// tasks do not stand where those of the data do.
  private struct Log {
    let schema: DatasetSchema
    let source: DatasetLoader.Source

    init() throws {
      let reviews = SyntheticReviews(
        ReviewDesign(users: 30, items: 24, reviews: 300), seed: 7)
      let rating = "  rating: {column: rating, kind: regression}\n"
      let last = "  opinions: {kind: tuples}\n"
      let yaml = reviews.schemaYAML().replacing(rating, with: "").replacing(
        last, with: last + rating)
      schema = try DatasetSchema(yaml: yaml, path: "schema.yaml")
      let texts = reviews.texts()
      source = .memory([
        "reviews.jsonl": Data(texts.reviews), "opinions.tsv": Data(texts.opinions),
      ])
    }

    func load() throws -> Dataset { try DatasetLoader(schema, from: source, threads: 1).load() }
  }

  private func settings(_ model: String) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = model
    (configuration.epochs, configuration.batchSize, configuration.threads) = (1, 64, 2)
    configuration.embeddingWidth = 4
    return configuration
  }

  /// A run on the data that has ended: its best numbers, and what it answered.
  private struct Ended {
    let tensors: [SafetensorsTensor]
    let answers: TestAnswers
  }

  private func run(_ configuration: TrainingConfiguration, _ data: Dataset) throws -> Ended {
    let kept = KeptRun()
    let session = TrainingSession(
      configuration, recording: kept.source(), keepingTestAnswers: true, data: { _ in data })
    defer { session.close() }
    let events = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    for case .failed(let message) in events { Issue.record("\(message)") }
    let saved = try #require(kept.newest.saved.last { $0.isBest })
    let prefix = "trainer/parameters/"
    let tensors = saved.entries.filter { $0.name.hasPrefix(prefix) }.map {
      SafetensorsTensor(
        name: String($0.name.dropFirst(prefix.count)), kind: $0.kind, shape: $0.shape,
        content: $0.content)
    }
    return Ended(tensors: tensors, answers: try #require(session.testAnswers))
  }

  @Test(arguments: models) func answersAsInItsRun(_ name: String) throws {
    let (log, configuration) = (try Log(), settings(name))
    let data = try log.load()
    let ended = try run(configuration, data)
    let entry = try ModelRegistry.entry(named: name)
    let own = try entry.answered(data)
    let encoding = try DatasetEncoding(
      json: try #require(own.savedEncoding).json(), path: "encoding.json")
    let model = try AnsweringModel(
      configuration, encoding: encoding, tensors: ended.tensors, path: "model",
      reviews: entry.readsReviews ? data : nil)
    let outputs = model.outputs(for: own.test)
    let trained = try #require(try Trainer(configuration, entry, dataset: own))
    try trained.store.load(ended.tensors, path: "model")
    for (task, expected) in trained.outputs(for: own.test).enumerated() {
      let bits = expected.map(\.bitPattern)
      #expect(outputs[task].map(\.bitPattern) == bits, "\(model.tasks[task].name)")
    }
    let numbers = model.tasks.indices.filter { model.tasks[$0].answer.isNumber }
    try expect(outputs, numbers, of: model, are: ended.answers)

    // Rows as they come from a file know neither what was written nor what was said.
    var wants = RowStream.Wants()
    (wants.labels, wants.split) = (true, .test)
    let rows = try RowStream(encoding, .schema(log.schema, log.source), wants: wants, threads: 1)
    var streamed = model.tasks.map { _ in [Float]() }
    while let block = try rows.nextBlock() {
      for (task, answers) in model.outputs(for: block.examples).enumerated() {
        streamed[task] += answers
      }
    }
    try expect(streamed, numbers, of: model, are: ended.answers)
  }

  private func expect(
    _ outputs: [[Float]], _ tasks: [Int], of model: AnsweringModel, are answers: TestAnswers
  ) throws {
    #expect(answers.rowCount == 30)
    for task in tasks {
      let definition = model.tasks[task]
      #expect(outputs[task].count == answers.rowCount, "\(definition.name)")
      guard outputs[task].count == answers.rowCount else { continue }
      for row in 0..<answers.rowCount {
        let expected = try #require(answers.row(row).first { $0.task == definition.name }).answer
        let found = definition.answered(Double(outputs[task][row]))
        #expect(
          found.bitPattern == expected.bitPattern || (found.isNaN && expected.isNaN),
          "\(definition.name), row \(row): \(found), not \(expected)")
      }
    }
  }

  /// Those that answer from what was written are refused in words without it; others need none.
  @Test(arguments: models) func isRefusedWithoutItsRows(_ name: String) throws {
    let entry = try ModelRegistry.entry(named: name)
    let own = try entry.answered(try Log().load())
    let encoding = try #require(own.savedEncoding)
    do {
      let trainer = try Trainer(
        settings(name), entry, dataset: encoding.withoutRows, rows: encoding.trainingRows)
      // MTER has no tuples of anybody then: its ratings and rankings need none.
      #expect(trainer != nil && (!entry.readsReviews || name == "mter"))
    } catch let error as ModelError {
      #expect(error == .withoutOwnData(model: name) && entry.readsReviews)
      #expect("\(error)".hasPrefix("--model \(name): "))
    }
  }
}
