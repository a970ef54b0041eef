internal import Tensors

/// What a random draw of the synthetic log decides; each has a stream of its own.
///
/// The numbers are part of the format: a log's bytes follow from them.
enum SyntheticStream: UInt64, Sendable {
  case userLatent = 101
  case authorLatent
  case itemLatent
  case taste
  case activity
  case sensitivity
  case itemCategory
  case itemAuthor
  case price
  case freshness
  case duration
  case requestUser
  case requestDevice
  case requestRandom
  case candidate
  case policy
  case click
  case cart
  case purchase
  case like
  case share
  case watch
  case calibrationUser
  case calibrationItem
  case session
  case query
  case referrer
  case appVersion
  case country
  case city
  case language
  case ageBand
  case membership
  case tenure
  case brand
  case shop
  case firstTag
  case secondTag
  case rating
  case itemAge
  case discount
  case distance

  /// The stream's draws under a seed.
  func source(seed: UInt64) -> RandomSource { RandomSource(seed: seed, stream: rawValue) }
}

/// A distribution over 0..<count by weight, drawn from by binary search.
struct WeightedChoice: Sendable {
  private let ends: [Double]

  /// Takes weights; they need not sum to one.
  init(weights: [Double]) {
    var total = 0.0
    ends = weights.map { weight in
      total += weight
      return total
    }
  }

  /// The place whose interval holds `uniform`, a number in [0, 1).
  func callAsFunction(_ uniform: Double) -> Int {
    let target = uniform * (ends.last ?? 0)
    var low = 0
    var high = ends.count - 1
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
