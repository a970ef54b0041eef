import Foundation
import Testing

@testable import Datasets

/// The recipe on small files of the same format, and on the real ones where there are any.
@Suite struct AmazonReviewsTests {
  /// Twelve reviews of each of five users, ordered by product.
  ///
  /// They have what the real lines have: nested members, escapes, missing names, empty texts. Each
  /// text has a word of its own.
  private static let reviews = (0..<60).map { row -> String in
    let item = "B\(row / 10)"
    let name = row % 7 == 0 ? "" : #""reviewerName": "J \"Jay\" O\u0027K","#
    let text = row == 13 ? "" : "Sounds great, word\(row) it\\u0027s\\nthe best sound"
    let (user, stars, time) = (row % 5, row % 5 + 1, 1_393_545_600 + row * 7 % 11 * 86_400)
    return """
      {"reviewerID": "U\(user)", "asin": "\(item)", \(name) "helpful": [1, 2], \
      "reviewText": "\(text)", "overall": \(stars).0, "summary": "s", \
      "unixReviewTime": \(time), "reviewTime": "02 28, 2014"}

      """
  }

  private static let tuples =
    "user\titem\trating\ttime\tfeature\topinion\tsentiment\n"
    + (0..<60).map { row -> String in
      let (feature, isFor) = (row % 2 == 0 ? "sound" : "price", row % 3 != 1)
      let opinion = isFor ? "great\t1" : "not_best\t-1"
      return "U\(row % 5)\tB\(row / 10)\t5\t0\t\(feature)\t\(opinion)\n"
    }.joined()

  private func load(in folder: String) throws -> Dataset {
    let recipe = try #require(Recipe.named("amazon-reviews"))
    return try DatasetLoader(
      recipe.schema(in: folder), from: .folder(folder, hint: recipe.origin), threads: 2
    ).load()
  }

  private func load(withTuples: Bool) throws -> Dataset {
    try withFolder { folder in
      try gzip(Data(Self.reviews.joined().utf8)).write(
        to: URL(fileURLWithPath: "\(folder)/reviews_Musical_Instruments_5.json.gz"))
      if withTuples {
        try gzip(Data(Self.tuples.utf8)).write(
          to: URL(fileURLWithPath: "\(folder)/feature_opinion_sentiment.tsv.gz"))
      }
      return try load(in: folder)
    }
  }

  @Test func readsRatingsWordsAndOpinions() throws {
    let data = try load(withTuples: true)
    #expect(data.training.count + data.validation.count + data.test.count == 60)
    #expect(data.tasks.map(\.name) == ["rating", "ranking", "explanation", "opinions"])
    #expect(data.tasks.map(\.kind) == [.regression, .ranking, .text, .tuples])
    #expect(data.features.fields.map(\.name) == ["user", "item"])
    #expect(data.features.interactions == InteractionFields(user: 0, item: 1))
    let text = try #require(data.text)
    #expect(text.vocabulary.id(of: "it's") != TextVocabulary.unknown)
    // A word of one review is rarer than thrice.
    #expect(text.vocabulary.id(of: "word2") == TextVocabulary.unknown)
    let opinions = try #require(data.opinions)
    #expect(Set(opinions.features) == ["sound", "price"])
    #expect(Set(opinions.opinions) == ["great", "not_best"])
    #expect(text.isConcept(text.vocabulary.id(of: "sound")))
  }

  /// One of sixty reviews has no text, and is outside of the space of the explanation alone.
  @Test func keepsTheRatingOfAReviewWithoutText() throws {
    let data = try load(withTuples: false)
    var outside = [0, 0, 0]
    for examples in [data.training, data.validation, data.test] {
      for row in 0..<examples.count {
        for task in 0..<3 where examples.spaces?[row * 3 + task] == 0 { outside[task] += 1 }
      }
    }
    #expect(outside[0] == 0 && outside[2] == 1)
  }

  @Test func goesWithoutOpinions() throws {
    let data = try load(withTuples: false)
    #expect(data.tasks.map(\.name) == ["rating", "ranking", "explanation"])
    #expect(data.opinions == nil)
    #expect(data.text?.concepts.isEmpty == true)
    #expect(
      data.notices.contains(
        "feature_opinion_sentiment.tsv is not there: nobody's opinions are known, and there is no "
          + "task opinions"))
    let both = try load(withTuples: true)
    #expect(!both.notices.contains { $0.contains("is not there") })
  }

  @Test func saysWhereFilesComeFrom() throws {
    let recipe = try #require(Recipe.named("amazon-reviews"))
    try withFolder { folder in
      #expect(throws: ReaderError.missingFile(path: "\(folder)/*_5.json", hint: recipe.origin)) {
        try load(in: folder)
      }
    }
  }

  @Test(
    .enabled(
      if: amazonFolder != nil,
      "AMAZON_REVIEWS_DIR is not set: the folder of reviews_Musical_Instruments_5.json"))
  func readsTheRealReviews() throws {
    let data = try load(in: try #require(amazonFolder))
    let splits = [data.training, data.validation, data.test]
    let tasks = data.tasks.count
    #expect(splits.map(\.count).reduce(0, +) == 10_261)
    let stars = splits.flatMap { rows in
      (0..<rows.count).map {
        data.tasks[0].scale.original(Double(rows.labels[$0 * tasks])).rounded()
      }
    }
    let counts = (1...5).map { star in stars.count { $0 == Double(star) } }
    #expect(counts == [217, 250, 772, 2084, 6938])
    #expect(data.interactions?.users.count == 1429)
    let shares = splits.map { Double($0.count) / 10_261 }
    #expect(abs(shares[0] - 0.8) < 0.01 && abs(shares[1] - 0.1) < 0.01)
  }
}

private let amazonFolder = ProcessInfo.processInfo.environment["AMAZON_REVIEWS_DIR"]
