import Datasets
import Graph
import Runs

/// The drawn columns of a row that trains MTER: an entry of a tensor, or a pair of items.
enum EntryRow: Int, CaseIterable {
  case user
  case item
  /// The item that a pair's item is compared with.
  case other
  case feature
  case opinion
  /// What the row is, an ``EntryTensor``.
  case tensor

  /// Where its ids stand.
  var column: IdColumn { .drawn(rawValue) }
}

/// What a row that trains MTER is.
enum EntryTensor: Int32 {
  /// X without its overall slice.
  case userItemFeature
  case userFeatureOpinion
  case itemFeatureOpinion
  /// A pair of items.
  case pair
  /// The overall slice of X.
  case rating
}

/// The drawn columns of a row that MTER answers.
enum TupleRow {
  /// Features of a row at most.
  static let most = 16
  /// An item that the row's item is compared with.
  static let other = 0
  /// 1 if user and item have ids of their own, else 0.
  static let isKnown = 1
  /// The features of the row's own tuples.
  static let features = 2..<(2 + most)
  /// What is said of them, in units of `MTER.tupleUnit`; 0 where there is no feature.
  static let values = (2 + most)..<(2 + 2 * most)
  /// All of them.
  static let count = 2 + 2 * most
}

/// Which task is which in MTER, by index.
struct MTERRoles: Sendable, Hashable {
  /// The rating.
  let rating: Int
  /// The tuples.
  let opinions: Int
  /// Pairs of items; nil: none are compared.
  let ranking: Int?

  /// The roles of some tasks; nil if one is missing, or there are two for the same.
  init?(_ tasks: [TaskDefinition]) {
    func all(_ kind: LabelKind) -> [Int] { tasks.indices.filter { tasks[$0].kind == kind } }
    let (ratings, tuples, rankings) = (all(.regression), all(.tuples), all(.ranking))
    guard ratings.count == 1, tuples.count == 1, rankings.count < 2,
      ratings.count + tuples.count + rankings.count == tasks.count
    else { return nil }
    (rating, opinions, ranking) = (ratings[0], tuples[0], rankings.first)
  }

  /// By task, what is answered for it.
  func answers<Value>(rating: Value, opinions: Value, ranking: Value) -> [Value] {
    let count = self.ranking == nil ? 2 : 3
    return (0..<count).map {
      $0 == self.rating ? rating : $0 == self.opinions ? opinions : ranking
    }
  }
}

extension MTER {
  /// What 1 stands for where the answered rows' columns say what tuples say: 2⁻¹⁶ of ratings of
  /// usual stars, and as many times more as mean and deviation of the ratings are larger.
  ///
  /// A rating is at most √n deviations above the mean of n, so that up to 2²⁴ rows no number is too
  /// large for its column.
  var tupleUnit: Float {
    let size = abs(scale.mean) + scale.deviation
    let exponent = size.isNormal ? max(0, Int(size.exponent) - 2) : 0
    return Float(sign: .plus, exponent: exponent - 16, significand: 1)
  }
}
