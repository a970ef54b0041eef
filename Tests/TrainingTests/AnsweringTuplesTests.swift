import Foundation
import Runs
import Store
import Testing

@testable import Datasets
@testable import Models
@testable import Training

/// A model of ratings, rankings and tuples that is taken up again is judged as in its run.
@Suite struct AnsweringTuplesTests {
  @Test func aKeptModelIsJudgedAsInItsRun() throws {
    let reviews = SyntheticReviews(ReviewDesign(users: 30, items: 24, reviews: 300), seed: 7)
    let texts = reviews.texts()
    let schema = try DatasetSchema(yaml: reviews.schemaYAML(), path: "schema.yaml")
    let source = DatasetLoader.Source.memory([
      "reviews.jsonl": Data(texts.reviews), "opinions.tsv": Data(texts.opinions),
    ])
    let data = try DatasetLoader(schema, from: source, threads: 1).load()
    var configuration = TrainingConfiguration()
    (configuration.model, configuration.epochs, configuration.threads) = ("mter", 1, 2)
    configuration.modelOptions = ["pairs": "50"]
    let kept = KeptRun()
    let session = TrainingSession(
      configuration, recording: kept.source(), keepingTestAnswers: true, data: { _ in data })
    defer { session.close() }
    let events = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    let summaries = events.compactMap { event -> RunSummary? in
      if case .finished(let summary) = event { summary } else { nil }
    }
    let test = try #require(summaries.last?.test)

    let saved = try #require(kept.newest.saved.last { $0.isBest })
    let prefix = "trainer/parameters/"
    let tensors = saved.entries.filter { $0.name.hasPrefix(prefix) }.map {
      SafetensorsTensor(
        name: String($0.name.dropFirst(prefix.count)), kind: $0.kind, shape: $0.shape,
        content: $0.content)
    }
    let own = try ModelRegistry.entry(named: "mter").answered(data)
    let encoding = try #require(own.savedEncoding)
    let model = try AnsweringModel(
      configuration, encoding: encoding, tensors: tensors, path: "model", reviews: data)
    var wants = RowStream.Wants()
    (wants.labels, wants.split) = (true, .test)
    let rows = try RowStream(encoding, .schema(schema, source), wants: wants, threads: 1)
    let answered = AnsweredRows(of: model)
    while let block = try rows.nextBlock() {
      answered.append(block, outputs: model.outputs(for: block.examples))
    }
    #expect(answered.count == data.test.count)
    for (task, scores) in zip(data.tasks, answered.report().tasks) {
      // As rows of anybody's: the rating alone is told by them.
      #expect(scores.scores.first?.value.isFinite == (task.kind == .regression), "\(scores.task)")
      let told = scores.basis?.first { $0.name == "not_judged" }?.text
      #expect(told?.hasPrefix("here: name --split") == (task.kind == .regression ? nil : true))
    }
    try answered.judge(by: model, on: data, .test)
    let report = answered.report()
    #expect(report.tasks.allSatisfy { $0.basis?.contains { $0.name == "not_judged" } != true })
    #expect(report.tasks.count == 3 && test.tasks.count == 3)
    for (found, expected) in zip(report.tasks, test.tasks) {
      #expect(found.scores.map(\.name) == expected.scores.map(\.name))
      let main = try #require(found.scores.first)
      #expect(main.value.isFinite, "\(found.task) \(main.name)")
      for (a, b) in zip(found.scores, expected.scores) where !b.value.isNaN {
        #expect(abs(a.value - b.value) <= 1e-6, "\(found.task) \(a.name)")
      }
    }
  }
}
