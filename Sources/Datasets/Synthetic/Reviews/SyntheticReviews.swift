internal import Tensors

/// Made ratings and reviews of users on items, whose truth is known.
///
/// An item has six aspects with qualities q, a user heeds aspects by w:
///
///     rating = clip(round(x + .5 ε), 1, 5),   x = 3.5 + 2 Σ w q + b_u + b_i
///
/// A review speaks of one to three aspects, chosen as w |q|, in the words of a grammar of which every
/// sentence's probability is known. Every number is a function of the seed and its place, so the files
/// have the same bytes wherever, whenever and on however many threads they are made.
public struct SyntheticReviews: Sendable {
  /// What it is called in the truth file.
  let name: String
  /// The seed.
  public let seed: UInt64
  let world: ReviewWorld

  /// Draws users, items and who reviews what; reviews are written when asked for.
  public init(_ preset: ReviewPreset = .reviews, seed: UInt64) {
    self.init(preset.design, name: preset.rawValue, seed: seed)
  }

  /// Draws another number of them.
  init(_ design: ReviewDesign, name: String = ReviewPreset.reviews.rawValue, seed: UInt64) {
    (self.name, self.seed) = (name, seed)
    world = ReviewWorld(design, seed: seed)
  }

  /// How many reviews there are.
  public var count: Int { world.pairs.count }
}

/// A review as it was written.
struct SyntheticReview: Sendable {
  /// 1 to 5.
  let rating: Int
  /// Words, as numbers of the lexicon.
  let words: [Int]
  /// What it says about aspects, in its order.
  let tuples: [ReviewTuple]
}

/// An aspect, what is said about it, and whether that is praise.
struct ReviewTuple: Sendable, Hashable {
  /// A number of the lexicon's aspects.
  let aspect: Int
  /// The opinion's word, as a number of the lexicon.
  let word: Int
  /// Whether `not` stands before the word.
  let isNegated: Bool
  let isPraise: Bool
}

// MARK: - Reviews
extension SyntheticReviews {
  /// The review of a place in the order of time.
  func review(_ index: Int) -> SyntheticReview {
    let pair = world.pairs[index]
    let place = UInt64(pair.user * world.items.count + pair.item)
    let draws = ReviewStream.text.source(seed: seed)
    let opinions = world.opinions(pair.user, pair.item)
    var tuples: [ReviewTuple] = []
    let words = world.grammar(pair.user, pair.item).sentence {
      draws.uniform(place, UInt64($0))
    } visit: { symbol, part in
      guard case .opinion(let aspect, let isPraise, let isNegated) = symbol,
        case .word(let word) = part
      else { return }
      tuples.append(
        ReviewTuple(
          aspect: opinions[aspect].aspect, word: word, isNegated: isNegated, isPraise: isPraise))
    }
    let law = RatingLaw(leaning: world.leaning(pair.user, pair.item))
    let noise = ReviewStream.rating.source(seed: seed).normal(place)
    return SyntheticReview(rating: law.rating(noise: noise), words: words, tuples: tuples)
  }

  /// The time from which on reviews validate (a share of them) or test.
  func time(ofShare share: Double) -> Int {
    world.pairs[min(count - 1, Int(share * Double(count)))].time
  }

  /// Which part of the data a review belongs to.
  func split(of index: Int) -> SyntheticSplit {
    let (time, ends) = (world.pairs[index].time, world.design.splitEnds)
    if time < self.time(ofShare: ends.training) { return .train }
    return time < self.time(ofShare: ends.validation) ? .validation : .test
  }

  /// What a user is called in the files.
  static func name(user: Int) -> String { "u\(user)" }

  /// What an item is called in the files.
  static func name(item: Int) -> String { "i\(item)" }
}

/// How likely each rating is: clip(round(x + .5 ε), 1, 5).
struct RatingLaw: Sendable {
  /// x.
  let leaning: Double

  /// The rating by ε.
  func rating(noise: Double) -> Int {
    Int(min(max((leaning + ReviewDesign.noise * noise).rounded(), 1), 5))
  }

  /// P(rating = 1) to P(rating = 5): shares of N(x, .5²) between halves.
  var chances: [Double] {
    let below = (1...4).map {
      normalShare(below: (Double($0) + 0.5 - leaning) / ReviewDesign.noise)
    }
    return zip(below + [1], [0] + below).map { $0 - $1 }
  }

  /// E[rating | x]: the best prediction by squared error.
  var mean: Double { chances.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element } }

  /// Var[rating | x]: what that prediction leaves.
  var variance: Double {
    let mean = mean
    return chances.enumerated().reduce(0) { sum, chance in
      let distance = Double(chance.offset + 1) - mean
      return sum + distance * distance * chance.element
    }
  }
}

// MARK: - Lines
extension SyntheticReviews {
  /// The whole `reviews.jsonl`, and the whole `opinions.tsv`, its header first.
  func texts() -> (reviews: [UInt8], opinions: [UInt8]) {
    var (reviews, opinions) = ("", Self.opinionsHeader)
    for index in 0..<count {
      let lines = lines(of: index)
      reviews += lines.review
      opinions += lines.opinions
    }
    return (Array(reviews.utf8), Array(opinions.utf8))
  }

  static let opinionsHeader = "user\titem\tfeature\topinion\tsentiment\n"

  /// The lines of a review: its own, and those of its opinions.
  func lines(of index: Int) -> (review: String, opinions: String) {
    let (pair, review) = (world.pairs[index], review(index))
    let (user, item) = (Self.name(user: pair.user), Self.name(item: pair.item))
    let text = review.words.map { world.lexicon.words[$0] }.joined(separator: " ")
    let line =
      #"{"user":"\#(user)","item":"\#(item)","time":\#(pair.time),"#
      + #""rating":\#(review.rating),"review":"\#(text)"}"# + "\n"
    let opinions = review.tuples.map { tuple in
      let feature = world.lexicon.words[world.lexicon.aspects[tuple.aspect].name]
      let opinion = world.lexicon.opinion(tuple.word, isNegated: tuple.isNegated)
      return "\(user)\t\(item)\t\(feature)\t\(opinion)\t\(tuple.isPraise ? "1" : "-1")\n"
    }
    return (line, opinions.joined())
  }
}
