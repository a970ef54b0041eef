/// The expected calibration error of bins of equal mass, of rows that come one after another.
///
/// Rows are counted by logit, see ``StreamedAUC``; where the border between two bins of equal mass goes
/// through rows that were counted together, these are shared out evenly, and the bound says what another
/// share could change.
public struct StreamedCalibration: Sendable {
  private var counts = [Int](repeating: 0, count: ScoreBins.count)
  private var labels = [Double](repeating: 0, count: ScoreBins.count)
  private var answers = [Double](repeating: 0, count: ScoreBins.count)
  private var rows = 0

  /// Starts without rows.
  public init() {}

  /// Adds the logit of a row and its label, from 0 to 1; a logit that is no finite number is refused,
  /// and the result is false.
  public mutating func add(_ logit: Double, label: Double) -> Bool {
    add(logit, answer: Sigmoid.of(logit), label: label)
  }

  /// Adds a row whose answer rises with a score, for ``massBins(_:)`` alone unless it is a chance; a score
  /// that is no finite number is refused, and the result is false.
  public mutating func add(_ score: Double, answer: Double, label: Double) -> Bool {
    guard score.isFinite else { return false }
    let bin = ScoreBins.bin(of: score)
    counts[bin] += 1
    labels[bin] += label
    answers[bin] += answer
    rows += 1
    return true
  }

  /// Bins of equal mass as ``Calibration/massBins(_:_:)`` has them, but that a border through rows which
  /// were counted together shares out their answers and labels evenly.
  ///
  /// - Parameter count: how many.
  /// - Returns: them, by rising answer; none without rows.
  public func massBins(_ count: Int) -> [Calibration.Bin] {
    guard rows > 0 else { return [] }
    var sums = [(answer: Double, label: Double)](repeating: (0, 0), count: count)
    var (first, border) = (0, 0)
    for bin in counts.indices where counts[bin] > 0 {
      let end = first + counts[bin]
      var start = first
      while start < end {
        while (border + 1) * rows / count <= start { border += 1 }
        let stop = min(end, (border + 1) * rows / count)
        let share = Double(stop - start) / Double(counts[bin])
        sums[border].answer += share * answers[bin]
        sums[border].label += share * labels[bin]
        start = stop
      }
      first = end
    }
    return sums.indices.map { index in
      let own = (index + 1) * rows / count - index * rows / count
      return Calibration.Bin(
        count: own, meanProbability: sums[index].answer / Double(own),
        meanLabel: sums[index].label / Double(own))
    }
  }

  /// The error, and how far that of sorted rows may be from it; NaN without rows.
  ///
  /// What lies below a border is known but for c of the m rows of one bin: their labels sum to between
  /// max(0, Y − (m − c)) and min(c, Y) of the bin's Y, their chances to within c (m − c) / m of their
  /// span of an even share. A gap is a difference of two such sums, so every border counts twice.
  public func error(bins: Int = 10) -> (value: Double, bound: Double) {
    guard rows > 0 else { return (.nan, 0) }
    var (value, bound) = (0.0, 0.0)
    var (first, gap) = (0, 0.0)  // rows below the bin, and Σ (p − y) of the part of mass so far
    var border = 1
    for bin in counts.indices where counts[bin] > 0 {
      let own = (answers[bin] - labels[bin]) / Double(counts[bin])
      var start = first
      let end = first + counts[bin]
      while border < bins, border * rows / bins <= end {
        let cut = border * rows / bins
        value += abs(gap + own * Double(cut - start))
        bound += 2 * doubt(of: bin, below: cut - first)
        (gap, start, border) = (0, cut, border + 1)
      }
      gap += own * Double(end - start)
      first = end
    }
    return ((value + abs(gap)) / Double(rows), bound / Double(rows) + rounding)
  }

  /// How far rounding may carry the error: a plain sum of n numbers from 0 to 1 is off by n² 2⁻⁵³ at most,
  /// n 2⁻⁵³ of a row, in the sums of chances and of labels; the rest is that of the bins.
  private var rounding: Double { 0x1p-40 + 2 * Double(rows) * 0x1p-53 }

  /// How far Σ (p − y) of the lowest rows of a bin may be from an even share.
  private func doubt(of bin: Int, below: Int) -> Double {
    let (m, c) = (Double(counts[bin]), Double(below))
    guard below > 0, below < counts[bin] else { return 0 }
    let even = labels[bin] * c / m
    let label = max(min(c, labels[bin]) - even, even - max(0, labels[bin] - (m - c)))
    let range = ScoreBins.range(ofBin: bin)
    let span = Sigmoid.of(range.upperBound) - Sigmoid.of(range.lowerBound)
    return label + c * (m - c) / m * span
  }
}
