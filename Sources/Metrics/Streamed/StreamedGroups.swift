/// The AUC within groups of rows that come one after another: exact, or refused.
///
/// A row takes 8 bytes (its group, its score in single precision, its class), so that rows of a group may
/// lie anywhere. Beyond a budget they go to a scratch in sorted runs, which are merged at the end; where
/// there is no room, nothing is kept: what the groups that were seen say is no bound on the mean of all.
public struct StreamedGroups {
  private var keys: SortedKeys<UInt64>
  /// Why not all rows were kept; nil if they were.
  public private(set) var refusal: String?

  /// Starts without rows; so many are in memory at most, and more in a scratch if there is one.
  public init(budget: Int, scratch: ScratchSource? = nil) {
    keys = SortedKeys(budget: budget, scratch: scratch) { keys in
      // Its spare buffer is gone before others sort.
      var radix = RadixSort()
      radix.sort(&keys)
    }
  }

  /// Whether more rows came than were kept.
  public var isRefused: Bool { refusal != nil }

  /// Adds the score of a row of a group, from 0 on; rows of negative groups are in none.
  ///
  /// A score that is no finite number is refused, and the result is false.
  public mutating func add(_ score: Float, label: Double, group: Int32) -> Bool {
    guard score.isFinite else { return false }
    guard group >= 0, !isRefused else { return true }
    let key = UInt64(SingleKey.of(score))
    do {
      try keys.add(UInt64(group) << 33 | key << 1 | (label > 0.5 ? 1 : 0))
    } catch {
      refuse(error)
    }
    return true
  }

  /// The mean of the groups' AUC by their rows, as ``GroupedScore`` has it; NaN where no group has both
  /// classes, and where rows were refused.
  public mutating func mean() -> Double {
    var areas = GroupAreas()
    do {
      try keys.visit { areas.add($0) }
    } catch {
      refuse(error)
      return .nan
    }
    return areas.mean()
  }

  private mutating func refuse(_ error: any Error) {
    refusal = "\(error)"
    keys.removeAll()
  }
}

/// A whole number that sorts as a score in single precision does, −0 with 0.
enum SingleKey {
  /// The key of a finite score.
  static func of(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  /// The score of a key.
  static func score(_ key: UInt32) -> Float {
    Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
  }
}

/// The AUC of group after group, of rows in the order of group, score and class; equal scores count half.
private struct GroupAreas {
  private var (sum, total) = (0.0, 0.0)
  /// The group that rows are added to, and what its rows below the newest score have come to.
  private var group: UInt64?
  private var (halves, positives, negatives) = (0, 0, 0)
  /// Group and score of the newest rows, and how many of each class have them.
  private var score: UInt64 = 0
  private var (own, others) = (0, 0)

  mutating func add(_ key: UInt64) {
    if key >> 1 != score || group == nil {
      endScore()
      if key >> 33 != group { endGroup() }
      (score, group) = (key >> 1, key >> 33)
    }
    if key & 1 == 1 { own += 1 } else { others += 1 }
  }

  private mutating func endScore() {
    halves += own * (2 * negatives + others)
    (positives, negatives, own, others) = (positives + own, negatives + others, 0, 0)
  }

  private mutating func endGroup() {
    if positives > 0, negatives > 0 {
      let rows = Double(positives + negatives)
      sum += rows * (Double(halves) / (2 * Double(positives) * Double(negatives)))
      total += rows
    }
    (halves, positives, negatives) = (0, 0, 0)
  }

  /// The mean by rows over the groups that have both classes.
  mutating func mean() -> Double {
    endScore()
    endGroup()
    return sum / total
  }
}
