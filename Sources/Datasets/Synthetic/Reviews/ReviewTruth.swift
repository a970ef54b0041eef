import Metrics
import Runs

/// What the maker of reviews knows and their reader cannot: the text of `truth.json`.
struct ReviewTruth {
  private let reviews: SyntheticReviews
  private let test: [Int]
  private let written: [SyntheticReview]

  /// Writes every review of a set.
  init(of reviews: SyntheticReviews) {
    self.reviews = reviews
    written = (0..<reviews.count).map { reviews.review($0) }
    test = (0..<reviews.count).filter { reviews.split(of: $0) == .test }
  }

  private var world: ReviewWorld { reviews.world }

  /// The file's text, but for its seal, by the checksums of both files.
  func text(reviews checksum: String, opinions: String) -> TruthText {
    .table([
      ("written_by", .word("mtl-tui data generate")),
      ("log", .table([("file", .word("reviews.jsonl")), ("checksum", .word(checksum))])),
      ("opinion_file", .table([("file", .word("opinions.tsv")), ("checksum", .word(opinions))])),
      ("preset", .word(reviews.name)),
      ("seed", .word("\(reviews.seed)")),
      ("reviews", .count(reviews.count)),
      ("test_reviews", .count(test.count)),
      ("population", population),
      ("tasks", .table([("rating", rating), ("explanation", explanation), ("opinions", opinion)])),
      ("items", .table(world.items.indices.map { (SyntheticReviews.name(item: $0), item($0)) })),
      ("attention_of", attended),
      ("users", .table(world.users.indices.map { (SyntheticReviews.name(user: $0), user($0)) })),
    ])
  }
}

// MARK: - Bounds
extension ReviewTruth {
  /// √ of the mean Var[rating | x] over test rows, and the RMSE of E[rating | x] as they were drawn.
  private var rating: TruthText {
    let laws = test.map { index in
      let pair = world.pairs[index]
      return RatingLaw(leaning: world.leaning(pair.user, pair.item))
    }
    let squares = zip(laws, test).map { law, index in
      let distance = Double(written[index].rating) - law.mean
      return distance * distance
    }
    return .table([
      ("bayes_rmse", .number(laws.map(\.variance).mean.squareRoot())),
      ("bayes_rmse_of_draw", .number(squares.mean.squareRoot())),
    ])
  }

  /// exp of the mean −ln p of the test reviews' tokens by the grammar of their user and item; the end
  /// of a review is a token.
  private var explanation: TruthText {
    var perplexity = Perplexity()
    for index in test {
      let pair = world.pairs[index]
      let chances = world.grammar(pair.user, pair.item)
        .probabilities(of: written[index].words)
      perplexity.add(
        negativeLogLikelihood: -chances.reduce(0) { $0 + naturalLogarithm($1) },
        tokens: chances.count)
    }
    return .table([
      ("bayes_perplexity", .number(perplexity.value)),
      ("tokens", .count(perplexity.tokens)),
    ])
  }

  /// How often the test reviews speak of the aspect that is likeliest to be spoken of.
  private var opinion: TruthText {
    var hits = FeatureHits(features: world.lexicon.aspects.count)
    for index in test {
      let pair = world.pairs[index]
      let likeliest = world.opinions(pair.user, pair.item).max { $0.weight < $1.weight }
      hits.add(
        named: Set([likeliest?.aspect].compactMap { $0 }),
        truth: Set(written[index].tuples.map(\.aspect)))
    }
    let tuples = written.flatMap(\.tuples)
    return .table([
      ("tuples", .count(tuples.count)),
      ("praise", .count(tuples.count(where: \.isPraise))),
      ("likeliest_feature_hit", .number(hits.ratio)),
      ("chance_feature_hit", .number(hits.chance)),
    ])
  }
}

// MARK: - Users and items
extension ReviewTruth {
  private var population: TruthText {
    .table([
      ("users", .count(world.users.count)), ("items", .count(world.items.count)),
      ("categories", .count(world.lexicon.categories.count)),
      ("features", .count(world.lexicon.aspects.count)),
      ("words", .count(world.lexicon.words.count)),
    ])
  }

  private func name(_ aspect: Int) -> String {
    world.lexicon.words[world.lexicon.aspects[aspect].name]
  }

  /// An item's category, b_i, and q by aspect.
  private func item(_ index: Int) -> TruthText {
    let item = world.items[index]
    return .table([
      ("category", .count(item.category)), ("bias", .number(item.bias)),
      (
        "quality",
        .table(
          zip(item.aspects, item.qualities).map { aspect, quality in
            (name(world.lexicon.categories[item.category][aspect]), .number(quality.value))
          })
      ),
    ])
  }

  /// By category, the aspects that a user's attention is given for.
  private var attended: TruthText {
    .list(world.lexicon.categories.map { .list($0.map { .word(name($0)) }) })
  }

  /// b_u, and w by category in the order of ``attended``.
  private func user(_ index: Int) -> TruthText {
    let user = world.users[index]
    return .table([
      ("bias", .number(user.bias)),
      ("attention", .list(user.attention.map { .list($0.map { .number($0) }) })),
    ])
  }
}
