/// The AUC within groups of rows that come one after another: exact, or refused.
///
/// A row takes 8 bytes (its group, its score in single precision, its class), so that rows of a group may
/// lie anywhere. Beyond a budget nothing is kept: what the groups that were seen say is no bound on the
/// mean of all.
public struct StreamedGroups: Sendable {
  private let budget: Int
  private var rows: [UInt64] = []
  /// Whether more rows came than are kept.
  public private(set) var isRefused = false

  /// Starts without rows; so many are kept at most.
  public init(budget: Int) { self.budget = budget }

  /// Adds the score of a row of a group, from 0 on; rows of negative groups are in none.
  ///
  /// A score that is no finite number is refused, and the result is false.
  public mutating func add(_ score: Float, label: Double, group: Int32) -> Bool {
    guard score.isFinite else { return false }
    guard group >= 0, !isRefused else { return true }
    guard rows.count < budget else {
      (rows, isRefused) = ([], true)
      return true
    }
    let bits = (score + 0).bitPattern
    let key = UInt64(bits >> 31 == 0 ? bits | 1 << 31 : ~bits)
    rows.append(UInt64(group) << 33 | key << 1 | (label > 0.5 ? 1 : 0))
    return true
  }

  /// The mean of the groups' AUC by their rows, as ``GroupedScore`` has it; NaN where no group has both
  /// classes, and where rows were refused.
  public mutating func mean() -> Double {
    do {
      // Its spare buffer is gone before others sort.
      var radix = RadixSort()
      radix.sort(&rows)
    }
    var (sum, total, start) = (0.0, 0.0, 0)
    while start < rows.count {
      var end = start
      while end < rows.count, rows[end] >> 33 == rows[start] >> 33 { end += 1 }
      let area = area(of: start..<end)
      if !area.isNaN {
        sum += Double(end - start) * area
        total += Double(end - start)
      }
      start = end
    }
    return sum / total
  }

  /// The AUC of rows in the order of their scores; equal ones count half.
  private func area(of range: Range<Int>) -> Double {
    var (halves, positives, negatives, start) = (0, 0, 0, range.lowerBound)
    while start < range.upperBound {
      var (own, end) = (0, start)
      while end < range.upperBound, rows[end] >> 1 == rows[start] >> 1 {
        own += Int(rows[end] & 1)
        end += 1
      }
      let others = end - start - own
      halves += own * (2 * negatives + others)
      (positives, negatives, start) = (positives + own, negatives + others, end)
    }
    guard positives > 0, negatives > 0 else { return .nan }
    return Double(halves) / (2 * Double(positives) * Double(negatives))
  }
}
