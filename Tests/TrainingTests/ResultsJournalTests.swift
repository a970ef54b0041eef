import Foundation
import Runs
import Testing

@testable import Training

@Suite("Results file") struct ResultsJournalTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("journal-\(UUID().uuidString)").path

  private func identity(
    seed: UInt64? = 1, rows: String = "00",
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> RunIdentity {
    var training = TrainingConfiguration()
    change(&training)
    let plan = try ComparisonPlan([.init("mmoe")], seeds: [1], training: training)
    let name = seed == nil ? "linear" : "mmoe"
    let run = ComparisonPlan.Run(model: .init(name), seed: seed)
    return try RunIdentity(run, of: plan, data: "made", rows: rows)
  }

  private func run(_ value: Double = 0.7) -> ComparedRun {
    ComparedRun(
      model: "mmoe", seed: 1, outcome: .finished,
      tasks: [
        TaskScores(
          task: "click",
          scores: [
            Score(name: "auc", value: value, higherIsBetter: true),
            Score(name: "logloss", value: 0.1 + 0.2, higherIsBetter: false),
          ])
      ], parameterCount: 12, seconds: 1.5, step: 20, bestStep: 10,
      fingerprint: "0123456789abcdef")
  }

  private func append(_ text: String, to journal: ResultsJournal) throws {
    let file = try #require(FileHandle(forWritingAtPath: journal.path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  @Test("what is appended is found again, to the bit") func roundTrip() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder + "/a/b")
    #expect(try journal.read().records.isEmpty)
    try journal.prepare(after: journal.read())
    let identity = try identity()
    try journal.append(#require(RunRecord(run(), identity: identity)))
    var diverged = run()
    diverged.outcome = .diverged(task: "click", step: 20)
    diverged.tasks = []
    let other = try self.identity { $0.learningRate = 7 }
    try journal.append(#require(RunRecord(diverged, identity: other)))
    let found = try journal.read()
    #expect(found.records[identity]?.run == run())
    #expect(found.records[other]?.run == diverged)
    #expect(found.spoiltLines.isEmpty && !found.isTorn)
    var failed = run()
    failed.outcome = .failed("no")
    #expect(RunRecord(failed, identity: identity) == nil, "it is tried again")
  }

  @Test("an undefined score stays undefined") func undefined() throws {
    let record = try #require(RunRecord(run(.nan), identity: identity()))
    let text = try JSONEncoder().encode(record)
    let back = try JSONDecoder().decode(RunRecord.self, from: text)
    #expect(back == record && back.run.tasks[0]["auc"]?.isNaN == true)
  }

  @Test("a torn last line is left out and ended, so that the next one stands alone")
  func torn() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    let identity = try identity()
    let record = try #require(RunRecord(run(), identity: identity))
    try journal.prepare(after: .init())
    try journal.append(record)
    try append(#"{"version":1,"identity":{"model":"mm"#, to: journal)
    let found = try journal.read()
    #expect(found.isTorn && found.spoiltLines == [2] && found.records.count == 1)
    #expect(
      found.notices(path: "runs.jsonl") == [
        "runs.jsonl: line 2 is no whole record and is left out"
      ])
    try journal.prepare(after: found)
    let second = try self.identity { $0.epochs = 3 }
    try journal.append(#require(RunRecord(run(0.8), identity: second)))
    let after = try journal.read()
    #expect(!after.isTorn && after.spoiltLines == [2])
    #expect(Set(after.records.keys) == [identity, second])
  }

  @Test("a record of another version is left alone") func version() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    try journal.prepare(after: .init())
    var record = try #require(RunRecord(run(), identity: identity()))
    record.version = 2
    try journal.append(record)
    #expect(try journal.read().records.isEmpty && journal.read().spoiltLines == [1])
  }

  @Test("every setting that decides about scores is part of the identity, threads are not")
  func identities() throws {
    let one = try identity()
    let others = try [
      identity(seed: 2), identity(rows: "01"), identity { $0.epochs = 3 },
      identity { $0.batchSize = 7 }, identity { $0.learningRate = 0.5 },
      identity { $0.embeddingWidth = 3 }, identity { $0.patience = 9 },
      identity { $0.warmUpSteps = 9 }, identity { $0.evaluationInterval = 5 },
      identity { $0.optimizer.clipNorm = 1 }, identity { $0.optimizer.tables = .dense },
      identity { $0.optimizer.rule = .sgd }, identity { $0.optimizer.rule = .adam(beta1: 0.5) },
    ]
    #expect(Set(others + [one]).count == others.count + 1)
    #expect(try identity { $0.threads = 7 } == one)
    #expect(try identity { $0.seed = 7 } == one, "the seed is the run's")
    let linear = try identity(seed: nil)
    #expect(try identity(seed: nil) { $0.epochs = 3 } == linear, "it is fitted, not trained")
    #expect(one.settings["model.experts"] == "8", "defaults are part of it")
  }

  @Test("a place that cannot be written: where, why and what to do") func unwritable() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(fileURLWithPath: folder))
    let journal = ResultsJournal(folder: folder)
    let error = #expect(throws: JournalError.self) { try journal.prepare(after: .init()) }
    #expect(
      "\(try #require(error))".hasPrefix("\(folder): results cannot be kept here.\n  found: "))
    #expect("\(try #require(error))".hasSuffix("with --out"))
  }
}
