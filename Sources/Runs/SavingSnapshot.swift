/// What is kept of a run just now.
public struct SavingSnapshot: Sendable, Hashable, Codable {
  /// The step of the newest checkpoint; nil before the first.
  public var step: Int?
  /// Why nothing can be kept at present, in a sentence for a person; nil: all is well.
  public var problem: String?

  /// Says what is kept.
  public init(step: Int?, problem: String?) {
    self.step = step
    self.problem = problem
  }
}
