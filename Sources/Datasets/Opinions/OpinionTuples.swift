/// What somebody said of a feature of an item: which opinion, for or against.
public struct OpinionTuple: Sendable, Hashable {
  /// The user, an id of the rows' user field.
  public var user: Int32
  /// The item, an id of the rows' item field.
  public var item: Int32
  /// The feature, by its place in ``OpinionTuples/features``; −1 if no training row has it.
  public var feature: Int32
  /// The opinion word, by its place in ``OpinionTuples/opinions``; −1 if no training row has it.
  public var opinion: Int32
  /// 1 for, −1 against.
  public var sentiment: Int32

  /// Names the parts.
  public init(user: Int32, item: Int32, feature: Int32, opinion: Int32, sentiment: Int32) {
    self.user = user
    self.item = item
    self.feature = feature
    self.opinion = opinion
    self.sentiment = sentiment
  }
}

/// Opinions on features, by who has them and of what.
///
/// Features and opinion words are numbered by training rows alone, and what trains reads
/// ``training`` alone. A tuple is in one split: of a user and an item that meet in several, in that of
/// test before validation before training, since nobody can tell of which meeting it speaks.
public struct OpinionTuples: Sendable {
  /// The features by id.
  public let features: [String]
  /// The opinion words by id.
  public let opinions: [String]
  /// Those of training rows, in the order of the file.
  public let training: [OpinionTuple]
  /// Those of validation rows, to judge by.
  public let validation: [OpinionTuple]
  /// Those of test rows, to judge by.
  public let test: [OpinionTuple]

  /// Takes tuples over.
  public init(
    features: [String], opinions: [String], training: [OpinionTuple],
    validation: [OpinionTuple] = [], test: [OpinionTuple] = []
  ) {
    precondition(
      training.allSatisfy {
        features.indices.contains(Int($0.feature)) && opinions.indices.contains(Int($0.opinion))
      }, "a training tuple without a feature or an opinion")
    self.features = features
    self.opinions = opinions
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// What a model has to know of it: ``FeatureSchema/opinions``.
  public var words: OpinionWords { OpinionWords(features: features, opinions: opinions) }

  /// The tuples of a split.
  public subscript(split: RowSplit) -> [OpinionTuple] {
    switch split {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }
}
