public import Graph

/// A gate of a model: whose it is, what it weighs, and what its weights are watched as.
///
/// From this alone every gate is shown, followed over time, split by segment and scored without one
/// of its experts, whatever the model is called.
public struct GateDeclaration: Sendable, Hashable {
  /// One of a model's experts.
  public struct Expert: Sendable, Hashable {
    /// The level that it belongs to, from 0.
    public var level: Int
    /// The task that owns it; nil: all share it.
    public var task: Int?
    /// Its number among those of the same owner and level, from 0.
    public var number: Int
    /// What it is called behind its owner; nil: by its number, counted from 1.
    public var label: String?

    /// Names an expert by its owner.
    public init(level: Int = 0, task: Int? = nil, number: Int, label: String? = nil) {
      self.level = level
      self.task = task
      self.number = number
      self.label = label
    }

    /// So many experts of one owner.
    public static func all(_ count: Int, level: Int = 0, of task: Int? = nil) -> [Expert] {
      (0..<count).map { Expert(level: level, task: task, number: $0) }
    }
  }

  /// What its weights [B, E] are watched as.
  public var watched: Watched
  /// The level that it belongs to, from 0.
  public var level: Int
  /// The task that it serves; nil: all share it.
  public var task: Int?
  /// What it weighs, in the order of the weights.
  public var experts: [Expert]
  /// By expert 1, or 0 while it is left out of an evaluation; gates may have the same.
  public var kept: Parameter

  /// Describes a gate.
  public init(
    watched: Watched, level: Int = 0, task: Int?, experts: [Expert], kept: Parameter
  ) {
    self.watched = watched
    self.level = level
    self.task = task
    self.experts = experts
    self.kept = kept
  }
}
