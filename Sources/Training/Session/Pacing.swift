import Foundation
import Tensors

/// How many steps a second are taken at most, so that a run is slow enough to watch.
struct Pacing {
  private var limit: Double?
  private var next: ContinuousClock.Instant

  /// What a late step may make up for.
  static let tolerance = Duration.milliseconds(100)

  /// A limit in steps a second; nil for none.
  init(_ limit: Double?, now: ContinuousClock.Instant = .now) {
    self.limit = limit
    next = now
  }

  /// Changes the limit, 0 for none; what the old one put off is not waited for.
  mutating func set(_ pace: Double, now: ContinuousClock.Instant = .now) {
    limit = pace > 0 ? pace : nil
    next = now
  }

  /// When the step behind one that ends now is due; nil: at once.
  mutating func stepEnded(now: ContinuousClock.Instant = .now) -> ContinuousClock.Instant? {
    guard let limit else { return nil }
    next = max(next + .seconds(1 / limit), now - Self.tolerance)
    return next
  }
}

extension Pacing {
  /// Visits the limit.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("pace", &limit)
    if let limit, !(limit > 0) { throw .content("pace", "\(limit) steps a second cannot be") }
  }
}
