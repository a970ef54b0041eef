import Foundation
import Ranks
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Whole runs of ranks of which each keeps rows of its own: they end, are kept and go on as one process does.
@Suite struct OwnedRunsTests {
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
      "% of 20000000 rows of 1 large table" + (head > 0 ? ", and all of the first 1" : "")
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

  /// A balancer that a person set before, which needs all rows, is refused where the run goes on.
  @Test func whatWasSetBeforeIsRefused() throws {
    let place = try FolderRecorderTests.Place()
    var configuration = Self.configuration
    configuration.schedule = [.init(step: 3, command: .setBalancer(BalancerSetting("pcgrad")))]
    #expect(Self.summary(Self.run(1, configuration, place.source(7))) != nil)
    let branch = try FolderRecorderTests.Place()
    let (folder, collection) = (try place.folder, branch.collection)
    let events = Self.run(2, configuration) {
      try FolderRecorder.branching(off: folder, at: 7, in: collection)
    } others: {
      try Recording.reading(folder, at: 7, hasMoreEpochs: true)
    }
    guard case .failed(let message) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(message.contains("--table-rows owned") && message.contains("balancer"), "\(message)")
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
      #expect(message.contains("--table-rows owned") && message.contains(word), "\(message)")
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
        reason.contains("--table-rows owned")
      else { return nil }
      return found.step
    }
    #expect(refused == [4, 5, 6])
    #expect(Self.summary(events)?.fingerprint == Self.summary(Self.run(1))?.fingerprint)
  }

  /// Sessions of two ranks, of which the first is kept in memory.
  private static func sessions(
    _ configuration: TrainingConfiguration, _ kept: KeptRun,
    wire: (ThreadWire) -> any Wire = { $0 }
  ) -> [TrainingSession] {
    let problem = TinyProblem(rows: 500).spread()
    return ThreadWire.ends(count: 2).map { end in
      nonisolated(unsafe) let wire = wire(end)
      let seat = RankSeat(rank: end.rank, count: 2, ownedHead: 0) { RankGroup(wire) }
      return TrainingSession(
        configuration, recording: end.rank == 0 ? kept.source() : nil,
        threads: ThreadUse(ranks: seat)
      ) { _ in problem.dataset() }
    }
  }

  /// A run that a person pauses is kept as it stands, by all ranks together, and shows what it can.
  @Test func aPausedRunIsKept() throws {
    let kept = KeptRun()
    var configuration = SessionTests.configuration(epochs: 100_000)
    configuration.startsPaused = true
    let ranks = Self.sessions(configuration, kept)
    defer { for rank in ranks { rank.close() } }
    var views = WantedViews()
    (views.gates, views.gradients, views.snapshotsPerSecond) = (true, true, 1000)
    ranks[0].show(views)
    let deadline = ContinuousClock.now + .seconds(60)
    func wait(_ isThere: () -> Bool) {
      while !isThere(), ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.002) }
    }
    // Within an epoch, where nothing else is kept.
    let step = 3
    ranks[0].send(.step(step))
    var seen: Snapshot?
    wait {
      seen = ranks[0].takeSnapshot() ?? seen
      if case .paused = seen?.phase { return seen?.step == step }
      return false
    }
    #expect(seen?.step == step && seen?.gates.isEmpty == true)
    #expect(kept.checkpoint(step) == nil)
    ranks[0].send(.pause)
    wait { kept.checkpoint(step) != nil }
    let saved = try #require(kept.checkpoint(step), "\(kept.newest.saved.map(\.step))")
    // All rows of the large table that batches have met: four ids.
    let rows = saved.entries.filter { $0.name.hasSuffix("/ids") && $0.name.hasPrefix("trainer/") }
    #expect(rows.count == 1 && rows.allSatisfy { $0.count == 4 }, "\(rows)")
    ranks[0].send(.stop)
    ranks[0].send(.resume)
    let ended = SessionRun.wait(ranks[0]) { if case .finished = $0 { true } else { false } }
    #expect(!ended.contains { if case .failed = $0 { true } else { false } })
    // Behind the end all rows are here.
    wait { ranks[0].takeSnapshot()?.gates.isEmpty == false }
    #expect(ContinuousClock.now < deadline, "no gates behind the end")
  }

  /// Where ranks are lost while their rows come together nothing is saved of what has come.
  @Test func rowsThatDoNotComeAreNotSaved() {
    let kept = KeptRun(interval: 1)
    let ranks = Self.sessions(SessionTests.configuration(epochs: 1), kept) {
      WireWithoutAnswers($0, saying: "no rows")
    }
    defer { for rank in ranks { rank.close() } }
    for rank in ranks {
      let events = SessionRun.wait(rank) {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      }
      guard case .failed(let message) = events.last else {
        Issue.record("\(events)")
        continue
      }
      #expect(message.contains("no rows"))
    }
    #expect(kept.newest.saved.isEmpty)
  }
}
