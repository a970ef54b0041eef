public import Datasets
import Foundation

/// The three observed tensors of MTER: what users think of features of items, and the words in which
/// they say so.
///
///     X[u, i, f]  = 1 + (N − 1) σ(s)            s: the sum of the polarities of f in u's reviews of i
///     X[u, i, F]  = the rating, of which 0 counts as 1: the overall slice, behind all features
///     YU[u, f, o] = 1 + (N − 1)(2 σ(n) − 1)     n: how often u says o of f and means well
///     YI[i, f, o] alike by item
///
/// N is the greatest rating. What nobody says is no entry. Wang et al., SIGIR 2018
/// (doi 10.1145/3209978.3210010); only what is meant well is counted, as in Cornac's version.
public struct MTERTensors: Sendable, Equatable {
  /// An observed entry.
  public struct Entry: Sendable, Hashable {
    /// Where it lies: user, item, feature; user, feature, opinion; or item, feature, opinion.
    public let index: [Int]
    /// What is observed there, from 1 to N.
    public let value: Double
  }

  /// X, rising by index.
  public let userItemFeature: [Entry]
  /// YU, rising by index.
  public let userFeatureOpinion: [Entry]
  /// YI, rising by index.
  public let itemFeatureOpinion: [Entry]

  /// Counts tuples and takes over ratings; of several ratings of a pair the last one.
  public init(
    _ tuples: [OpinionTuple], ratings: [(user: Int, item: Int, value: Double)], features: Int,
    greatestRating: Double
  ) {
    var (sums, byUser, byItem) = ([[Int]: Int](), [[Int]: Int](), [[Int]: Int]())
    for tuple in tuples {
      let (user, item) = (Int(tuple.user), Int(tuple.item))
      let (feature, opinion) = (Int(tuple.feature), Int(tuple.opinion))
      sums[[user, item, feature], default: 0] += Int(tuple.sentiment)
      guard tuple.sentiment > 0 else { continue }
      byUser[[user, feature, opinion], default: 0] += 1
      byItem[[item, feature, opinion], default: 0] += 1
    }
    var observed = sums.mapValues { Self.quality($0, greatestRating: greatestRating) }
    for rating in ratings {
      observed[[rating.user, rating.item, features]] = rating.value == 0 ? 1 : rating.value
    }
    userItemFeature = Self.sorted(observed)
    let attention = { (count: Int) in Self.attention(count, greatestRating: greatestRating) }
    userFeatureOpinion = Self.sorted(byUser.mapValues(attention))
    itemFeatureOpinion = Self.sorted(byItem.mapValues(attention))
  }

  /// How good a feature is said to be: between 1 and N, half-way where as many say so as say not.
  static func quality(_ sum: Int, greatestRating: Double) -> Double {
    1 + (greatestRating - 1) / (1 + exp(-Double(sum)))
  }

  /// How much a word is used of a feature: 1 where it is not, and below N.
  static func attention(_ count: Int, greatestRating: Double) -> Double {
    1 + (greatestRating - 1) * (2 / (1 + exp(-Double(count))) - 1)
  }

  private static func sorted(_ values: [[Int]: Double]) -> [Entry] {
    values.map { Entry(index: $0.key, value: $0.value) }
      .sorted { $0.index.lexicographicallyPrecedes($1.index) }
  }
}
