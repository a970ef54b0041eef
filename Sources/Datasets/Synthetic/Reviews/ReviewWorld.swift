internal import Tensors

/// Who writes reviews.
struct ReviewUser: Sendable {
  /// By category, w: how much each of its twelve aspects counts; sums to one.
  let attention: [[Double]]
  /// b_u.
  let bias: Double
  /// The opening that the user likes best.
  let opening: Int
}

/// What reviews are about.
struct ReviewItem: Sendable {
  let category: Int
  /// The aspects that it has, rising, as indices of its category's twelve.
  let aspects: [Int]
  /// q of each.
  let qualities: [Hundredths]
  /// b_i.
  let bias: Double
}

/// One review before it is written.
struct ReviewPair: Sendable, Hashable {
  let user: Int
  let item: Int
  /// Seconds since 1970.
  let time: Int
}

/// The users and items behind generated reviews, and who reviews what.
struct ReviewWorld: Sendable {
  let design: ReviewDesign
  let lexicon = ReviewLexicon()
  let users: [ReviewUser]
  let items: [ReviewItem]
  /// In the order of time; a user reviews an item once.
  private(set) var pairs: [ReviewPair] = []
  let seed: UInt64

  /// Draws a population and its pairs.
  init(_ design: ReviewDesign, seed: UInt64) {
    self.design = design
    self.seed = seed
    users = Self.users(design.users, lexicon, seed: seed)
    items = Self.items(design.items, lexicon, seed: seed)
    pairs = drawnPairs
  }

  /// The aspects of an item as numbers of the lexicon's, with w, q and w · |q| for a user.
  func opinions(_ user: Int, _ item: Int) -> [ReviewOpinion] {
    let thing = items[item]
    return zip(thing.aspects, thing.qualities).map { index, quality in
      ReviewOpinion(
        aspect: lexicon.categories[thing.category][index],
        attention: users[user].attention[thing.category][index], quality: quality.value)
    }
  }

  /// 2 Σ w q: how well an item suits what a user heeds.
  func fit(_ user: Int, _ item: Int) -> Double {
    opinions(user, item).reduce(0) { $0 + ReviewDesign.pull * $1.attention * $1.quality }
  }

  /// x, what the rating is rounded from but for its noise: 3.5 + 2 Σ w q + b_u + b_i.
  func leaning(_ user: Int, _ item: Int) -> Double {
    ReviewDesign.middle + fit(user, item) + users[user].bias + items[item].bias
  }
}

/// What a user may say about an aspect of an item.
struct ReviewOpinion: Sendable {
  /// A number of the lexicon's aspects.
  let aspect: Int
  /// w.
  let attention: Double
  /// q.
  let quality: Double

  /// How likely it is spoken of: w |q|.
  var weight: Double { attention * quality.magnitude }
  /// P(praise) = P(q + .5 ε > 0).
  var praise: Double { normalShare(below: quality / ReviewDesign.noise) }
  /// 1 if the words are strong.
  var strength: Int { quality.magnitude < ReviewDesign.strongFrom ? 0 : 1 }
}

// MARK: - Drawing users and items
extension ReviewWorld {
  /// w = .9 of what the user's kind heeds + .1 of the user's own, both ~ Dirichlet(½) over the aspects
  /// of a category: squares of normal numbers, as shares of their sum.
  private static func users(
    _ count: Int, _ lexicon: ReviewLexicon, seed: UInt64
  ) -> [ReviewUser] {
    let attention = ReviewStream.attention.source(seed: seed)
    let bias = ReviewStream.userBias.source(seed: seed)
    let opening = ReviewStream.usualOpening.source(seed: seed)
    let kinds = (0..<ReviewDesign.kinds).map { heeded(attention, UInt64(count + $0), lexicon) }
    let kind = ReviewStream.kind.source(seed: seed)
    return (0..<UInt64(count)).map { user in
      let usual = kinds[kind.index(below: kinds.count, user)]
      let own = heeded(attention, user, lexicon)
      return ReviewUser(
        attention: zip(usual, own).map { usual, own in
          zip(usual, own).map { ReviewDesign.alike * $0 + (1 - ReviewDesign.alike) * $1 }
        },
        bias: ReviewDesign.biasDeviation * bias.normal(user),
        opening: opening.index(below: lexicon.openings.count, user))
    }
  }

  /// Shares of Dirichlet(½) by category and aspect.
  private static func heeded(
    _ source: RandomSource, _ i: UInt64, _ lexicon: ReviewLexicon
  ) -> [[Double]] {
    let raw = lexicon.aspects.indices.map { aspect in
      let normal = source.normal(i, UInt64(aspect))
      return normal * normal
    }
    return lexicon.categories.map { aspects in
      let sum = aspects.reduce(0) { $0 + raw[$1] }
      return aspects.map { raw[$0] / sum }
    }
  }

  private static func items(
    _ count: Int, _ lexicon: ReviewLexicon, seed: UInt64
  ) -> [ReviewItem] {
    let quality = ReviewStream.quality.source(seed: seed)
    let bias = ReviewStream.itemBias.source(seed: seed)
    return (0..<count).map { number in
      let item = UInt64(number)
      let category = number % lexicon.categories.count
      let order = order(
        of: lexicon.categories[category].count, ReviewStream.itemAspects.source(seed: seed), item)
      let aspects = order.prefix(ReviewDesign.aspectsOfItem).sorted()
      return ReviewItem(
        category: category, aspects: aspects,
        qualities: aspects.map { aspect in
          let uniform = quality.uniform(item, UInt64(aspect))
          return Hundredths(rounding: ReviewDesign.greatestQuality * (2 * uniform - 1))
        },
        bias: ReviewDesign.biasDeviation * bias.normal(item))
    }
  }

  /// 0..<count in a random order.
  private static func order(of count: Int, _ source: RandomSource, _ i: UInt64) -> [Int] {
    (0..<count).sorted { (source.bits(i, UInt64($0)), $0) < (source.bits(i, UInt64($1)), $1) }
  }
}

// MARK: - Who reviews what
extension ReviewWorld {
  /// Each user's items: the n of the greatest ln(popularity) + choosing · fit + Gumbel noise, which is
  /// drawing n different items one after another by popularity · e^(choosing · fit).
  private var drawnPairs: [ReviewPair] {
    let draws = ReviewStream.pair.source(seed: seed)
    let times = ReviewStream.time.source(seed: seed)
    let counts = Self.counts(of: design)
    let found = users.indices.flatMap { user in
      let keys = items.indices.map { item in
        let uniform = draws.uniform(UInt64(user), UInt64(item)) + 0x1p-54
        return popularity(of: item) + ReviewDesign.choosing * fit(user, item)
          - naturalLogarithm(-naturalLogarithm(uniform))
      }
      let order = items.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
      return order.prefix(counts[user]).map { item in
        ReviewPair(
          user: user, item: item,
          time: 1_400_000_000 + times.index(below: 100_000_000, UInt64(user), UInt64(item)))
      }
    }
    return found.sorted { ($0.time, $0.user, $0.item) < ($1.time, $1.user, $1.item) }
  }

  /// The logarithm of Zipf(.5) over the items of a category, and of Zipf(.5) over the categories.
  private func popularity(of item: Int) -> Double {
    let categories = lexicon.categories.count
    let rank = Double((item / categories + 1) * (item % categories + 1))
    return -0.5 * naturalLogarithm(rank)
  }

  /// How many reviews each user writes: Zipf(.3), at most two thirds of the items, together all.
  static func counts(of design: ReviewDesign) -> [Int] {
    let weights = (1...design.users).map { zipfWeight(rank: $0, exponent: 0.3) }
    let most = 2 * design.items / 3
    var (left, weight) = (design.reviews, weights.reduce(0, +))
    return weights.map { own in
      let count = min(most, Int((Double(left) * own / weight).rounded()))
      left -= count
      weight -= own
      return count
    }
  }
}
