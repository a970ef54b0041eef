import Datasets
import Graph
import Layers

/// Chooses of the texts of a user and of an item those that explain each other, then a concept of
/// each: a head of a hierarchical multi-pointer co-attention.
///
///     a_u, a_v = choose(max_j A_ij), choose(max_i A_ij)       over texts, A of f_r(Q_u), f_r(Q_v)
///     r_u = Σ_i a_u,i f_r(Q_u)_i                              the chosen text
///     b_u, b_v = choose(mean_j C_ij), choose(mean_i C_ij)     over the concepts of the chosen texts
///     c_u = Σ_i b_u,i f_c(E)_i                                the chosen concept
///
/// Choices are Gumbel pointers, hard forward and soft backward (``StraightThrough``); a side where
/// nothing exists contributes zeros. Named `review.*` and `concept.*`.
///
/// Chen et al. IJCAI 2019, section 3.2, on Tay et al. KDD 2018. The maxima over texts, the means over
/// concepts and one ReLU layer before the bilinear form are from the authors' code; that means are over
/// concepts that exist, and the layer's bias, are reconstructed.
struct CAMLSelector: Sendable {
  private let texts: CoAttention
  private let concepts: CoAttention?
  private let words: WordTable
  private let name: String

  /// What it learns but for biases.
  var weights: [Parameter] { texts.weights + (concepts?.weights ?? []) }

  /// Declares a head in a scope; without concepts the second level falls away.
  init(_ name: String, _ words: WordTable, hasConcepts: Bool, in scope: Scope) {
    self.name = name
    self.words = words
    texts = CoAttention(words.width, in: scope / "review")
    concepts = hasConcepts ? CoAttention(words.width, in: scope / "concept") : nil
  }

  /// One side of a pair: its texts, and the concepts of each [B, n·C].
  struct Side {
    let texts: CoAttention.Side
    let concepts: Variable?
  }

  /// What is chosen of one side.
  struct Choice {
    /// The chosen text, then the chosen concept, [B, e] each.
    var values: [Variable]
    /// The id of the chosen concept [B, 1].
    var concept: Variable?
  }

  /// Chooses on both sides.
  func callAsFunction(
    _ user: Side, _ item: Side, temperature: Parameter, _ pass: Forward
  ) -> (user: Choice, item: Choice) {
    let pair = texts(user.texts, item.texts, by: .max)
    if !pass.isTraining { watch(pair, user, item, temperature, pass) }
    let own = pass.choice(
      "\(name).review.user", by: pair.logits.own, temperature: temperature,
      keeping: user.texts.mask)
    let other = pass.choice(
      "\(name).review.item", by: pair.logits.other, temperature: temperature,
      keeping: item.texts.mask)
    var choices = (
      user: Choice(values: [pair.seen.own.mixture(own)]),
      item: Choice(values: [pair.seen.other.mixture(other)])
    )
    guard let concepts, let ofUser = user.concepts, let ofItem = item.concepts else {
      return choices
    }
    let ids = (
      user: ofUser.ids(of: .fixed(user.texts.mask.width), at: own),
      item: ofItem.ids(of: .fixed(item.texts.mask.width), at: other)
    )  // [B, C]
    let sides = (user: self.side(ids.user), item: self.side(ids.item))
    let second = concepts(sides.user, sides.item, by: .mean)
    let (first, last) = (
      pass.choice(
        "\(name).concept.user", by: second.logits.own, temperature: temperature,
        keeping: sides.user.mask),
      pass.choice(
        "\(name).concept.item", by: second.logits.other, temperature: temperature,
        keeping: sides.item.mask)
    )
    choices.user.add(second.seen.own, ids.user, chosen: first)
    choices.item.add(second.seen.other, ids.item, chosen: last)
    return choices
  }

  private func side(_ ids: Variable) -> CoAttention.Side {
    CoAttention.Side(words(ids), keeping: ids.present())
  }
}

extension CAMLSelector.Choice {
  fileprivate mutating func add(_ seen: Variable, _ ids: Variable, chosen: Variable) {
    values.append(seen.mixture(chosen))
    concept = ids.ids(of: .fixed(ids.width), at: chosen)
  }
}

// MARK: - What is watched

extension CAMLSelector {
  /// The products of the texts of both sides [B, n·m], of a head by its name.
  static func map(_ head: String) -> Watched { .value("\(head).map") }
  /// How the soft pointer of a head weighs the texts of a side, [B, n].
  static func pointer(_ head: String, _ side: String) -> Watched { .attention("\(head).\(side)") }

  private func watch(
    _ pair: CoAttention.Result, _ user: Side, _ item: Side, _ temperature: Parameter,
    _ pass: Forward
  ) {
    let (own, other) = (user.texts.mask, item.texts.mask)
    pass.watch(
      pair.turned.pairProducts(
        of: .fixed(own.width), with: pair.seen.other, of: .fixed(other.width)),
      as: Self.map(name))
    for (side, logits, mask) in [
      ("user", pair.logits.own, own), ("item", pair.logits.other, other),
    ] {
      pass.watch(
        pass.choice(
          "\(name).review.\(side)", by: logits, temperature: temperature, keeping: mask,
          as: .shares),
        as: Self.pointer(name, side))
    }
  }
}
