import Datasets
import Graph

/// What the tuples of training rows say: which features of an item, and of a feature which words that
/// were meant well.
///
/// Words of others are in no tensor: their factors are as they were drawn.
struct Mentions {
  private let features: [Int: [Int]]
  private let words: [Int: [Int]]

  /// Reads tuples; nil: there are none.
  init(_ opinions: OpinionTuples?) {
    var (features, words): ([Int: Set<Int>], [Int: Set<Int>]) = ([:], [:])
    for tuple in opinions?.training ?? [] {
      features[Int(tuple.item), default: []].insert(Int(tuple.feature))
      guard tuple.sentiment > 0 else { continue }
      words[Int(tuple.feature), default: []].insert(Int(tuple.opinion))
    }
    self.features = features.mapValues { $0.sorted() }
    self.words = words.mapValues { $0.sorted() }
  }

  /// The features of an item, rising.
  func features(ofItem item: Int) -> [Int] { features[item] ?? [] }
  /// The words of a feature, rising.
  func words(ofFeature feature: Int) -> [Int] { words[feature] ?? [] }
}

/// The first reason of MTER's explanations.
struct FirstReasons: FeatureNaming {
  let model: MTER
  let mentions: Mentions

  func feature(user: Int32, item: Int32, _ store: ParameterStore) -> Int? {
    let numbers = MTERNumbers(model, store: store, user: Int(user), item: Int(item))
    return numbers.explanation(ofItem: Int(item), mentions, length: MTER.told).reasons.first?
      .feature
  }
}
