/// How the items that a ranking compares with a row's own are drawn.
///
/// For each row, so many items are drawn anew in every step, evenly of all items but those that the
/// row's user met in a training row.
public struct NegativeSampling: Sendable, Hashable, Codable {
  /// How many are drawn for a row.
  public var negatives: Int

  /// Draws so many for a row.
  public init(negatives: Int = 4) { self.negatives = negatives }
}
