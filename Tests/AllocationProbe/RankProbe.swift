import Dispatch
import Foundation
import MallocCounter
import Ranks
import Synchronization
import Tensors
import Training

/// Two ranks that are threads: what they give each other in a step.
struct RankProbe {
  /// Whether each keeps rows of its own of the tables.
  var ownsRows = false

  var name: String { ownsRows ? "two ranks that own rows" : "two ranks" }
  private static let steps = 40

  /// Warms up, then counts steps of both.
  func allocations() -> Int {
    let ends = ThreadWire.ends(count: 2)
    let hasCounted = Flag()
    let hasEnded = DispatchSemaphore(value: 0)
    do throws(ThreadRefusal) {
      try EngineThread.start(named: "rank 1") {
        let take = trainer(ends[1])
        for _ in 0..<2 { take() }
        hasCounted.wait()
        // Its trainer lives until rank 0 has counted: what goes with it is no part of a step.
        withExtendedLifetime(take) {}
        hasEnded.signal()
      }
    } catch {
      print("\(error)")
      return 1
    }
    let take = trainer(ends[0])
    take()
    mc_arm()
    take()
    let count = mc_disarm()
    hasCounted.isSet.store(true, ordering: .releasing)
    hasEnded.wait()
    return count
  }

  /// What takes some steps of a rank; short batches and kept values come in between.
  private func trainer(_ wire: ThreadWire) -> () -> Void {
    let workload = Workload.all[0]
    let trainer =
      ownsRows
      ? workload.trainer(batchSize: 256, threads: 1, growingAbove: 0)
      : workload.trainer(batchSize: 256, threads: 1)
    if ownsRows {
      trainer.join(RankGroup(wire), keepingHead: 3)
    } else {
      trainer.join(RankGroup(wire))
    }
    let rows = workload.rows(batchSize: 256)
    return {
      for step in 0..<Self.steps {
        trainer.keepsWatched = step % 8 == 5
        _ = trainer.step(rows.batch(from: 0, rows: step % 3 == 2 ? 77 : 256), rate: 1e-3)
      }
    }
  }
}

/// What another thread waits for without allocating anything, as waiting for a semaphore may.
private final class Flag: Sendable {
  let isSet = Atomic(false)

  func wait() {
    while !isSet.load(ordering: .acquiring) { usleep(100) }
  }
}
