import Foundation
import Runs
import Testing
import TrainingFixtures

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
      fingerprint: "0123456789abcdef"
    ).validated
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
    #expect(found.records[identity]?.record.run == run())
    #expect(found.records[other]?.record.run == diverged)
    #expect(found.refusedLines.isEmpty && !found.isTorn)
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
    #expect(found.isTorn && Array(found.refusedLines.keys) == [2] && found.records.count == 1)
    #expect(
      found.notices(path: "runs.jsonl") == [
        "runs.jsonl: line 2 is no whole record and is left out"
      ])
    try journal.prepare(after: found)
    let second = try self.identity { $0.epochs = 3 }
    try journal.append(#require(RunRecord(run(0.8), identity: second)))
    let after = try journal.read()
    #expect(!after.isTorn && Array(after.refusedLines.keys) == [2])
    #expect(Set(after.records.keys) == [identity, second])
  }

  @Test("a record of another version is left alone") func version() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    try journal.prepare(after: .init())
    var record = try #require(RunRecord(run(), identity: identity()))
    // Before runs were named by the hash of their configuration.
    record.version = 2
    try journal.append(record)
    // So did the first version write, without checksums.
    try append(#"{"identity":{},"version":1}"# + "\n", to: journal)
    let found = try journal.read()
    let words = "is of another version of this program and is left out"
    #expect(found.records.isEmpty && found.refusedLines == [1: words, 2: words])
  }

  @Test("of the version before this all is believed but what has other numbers now") func numbers()
    throws
  {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    try journal.prepare(after: .init())
    let kept = try [
      identity(), identity { $0.rateSchedule = .cosine() }, identity { $0.optimizer.clipNorm = 1 },
    ]
    let otherwise = try [
      identity { $0.rateSchedule = .oneCycle() }, identity { $0.rateSchedule = .step() },
      identity { $0.optimizer.tables = .dense }, identity { $0.dropout = 0.25 },
    ]
    for identity in kept + otherwise {
      var record = try #require(RunRecord(run(), identity: identity))
      record.version = 3
      try journal.append(record)
    }
    let found = try journal.read()
    #expect(Set(found.records.keys) == Set(kept))
    #expect(found.refusedLines.keys.sorted() == [4, 5, 6, 7])
    let words = "is of a version of this program that trained such a run otherwise; "
    #expect(found.refusedLines[4] == words + "the run is done anew")
    for identity in otherwise {
      try journal.append(#require(RunRecord(run(), identity: identity)))
    }
    #expect(try journal.read().records.count == 7, "they are believed when they are done anew")
  }

  @Test("a setting that came later parts no runs: the hash decides") func laterSetting() throws {
    let now = try identity()
    var settings = now.settings
    #expect(settings.removeValue(forKey: "accumulate") == "1")
    let before = RunIdentity(
      model: now.model, seed: now.seed, configuration: now.configuration, settings: settings,
      data: now.data, rows: now.rows)
    #expect(before == now && Set([before, now]).count == 1)
    #expect(try identity { $0.accumulate = 2 } != now)
  }

  @Test("a digit that was changed is noticed, wherever in the record it stands") func checksum()
    throws
  {
    let line = try JournalLine.text(of: #require(RunRecord(run(), identity: identity())))
    guard case .success(let record) = JournalLine.read(line) else {
      Issue.record("the line as it was written")
      return
    }
    #expect(record.run == run())
    for index in line.indices {
      var changed = line
      changed[index] ^= 1
      guard case .failure = JournalLine.read(changed) else {
        Issue.record("byte \(index) of \(String(decoding: line, as: UTF8.self))")
        continue
      }
    }
    let text = String(decoding: line, as: UTF8.self)
    let better = text.replacingOccurrences(of: "0.7}", with: "0.9}")
    #expect(better != text && JournalLine.read(Data(better.utf8)) == .failure(.changed))
    #expect(JournalLine.read(line.prefix(40)) == .failure(.notWhole))
    #expect(JournalLine.read(Data("{}".utf8)) == .failure(.notWhole))
  }

  @Test("records of exchanged or missing tasks are refused by line, and done anew") func tasks()
    throws
  {
    let dataset = TinyProblem(rows: 40).dataset(held: 40)
    let names = dataset.tasks.map(\.name)
    func record(_ names: [String], _ outcome: ComparedRun.Outcome = .finished) throws -> RunRecord {
      var run = run()
      run.outcome = outcome
      run.tasks = names.map { TaskScores(task: $0, scores: []) }
      return try #require(RunRecord(run, identity: self.identity()))
    }
    #expect(try record(names).mismatch(with: dataset) == nil)
    #expect(try record([], .diverged(task: names[0], step: 3)).mismatch(with: dataset) == nil)
    let exchanged = try #require(try record(names.reversed()).mismatch(with: dataset))
    #expect(
      exchanged == "tasks \(names.reversed().joined(separator: ", ")) where the data have "
        + names.joined(separator: ", "))
    #expect(
      try record([names[0]]).mismatch(with: dataset)?.hasPrefix("tasks \(names[0]) w") == true)
    #expect(try record([]).mismatch(with: dataset)?.hasPrefix("tasks none where") == true)

    let plan = try ComparisonPlan(
      [.init("mmoe")], seeds: [1], training: TrainingConfiguration(), gains: false, line: false)
    let planned = try ComparisonWork(plan, dataset: dataset, found: [:])
    let identity = try #require(planned.next).identity
    let swapped = try #require(
      RunRecord(try record(names.reversed()).run, identity: identity))
    let work = try ComparisonWork(
      plan, dataset: dataset, found: [identity: .init(record: swapped, line: 4)])
    #expect(work.foundCount == 0 && work.next?.identity == identity)
    #expect(work.refusedLines == [4: exchanged])
    #expect(
      ResultsJournal.Contents().notices(path: "runs.jsonl", refused: work.refusedLines)
        == ["runs.jsonl: line 4 has \(exchanged); the run is done anew"])
    let right = try #require(RunRecord(try record(names).run, identity: identity))
    let going = try ComparisonWork(
      plan, dataset: dataset, found: [identity: .init(record: right, line: 4)])
    #expect(going.foundCount == 1 && going.next == nil && going.refusedLines.isEmpty)
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
    #expect(one.settings["lr"] == "0.001" && one.settings["optimizer.beta1"] == "0.9")
    #expect(one.settings["threads"] == nil && linear.settings["lr"] == nil)
    #expect(one.label == "mmoe" && linear.label == "linear")
  }

  @Test("a file of somebody else's is left as it is") func foreign() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let notes = Data("my notes\nof last week\n".utf8)
    try notes.write(to: URL(fileURLWithPath: journal.path))
    let found = try journal.read()
    #expect(found.isForeign && found.refusedLines.count == 2)
    #expect(throws: JournalError.foreign(path: journal.path)) { try journal.prepare(after: found) }
    #expect(FileManager.default.contents(atPath: journal.path) == notes)
    // What was torn at its first line is ours.
    try Data(#"{"checksum":"01"#.utf8).write(to: URL(fileURLWithPath: journal.path))
    #expect(try !journal.read().isForeign && journal.read().isTorn)
    try Data().write(to: URL(fileURLWithPath: journal.path))
    #expect(try !journal.read().isForeign)
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

extension ComparedRun {
  /// With a validation score, and a test score that knows its error.
  fileprivate var validated: Self {
    var run = self
    run.tasks[0].scores[0].standardError = 0.015625
    run.tasks[0].isCalibrated = false
    run.tasks[0].brokenRows = 2
    run.tasks[0].firstBrokenRow = 7
    run.tasks[0].condition = "view"
    run.tasks[0].basis = [.init("candidates", "all 6")]
    run.tasks[0].baseline = .init(
      "popularity", [Score(name: "ndcg@10", value: 0.25, higherIsBetter: true)])
    run.taskBests = [
      TaskBest(
        task: "click", score: Score(name: "auc", value: 0.8, higherIsBetter: true), step: 30)
    ]
    run.validation = [
      TaskScores(task: "click", scores: [Score(name: "auc", value: 0.75, higherIsBetter: true)])
    ]
    return run
  }
}
