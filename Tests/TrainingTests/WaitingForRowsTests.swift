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
  /// Rows of a disk that does not answer.
  private final class MissingRows: TrainingRows {
    let count = 1_000
    let waited = Duration.zero
    private let asked: Asked

    init(_ asked: Asked) { self.asked = asked }

    func begin(epoch: Int) {}

    func batch(from first: Int, rows: Int, unless hasOtherWork: () -> Bool) -> Batch? {
      asked.count.withLock { $0 += 1 }
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
  }

  private struct NoData: Error {}

  /// A session whose own thread has ended, and a loop on another one that waits for rows.
  private static func session(
    _ configuration: TrainingConfiguration, _ asked: Asked
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
          trainer: trainer, rows: MissingRows(asked)
        ).start()
      } catch {
        session.events.append(.failed(message: "\(error)"))
      }
    }
    return session
  }

  private static func end(_ session: TrainingSession) -> RunSummary? {
    let events = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    return events.compactMap { if case .finished(let summary) = $0 { summary } else { nil } }.first
  }

  @Test func pausesAndStopsWhileRowsAreRead() throws {
    let asked = Asked()
    let session = Self.session(SessionTests.configuration(epochs: 2), asked)
    defer { session.close() }
    let deadline = ContinuousClock.now + .seconds(30)
    while asked.count.withLock({ $0 }) == 0, ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.001)
    }
    session.send(.pause)
    _ = SessionRun.wait(session) { if case .acknowledged = $0 { true } else { false } }
    session.send(.resume)
    _ = SessionRun.wait(session) { if case .acknowledged = $0 { true } else { false } }
    session.send(.stop)
    let summary = try #require(Self.end(session))
    #expect((summary.reason, summary.step) == (.stopped, 0))
  }

  @Test func theTimeLimitHoldsWhileRowsAreRead() throws {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.timeLimitSeconds = 0.05
    let session = Self.session(configuration, Asked())
    defer { session.close() }
    let summary = try #require(Self.end(session))
    #expect((summary.reason, summary.step) == (.timeLimit, 0))
  }
}
