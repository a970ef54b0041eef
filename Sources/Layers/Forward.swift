public import Graph

/// One pass through a model while it is traced.
public struct Forward {
  /// The trace that is recorded.
  public let graph: Graph
  /// Whether the pass will be trained on: dropout and the like are on then.
  public let isTraining: Bool

  /// A pass that records into a trace.
  public init(_ graph: Graph, isTraining: Bool) {
    self.graph = graph
    self.isTraining = isTraining
  }

  /// Makes a value visible to screens under a name, and hands it on.
  @discardableResult public func watch(_ value: Variable, as name: String) -> Variable {
    graph.watch(value, as: name)
    return value
  }
}
