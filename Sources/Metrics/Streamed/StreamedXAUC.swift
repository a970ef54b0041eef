/// A score of rows that were streamed, and how far it may be from the exact one.
public struct BoundedScore: Sendable, Equatable {
  /// The score; NaN where it is undefined.
  public var value: Double
  /// The exact one lies within the value ± the bound; 0 where it is the exact one.
  public var bound = 0.0
}

/// The XAUC of rows that come one after another, in bounded memory.
///
/// Up to a budget of rows, 8 bytes each, it is that of ``XAUC``. Beyond, rows go to a scratch in runs
/// sorted by label, which are merged; how many rows of smaller labels have smaller scores is counted in
/// bins of the score,
///
///     XAUC = (Σ_i n_below(bin of s_i) + ½ n_same(bin of s_i) ± ½ n_same(bin of s_i)) / pairs
///
/// over rows i, with n of rows j with y_j < y_i: pairs of two bins are in order, those of one count half.
public struct StreamedXAUC {
  /// Label and score of each row.
  private var keys: SortedKeys<UInt64>
  /// Why not all rows were kept; nil if they were.
  public private(set) var refusal: String?
  /// How far chance alone would have carried the newest share, see ``ChanceDeviation``.
  public private(set) var chanceDeviation = Double.nan

  /// Starts without rows; so many are in memory at most, and more in a scratch if there is one.
  public init(budget: Int, scratch: ScratchSource? = nil) {
    keys = SortedKeys(budget: budget, scratch: scratch) { keys in
      var radix = RadixSort()
      radix.sort(&keys)
    }
  }

  /// Adds a row.
  ///
  /// A score or label that is no finite number is refused, and the result is false.
  public mutating func add(_ score: Float, label: Float) -> Bool {
    guard score.isFinite, label.isFinite else { return false }
    guard refusal == nil else { return true }
    do {
      try keys.add(UInt64(SingleKey.of(label)) << 32 | UInt64(SingleKey.of(score)))
    } catch {
      refuse(error)
    }
    return true
  }

  /// The share of all rows so far; NaN where all labels are the same, and where rows were refused.
  public mutating func share() -> BoundedScore {
    chanceDeviation = .nan
    guard refusal == nil else { return BoundedScore(value: .nan) }
    do {
      return keys.isInMemory ? try exact() : try counted()
    } catch {
      refuse(error)
      return BoundedScore(value: .nan)
    }
  }

  private mutating func exact() throws -> BoundedScore {
    var rows = LabelledRows()
    rows.reserveCapacity(keys.count)
    try keys.visit { rows.append(pair: $0) }
    var xauc = XAUC()
    let share = xauc(rows)
    chanceDeviation = xauc.chanceDeviation
    return BoundedScore(value: share)
  }

  private mutating func counted() throws -> BoundedScore {
    var pairs = BinnedPairs()
    try keys.visit { pairs.add($0) }
    let share = pairs.share()
    chanceDeviation = pairs.chanceDeviation
    return share
  }

  private mutating func refuse(_ error: any Error) {
    refusal = "\(error)"
    keys.removeAll()
  }
}

extension LabelledRows {
  /// Adds a row of which a key has label and score.
  fileprivate mutating func append(pair key: UInt64) {
    append(
      prediction: Double(SingleKey.score(UInt32(truncatingIfNeeded: key))),
      label: Double(SingleKey.score(UInt32(truncatingIfNeeded: key >> 32))))
  }
}

/// How often two rows are ranked as their labels are, of rows in the order of label and score, counted in
/// bins of the score.
private struct BinnedPairs {
  private var counts = CountTree<Int>(size: ScoreBins.count)
  /// How many rows of the newest label lie in which bins, rising.
  private var newest: [(bin: Int, count: Int)] = []
  private var label: UInt64 = 0
  private var below = 0
  /// Twice the pairs in order plus those of one bin, those of one bin, and all: above 2⁶³ beyond 3 · 10⁹
  /// rows.
  private var (halves, same, pairs) = (UInt128(0), UInt128(0), UInt128(0))
  private var ties = LabelTies()

  mutating func add(_ key: UInt64) {
    if key >> 32 != label { endLabel() }
    label = key >> 32
    let bin = ScoreBins.bin(of: Double(SingleKey.score(UInt32(truncatingIfNeeded: key))))
    if newest.last?.bin == bin {
      newest[newest.count - 1].count += 1
    } else {
      newest.append((bin, 1))
    }
  }

  /// Holds the rows of the newest label against those of smaller ones.
  private mutating func endLabel() {
    var rows = 0
    for (bin, count) in newest {
      let (below, same) = (counts.below(bin), counts.at(bin))
      halves += UInt128(count) * UInt128(2 * below + same)
      self.same += UInt128(count) * UInt128(same)
      rows += count
    }
    for (bin, count) in newest { counts.add(bin, count) }
    newest.removeAll(keepingCapacity: true)
    pairs += UInt128(below) * UInt128(rows)
    if rows > 0 { ties.add(rows) }
    below += rows
  }

  /// The share of all rows.
  mutating func share() -> BoundedScore {
    endLabel()
    guard pairs > 0 else { return BoundedScore(value: .nan) }
    let all = 2 * Double(pairs)
    // The last: what rounding can do to three quotients.
    return BoundedScore(value: Double(halves) / all, bound: Double(same) / all + 0x1p-50)
  }

  var chanceDeviation: Double { ties.chanceDeviation }
}

// MARK: - Within groups

/// The XAUC within groups of rows that come one after another.
///
/// A row takes 12 bytes; beyond a budget rows go to a scratch, as those of ``StreamedXAUC``. A group of
/// more rows than the budget is counted in bins of the score, and so bounded.
public struct StreamedGroupedXAUC {
  private var keys: SortedKeys<GroupedPair>
  private let budget: Int
  /// Why not all rows were kept; nil if they were.
  public private(set) var refusal: String?

  /// Starts without rows; so many are in memory at most, and more in a scratch if there is one.
  public init(budget: Int, scratch: ScratchSource? = nil) {
    self.budget = budget
    keys = SortedKeys(budget: budget, scratch: scratch)
  }

  /// Adds a row of a group, from 0 on; rows of negative groups are in none.
  ///
  /// A score or label that is no finite number is refused, and the result is false.
  public mutating func add(_ score: Float, label: Float, group: Int32) -> Bool {
    guard score.isFinite, label.isFinite else { return false }
    guard group >= 0, refusal == nil else { return true }
    do {
      try keys.add(
        GroupedPair(
          group: UInt32(group), label: SingleKey.of(label), score: SingleKey.of(score)))
    } catch {
      refuse(error)
    }
    return true
  }

  /// The mean of the groups' XAUC by their rows, as ``GroupedScore`` has it; NaN where no group has two
  /// labels, and where rows were refused.
  public mutating func mean() -> BoundedScore {
    guard refusal == nil else { return BoundedScore(value: .nan) }
    var shares = GroupShares(budget: budget)
    do {
      try keys.visit { shares.add($0) }
    } catch {
      refuse(error)
      return BoundedScore(value: .nan)
    }
    return shares.mean()
  }

  private mutating func refuse(_ error: any Error) {
    refusal = "\(error)"
    keys.removeAll()
  }
}

/// A row of a group by label and score.
private struct GroupedPair: Comparable, BitwiseCopyable {
  let group, label, score: UInt32

  /// Label and score.
  var pair: UInt64 { UInt64(label) << 32 | UInt64(score) }

  static func < (a: Self, b: Self) -> Bool {
    a.group != b.group ? a.group < b.group : a.pair < b.pair
  }
}

/// The XAUC of group after group, of rows in the order of group, label and score.
private struct GroupShares {
  private let budget: Int
  private var (sum, bounds, total) = (0.0, 0.0, 0.0)
  private var group: UInt32?
  private var rows = 0
  private var kept = LabelledRows()
  /// The group's pairs where it has more rows than are kept.
  private var binned: BinnedPairs?
  private var xauc = XAUC()

  init(budget: Int) { self.budget = budget }

  mutating func add(_ key: GroupedPair) {
    if key.group != group { endGroup() }
    group = key.group
    rows += 1
    if binned == nil, kept.count == max(1, budget) { bin() }
    if binned == nil { kept.append(pair: key.pair) } else { binned?.add(key.pair) }
  }

  /// Counts what was kept.
  private mutating func bin() {
    var pairs = BinnedPairs()
    for row in 0..<kept.count {
      let (label, score) = (Float(kept.labels[row]), Float(kept.predictions[row]))
      pairs.add(UInt64(SingleKey.of(label)) << 32 | UInt64(SingleKey.of(score)))
    }
    (binned, kept) = (pairs, LabelledRows())
  }

  private mutating func endGroup() {
    let share = binned?.share() ?? BoundedScore(value: kept.count > 0 ? xauc(kept) : .nan)
    if !share.value.isNaN {
      sum += Double(rows) * share.value
      bounds += Double(rows) * share.bound
      total += Double(rows)
    }
    (rows, binned) = (0, nil)
    kept.removeAll()
  }

  /// The mean by rows over the groups that have a score.
  mutating func mean() -> BoundedScore {
    endGroup()
    return BoundedScore(value: sum / total, bound: total > 0 ? bounds / total : 0)
  }
}
