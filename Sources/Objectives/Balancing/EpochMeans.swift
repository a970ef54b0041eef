public import Tensors

/// The means by task of the losses of the epoch that runs and of the two before it.
public struct EpochMeans: Sendable, Hashable, ArchivedState {
  /// The epoch that runs, and the first one; nil before.
  private var epoch: Int?
  private var first = 0
  private var sums: [Double]
  private var counts: [Double]
  /// By task, the mean of the last epoch that is over; NaN without one.
  public private(set) var last: [Double]
  /// By task, which epoch ``last`` is of, from 0 for the first one that was seen; −1 without.
  public private(set) var lastEpoch: [Int]
  /// By task, that of the one before; NaN without one.
  public private(set) var secondLast: [Double]

  /// Before the first epoch.
  init(tasks count: Int) {
    sums = Array(repeating: 0, count: count)
    counts = sums
    last = Array(repeating: .nan, count: count)
    secondLast = last
    lastEpoch = Array(repeating: -1, count: count)
  }

  /// Visits sums, means and epochs.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("epoch", &epoch, in: Archive.counts)
    try archive.number("first", &first, in: Archive.counts)
    try archive.numbers("sums", &sums, count: sums.count)
    try archive.numbers("counts", &counts, count: counts.count)
    try archive.numbers("last", &last, count: last.count)
    try archive.numbers(
      "last-epoch", &lastEpoch, count: lastEpoch.count, in: -1...Archive.counts.upperBound)
    try archive.numbers("second-last", &secondLast, count: secondLast.count)
  }

  /// Closes the epoch that runs if another has begun; true then.
  ///
  /// A task without a step in an epoch keeps its earlier means.
  mutating func turn(to epoch: Int) -> Bool {
    guard epoch != self.epoch else { return false }
    guard let ended = self.epoch else {
      (self.epoch, first) = (epoch, epoch)
      return false
    }
    self.epoch = epoch
    for task in sums.indices where counts[task] > 0 {
      secondLast[task] = last[task]
      last[task] = sums[task] / counts[task]
      lastEpoch[task] = ended - first
      (sums[task], counts[task]) = (0, 0)
    }
    return true
  }

  /// Adds the losses of a step, without what the person has them count.
  mutating func add(_ step: BalancingStep) {
    for (index, task) in step.tasks.enumerated() {
      sums[task] += step.plainLoss(index)
      counts[task] += 1
    }
  }
}
