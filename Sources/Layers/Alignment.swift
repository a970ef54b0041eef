public import Graph

/// How well each task fits each token: s_kf = ⟨u, tanh(W·h_k + U·h_f)⟩, [B, K·F].
///
/// The tasks' vectors depend on parameters alone, [1, K·a]; the tokens are [B, F·e]. Named
/// `task.weight` [q, a], `field.weight` [q, e] and `score.weight` [1, q].
public struct Alignment: Sendable {
  private let task: TokenDense
  private let field: TokenDense
  private let score: Parameter
  private let hidden: Int

  /// What it learns.
  public var weights: [Parameter] { [task.weight, field.weight, score] }

  /// Declares the network of q hidden numbers in a scope, under other names if they are given.
  public init(
    taskWidth: Int, fieldWidth: Int, hidden: Int,
    named names: (task: String, field: String) = ("task", "field"), in scope: Scope
  ) {
    self.hidden = hidden
    task = TokenDense(taskWidth, hidden, bias: false, in: scope / names.task)
    field = TokenDense(fieldWidth, hidden, bias: false, in: scope / names.field)
    score = (scope / "score").matrix("weight", hidden, 1, .glorotUniform)
  }

  /// The scores, before a softmax.
  public func callAsFunction(tasks: Variable, tokens: Variable) -> Variable {
    task(tasks).repeated().additiveScores(of: field(tokens), score, hidden: hidden)
  }

  /// The scores of queries that each row has of its own, [B, K·a].
  public func callAsFunction(queries: Variable, tokens: Variable) -> Variable {
    task(queries).additiveScores(of: field(tokens), score, hidden: hidden)
  }

  /// The scores of packed tokens [entries, e], each for the query of its row [B, a], or for its own
  /// [entries, a].
  public func callAsFunction(
    queries: Variable, tokens: Variable, of column: RaggedColumn
  ) -> Variable {
    let asked = task(queries)
    return (asked.extent.isPacked ? asked : asked.spread(over: .packed(column)))
      .additiveScores(of: field(tokens), score, hidden: hidden)
  }
}

/// Learned vectors, one a task, that depend on no row: [1, K·a].
///
/// Named `weight` [K, a]; N(0, 0.1²).
public struct TaskVectors: Sendable {
  private let vectors: Parameter
  private let count: Int

  /// Declares the vectors in a scope.
  public init(_ tasks: Int, width: Int, in scope: Scope) {
    count = tasks * width
    vectors = scope.block(
      count: count,
      [
        ParameterPiece(
          path: scope.named("weight"), shape: [tasks, width], offset: 0,
          strides: .init(first: width, second: 1), initialiser: .normal(deviation: 0.1))
      ])
  }

  /// The vectors side by side.
  public func callAsFunction(_ pass: Forward) -> Variable {
    pass.graph.row(of: vectors, count: count)
  }
}
