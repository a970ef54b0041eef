/// What is counted of the rows of a log for its truth.
///
/// Rows come in the order of the log; what is said of them afterwards does not depend on the pieces in
/// which they came.
protocol SyntheticFacts: AnyObject {
  /// Takes the next rows.
  func add(_ rows: [SyntheticImpression])
  /// How many there are.
  var rowCount: Int { get }
  /// How many there are by ``SyntheticGroup``.
  var groupCounts: [Int] { get }
  /// How many labels of a task are 1.
  func positives(_ task: SyntheticTask) -> Int
  /// What the true chances of a binary task reach on a part of the rows.
  func bound(_ task: SyntheticTask, _ part: SyntheticPart) -> SyntheticBound
  /// The mean of P(purchase | click) and what it reaches, over all rows or where it is seen.
  func conversion(clicked: Bool) -> (mean: Double, bound: SyntheticBound)
  /// How many purchases there would have been, had every item been clicked.
  var potentialPurchases: Int { get }
  /// The mean watch time of clicks, in seconds.
  var meanSecondsClicked: Double { get }
  /// The mean of Var[log(1 + seconds)] over clicks.
  var meanWatchVariance: Double { get }
  /// How the bounds are worked out, in words; nil where every row was kept.
  var method: String? { get }
}

/// A part of the rows of a log that has bounds of its own.
enum SyntheticPart: Sendable, Hashable {
  case all
  case split(SyntheticSplit)
  case segment(SyntheticSegment)
  case randomOrder

  /// Whether a row belongs to it.
  func contains(_ row: SyntheticImpression, of requests: SyntheticRequests) -> Bool {
    switch self {
    case .all: true
    case .split(let split): requests.split(ofRequest: row.request) == split
    case .segment(let segment): requests.world.users[row.user].segment == segment
    case .randomOrder: row.isRandom
    }
  }

  static let every: [SyntheticPart] =
    [.all, .randomOrder] + SyntheticSplit.allCases.map { .split($0) }
    + SyntheticSegment.allCases.map { .segment($0) }
}

/// What the true chances of a task reach, and how far the number may be from that.
struct SyntheticBound: Sendable {
  /// The expected AUC; NaN where there is none.
  var area: Double
  /// The area differs from the exact one by no more; 0 where it is the exact one.
  var areaError = 0.0
  /// The mean entropy in nats and how far it may be off; nil where it is not worked out.
  var logLoss: (value: Double, error: Double)?

}
