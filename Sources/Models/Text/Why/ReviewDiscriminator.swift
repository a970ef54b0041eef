import Graph
import Layers

/// Whether a review is one that a user wrote: filters over its words, and who the user is.
///
///     z = w · [max_t ReLU(conv_k), k = 1 … n ; e_user] + b
///
/// It has words of its own. Named `embeddings.{word,user}.weight`, `conv.<k>.*` and `output.*`.
struct ReviewDiscriminator: Sendable {
  private let words: WordTable
  private let user: Parameter
  private let userWidth: Int
  private let filters: [TextConvolution]
  private let output: Dense

  /// Declares it in a scope.
  init(
    vocabulary: Int, width: Int, users: Int, userWidth: Int, windows: [Int], filters: Int,
    in scope: Scope
  ) {
    words = WordTable(vocabulary, width: width, in: scope / "embeddings.word")
    user = (scope / "embeddings.user").table(
      "weight", vocabulary: users, width: userWidth, .normal(deviation: 0.1))
    self.userWidth = userWidth
    self.filters = windows.map {
      TextConvolution(width, window: $0, filters: filters, in: scope / "conv.\($0)")
    }
    output = Dense(windows.count * filters + userWidth, 1, in: scope / "output")
  }

  /// z of texts [B, L] and a column of users.
  func callAsFunction(_ ids: Variable, of column: IdColumn, _ pass: Forward) -> Variable {
    let (rows, mask) = (words(ids), ids.present())
    let features = filters.map { $0(rows, of: .fixed(ids.width), keeping: mask) }
    let who = pass.lookup(user, of: column, userWidth)
    return output(pass.graph.concatenation(features + [who]))
  }
}
