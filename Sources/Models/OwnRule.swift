public import Runs

/// How a model is trained unless a person says otherwise: the rule that it is made for, where another one
/// would make another model of it, or the rule with which it is known to learn best.
///
/// It is advised like what is advised for data: what a person chooses wins.
public struct OwnRule: Sendable, Hashable {
  /// The rule, with its defaults.
  public var rule: OptimizerConfiguration.Rule
  /// The learning rate with it.
  public var learningRate: Double
  /// Rows of a batch; nil: as for others.
  public var batchSize: Int?
  /// Numbers of an embedding where the model's other choices do not say; nil: as for others.
  public var embeddingWidth: Int?
  /// Whether the model is made for the rule; otherwise another one is as good a model of it.
  public var isPartOfModel: Bool

  /// Names a rule, its rate, a batch and a width.
  public init(
    _ rule: OptimizerConfiguration.Rule, learningRate: Double, batchSize: Int? = nil,
    embeddingWidth: Int? = nil, isPartOfModel: Bool = true
  ) {
    self.embeddingWidth = embeddingWidth
    self.isPartOfModel = isPartOfModel
    self.rule = rule
    self.learningRate = learningRate
    self.batchSize = batchSize
  }

  /// What a person who has chosen another rule should know; nil where this one is followed, and where
  /// it is no part of the model.
  public func notice(model: String, followed: OptimizerConfiguration.Rule) -> String? {
    guard isPartOfModel, followed.word != rule.word else { return nil }
    return "\(model) is made for the rule \(rule.word); this run follows \(followed.word)"
  }
}
