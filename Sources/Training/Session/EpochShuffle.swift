import Tensors

/// The order of the training rows in an epoch: Fisher–Yates from the seed and the epoch alone.
final class EpochShuffle {
  /// The rows in order.
  let order: Storage<Int32>
  private let random: RandomSource

  init(count: Int, seed: UInt64) {
    order = Storage(count: count, filling: 0)
    random = RandomSource(seed: seed, .shuffle)
  }

  /// Makes the order of an epoch, counted from 1.
  func shuffle(epoch: Int) {
    for row in 0..<order.count { order.base[row] = Int32(row) }
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      let other = random.index(below: last + 1, UInt64(epoch), UInt64(last))
      let row = order.base[last]
      order.base[last] = order.base[other]
      order.base[other] = row
    }
  }
}

/// An exponential mean of half-life 35 steps, corrected for its start at 0.
struct SmoothedLoss {
  private var sum = 0.0
  private var weight = 0.0
  private static let keep = 0.9804  // 2^(−1/35)

  /// Takes in a loss.
  mutating func add(_ loss: Double) {
    sum = Self.keep * sum + (1 - Self.keep) * loss
    weight = Self.keep * weight + (1 - Self.keep)
  }

  /// Visits the sums by task.
  static func visit(_ courses: inout [Self], _ archive: inout Archive) throws(ArchiveError) {
    var (sums, weights) = (courses.map(\.sum), courses.map(\.weight))
    try archive.numbers("sums", &sums, count: courses.count)
    try archive.numbers("weights", &weights, count: courses.count)
    courses = zip(sums, weights).map { Self(sum: $0, weight: $1) }
  }

  /// The mean; NaN before the first loss.
  var value: Double { weight == 0 ? .nan : sum / weight }
}
