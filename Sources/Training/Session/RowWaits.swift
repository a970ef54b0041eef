import Runs

/// How long steps took since the run began or went on, and how much of it they waited for rows.
struct RowWaits {
  /// The share of waiting from which a person is told.
  static let limit = 0.02

  private var waited = Duration.zero
  private var all = Duration.zero

  /// Notes a step, or a part of one that waits still.
  mutating func add(_ waited: Duration, of duration: Duration) {
    self.waited += waited
    all += duration
  }

  /// The share of the steps' time that was waited; nil where rows were never waited for, as in memory.
  var share: Double? { waited > .zero ? waited.seconds / max(all.seconds, 1e-9) : nil }

  /// What is to be said of it; nil where steps waited for less than ``limit`` of their time.
  var words: String? {
    guard waited > .zero, waited.seconds >= Self.limit * all.seconds else { return nil }
    return
      "steps waited for rows to be read: \(significant(waited.seconds, digits: 3)) s of the "
      + "\(significant(all.seconds, digits: 3)) s that they took"
  }
}
