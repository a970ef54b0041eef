public import Graph

/// Names the feature for which a model recommends an item to a user, by what training rows say.
///
/// It is asked for many pairs, after the data have been read once.
public protocol FeatureNaming {
  /// The best of the features that the model's explanation of a pair names, by its place in
  /// `OpinionTuples/features`; nil where it names none.
  func feature(user: Int32, item: Int32, _ store: ParameterStore) -> Int?
}
