internal import Dispatch
internal import Foundation
internal import Tensors

/// A checkpoint on its way to the disk, which another thread waits for.
final class SettlingCheckpoint: @unchecked Sendable {
  /// The step that it is of.
  let step: Int
  // The condition guards what came of it; the pair itself is touched by the queue's thread alone.
  private let condition = NSCondition()
  private var outcome: Result<Void, StoreError>?
  private let staged: StagedCheckpoint

  /// Begins to wait for the disk, behind what the queue has to do before.
  ///
  /// - Parameters:
  ///   - staged: The pair; nobody else uses it from now on.
  ///   - growing: Files that the disk must have before.
  ///   - interval: Of how many steps each one's checkpoint is kept.
  ///   - queue: One that does one thing after another.
  init(
    _ staged: StagedCheckpoint, behind growing: [OpenFile], keepingEvery interval: Int?,
    on queue: DispatchQueue
  ) {
    step = staged.step
    self.staged = staged
    queue.async { self.settle(behind: growing, keepingEvery: interval) }
  }

  /// What came of it; nil where it is not known yet and is not to be waited for.
  func outcome(waiting: Bool) -> Result<Void, StoreError>? {
    condition.lock()
    defer { condition.unlock() }
    while waiting && outcome == nil { condition.wait() }
    return outcome
  }

  private func settle(behind growing: [OpenFile], keepingEvery interval: Int?) {
    EngineThread.runAnywhere()
    let found: Result<Void, StoreError>
    do throws(StoreError) {
      found = .success(try staged.settle(behind: growing, keepingEvery: interval))
    } catch {
      found = .failure(error)
    }
    condition.lock()
    outcome = found
    condition.broadcast()
    condition.unlock()
  }
}
