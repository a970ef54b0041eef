public import Graph

/// Attention over a pair of vectors, what a task has of its own and what comes from another:
/// [B, n] twice to [B, n].
///
///     s_i = ⟨W_q x_i, W_k x_i⟩ / √n,   w = softmax(s),   y = Σ_i w_i W_v x_i
///
/// Query and key are of one and the same vector. Without biases; named `query`, `key`, `value`.
public struct PairAttention: Sendable {
  let query: Dense
  let key: Dense
  let value: Dense
  let width: Int

  /// Declares the three maps in a scope.
  public init(_ width: Int, in scope: Scope) {
    query = Dense(width, width, bias: false, in: scope / "query")
    key = Dense(width, width, bias: false, in: scope / "key")
    value = Dense(width, width, bias: false, in: scope / "value")
    self.width = width
  }

  /// The weighted sum, and the weights [B, 2] in the order of the pair; without what given numbers
  /// leave out.
  public func callAsFunction(
    _ own: Variable, _ other: Variable, keeping kept: Parameter? = nil
  ) -> (sum: Variable, weights: Variable) {
    let pair = [own, other]
    let scale = 1 / Float(width).squareRoot()
    let scores = pair.map { query($0).dot(key($0), scale: scale) }  // 2 × [B, 1]
    let all = own.graph.concatenation(scores).softmax()  // [B, 2]
    let weights = kept.map { all.renormalised(keeping: $0) } ?? all
    return (weights.mixture(of: pair.map { value($0) }), weights)
  }
}
