/// A value of a traced computation: rows of `width` numbers, as many as its extent says.
///
/// Its operators record what is to be computed; nothing is computed until a ``Plan`` runs.
public struct Variable {
  /// The trace it belongs to.
  public let graph: Graph
  /// Its place in the trace.
  public let node: Int

  /// The value of a node of a trace.
  public init(graph: Graph, node: Int) {
    self.graph = graph
    self.node = node
  }

  /// Numbers in a row, or in an entry of a row.
  public var width: Int { graph.nodes[node].width }
  /// What it has rows for.
  public var extent: Extent { graph.nodes[node].extent }
}

/// A trace: operations in the order in which they were recorded, which is a topological order.
public final class Graph {
  /// One recorded operation.
  public struct Node {
    /// What is computed.
    public var operation: any Operation
    /// Of which earlier nodes.
    public var inputs: [Int]
    /// Numbers in a row, or in an entry of a row, of each input.
    public var inputWidths: [Int]
    /// Numbers in a row of the result, or in an entry of a row.
    public var width: Int
    /// What the result has rows for.
    public var extent: Extent
    /// Numbers a row, or an entry, that live from its forward pass to its backward pass.
    var keptWidth = 0

    /// Entries of a row that lie side by side.
    var entries: Int { extent.entries }
    /// Numbers of all entries of a row.
    var rowWidth: Int { entries * width }
  }

  /// Whether what is recorded will be trained on: hidden layers drop units then.
  public var isTraining = false

  /// The trace so far.
  public private(set) var nodes: [Node] = []
  /// Values that a screen may look at.
  public private(set) var watched: [(name: Watched, node: Int)] = []

  /// Values that were kept for what is recorded later, by the names that were given to them.
  private var remembered: [String: Int] = [:]

  /// An empty trace.
  public init() {}

  /// Appends an operation and returns its result; shapes are checked here and never in a step.
  public func record(_ operation: any Operation, _ inputs: [Variable]) -> Variable {
    let widths = inputs.map(\.width)
    nodes.append(
      Node(
        operation: operation, inputs: inputs.map(\.node), inputWidths: widths,
        width: operation.width(of: widths), extent: operation.extent(of: inputs.map(\.extent)),
        keptWidth: operation.keptWidth(inputs: widths)))
    return Variable(graph: self, node: nodes.count - 1)
  }

  /// Makes a value visible.
  public func watch(_ variable: Variable, as name: Watched) {
    watched.append((name, variable.node))
  }

  /// Keeps a value for what is recorded later by somebody else.
  public func remember(_ variable: Variable, as name: String) { remembered[name] = variable.node }

  /// A value that was kept; nil if there is none of the name.
  public func recalled(_ name: String) -> Variable? {
    remembered[name].map { Variable(graph: self, node: $0) }
  }

  /// A value that is visible.
  public func watched(_ name: Watched) -> Variable? {
    watched.first { $0.name == name }.map { Variable(graph: self, node: $0.node) }
  }
}
