internal import Tensors

/// How large a set of generated reviews is, and by which laws it is drawn; the truth file repeats them.
struct ReviewDesign: Sendable {
  var users = 400
  /// Shared out evenly over the categories.
  var items = 240
  var reviews = 20_000
  /// Up to these shares of the time a review trains, validates; later ones test.
  var splitEnds = (training: 0.8, validation: 0.9)
}

// MARK: - The same in every set
extension ReviewDesign {
  /// The aspects of an item, of the twelve of its category.
  static let aspectsOfItem = 6
  /// Qualities lie within ± this.
  static let greatestQuality = 2.0
  /// The rating of an item that nothing speaks for or against.
  static let middle = 3.5
  /// How many kinds of users there are, who heed much the same.
  static let kinds = 4
  /// How much of what a user heeds is that of the kind.
  static let alike = 0.9
  /// How much what a user heeds moves the rating.
  static let pull = 2.0
  /// The deviation of b_u and b_i.
  static let biasDeviation = 0.3
  /// The deviation of ε in ratings, and in the signs of opinions.
  static let noise = 0.5
  /// Qualities from here on, or as far below zero, are strong.
  static let strongFrom = 1.0
  /// How much users choose what suits them: an item's chance grows by e^(this · fit).
  static let choosing = 0.7
  /// The chance that a review goes on behind the first and behind the second aspect.
  static let goesOn = [0.7, 0.45]
  /// The chances of `the A is O`, `the A is very O`, `O A` and `the A is not O′`.
  static let forms = [0.35, 0.25, 0.25, 0.15]
  /// The chances of opinion words of a list, in its order.
  static let opinionShares = [0.55, 0.3, 0.15]
  /// The chance of an opening, and that it is the user's usual one.
  static let opening = (any: 0.4, usual: 0.75)
  /// The chance of a closing.
  static let closing = 0.4
}

/// What a random draw of generated reviews decides; each has a stream of its own.
///
/// The numbers are part of the format: the files' bytes follow from them.
enum ReviewStream: UInt64, Sendable {
  case attention = 301
  case kind
  case userBias
  case usualOpening
  case itemAspects
  case quality
  case itemBias
  case pair
  case time
  case rating
  case text

  /// The stream's draws under a seed.
  func source(seed: UInt64) -> RandomSource { RandomSource(seed: seed, stream: rawValue) }
}
