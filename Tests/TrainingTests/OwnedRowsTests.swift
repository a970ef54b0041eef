import Foundation
import Models
import Objectives
import Ranks
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Graph
@testable import Training

/// Ranks that keep rows of tables by parts come to the same as one process that keeps all, to the bit: sums of
/// losses, answers, and the numbers once they are together.
@Suite struct OwnedRowsTests {
  /// A trainer whose tables all grow.
  static func trainer(
    _ test: RankBitsTests.Case, _ problem: TinyProblem, threads: Int = 1
  ) throws -> Trainer {
    let trainer = try problem.trainer(
      test.model, test.options, batchSize: test.rows, threads: threads, optimizer: test.optimizer,
      dropout: test.dropout, growingAbove: 0)
    if let most = test.mostSpanningFloats { trainer.mostSpanningFloats = most }
    if let balancer = test.balancer {
      trainer.balance(
        by: try BalancerChoice(named: balancer, for: BalancedTasks(TinyProblem.names)))
    }
    return trainer
  }

  static func problem(_ test: RankBitsTests.Case) -> TinyProblem {
    let problem = TinyProblem(rows: 3 * test.rows, tasks: 3)
    return test.hasLists ? problem.listed(.mean, [[2, 0, 3], [1], [], [3, 1, 3]]) : problem
  }

  /// What one rank has seen, and the numbers once they are together.
  struct Found: Sendable, Equatable {
    var bits: [UInt64] = []
    var answers: [UInt32] = []
    var fingerprint: UInt64 = 0
    /// By table, how many rows were kept here before.
    var kept: [Int] = []
  }

  static func found(
    _ test: RankBitsTests.Case, threads: Int, _ group: RankGroup?, head: Int = 0
  ) throws -> Found {
    let problem = problem(test)
    let trainer = try trainer(test, problem, threads: threads)
    if let group { trainer.join(group, keepingHead: head) }
    var found = Found()
    for step in 0..<test.steps {
      trainer.isOn[1] = step < test.steps / 4 || step >= test.steps / 2
      trainer.epoch = step / 9
      let batch = problem.batch(
        from: 5 * step % (2 * test.rows), rows: step % 7 == 6 ? test.rows / 3 + 1 : test.rows)
      let hasMoved = trainer.step(batch, rate: 0.01)
      if let error = trainer.rankError { throw error }
      let numbers = (trainer.sums + trainer.terms).flatMap {
        [$0.loss, $0.predictions, $0.labels, $0.rows]
      }
      found.bits.append(
        numbers.reduce(hasMoved ? fnvOffset : 0) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 })
    }
    trainer.visitOutputs(for: problem.examples) { _, count, logits in
      for logit in logits.compactMap({ $0 }) {
        found.answers += (0..<count).map { logit[$0].bitPattern }
      }
    }
    found.kept = trainer.store.growing.compactMap { $0?.count }
    trainer.bringRowsHome { _ in }
    found.fingerprint = trainer.store.fingerprint
    if let error = trainer.rankError { throw error }
    return found
  }

  static let cases: [RankBitsTests.Case] = [
    .init(model: "mmoe", steps: 20), .init(model: "ple"), .init(model: "esmm"),
    .init(model: "csrec"), .init(model: "stem-net"), .init(model: "mmoe", balancer: "dwa"),
    .init(model: "mmoe", balancer: "uncertainty"), .init(model: "mmoe", balancer: "famo"),
    .init(model: "mmoe", balancer: "famo", mostSpanningFloats: -1),
    .init(model: "mran", options: ["norm": "batch"]),
    .init(model: "mmoe", dropout: 0.2, rows: 1030, steps: 3), .init(model: "escm2"),
    .init(model: "crossdistil", options: ["base": "mmoe"]),
    .init(model: "mmoe", optimizer: OptimizerConfiguration(.adagrad(isRowWise: true))),
    .init(model: "mmoe", hasLists: true),
  ]

  @Test(arguments: cases.indices) func ranksComeToTheSame(_ index: Int) throws {
    let test = Self.cases[index]
    let whole = try Self.found(test, threads: 1, nil)
    let (ranks, threads, head) = [(2, 1, 0), (3, 1, 0), (4, 1, 1), (2, 2, 2)][index % 4]
    let found = try RankThreads.run(ranks) {
      try Self.found(test, threads: threads, $0, head: head)
    }
    for rank in found.indices {
      let step = zip(found[rank].bits, whole.bits).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(step == nil, "\(test): rank \(rank) of \(ranks): unlike from this step on")
      #expect(found[rank].answers == whole.answers, "rank \(rank)")
    }
    #expect(found[0].fingerprint == whole.fingerprint)
    // Everybody keeps the head, and each row behind it is kept once.
    for table in whole.kept.indices {
      let all = found.reduce(0) { $0 + $1.kept[table] }
      let heads = min(head, whole.kept[table])
      #expect(all == whole.kept[table] + (ranks - 1) * heads, "\(found.map { $0.kept[table] })")
    }
    #expect(head > 0 || found.allSatisfy { $0.kept != whole.kept })
  }

  // MARK: - Whole runs

  private static var configuration: TrainingConfiguration {
    var configuration = SessionTests.configuration(epochs: 3)
    configuration.evaluationInterval = 5
    configuration.schedule = [.init(step: 9, command: .setTask("stripe", isOn: false))]
    return configuration
  }

  /// The events of rank 0 of a run on so many ranks that keep rows by parts, to its end.
  private static func run(
    _ ranks: Int, _ configuration: TrainingConfiguration = configuration, head: Int = 0,
    _ source: Recording.Source? = nil, others: Recording.Source? = nil
  ) -> [Event] {
    let problem = TinyProblem(rows: 500).spread()
    let sessions = ThreadWire.ends(count: ranks).map { end in
      let seat = RankSeat(rank: end.rank, count: ranks, ownedHead: head) { RankGroup(end) }
      return TrainingSession(
        configuration, recording: end.rank == 0 ? source : others,
        threads: ThreadUse(ranks: ranks > 1 ? seat : nil)
      ) { _ in problem.dataset() }
    }
    defer { for session in sessions { session.close() } }
    return sessions.map { session in
      SessionRun.wait(session) {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      }
    }[0]
  }

  private static func summary(_ events: [Event]) -> RunSummary? {
    events.compactMap { if case .finished(let summary) = $0 { summary } else { nil } }.first
  }

  /// A run's scores, the step that is kept and the numbers at its end are those of one process.
  @Test(arguments: [(2, 0), (3, 1)]) func aRunIsThatOfOneProcess(_ ranks: Int, _ head: Int) throws {
    let whole = Self.run(1)
    let events = Self.run(ranks, head: head)
    let (expected, found) = (
      try #require(Self.summary(whole)), try #require(Self.summary(events), "\(events)")
    )
    #expect(found.fingerprint == expected.fingerprint && found.bestStep == expected.bestStep)
    #expect(found.test == expected.test && found.validation == expected.validation)
    func scores(_ events: [Event]) -> [Evaluation] {
      events.compactMap { if case .evaluated(let scores) = $0 { scores } else { nil } }
    }
    #expect(scores(events) == scores(whole) && scores(whole).count > 5)
    let notices = events.compactMap { if case .noticed(let words, _) = $0 { words } else { nil } }
    let words =
      "% of 40000000 rows of 2 large tables" + (head > 0 ? ", and all of the first 1" : "")
    #expect(notices.contains { $0.contains(words) }, "\(notices)")
  }

  /// Kept by ranks of which each has some of the rows, a run goes on with any number of them.
  @Test func aRunIsKeptAndGoesOn() throws {
    let places = try (0..<2).map { _ in try FolderRecorderTests.Place() }
    let whole = try #require(Self.summary(Self.run(1, Self.configuration, places[0].source(7))))
    let together = try #require(Self.summary(Self.run(3, Self.configuration, places[1].source(7))))
    #expect(together.fingerprint == whole.fingerprint)
    let folders = try places.map { try $0.folder }
    #expect(folders[0].checkpointSteps == folders[1].checkpointSteps)
    for ranks in [1, 2, 4] {
      let branch = try FolderRecorderTests.Place()
      let (folder, collection) = (folders[1], branch.collection)
      let events = Self.run(ranks, Self.configuration, head: ranks % 3) {
        try FolderRecorder.branching(off: folder, at: 7, in: collection)
      } others: {
        try Recording.reading(folder, at: 7, hasMoreEpochs: true)
      }
      let ended = try #require(Self.summary(events), "\(ranks): \(events)")
      #expect(ended.fingerprint == whole.fingerprint && ended.test == whole.test, "\(ranks) ranks")
    }
  }

  /// What needs all rows is refused by name, and changes nothing.
  @Test func whatNeedsAllRowsIsRefused() throws {
    var configuration = Self.configuration
    configuration.optimizer.clipNorm = 1
    let refusals: [(TrainingConfiguration, String)] = [
      (configuration, "norm"),
      (
        {
          var other = Self.configuration
          other.balancer = BalancerSetting("pcgrad")
          return other
        }(), "balancer"
      ),
    ]
    for (configuration, word) in refusals {
      let events = Self.run(2, configuration)
      guard case .failed(let message) = events.last else {
        Issue.record("\(events)")
        continue
      }
      #expect(message.contains("--tables owned") && message.contains(word), "\(message)")
    }
    var asking = Self.configuration
    asking.schedule = [
      .init(step: 4, command: .setBalancer(BalancerSetting("pcgrad"))),
      .init(step: 5, command: .knockOut(0)), .init(step: 6, command: .shadow(without: "stripe")),
      .init(step: 9, command: .setTask("stripe", isOn: false)),
    ]
    let events = Self.run(2, asking)
    let refused = events.compactMap { event -> Int? in
      guard case .acknowledged(let found) = event, case .refused(let reason) = found.outcome,
        reason.contains("--tables owned")
      else { return nil }
      return found.step
    }
    #expect(refused == [4, 5, 6])
    #expect(Self.summary(events)?.fingerprint == Self.summary(Self.run(1))?.fingerprint)
  }
}
