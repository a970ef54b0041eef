import Datasets
import Foundation
import Graph
import Models
import Runs
import Synchronization
import Testing
import TrainingFixtures

@testable import Training

/// A run whose rows do not come answers all the same.
@Suite(.timeLimit(.minutes(1))) struct WaitingForRowsTests {
  /// Rows of a slow disk, or of one that does not answer.
  private final class SlowRows: TrainingRows {
    let count = 1_000
    private(set) var waited = Duration.zero
    private let asked: Asked
    private let rows: RowsInMemory?

    init(_ asked: Asked, _ examples: Examples?) {
      self.asked = asked
      rows = examples.map { RowsInMemory($0, seed: 1) }
    }

    func begin(epoch: Int) { rows?.begin(epoch: epoch) }

    func batch(from first: Int, rows size: Int, unless hasOtherWork: () -> Bool) -> Batch? {
      asked.count.withLock { $0 += 1 }
      let start = ContinuousClock.now
      defer { waited += ContinuousClock.now - start }
      if let rows {
        // The first idle look comes too early.
        let isEarly =
          hasOtherWork()
          && asked.looks.withLock {
            $0 += 1; return $0 == 1
          }
        guard !isEarly else { return nil }
        Thread.sleep(forTimeInterval: 0.002)
        return rows.batch(from: first, rows: size, unless: hasOtherWork)
      }
      // A minute, so that a run that hears nothing ends as a red test.
      let deadline = ContinuousClock.now + .seconds(60)
      while !hasOtherWork(), ContinuousClock.now < deadline {
        Thread.sleep(forTimeInterval: 0.001)
      }
      return nil
    }
  }

  private final class Asked: Sendable {
    let count = Mutex(0)
    /// Of those who had something else to do.
    let looks = Mutex(0)
  }

  private static let gradients: WantedViews = {
    var views = WantedViews()
    views.gradients = true
    return views
  }()

  private struct NoData: Error {}

  /// A session whose own thread has ended, and a loop on another one that waits for rows; `isThere`: but
  /// not in vain.
  private static func session(
    _ configuration: TrainingConfiguration, _ asked: Asked, isThere: Bool = false
  ) -> TrainingSession {
    let session = TrainingSession(configuration) { _ in throw NoData() }
    _ = SessionRun.wait(session) { if case .failed = $0 { true } else { false } }
    Thread.detachNewThread {
      do {
        let entry = try ModelRegistry.entry(named: configuration.model)
        let dataset = TinyProblem(rows: 1_000).dataset()
        guard let trainer = try Trainer(configuration, entry, dataset: dataset) else { return }
        try TrainingLoop(
          TrainingRun(configuration, session: session), entry: entry, dataset: dataset,
          trainer: trainer, rows: SlowRows(asked, isThere ? dataset.training : nil)
        ).start()
      } catch {
        session.events.append(.failed(message: "\(error)"))
      }
    }
    return session
  }

  /// How the run ended, and whether it said that steps waited.
  private static func end(
    _ session: TrainingSession
  ) -> (summary: RunSummary?, saysWaits: Bool) {
    let events = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    let waits = events.contains {
      if case .noticed(let words, _) = $0 {
        words.hasPrefix("steps waited for rows")
      } else {
        false
      }
    }
    return (
      events.compactMap { if case .finished(let summary) = $0 { summary } else { nil } }.first,
      waits
    )
  }

  /// From 2 % of the time of steps on, however long the run was paused or scored.
  @Test func saysWaitsFromTwoPercentOn() {
    var waits = RowWaits()
    #expect(waits.words == nil && waits.share == nil)
    for _ in 0..<98 { waits.add(.zero, of: .seconds(1)) }
    waits.add(.milliseconds(1_900), of: .milliseconds(1_900))
    #expect(waits.words == nil)
    waits.add(.milliseconds(300), of: .milliseconds(2_100))
    #expect(waits.words == "steps waited for rows to be read: 2.2 s of the 102 s that they took")
    #expect(abs((waits.share ?? 0) - 2.2 / 102) < 1e-12)
  }

  @Test func pausesAndStopsWhileRowsAreRead() throws {
    let asked = Asked()
    let session = Self.session(SessionTests.configuration(epochs: 2), asked)
    defer { session.close() }
    let deadline = ContinuousClock.now + .seconds(30)
    while asked.count.withLock({ $0 }) == 0, ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.001)
    }
    session.show(Self.gradients)
    session.send(.pause)
    _ = SessionRun.wait(session) { if case .acknowledged = $0 { true } else { false } }
    session.send(.resume)
    _ = SessionRun.wait(session) { if case .acknowledged = $0 { true } else { false } }
    session.send(.stop)
    let end = Self.end(session)
    let summary = try #require(end.summary)
    #expect((summary.reason, summary.step) == (.stopped, 0))
    #expect(end.saysWaits)
  }

  @Test func saysThatStepsWaited() throws {
    let session = Self.session(SessionTests.configuration(epochs: 1), Asked(), isThere: true)
    defer { session.close() }
    let end = Self.end(session)
    #expect(try #require(end.summary).step == 16 && end.saysWaits)
  }

  /// What a screen wants of the next rows is shown when they are there.
  @Test func looksAgainForRows() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.startsPaused = true
    let asked = Asked()
    let session = Self.session(configuration, asked, isThere: true)
    defer { session.close() }
    session.send(.step(2))
    _ = SessionRun.wait(session) { if case .acknowledged = $0 { true } else { false } }
    let deadline = ContinuousClock.now + .seconds(20)
    func wait(_ isWanted: (Snapshot) -> Bool) -> Bool {
      while ContinuousClock.now < deadline {
        if let snapshot = session.takeSnapshot(), isWanted(snapshot) { return true }
        Thread.sleep(forTimeInterval: 0.001)
      }
      return false
    }
    try #require(wait { $0.step == 2 && $0.phase == .paused("by you") })
    asked.looks.withLock { $0 = 0 }
    session.show(Self.gradients)
    #expect(wait { $0.gradients != nil })
    #expect(asked.looks.withLock { $0 } >= 2)
  }

  @Test func theTimeLimitHoldsWhileRowsAreRead() throws {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.timeLimitSeconds = 0.05
    let session = Self.session(configuration, Asked())
    defer { session.close() }
    let summary = try #require(Self.end(session).summary)
    #expect((summary.reason, summary.step) == (.timeLimit, 0))
  }
}
