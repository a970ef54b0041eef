import Graph
import Layers

/// What the reviews of a user, or of an item, say together: each is read in both directions, and the
/// mean counts.
///
///     r_i = [GRU→ behind its last word ; GRU← behind its first]      Ũ = mean_i r_i, 0 without any
///
/// Named `forward.*` and `backward.*`. Lu, Dong, Smyth. "Why I like it: Multi-task Learning for
/// Recommendation and Explanation." RecSys 2018. doi:10.1145/3240323.3240365; from a secondary note.
struct DocumentEncoder: Sendable {
  private let words: WordTable
  private let forward: GatedRecurrence
  private let backward: GatedRecurrence
  private let nothing: Parameter
  private let hidden: Int

  /// 2h.
  var width: Int { 2 * hidden }
  /// What it learns beside the words.
  var parameters: [Parameter] { forward.parameters + backward.parameters }

  /// Declares both directions in a scope.
  init(_ words: WordTable, hidden: Int, in scope: Scope) {
    self.words = words
    self.hidden = hidden
    forward = GatedRecurrence(words.width, hidden: hidden, in: scope / "forward")
    backward = GatedRecurrence(words.width, hidden: hidden, in: scope / "backward")
    nothing = scope.given("start", count: hidden, 0)
  }

  /// r of a text of some words [B, L] to [B, 2h].
  func review(_ ids: Variable) -> Variable {
    let (rows, mask) = (words(ids), ids.present())
    let start = ids.graph.row(given: nothing, count: hidden).repeated()
    let after = forward(rows, from: start, keeping: mask)
    let before = backward(rows, from: start, isReversed: true, keeping: mask)
    return ids.graph.concatenation([
      after.columns((after.width - hidden)..<after.width), before.columns(0..<hidden),
    ])
  }

  /// Ũ of texts of `tokens` words each, [B, n·L] to [B, 2h].
  func callAsFunction(_ ids: Variable, tokens: Int) -> Variable {
    let count = ids.width / tokens
    let reviews = (0..<count).map { review(ids.columns(($0 * tokens)..<(($0 + 1) * tokens))) }
    return ids.graph.concatenation(reviews).mean(
      of: .fixed(count), keeping: ids.present(groupsOf: tokens))
  }
}
