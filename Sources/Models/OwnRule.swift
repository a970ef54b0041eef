public import Runs

/// The rule that a model is made for, where another one would make another model of it.
///
/// It is advised like what is advised for data: what a person chooses wins.
public struct OwnRule: Sendable, Hashable {
  /// The rule, with its defaults.
  public var rule: OptimizerConfiguration.Rule
  /// The learning rate with it.
  public var learningRate: Double
  /// Rows of a batch, where they only say how many steps an epoch has; nil: as for others.
  public var batchSize: Int?

  /// Names a rule, its rate and a batch.
  public init(
    _ rule: OptimizerConfiguration.Rule, learningRate: Double, batchSize: Int? = nil
  ) {
    self.rule = rule
    self.learningRate = learningRate
    self.batchSize = batchSize
  }

  /// What a person who has chosen another rule should know; nil where this one is followed.
  public func notice(model: String, followed: OptimizerConfiguration.Rule) -> String? {
    guard followed.word != rule.word else { return nil }
    return "\(model) is made for the rule \(rule.word); this run follows \(followed.word)"
  }
}
