public import Graph

/// A value that is minimised besides the tasks' losses: it ends in a loss of its own.
public struct Term {
  /// The name, `calibrator.purchase`.
  public let name: String
  /// What is minimised.
  public let value: Variable
  /// The task whose weight it shares and that must be on; nil: it always counts.
  public let task: Int?
  /// Further tasks that must be on.
  public let needed: [Int]
  /// The turn of a step that descends from it.
  public let turn: Int
}

/// The terms of one pass through a model, in the order in which it records them.
final class TermList {
  private(set) var terms: [Term] = []

  /// Adds one behind the others.
  func append(_ term: Term) { terms.append(term) }
}
