/// The features that reviews speak of, and the words in which they do.
public struct OpinionWords: Sendable, Hashable, Codable {
  /// The features by number, from 0.
  public var features: [String]
  /// The opinion words by number, from 0.
  public var opinions: [String]

  /// Names features and words.
  public init(features: [String], opinions: [String]) {
    self.features = features
    self.opinions = opinions
  }
}
