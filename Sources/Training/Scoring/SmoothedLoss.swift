import Tensors

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
