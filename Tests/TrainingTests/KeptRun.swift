import Datasets
import Foundation
import Runs
import Synchronization
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What a run kept of itself, in memory.
final class KeptRun: Sendable {
  /// A checkpoint with bytes of its own.
  struct Saved: Sendable {
    let step: Int
    let isBest: Bool
    let entries: [Archive.Entry]
  }

  struct Content: Sendable {
    var saved: [Saved] = []
    var events: [Event] = []
    var losses: [LossBin] = []
    var newestStep = 0
    var isClosed = false
  }

  let interval: Int
  /// Steps whose checkpoints are kept; nil: all.
  let wanted: Set<Int>?
  /// Why nothing can be kept, before a step.
  let failsBefore: Int
  private let content = Mutex(Content())

  init(interval: Int = 1_000, wanted: Set<Int>? = nil, failsBefore: Int = 0) {
    (self.interval, self.wanted, self.failsBefore) = (interval, wanted, failsBefore)
  }

  var newest: Content { content.withLock { $0 } }

  func change(_ body: (inout Content) -> Void) { content.withLock { body(&$0) } }

  /// The checkpoint of a step, the last one that was written there.
  func checkpoint(_ step: Int) -> Saved? { newest.saved.last { $0.step == step } }

  /// Goes on from the checkpoint of a step, or begins.
  func source(from saved: Saved? = nil, hasMoreEpochs: Bool = false) -> Recording.Source {
    { [self] in
      Recording(
        MemoryRecorder(self),
        resuming: saved.map { Resumption(entries: $0.entries, hasMoreEpochs: hasMoreEpochs) })
    }
  }
}

/// Keeps a run in memory.
private final class MemoryRecorder: RunRecorder {
  private let run: KeptRun
  private(set) var trouble: String?
  private var notices: [String] = []

  init(_ run: KeptRun) { self.run = run }

  func isDue(after step: Int, since count: Int) -> Bool { count >= run.interval }

  func takeNotices() -> [String] {
    defer { notices = [] }
    return notices
  }

  func begin(_ run: BegunRun) {}
  func record(_ event: Event) { run.change { $0.events.append(event) } }
  func record(_ losses: [LossBin]) { run.change { $0.losses += losses } }
  func stepTaken(_ step: Int) { run.change { $0.newestStep = step } }

  func save(_ checkpoint: RunCheckpoint) -> Bool {
    let fails = checkpoint.step < run.failsBefore
    if fails != (trouble != nil) { notices.append(fails ? "not saved: full" : "saved again") }
    trouble = fails ? "not saved: full" : nil
    guard !fails else { return false }
    guard run.wanted?.contains(checkpoint.step) != false else { return true }
    let entries = RunCheckpoint.entries(
      parameters: checkpoint.parameters, state: checkpoint.state
    ).map { $0.detached() }
    run.change {
      $0.saved.append(
        .init(step: checkpoint.step, isBest: checkpoint.isBest, entries: entries))
    }
    return true
  }

  func close() { run.change { $0.isClosed = true } }
}
