import Graph
import Layers

/// The texts of a side as one vector, each by how well it answers a question.
///
///     O_l = ReLU(W s_l + b),   α = softmax ⟨h, tanh(W_o O_l + W_q q)⟩ over texts that exist
///     y   = W_x Σ_l α_l O_l + b_x                           s [texts, e], q [B, d] or [texts, d], y [B, d]
///
/// Without a text y is b_x. Named `review.*`, `attention.{query,review,score}.weight` and `output.*`.
struct ReviewAttention: Sendable {
  private let review: TokenDense
  private let scores: Alignment
  private let output: Dense

  /// What it learns but for biases.
  var weights: [Parameter] { [review.weight] + scores.weights + [output.weight] }

  /// Declares the maps in a scope.
  init(text: Int, width: Int, hidden: Int, in scope: Scope) {
    review = TokenDense(text, text, bias: true, in: scope / "review")
    scores = Alignment(
      taskWidth: width, fieldWidth: text, hidden: hidden, named: ("query", "review"),
      in: scope / "attention")
    output = Dense(text, width, in: scope / "output")
  }

  /// The vector, and the weights of the texts [texts, 1].
  func callAsFunction(
    _ sums: Variable, of column: RaggedColumn, asking query: Variable
  ) -> (sum: Variable, weights: Variable) {
    let texts = review(sums).relu()
    let weights = scores(queries: query, tokens: texts, of: column).softmax(of: column)
    return (output(texts.mixture(weights).sum(of: .packed(column))), weights)
  }
}
