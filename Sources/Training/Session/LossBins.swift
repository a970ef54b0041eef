import Runs
internal import Synchronization

/// The losses of every step on their way to the curves: bins that the engine fills and a screen
/// drains.
///
/// Several may read them, each all of them: what one drains is put by for the others.
///
/// Nothing grows: when a task's bins are full, neighbours are merged two by two and each bin holds
/// twice as many steps; no extreme is lost. A drain starts anew with one step a bin.
package final class LossBins: Sendable {
  private struct Lane {
    var bins: [LossBin] = []
    var stepsPerBin = 1
    /// The spread of the newest bin, where it covers more steps than a spread keeps.
    var newest = SpreadLadder()
  }

  /// Bins of a task at most.
  static let capacity = 512
  private let lanes: Mutex<[Lane]>
  /// By reader, what others have drained before it; nil: nobody reads.
  private let waiting = Mutex<[LossHistory?]>(Reader.allCases.map { _ in nil })

  /// Who reads bins.
  package enum Reader: Int, CaseIterable, Sendable {
    /// The screen of the run itself.
    case screen
    /// Whoever serves watchers from elsewhere.
    case watchers
  }

  /// Empty bins for so many tasks.
  package init(tasks: Int) {
    lanes = Mutex(
      (0..<tasks).map { _ in
        var lane = Lane()
        lane.bins.reserveCapacity(Self.capacity)
        return lane
      })
  }

  /// Adds the loss of a step.
  package func add(_ loss: Float, task: Int, step: Int) {
    lanes.withLock { lanes in
      let isFull =
        lanes[task].bins.last.map { step - $0.firstStep >= lanes[task].stepsPerBin } ?? true
      if isFull {
        if lanes[task].bins.count == Self.capacity { Self.merge(&lanes[task]) }
        lanes[task].bins.append(LossBin(task: task, step: step))
        lanes[task].newest.removeAll()
      }
      let last = lanes[task].bins.count - 1
      lanes[task].bins[last].add(loss, step: step)
      guard lanes[task].stepsPerBin > LossSpread.capacity, loss.isFinite else { return }
      lanes[task].newest.add(LossSpread(loss), count: 1)
      lanes[task].bins[last].spread = lanes[task].newest.total
    }
  }

  /// Lets somebody read, from now on; what was drained before is gone for it.
  package func open(to reader: Reader) {
    waiting.withLock { waiting in
      guard waiting[reader.rawValue] == nil else { return }
      waiting[reader.rawValue] = LossHistory(capacity: Self.capacity)
    }
  }

  /// The bins since the reader's last call, by task and then by step.
  package func drain(for reader: Reader = .screen) -> [LossBin] {
    waiting.withLock { waiting in
      let newest = drainLanes()
      for other in waiting.indices where other != reader.rawValue { waiting[other]?.add(newest) }
      guard let earlier = waiting[reader.rawValue], !earlier.isEmpty else { return newest }
      waiting[reader.rawValue]?.add(newest)
      return waiting[reader.rawValue]?.drain() ?? newest
    }
  }

  private func drainLanes() -> [LossBin] {
    lanes.withLock { lanes in
      let all = lanes.flatMap(\.bins)
      guard !all.isEmpty else { return all }
      for task in lanes.indices {
        lanes[task].bins.removeAll(keepingCapacity: true)
        lanes[task].stepsPerBin = 1
      }
      return all
    }
  }

  /// Merges neighbours in place, so that half of the capacity is free again.
  private static func merge(_ lane: inout Lane) {
    let half = lane.bins.count / 2
    for place in 0..<half {
      var bin = lane.bins[2 * place]
      bin.merge(lane.bins[2 * place + 1])
      lane.bins[place] = bin
    }
    lane.bins.removeLast(lane.bins.count - half)
    lane.stepsPerBin *= 2
  }
}
