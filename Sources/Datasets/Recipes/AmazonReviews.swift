import Foundation

/// Amazon reviews, 5-core (McAuley and others 2015, doi:10.1145/2766462.2767755): who gave which product
/// how many stars, and why.
///
/// A category such as Musical Instruments (10,261 reviews of 1,429 users and 900 products), as it is
/// downloaded: JSON lines, ordered by product. User and product are the only inputs beside the words,
/// so that the model `linear` is a mean and a bias for each. A tenth of every user's reviews validates
/// and a tenth tests. Of a review the first thirty words are told; a user or a product speaks by its
/// ten newest reviews of the training rows. Seven reviews have no text: their rating counts.
///
/// What a review says of which feature is in a table of its own, where there is one: rows of user, item,
/// feature, opinion and sentiment (1 or −1), as lexicons make them.
enum AmazonReviews {
  static let origin = """
    download a category's 5-core reviews of Amazon (https://jmcauley.ucsd.edu/data/amazon), such as \
    reviews_Musical_Instruments_5.json.gz, and give its folder as --path; a table \
    feature_opinion_sentiment.tsv (plain or .gz) of user, item, feature, opinion and sentiment may \
    lie beside it
    """

  /// Small batches, since 8,200 rows are eight of the usual ones.
  ///
  /// One seed, test rmse of PMF's rating and NDCG@10 of BPR-MF's ranking: Adam 0.001 with batches of 1024
  /// .919 and .020 (nine epochs), Adam 0.003 with batches of 128 .915 and .050; linear .936, popularity .055.
  static let advice = TrainingAdvice(optimizer: .adam, learningRate: 3e-3, batchSize: 128)

  static let tuples = "feature_opinion_sentiment.tsv"

  static let schema: DatasetSchema = {
    var schema = DatasetSchema(
      name: "amazon-reviews", files: .all(FileList("*_5.json")),
      columns: [
        .init("user", .categorical(minimumCount: 1), from: "reviewerID"),
        .init("item", .categorical(minimumCount: 1), from: "asin"),
      ],
      tasks: [
        TaskSchema(
          name: "rating", kind: .regression, label: .init(column: "overall", rule: .value)),
        .ranking, TaskSchema(name: "explanation", kind: .text, label: nil),
        TaskSchema(name: "opinions", kind: .tuples, label: nil),
      ], split: .ratioByUser(validation: 0.1, test: 0.1, seed: 1))
    schema.interactions = InteractionSchema(user: "user", item: "item", time: "unixReviewTime")
    var text = DatasetSchema.Text(
      "review", from: "reviewText", maximumTokens: 30, minimumCount: 3)
    (text.perUser, text.perItem) = (10, 10)
    schema.text = text
    schema.opinions = .init(FileList(tuples))
    schema.concepts = .opinions
    return schema
  }()
}

extension DatasetSchema {
  /// The schema without opinions where their table is not in a folder, which is said.
  func withoutAbsentOpinions(in folder: String) -> Self {
    guard let opinions else { return self }
    let absent = opinions.files.names.first { name in
      ![name, name + ".gz"].contains {
        FileManager.default.fileExists(atPath: "\(folder)/\($0)")
      }
    }
    guard let absent else { return self }
    var schema = self
    schema.opinions = nil
    if concepts == .opinions { schema.concepts = nil }
    let left = tasks.filter { $0.kind == .tuples }.map(\.name)
    schema.tasks.removeAll { $0.kind == .tuples }
    schema.notices.append(
      "\(absent) is not there: nobody's opinions are known, and there is no task "
        + left.joined(separator: ", "))
    return schema
  }
}
