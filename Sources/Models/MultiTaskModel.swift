public import Datasets
public import Graph
public import Layers

/// A network with one answer a task, as a value that holds parameter handles.
///
/// A model is written with ``Variable`` operators and reads as the paper's equations; it is traced
/// once and then run as a plan.
public protocol MultiTaskModel: Sendable {
  /// What may be chosen about it.
  associatedtype Configuration: ModelConfiguration

  /// Declares the parameters.
  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder)

  /// The logit (binary) or value (regression) of every task: T × [B, 1].
  func callAsFunction(_ pass: Forward) -> [Variable]
}

/// A model's choices, each with its default.
public protocol ModelConfiguration: Sendable, Hashable {
  /// The defaults.
  init()
  /// What may be set by name.
  static var options: [ModelOption<Self>] { get }
}

/// One choice by name: `experts`, `expert`, `tower`.
public struct ModelOption<Configuration>: Sendable {
  /// The field that it sets.
  public enum Field: Sendable {
    /// A number of things, at least 1.
    case count(WritableKeyPath<Configuration, Int> & Sendable)
    /// Layer sizes, `64,32`; perhaps none.
    case sizes(WritableKeyPath<Configuration, [Int]> & Sendable)
    /// Layer sizes by level, `64,32/32`.
    case levels(WritableKeyPath<Configuration, [[Int]]> & Sendable)
    /// Yes or no.
    case choice(WritableKeyPath<Configuration, Bool> & Sendable)
    /// A number of 0 or more.
    case number(WritableKeyPath<Configuration, Double> & Sendable)
  }

  /// The name behind `model.`.
  public let name: String
  /// What it means, in a few words.
  public let summary: String
  /// What it sets.
  public let field: Field

  /// Names a choice.
  public init(_ name: String, _ field: Field, _ summary: String) {
    self.name = name
    self.field = field
    self.summary = summary
  }
}
