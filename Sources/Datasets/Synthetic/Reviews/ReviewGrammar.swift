/// What a part of a review may say.
enum ReviewSymbol: Hashable, Sendable {
  case review
  case opening
  /// All but the opening.
  case body
  /// A clause on an aspect, behind clauses on others; for it or against it.
  case clause(aspect: Int, isPraise: Bool)
  /// What follows a clause; the aspects spoken of so far are bits of the item's.
  case rest(spokenOf: UInt8, isPraise: Bool)
  /// An adverb, by strength.
  case adverb(Int)
  /// A word for or against an aspect. A negated one says the opposite.
  case opinion(aspect: Int, isPraise: Bool, isNegated: Bool)
  case closing
}

extension ReviewWorld {
  typealias Grammar = StochasticGrammar<ReviewSymbol, Int>

  /// All that a user may write about an item, and how likely it is.
  ///
  ///     review  → opening? clause rest
  ///     rest    → closing? | (and | but) clause rest          and: both for, or both against
  ///     clause  → the A is O | the A is adverb O | O A | the A is not O′
  ///
  /// An aspect is spoken of once, with chances as w |q|; for it with that of q + .5 ε > 0; in strong
  /// words where |q| is from 1 on. O′ is a word of the opposite sign. Closings go by x.
  func grammar(_ user: Int, _ item: Int) -> Grammar {
    let writing = ReviewWriting(
      lexicon: lexicon, opinions: opinions(user, item), opening: users[user].opening,
      contentment: sigmoid(2 * (leaning(user, item) - ReviewDesign.middle)))
    return Grammar(start: .review) { writing.rules($0) }
  }
}

/// The rules of the reviews of one user on one item.
private struct ReviewWriting: Sendable {
  let lexicon: ReviewLexicon
  /// Of the item's aspects, in the order of the bits of what was spoken of.
  let opinions: [ReviewOpinion]
  /// The user's usual opening.
  let opening: Int
  /// The chance that a closing is a good word.
  let contentment: Double

  typealias Rule = ReviewWorld.Grammar.Rule
  typealias Part = ReviewWorld.Grammar.Part

  func rules(_ symbol: ReviewSymbol) -> [Rule] {
    switch symbol {
    case .review: return [Rule(1, [.symbol(.opening), .symbol(.body)])]
    case .body: return clauses(behind: 0).map { chance, parts, _ in Rule(chance, parts) }
    case .opening: return openings
    case .clause(let aspect, let isPraise): return forms(aspect, isPraise)
    case .rest(let spokenOf, let isPraise): return rest(spokenOf, isPraise)
    case .adverb(let strength):
      let words = lexicon.adverbs[strength]
      return words.map { Rule(1 / Double(words.count), [.word($0)]) }
    case .opinion(let aspect, let isPraise, let isNegated):
      let strength = opinions[aspect].strength
      let lists = lexicon.aspects[opinions[aspect].aspect].opinions
      let words = lists[isPraise == isNegated ? 1 : 0][strength]
      return zip(ReviewDesign.opinionShares, words).map { Rule($0, [.word($1)]) }
    case .closing: return closings
    }
  }

  /// Clauses on aspects that were not spoken of, each with its sign.
  private func clauses(
    behind spokenOf: UInt8
  ) -> [(chance: Double, parts: [Part], isPraise: Bool)] {
    let left = opinions.indices.filter { spokenOf & 1 << $0 == 0 }
    let sum = left.reduce(0) { $0 + opinions[$1].weight }
    return left.flatMap { aspect in
      [true, false].map { isPraise in
        let sign = isPraise ? opinions[aspect].praise : 1 - opinions[aspect].praise
        return (
          chance: sum > 0 ? sign * opinions[aspect].weight / sum : sign / Double(left.count),
          parts: [
            .symbol(.clause(aspect: aspect, isPraise: isPraise)),
            .symbol(.rest(spokenOf: spokenOf | 1 << aspect, isPraise: isPraise)),
          ],
          isPraise: isPraise
        )
      }
    }
  }

  private func rest(_ spokenOf: UInt8, _ isPraise: Bool) -> [Rule] {
    let index = spokenOf.nonzeroBitCount - 1
    let goesOn = index < ReviewDesign.goesOn.count ? ReviewDesign.goesOn[index] : 0
    let further = clauses(behind: spokenOf).map { chance, parts, next in
      Rule(
        goesOn * chance, [.word(next == isPraise ? lexicon.and : lexicon.but)] + parts)
    }
    return [Rule(1 - goesOn, [.symbol(.closing)])] + further
  }

  private func forms(_ aspect: Int, _ isPraise: Bool) -> [Rule] {
    let name = Part.word(lexicon.aspects[opinions[aspect].aspect].name)
    let opinion = Part.symbol(.opinion(aspect: aspect, isPraise: isPraise, isNegated: false))
    let opposite = Part.symbol(.opinion(aspect: aspect, isPraise: isPraise, isNegated: true))
    let subject = [Part.word(lexicon.the), name, .word(lexicon.is)]
    let adverb = Part.symbol(.adverb(opinions[aspect].strength))
    let parts = [
      subject + [opinion], subject + [adverb, opinion], [opinion, name],
      subject + [.word(lexicon.not), opposite],
    ]
    return zip(ReviewDesign.forms, parts).map { Rule($0, $1) }
  }

  private var openings: [Rule] {
    let (any, usual) = ReviewDesign.opening
    let each = any * (1 - usual) / Double(lexicon.openings.count)
    return [Rule(1 - any, [])]
      + lexicon.openings.enumerated().map { index, words in
        Rule(each + (index == opening ? any * usual : 0), words.map { .word($0) })
      }
  }

  private var closings: [Rule] {
    let signs = [contentment, 1 - contentment]
    return [Rule(1 - ReviewDesign.closing, [])]
      + zip(signs, lexicon.closings).flatMap { sign, phrases in
        phrases.map { words in
          Rule(
            ReviewDesign.closing * sign / Double(phrases.count), words.map { .word($0) })
        }
      }
  }
}
