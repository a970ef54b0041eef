/// Which task plays which part in a model, and how that is known.
public struct TaskRoles: Sendable, Equatable {
  /// The parts, a sentence each.
  public var sentences: [String] = []
  /// What speaks against them, or leaves them open, a sentence each.
  public var notices: [String] = []

  /// No parts.
  public init() {}
}
