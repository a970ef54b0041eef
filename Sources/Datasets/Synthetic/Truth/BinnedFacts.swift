/// The facts of a log of any length, in about 25 MB: counts, and chances in ``ProbabilityBins``.
final class BinnedFacts: SyntheticFacts {
  private let requests: SyntheticRequests
  /// By split, segment and whether the order was random, then by binary task.
  private var chances: [ProbabilityBins]
  private var wholeConversion = ProbabilityBins()
  private var clickedConversion = ProbabilityBins()
  private(set) var rowCount = 0
  private(set) var groupCounts = SyntheticGroup.all.map { _ in 0 }
  private(set) var potentialPurchases = 0
  private var happened = SyntheticTask.allCases.map { _ in 0 }
  private var watchTenths = 0
  /// Σ Var[log(1 + seconds)] over clicks, in units of 2⁻³², so that its order does not matter.
  private var watchVariances: Int64 = 0

  private static let tasks = SyntheticTask.allCases.filter { $0 != .watch }
  private static let cells = SyntheticSplit.allCases.flatMap { split in
    SyntheticSegment.allCases.flatMap { segment in
      [false, true].map { (split: split, segment: segment, isRandom: $0) }
    }
  }

  init(of requests: SyntheticRequests) {
    self.requests = requests
    chances = Self.cells.flatMap { _ in Self.tasks.map { _ in ProbabilityBins() } }
  }

  func add(_ rows: [SyntheticImpression]) { for row in rows { add(row) } }

  private func add(_ row: SyntheticImpression) {
    let group = requests.group(of: row)
    rowCount += 1
    groupCounts[group.index] += 1
    if row.outcome.potentialPurchase { potentialPurchases += 1 }
    let split = requests.split(ofRequest: row.request).index
    let cell = (split * 3 + group.segment.index) * 2 + (row.isRandom ? 1 : 0)
    for (index, task) in Self.tasks.enumerated() {
      if row.outcome.happened(task) { happened[task.rawValue] += 1 }
      guard let chance = row.chances.whole(task) else { continue }
      chances[cell * Self.tasks.count + index].add(chance)
    }
    wholeConversion.add(row.chances.conversion)
    guard row.outcome.click else { return }
    clickedConversion.add(row.chances.conversion)
    watchTenths += row.outcome.watchTenths
    let duration = requests.world.items[row.item].duration
    let variance = watchVariance(of: row.chances.watch, duration: duration)
    watchVariances += Int64((variance * 0x1p32).rounded())
  }
}

// MARK: - What they say
extension BinnedFacts {
  func positives(_ task: SyntheticTask) -> Int { happened[task.rawValue] }

  func bound(_ task: SyntheticTask, _ part: SyntheticPart) -> SyntheticBound {
    guard let index = Self.tasks.firstIndex(of: task) else { return SyntheticBound(area: .nan) }
    var own = ProbabilityBins()
    for (cell, kind) in Self.cells.enumerated() {
      let isOwn =
        switch part {
        case .all: true
        case .split(let split): kind.split == split
        case .segment(let segment): kind.segment == segment
        case .randomOrder: kind.isRandom
        }
      if isOwn { own.add(chances[cell * Self.tasks.count + index]) }
    }
    return own.bound
  }

  func conversion(clicked: Bool) -> (mean: Double, bound: SyntheticBound) {
    let own = clicked ? clickedConversion : wholeConversion
    return (own.mean, own.bound)
  }

  private var clicks: Double { Double(positives(.click)) }

  var meanSecondsClicked: Double { Double(watchTenths) / 10 / clicks }

  var meanWatchVariance: Double { Double(watchVariances) * 0x1p-32 / clicks }

  var method: String? {
    "probabilities in 16384 bins of equal width; each number is off by no more than its _error"
  }
}
