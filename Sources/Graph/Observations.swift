/// What was observed of the rows of a batch, n numbers each, in memory that outlives the step.
///
/// No layer reads them: plans hand them on to operations that know what they are.
public struct Observations {
  /// The numbers [·, n]; nil if there are none.
  public var values: UnsafePointer<Float>?
  /// What each number counts [·, n]: 0 where it was not observed; nil if all count alike.
  public var weights: UnsafePointer<Float>?
  /// n.
  public var count: Int

  /// Some numbers of each row; without arguments none.
  public init(
    _ values: UnsafePointer<Float>? = nil, weights: UnsafePointer<Float>? = nil, count: Int = 0
  ) {
    self.values = values
    self.weights = weights
    self.count = count
  }

  /// Those of the rows behind the first ones.
  func behind(rows: Int) -> Observations {
    Observations(
      values.map { $0 + rows * count }, weights: weights.map { $0 + rows * count }, count: count)
  }
}
