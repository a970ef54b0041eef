import Foundation

extension SyntheticReviews {
  /// The files that ``write(to:overwrite:)`` writes.
  public static let fileNames = ["reviews.jsonl", "opinions.tsv", "schema.yaml", TruthFile.name]

  /// The text of `truth.json`: how reviews were drawn, and the best that a model can reach on them.
  ///
  /// It holds the RMSE that the best prediction of ratings leaves on the test rows, the perplexity of the
  /// test reviews by the grammar that they were drawn from, how often the aspect that is likeliest to be
  /// spoken of is, and what users heed and items are. It names the checksums of `reviews.jsonl` and
  /// `opinions.tsv` and carries its own ``FileSeal``.
  public func truthJSON() -> String {
    let texts = texts()
    return truthJSON(of: Data(texts.reviews), Data(texts.opinions))
  }

  private func truthJSON(of reviews: Data, _ opinions: Data) -> String {
    let truth = ReviewTruth(of: self)
    return FileSeal.json.sealing(
      truth.text(reviews: checksum(of: reviews), opinions: checksum(of: opinions)).json() + "\n")
  }

  /// Writes `reviews.jsonl`, `opinions.tsv`, `schema.yaml` and `truth.json` into a directory, made if
  /// it is not there.
  ///
  /// All are written beside their places and renamed when all are whole, the truth last. Files of those
  /// names are replaced if this program wrote them.
  ///
  /// - Throws: ``WritingError``, for somebody else's file before anything is made unless `overwrite`
  ///   says that it may be replaced.
  public func write(to directory: String, overwrite: Bool = false) throws(WritingError) {
    var files = try StagedFiles(
      Self.fileNames, in: directory,
      replacing: overwrite ? .all : .only(TruthFile.ownFiles(Self.fileNames, in: directory)))
    let (reviews, opinions) = texts()
    try files.stage(reviews, as: "reviews.jsonl")
    try files.stage(opinions, as: "opinions.tsv")
    try files.stage(Array(schemaYAML().utf8), as: "schema.yaml")
    let truth = truthJSON(of: Data(reviews), Data(opinions))
    try files.stage(Array(truth.utf8), as: TruthFile.name)
    try files.publish()
  }

  /// The text of `schema.yaml`: what the keys mean, the tasks, the split; with its ``FileSeal``.
  public func schemaYAML() -> String { FileSeal.comment.sealing(unsealedSchema) }

  private var unsealedSchema: String {
    let ends = world.design.splitEnds
    return """
      # Made reviews: users, items, ratings, texts. The truth is in truth.json.
      name: synthetic-reviews
      files:
        all: reviews.jsonl
      columns:
        user: {type: categorical, minimumCount: 1}
        item: {type: categorical, minimumCount: 1}
        review: {type: text, tokenizer: words, maximumTokens: 22, minimumCount: 1}
        time: {type: ignore}
        rating: {type: ignore}
      interactions: {user: user, item: item, time: time}
      reviews: {of: review, perUser: 15, perItem: 15}
      opinions:
        file: opinions.tsv
        user: user
        item: item
        feature: feature
        opinion: opinion
        sentiment: sentiment
      concepts: {from: opinions}
      tasks:
        rating: {column: rating, kind: regression}
        ranking: {kind: ranking, sampled: {per: user, negatives: 4, excluding: seen}}
        explanation: {kind: text, column: review}
        opinions: {kind: tuples}
      split:
        time:
          column: time
          unit: seconds
          validationFrom: \(time(ofShare: ends.training))
          testFrom: \(time(ofShare: ends.validation))

      """
  }
}
