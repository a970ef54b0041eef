import Datasets
import Foundation
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

@Suite("Comparison") struct ComparisonTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("comparison-\(UUID().uuidString)").path

  private func plan(
    _ models: [String] = ["mmoe"], seeds: [UInt64] = [1, 2], gains: Bool = false,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> ComparisonPlan {
    var training = TrainingConfiguration()
    training.epochs = 1
    training.embeddingWidth = 4
    training.threads = 1
    change(&training)
    return try ComparisonPlan(
      models.map { .init($0) }, seeds: seeds, training: training,
      options: [
        "mmoe": ["experts": "2", "expert": "8", "tower": "4"], "mran": ["norm": "batch"],
      ], gains: gains)
  }

  private func comparison(
    _ plan: ComparisonPlan, tasks: Int = 2, keeping: Bool = true
  ) -> Comparison {
    Comparison(
      plan, data: { _ in TinyProblem(rows: 1_000, tasks: tasks).dataset() },
      journal: keeping ? ResultsJournal(folder: folder) : nil)
  }

  private func labels(_ events: [CompareEvent]) -> [String] {
    events.compactMap { event in
      switch event {
      case .planned(let runs, let found): "\(runs) runs, \(found) found"
      case .ended(let place, _): "\(place.number)/\(place.count) \(place.model) \(place.seed ?? 0)"
      default: nil
      }
    }
  }

  @Test("every run is done once; the same plan finds all, a changed one none but linear")
  func resumes() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    var events: [CompareEvent] = []
    let first = try comparison(plan()).run { events.append($0) }
    #expect(
      labels(events) == ["3 runs, 0 found", "1/3 linear 0", "2/3 mmoe 1", "3/3 mmoe 2"])
    #expect(first.isComplete && first.rows.map(\.runsFinished) == [1, 2])
    #expect(first.rows[1].cells[0].values.count == 2)
    #expect(Set(first.rows[1].cells[0].values).count == 2, "seeds differ")
    #expect(events.last == .table(first))
    events = []
    let second = try comparison(plan()).run { events.append($0) }
    #expect(labels(events) == ["3 runs, 3 found"] && second == first)
    events = []
    _ = try comparison(plan { $0.epochs = 2 }).run { events.append($0) }
    #expect(labels(events) == ["3 runs, 1 found", "2/3 mmoe 1", "3/3 mmoe 2"])
    events = []
    _ = try comparison(plan(seeds: [2, 3])).run { events.append($0) }
    #expect(labels(events) == ["3 runs, 2 found", "3/3 mmoe 3"])
  }

  @Test("other data of the same name do not pass for these") func otherData() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    _ = try comparison(plan(seeds: [1])).run { _ in }
    var events: [CompareEvent] = []
    _ = try Comparison(
      plan(seeds: [1]), data: { _ in TinyProblem(rows: 1_000, seed: 9).dataset() },
      journal: journal
    ).run { events.append($0) }
    #expect(labels(events).first == "2 runs, 0 found")
  }

  @Test("a stop ends after the step, keeps what had ended, and the rest is done later")
  func stops() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let endless = try plan(seeds: [1]) {
      $0.epochs = 100_000; $0.patience = 0
    }
    let comparison = comparison(endless)
    let table = try comparison.run { event in
      if case .progress(let place, let snapshot, _) = event, place.model == "mmoe",
        snapshot.step > 0
      {
        comparison.stop()
      }
    }
    #expect(comparison.isStopped && !table.isComplete)
    #expect(table.rows.map(\.runsFinished) == [1, 0])
    #expect(try ResultsJournal(folder: folder).read().records.count == 1)
  }

  @Test("a run is the same as one of its own") func sameAsAlone() throws {
    var ended: [ComparedRun] = []
    let table = try comparison(plan(seeds: [3]), keeping: false).run { event in
      if case .ended(_, let run) = event { ended.append(run) }
    }
    var configuration = TrainingConfiguration()
    configuration.epochs = 1
    configuration.embeddingWidth = 4
    configuration.threads = 1
    configuration.seed = 3
    configuration.modelOptions = ["experts": "2", "expert": "8", "tower": "4"]
    let alone = SessionRun(configuration)
    let summary = try #require(alone.summary(of: alone.untilEnd()))
    let test = try #require(summary.test)
    let run = try #require(ended.last)
    #expect(run.tasks == test.tasks && run.validation == summary.validation?.tasks)
    #expect(run.validation != run.tasks && run.taskBests == summary.taskBests)
    #expect(run.bestStep == summary.bestStep && run.step == summary.step)
    #expect(run.gateOverlap == summary.gateOverlap && run.fingerprint == summary.fingerprint)
    #expect(table.rows[1].cells.map(\.mean) == test.tasks.map { $0.scores[0].value })
  }

  @Test("data that do not fit give a row with the reason, not an end") func unfit() throws {
    let table = try comparison(
      plan(["esmm", "mmoe"], seeds: [1]), tasks: 1, keeping: false
    ).run { _ in }
    #expect(table.rows.map(\.runsFinished) == [1, 0, 1] && table.isComplete)
    guard case .unfit(let reason) = table.rows[1].status else {
      return #expect(Bool(false), "\(table.rows[1].status)")
    }
    #expect(reason.contains("found: ") && !reason.contains("\n"))
  }

  @Test("what a model's losses do not allow is said before anything is trained") func unfitLosses()
    throws
  {
    var began: [String] = []
    func rows(_ models: [String], _ change: (inout TrainingConfiguration) -> Void) throws
      -> [ComparisonRow]
    {
      began = []
      return try comparison(plan(models, seeds: [1], change), keeping: false).run { event in
        if case .began(let place) = event { began.append(place.model) }
      }.rows
    }
    func reason(_ row: ComparisonRow) -> String {
      guard case .unfit(let reason) = row.status else { return "\(row.status)" }
      return reason
    }
    let summed = try rows(["mran", "mmoe"]) {
      ($0.batchSize, $0.accumulate) = (100, 2)
    }
    #expect(reason(summed[1]).hasPrefix("accumulate: model 'mran' sees all rows of a batch"))
    #expect(!reason(summed[1]).contains("\n") && began == ["linear", "mmoe"])
    let smoothed = try rows(["mmoe"]) { $0.labelSmoothing = 0.1 }
    #expect(reason(smoothed[0]).hasPrefix("label-smoothing: the model 'linear' is fitted"))
    #expect(began == ["mmoe"])
  }

  @Test("the time of a run that goes on is reckoned from where it went on") func secondsLeft()
    throws
  {
    var snapshot = Snapshot()
    (snapshot.step, snapshot.totalSteps) = (95, 100)
    let alone = try ComparisonWork(
      ComparisonPlan(
        [.init("mmoe")], seeds: [1], training: TrainingConfiguration(), gains: false, line: false),
      dataset: TinyProblem(rows: 100).dataset(), found: [:])
    let own = try #require(alone.runs.first).place
    // Five hundredths took 10 seconds, and as many are left.
    let resumed = try #require(alone.secondsLeft(10, snapshot, own, begun: 0.9))
    #expect(abs(resumed - 10) < 1e-9)
    let fresh = try #require(alone.secondsLeft(19, snapshot, own))
    #expect(abs(fresh - 1) < 1e-9)
    #expect(alone.secondsLeft(10, snapshot, own, begun: 0.94) == nil, "too little to go by")
  }

  @Test("positive test rows are those of the sample space; a part of the rows is not the whole")
  func testPositives() {
    let plain = TinyProblem(rows: 100).dataset()
    func dataset(_ spaces: [Float]?) -> Dataset {
      Dataset(
        name: "made", features: plain.features, tasks: plain.tasks, training: plain.training,
        validation: plain.validation,
        test: Examples(
          count: 4, ids: Storage<Int32>(count: 0, filling: 0),
          dense: Storage<Float>(count: 0, filling: 0),
          labels: Storage<Float>([1, 1, 1, 0, 0, 1, 1, 1]), spaces: spaces.map { Storage($0) }))
    }
    let part = dataset([1, 1, 1, 0, 1, 1, 1, 0])
    #expect(plain.tasks.map { part.testPositives(of: $0.name) } == [3, 2])
    #expect(part.wholeTasks == [true, false])
    #expect(plain.tasks.map { dataset(nil).testPositives(of: $0.name) } == [3, 3])
    #expect(dataset(nil).wholeTasks == [true, true] && part.testPositives(of: "none") == nil)
  }

  @Test("a run that diverges is kept as such, and not run again") func diverges() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let plan = try plan(seeds: [1, 2]) {
      $0.learningRate = 1e30
      $0.batchSize = 100
    }
    let table = try comparison(plan).run { _ in }
    #expect(table.rows[1].runsDiverged == 2 && table.rows[1].runsFinished == 0)
    #expect(table.rows[1].status == .done && table.rows[1].cells[0].mean.isNaN)
    var events: [CompareEvent] = []
    let again = try comparison(plan).run { events.append($0) }
    #expect(again.rows.map(\.runsDiverged) == [0, 2])
    #expect(labels(events) == ["3 runs, 3 found"])
  }

  @Test(
    "a rate of parameters that one model lacks is left out there, and said; one that none has is not"
  )
  func groups() throws {
    var notices: [String] = []
    let comparison = comparison(
      try plan(["hard-sharing", "mmoe"], seeds: [1]) { $0.optimizer.rates = ["gates": 0.5] },
      keeping: false)
    let table = try comparison.run { if case .notice(let text) = $0 { notices.append(text) } }
    #expect(table.rows.map(\.runsFinished) == [1, 1, 1])
    #expect(
      notices.filter { $0.contains("rate.gates") } == [
        "hard-sharing has no parameters of rate.gates, which is left out there"
      ])
    let typo = try plan(["hard-sharing"], seeds: [1]) { $0.optimizer.rates = ["towerz": 0.5] }
    #expect(throws: ParameterGroupError.self) {
      try self.comparison(typo, keeping: false).run { _ in }
    }
  }

  @Test("what the reader throws comes through; nothing is run") func readerFails() throws {
    struct Spoilt: Error {}
    let comparison = Comparison(try plan(), data: { _ in throw Spoilt() }, journal: nil)
    #expect(throws: Spoilt.self) { try comparison.run { _ in } }
  }
}
