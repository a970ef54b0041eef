/// How the losses of some steps are spread, in five numbers.
///
/// Up to five losses are kept as they are; of more, the quantiles at 0.1, 0.3, 0.5, 0.7 and 0.9. Two
/// spreads can be merged, so that any number of steps takes the same room. Whoever holds a spread
/// knows how many losses it stands for. Of merged ones the quantiles are close, not exact: those at
/// 0.1 and 0.9 of normal losses lie 1 to 3 % too far out where spreads of like counts are merged,
/// which ``SpreadLadder`` sees to, and 6 to 7 % too far where they come one by one.
public struct LossSpread: Sendable, Hashable {
  /// Numbers that are kept.
  public static let capacity = 5

  // Infinite where nothing is kept: no such loss is taken in, and it is equal to itself.
  private var lower = SIMD4<Float>(repeating: .infinity)
  private var last = Float.infinity

  /// The spread of no loss.
  public init() {}

  /// The spread of one finite loss.
  public init(_ loss: Float) { lower[0] = loss }

  /// The spread that keeps these numbers; nil unless they are finite, ascending and few enough.
  public init?(ascending numbers: [Float]) {
    guard numbers.count <= Self.capacity, numbers.allSatisfy(\.isFinite),
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    for (index, number) in numbers.enumerated() { self[index] = number }
  }

  /// All ``capacity`` numbers, the smallest first; infinite where fewer are kept.
  public var numbers: [Float] { (0..<Self.capacity).map { self[$0] } }

  /// How many numbers are kept, at most ``capacity``.
  public var kept: Int {
    var kept = 0
    while kept < Self.capacity, self[kept].isFinite { kept += 1 }
    return kept
  }

  /// A number by its place, the smallest first; infinite from ``kept`` on.
  public private(set) subscript(index: Int) -> Float {
    get { index < 4 ? lower[index & 3] : index == 4 ? last : .infinity }
    set { if index < 4 { lower[index & 3] = newValue } else { last = newValue } }
  }

  /// The loss that this share of the losses is at most, by linear interpolation; NaN without any.
  public func quantile(_ share: Double) -> Double {
    let kept = kept
    guard kept > 0 else { return .nan }
    let position = max(0, min(Double(kept - 1), share * Double(kept) - 0.5))
    let below = Int(position)
    let above = min(kept - 1, below + 1)
    let part = position - Double(below)
    return Double(self[below]) * (1 - part) + Double(self[above]) * part
  }

  /// Takes in another spread; the counts say how many losses each stands for.
  public mutating func merge(_ spread: LossSpread, counts: (own: Int, other: Int)) {
    let (own, others) = (kept, spread.kept)
    if others == 0 { return }
    if own == 0 {
      self = spread
      return
    }
    let isExact = counts.own == own && counts.other == others && own + others <= Self.capacity
    if isExact { insert(spread, others) } else { condense(spread, (own, others), counts) }
  }

  /// Puts few numbers among few.
  private mutating func insert(_ spread: LossSpread, _ others: Int) {
    var filled = kept
    for index in 0..<others {
      var hole = filled
      while hole > 0, self[hole - 1] > spread[index] {
        self[hole] = self[hole - 1]
        hole -= 1
      }
      self[hole] = spread[index]
      filled += 1
    }
  }

  /// The quantiles of both together: every number stands in the middle of its share of the losses.
  private mutating func condense(
    _ spread: LossSpread, _ kept: (own: Int, others: Int), _ counts: (own: Int, other: Int)
  ) {
    let weight = (
      own: Float(counts.own) / Float(kept.own), other: Float(counts.other) / Float(kept.others)
    )
    let interval = Float(counts.own + counts.other) / Float(Self.capacity)
    let before = self
    var (own, others, filled) = (0, 0, 0)
    var (end, previous, previousMiddle) = (Float(0), Float.nan, Float(0))
    while own < kept.own || others < kept.others, filled < Self.capacity {
      let isOwn =
        others == kept.others || (own < kept.own && before[own] <= spread[others])
      let value = isOwn ? before[own] : spread[others]
      let width = isOwn ? weight.own : weight.other
      if isOwn { own += 1 } else { others += 1 }
      let middle = end + width / 2
      while filled < Self.capacity, (Float(filled) + 0.5) * interval <= middle {
        let part = ((Float(filled) + 0.5) * interval - previousMiddle) / (middle - previousMiddle)
        self[filled] = previous.isNaN ? value : previous + (value - previous) * part
        filled += 1
      }
      (end, previous, previousMiddle) = (end + width, value, middle)
    }
    while filled < Self.capacity {
      self[filled] = previous
      filled += 1
    }
  }
}

/// A spread that grows step by step, merged only with its like so that nothing drifts.
///
/// Spreads of 1, 2, 4 … losses wait until one of the same size comes, as in a binary counter.
public struct SpreadLadder: Sendable {
  private var rungs: [(spread: LossSpread, count: Int)] = []

  /// A ladder without a loss.
  public init() { rungs.reserveCapacity(40) }

  /// How many losses it stands for.
  public var count: Int { rungs.reduce(0) { $0 + $1.count } }

  /// Takes in so many losses with this spread.
  public mutating func add(_ spread: LossSpread, count: Int) {
    guard count > 0 else { return }
    rungs.append((spread, count))
    while rungs.count > 1, rungs[rungs.count - 2].count <= rungs[rungs.count - 1].count {
      let newest = rungs.removeLast()
      let last = rungs.count - 1
      rungs[last].spread.merge(newest.spread, counts: (rungs[last].count, newest.count))
      rungs[last].count += newest.count
    }
  }

  /// The spread of all that came, the small ones merged first.
  public var total: LossSpread {
    var (sum, count) = (LossSpread(), 0)
    for rung in rungs.reversed() {
      sum.merge(rung.spread, counts: (count, rung.count))
      count += rung.count
    }
    return sum
  }

  /// Forgets all and keeps the room.
  public mutating func removeAll() { rungs.removeAll(keepingCapacity: true) }
}
