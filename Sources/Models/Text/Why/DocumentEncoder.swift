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

  /// Ũ of packed texts, [B, 2h].
  func callAsFunction(_ side: ReviewColumns.Side, _ graph: Graph) -> Variable {
    let slots = Slots.packed(side.words)
    let rows = words(graph.ids(of: side.words))
    let start = graph.row(given: nothing, count: hidden).repeated()
      .spread(over: .packed(side.texts))
    let after = forward(rows, of: slots, from: start)
    let before = backward(rows, of: slots, from: start, isReversed: true)
    let reviews = graph.concatenation([
      after.end(of: side.words, isLast: true), before.end(of: side.words, isLast: false),
    ])  // [texts, 2h]
    return reviews.mean(of: .packed(side.texts))
  }
}
