import Runs

/// The losses of one task from the first step to the newest, in bounded memory.
///
/// Bins hold minimum, maximum, sum, count and spread of the steps they cover. They start one step wide;
/// when the history is full, the width doubles and neighbours merge, so that a push costs O(1) on
/// average and no extreme is ever lost. Bins are aligned to the absolute step: the same steps fall
/// into the same bin however the losses arrived. A tail of the newest bins is kept as they came, so
/// that zooming into the end shows single steps.
///
/// The smoothed loss of now is a bias-corrected exponential mean over the steps themselves, not over
/// what is left of them after merging; it is kept for each of ``smoothings``.
struct LossSeries: Sendable {
  /// Several consecutive steps.
  struct Bin: Sendable, Equatable {
    var first: UInt32
    var last: UInt32
    var minimum: Float
    var maximum: Float
    var sum: Double
    var count: UInt32
    var notFinite: UInt32
    /// How the finite losses are spread.
    var spread: LossSpread

    /// The mean of the finite losses; NaN if there are none.
    var mean: Double { count == 0 ? .nan : sum / Double(count) }
  }

  /// The shares of the old mean that are kept at each step.
  static let smoothings: SIMD4<Double> = [0.9, 0.95, 0.98, 0.995]

  /// Bins of the history at most, 64 bytes each.
  static let historyCapacity = 4096
  /// Bins of the tail at most, 64 bytes each; half of them are dropped when it is full.
  static let tailCapacity = 2048

  /// How many steps a new bin of the history may cover.
  private(set) var stride: UInt32 = 1
  /// The whole run.
  private(set) var history: [Bin] = []
  /// The newest losses as they came.
  private(set) var tail: [Bin] = []
  /// Finite losses that were pushed.
  private(set) var count = 0
  /// Follows from all that was pushed, in its order; not the same in another process.
  private var digest = 0
  private var weightedMeans = SIMD4<Double>(repeating: 0)
  private var weights = SIMD4<Double>(repeating: 0)
  /// The spread of the newest bin of the history.
  private var newest = SpreadLadder()

  /// The last step that was pushed, or nil.
  var lastStep: Int? { history.last.map { Int($0.last) } }

  /// The newest smoothed loss, or NaN before the first; `level` is a place in ``smoothings``.
  func smoothedLoss(level: Int) -> Double {
    weights[level & 3] == 0 ? .nan : weightedMeans[level & 3] / weights[level & 3]
  }

  /// Takes in the losses of later steps.
  mutating func push(_ bin: LossBin) {
    var hasher = Hasher()
    hasher.combine(digest)
    hasher.combine(bin)
    digest = hasher.finalize()
    smooth(bin)
    count += bin.count
    let new = Bin(
      first: UInt32(clamping: bin.firstStep), last: UInt32(clamping: bin.lastStep),
      minimum: bin.minimum, maximum: bin.maximum, sum: bin.sum, count: UInt32(clamping: bin.count),
      notFinite: UInt32(clamping: bin.notFinite), spread: bin.spread)
    pushTail(new)
    pushHistory(new)
  }

  /// The bins that touch a range of steps, in order, as fine as they are still known.
  func bins(touching steps: ClosedRange<Int>) -> ArraySlice<Bin> {
    let knowsTail = tail.first.map { Int($0.first) <= steps.lowerBound } ?? false
    let source = knowsTail ? tail : history
    let start = source.firstPlace { Int($0.last) >= steps.lowerBound }
    let end = source.firstPlace { Int($0.first) > steps.upperBound }
    return source[start..<max(start, end)]
  }
}

// MARK: - Comparing

extension LossSeries: Equatable {
  /// Whether the same was pushed to both, told by a digest of 64 bits.
  static func == (left: Self, right: Self) -> Bool { left.digest == right.digest }

  /// Equal to the series, without its losses: what is kept only to be compared takes no room, and
  /// the next push copies nothing.
  var emptied: LossSeries {
    var emptied = LossSeries()
    emptied.digest = digest
    return emptied
  }
}

// MARK: - Pushing

extension LossSeries {
  private mutating func smooth(_ bin: LossBin) {
    guard bin.count > 0 else { return }
    var kept = SIMD4<Double>(repeating: 1)
    var power = Self.smoothings
    var exponent = bin.count
    while exponent > 0 {
      if exponent & 1 == 1 { kept *= power }
      power *= power
      exponent >>= 1
    }
    weightedMeans = weightedMeans * kept + (1 - kept) * bin.mean
    weights = weights * kept + (1 - kept)
  }

  private mutating func pushTail(_ bin: Bin) {
    if tail.capacity < Self.tailCapacity { tail.reserveCapacity(Self.tailCapacity) }
    if tail.count == Self.tailCapacity { tail.removeFirst(Self.tailCapacity / 2) }
    if let last = tail.last, bin.first <= last.last {
      tail[tail.count - 1].merge(bin)
    } else {
      tail.append(bin)
    }
  }

  private mutating func pushHistory(_ bin: Bin) {
    if history.capacity < Self.historyCapacity { history.reserveCapacity(Self.historyCapacity) }
    while let last = history.last {
      if bin.first / stride <= last.first / stride || bin.first <= last.last {
        history[history.count - 1].merge(bin)
        newest.add(bin.spread, count: Int(bin.count))
        history[history.count - 1].spread = newest.total
        return
      }
      guard history.count == Self.historyCapacity else { break }
      doubleStride()
    }
    history.append(bin)
    newest.removeAll()
    newest.add(bin.spread, count: Int(bin.count))
  }

  private mutating func doubleStride() {
    stride *= 2
    var kept = 0
    for place in 1..<history.count {
      if history[place].first / stride == history[kept].first / stride {
        history[kept].merge(history[place])
      } else {
        kept += 1
        history[kept] = history[place]
      }
    }
    history.removeLast(history.count - kept - 1)
    newest.removeAll()
    newest.add(history[kept].spread, count: Int(history[kept].count))
  }
}

extension LossSeries.Bin {
  /// Takes in a later bin.
  mutating func merge(_ later: LossSeries.Bin) {
    last = max(last, later.last)
    minimum = min(minimum, later.minimum)
    maximum = max(maximum, later.maximum)
    sum += later.sum
    spread.merge(later.spread, counts: (Int(count), Int(later.count)))
    count += later.count
    notFinite += later.notFinite
  }
}

extension Array {
  /// The first place at which a condition holds that stays true from there on; `count` if none.
  func firstPlace(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
