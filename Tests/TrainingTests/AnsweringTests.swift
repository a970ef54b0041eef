import Datasets
import Foundation
import Runs
import Store
import Tensors
import Testing

@testable import Training

/// A model that is taken up again, without the rows that trained it, answers as it did in its run.
@Suite struct AnsweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let model: String
    var options: [String: String] = [:]
    var testDescription: String { model }
  }

  static let cases = [
    Case(model: "linear"), Case(model: "mmoe"), Case(model: "esmm"),
    Case(model: "mran", options: ["norm": "batch"]),
    Case(model: "csrec", options: ["rounds": "1", "warm-up": "1"]),
    Case(model: "crossdistil"),
  ]

  /// The made log, read from memory.
  private struct Log {
    let schema: DatasetSchema
    let source: DatasetLoader.Source

    init() throws {
      let log = SyntheticLog(preset: .tiny, seed: 1)
      schema = try DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml")
      source = .memory(["log.csv": Data(log.csv())])
    }

    func load() throws -> Dataset { try DatasetLoader(schema, from: source, threads: 1).load() }
  }

  private func settings(_ tried: Case) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    (configuration.model, configuration.modelOptions) = (tried.model, tried.options)
    (configuration.epochs, configuration.batchSize, configuration.threads) = (1, 256, 2)
    configuration.embeddingWidth = 4
    return configuration
  }

  /// The tensors of the model's file, as they were when the run was the best.
  private func tensors(_ saved: KeptRun.Saved) -> [SafetensorsTensor] {
    let prefix = "trainer/parameters/"
    return saved.entries.filter { $0.name.hasPrefix(prefix) }.map {
      SafetensorsTensor(
        name: String($0.name.dropFirst(prefix.count)), kind: $0.kind, shape: $0.shape,
        content: $0.content)
    }
  }

  @Test(arguments: cases) func answersAsInItsRun(_ tried: Case) throws {
    let log = try Log()
    let data = try log.load()
    let kept = KeptRun()
    let configuration = settings(tried)
    let session = TrainingSession(
      configuration, recording: kept.source(), keepingTestAnswers: true, data: { _ in data })
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    guard
      case .finished(let summary)? = events.last(where: {
        if case .finished = $0 { true } else { false }
      })
    else { return }
    let saved = try #require(kept.newest.saved.last { $0.isBest })
    #expect(saved.step == summary.bestStep)

    let encoding = try DatasetEncoding(
      json: try #require(data.savedEncoding).json(), path: "encoding.json")
    let model = try AnsweringModel(
      configuration, encoding: encoding, tensors: tensors(saved), path: "model")
    var wants = RowStream.Wants()
    (wants.labels, wants.split) = (true, .test)
    let rows = try RowStream(encoding, .schema(log.schema, log.source), wants: wants, threads: 1)
    let answered = AnsweredRows(of: model)
    var outputs = data.tasks.map { _ in [Float]() }
    while let block = try rows.nextBlock() {
      let own = model.outputs(for: block.examples)
      for task in own.indices { outputs[task] += own[task] }
      answered.append(block, outputs: own)
    }
    try expectSame(answered, outputs, summary, try #require(session.testAnswers), data)
  }

  private func expectSame(
    _ answered: AnsweredRows, _ outputs: [[Float]], _ summary: RunSummary, _ answers: TestAnswers,
    _ data: Dataset
  ) throws {
    #expect(answered.count == data.test.count && answers.rowCount == data.test.count)
    for row in 0..<answers.rowCount {
      for (task, answer) in answers.row(row).enumerated() {
        #expect(answer.row == row && answer.task == data.tasks[task].name)
        #expect(abs(answer.answer - data.tasks[task].answered(Double(outputs[task][row]))) <= 1e-6)
      }
    }
    let report = answered.report()
    let test = try #require(summary.test)
    for (found, expected) in zip(report.tasks, test.tasks) {
      #expect(found.scores.map(\.name) == expected.scores.map(\.name))
      for (a, b) in zip(found.scores, expected.scores) where !b.value.isNaN {
        #expect(abs(a.value - b.value) <= 1e-6, "\(found.task) \(a.name)")
      }
    }
  }

  /// The area under the curve of the answers that are written is that of the run: every pair counted.
  @Test func writtenAnswersGiveTheScores() throws {
    let data = try Log().load()
    let session = TrainingSession(
      settings(Case(model: "linear")), keepingTestAnswers: true, data: { _ in data })
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    for case .finished(let summary) in events {
      let answers = try #require(session.testAnswers)
      for (place, task) in data.tasks.enumerated() where task.kind == .binary {
        let rows = (0..<answers.rowCount).map { answers.row($0)[place] }.filter { $0.label != nil }
        let (ones, zeros) = (rows.filter { $0.label == 1 }, rows.filter { $0.label == 0 })
        let wins = ones.reduce(0.0) { sum, one in
          sum
            + zeros.reduce(0.0) {
              $0 + (one.answer > $1.answer ? 1 : one.answer == $1.answer ? 0.5 : 0)
            }
        }
        let area = wins / Double(ones.count * zeros.count)
        let expected = try #require(summary.test?.tasks[place]["auc"])
        #expect(abs(area - expected) <= 1e-6, "\(task.name)")
      }
    }
  }

  @Test func anotherModelsNumbersAreRefused() throws {
    let data = try Log().load()
    let encoding = try #require(data.savedEncoding)
    #expect(throws: StoreError.self) {
      try AnsweringModel(
        settings(Case(model: "mmoe")), encoding: encoding, tensors: [], path: "m.safetensors")
    }
    #expect(throws: StoreError.self) {
      try AnsweringModel(
        settings(Case(model: "linear")), encoding: encoding, tensors: [], path: "m.safetensors"
      )
    }
  }
}
