/// A loop as one thread ran it.
public struct RecordedLoop: Sendable, Equatable {
  /// What it was for.
  public var barrier: Barrier
  /// Seconds of work between the loop before and this one, which one thread does alone.
  public var before: Double
  /// Seconds on a core of its pieces, in the order in which they are taken.
  public var pieces: [Double]

  /// A loop without pieces yet.
  public init(barrier: Barrier, before: Double, pieces: [Double] = []) {
    self.barrier = barrier
    self.before = before
    self.pieces = pieces
  }
}
