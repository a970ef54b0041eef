/// Probabilities counted in bins of equal width: their expected AUC and entropy without keeping them.
///
/// A probability is rounded to 2⁻⁴⁴; a bin holds how many there are and the whole sum of what they are
/// above its lower end, so that neither the order nor the pieces in which they come change a bit. Sums
/// stay below 2⁶⁰ up to 2³⁰ probabilities.
struct ProbabilityBins: Sendable {
  /// w = 2⁻¹⁴.
  static let width = 0x1p-14
  private static let bins = 1 << 14
  private static let fractionBits: UInt64 = 44
  private static let offsetBits: UInt64 = 30

  private var counts = [UInt64](repeating: 0, count: bins)
  private var offsets = [UInt64](repeating: 0, count: bins)

  /// Counts a probability from 0 to 1.
  mutating func add(_ probability: Double) {
    let fixed = UInt64((probability * 0x1p44).rounded())
    let bin = min(fixed >> Self.offsetBits, UInt64(Self.bins - 1))
    counts[Int(bin)] += 1
    offsets[Int(bin)] += fixed - bin << Self.offsetBits
  }

  /// Adds those of other bins.
  mutating func add(_ other: Self) {
    for bin in 0..<Self.bins {
      counts[bin] += other.counts[bin]
      offsets[bin] += other.offsets[bin]
    }
  }

  /// How many were counted.
  var count: Int { Int(counts.reduce(0, +)) }

  /// Their mean; NaN without any.
  var mean: Double {
    (0..<Self.bins).reduce(0.0) { $0 + sum($1) } / Double(count)
  }

  /// Σ p of a bin.
  private func sum(_ bin: Int) -> Double {
    Double(counts[bin]) * Double(bin) * Self.width + Double(offsets[bin]) * 0x1p-44
  }
}

// MARK: - Bounds
extension ProbabilityBins {
  /// The expected AUC of labels drawn by the probabilities, see ``expectedAUC(_:)``, with its error.
  ///
  /// Pairs of two bins are ordered. Of n probabilities in one bin, half of the expected pairs would be
  /// if all were equal; order adds Σ_{i<j} ½|p_i − p_j|, which lies between 0 and ⌊n²/4⌋ · w / 2 and is
  /// taken for n (n − 1) · w / 12, its mean where p is spread evenly. A pair of a row with itself, Σ p (1
  /// − p), is known to n · w² / 4 from the bin's mean.
  var bound: SyntheticBound {
    var (above, negatives, ordered, same, error, spread) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for bin in (0..<Self.bins).reversed() where counts[bin] > 0 {
      let (n, p) = (Double(counts[bin]), sum(bin))
      let itself = p - p * p / n
      let order = n * (n - 1) * Self.width / 12
      ordered += (n - p) * above + (p * (n - p) - itself) / 2 + order
      error += max(order, (n * n / 4).rounded(.down) * Self.width / 2 - order)
      above += p
      negatives += n - p
      same += itself
      spread += n * Self.width * Self.width / 4
    }
    let pairs = above * negatives - same
    guard count > 1, pairs > 0 else { return SyntheticBound(area: .nan, logLoss: logLoss) }
    // The last: what 2⁻⁴⁵ a probability and the rounding of the sums can do.
    let rounding = (above + negatives) * (above + negatives) * 0x1p-42 / pairs
    return SyntheticBound(
      area: ordered / pairs, areaError: (error + 2 * spread) / pairs + rounding, logLoss: logLoss)
  }

  /// The mean of −p ln p − (1 − p) ln(1 − p); nil without probabilities.
  ///
  /// It is concave: in a bin it lies between the entropy at the mean and the chord's height there; their
  /// middle is taken.
  private var logLoss: (value: Double, error: Double)? {
    var (value, error) = (0.0, 0.0)
    for bin in 0..<Self.bins where counts[bin] > 0 {
      let (n, low) = (Double(counts[bin]), Double(bin) * Self.width)
      let mean = min(max(sum(bin) / n, low), low + Self.width)
      let share = (mean - low) / Self.width
      let most = entropy(mean)
      let least = (1 - share) * entropy(low) + share * entropy(low + Self.width)
      value += n * (most + least) / 2
      error += n * (most - least) / 2
    }
    return count > 0 ? (value / Double(count), error / Double(count) + 0x1p-40) : nil
  }
}

/// −p ln p − (1 − p) ln(1 − p), the least log loss that a label of chance p has on average.
private func entropy(_ p: Double) -> Double {
  p <= 0 || p >= 1 ? 0 : -p * naturalLogarithm(p) - (1 - p) * naturalLogarithm(1 - p)
}
