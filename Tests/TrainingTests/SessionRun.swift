import Datasets
import Foundation
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A session on a tiny data set and what came out of it so far; closed when it is let go.
final class SessionRun {
  let session: TrainingSession

  init(
    _ configuration: TrainingConfiguration, problem: TinyProblem = TinyProblem(rows: 1_000),
    views: WantedViews = WantedViews()
  ) {
    session = TrainingSession(configuration) { _ in problem.dataset() }
    session.show(views)
  }

  deinit { session.close() }

  /// The events up to the first that fits; an issue if none comes.
  func until(_ isWanted: (Event) -> Bool) -> [Event] { Self.wait(session, until: isWanted) }

  /// The events up to the run's end.
  func untilEnd() -> [Event] {
    until {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
  }

  static func wait(_ session: TrainingSession, until isWanted: (Event) -> Bool) -> [Event] {
    var events: [Event] = []
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      events += session.drainEvents()
      if events.contains(where: isWanted) { return events }
      Thread.sleep(forTimeInterval: 0.002)
    }
    Issue.record("no such event in a minute, only \(events)")
    return events
  }

  /// Waits until a snapshot says that the run is paused, after so many steps if given.
  func waitForPause(at step: Int? = nil) {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase,
        step ?? snapshot.step == snapshot.step
      {
        return
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    Issue.record("no pause in a minute")
  }

  /// The snapshot of a pause at a step; an issue if none comes.
  func pausedSnapshot(at step: Int) -> Snapshot? {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase,
        snapshot.step == step
      {
        return snapshot
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    Issue.record("no pause at step \(step) in a minute")
    return nil
  }

  func summary(of events: [Event]) -> RunSummary? {
    for case .finished(let summary) in events { return summary }
    return nil
  }

  func validations(of events: [Event]) -> [Evaluation] {
    events.compactMap {
      if case .evaluated(let one) = $0, one.split == .validation { one } else { nil }
    }
  }

  /// Evaluations by step and ends of epochs by number, in order.
  func steps(of events: [Event]) -> [String] {
    events.compactMap { event in
      switch event {
      case .evaluated(let one) where one.split == .validation: "\(one.step)"
      case .epochEnded(let epoch, _, _): "epoch \(epoch)"
      default: nil
      }
    }
  }
}
