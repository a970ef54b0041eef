/// Women's Clothing E-Commerce Reviews (Kaggle, nicapotato): 23,486 reviews of 1,206 pieces with a
/// rating from 1 to 5, whether the piece is recommended, and how many found the review helpful.
///
/// That a piece is recommended says nearly what its rating says, and whether a review is found helpful
/// has little to do with either: a pair of tasks that helps, and one that does not. Nobody is named and
/// nothing is dated, so rows are split by a hash. Words of title and text are inputs as bags; a text may
/// have line breaks, and one in thirty is missing.
enum WomensClothing {
  static let file = "Womens Clothing E-Commerce Reviews.csv"
  static let otherNames = [file: ["womens_clothing_reviews.csv"]]
  static let origin = """
    download "Women's E-Commerce Clothing Reviews" from Kaggle \
    (https://www.kaggle.com/datasets/nicapotato/womens-ecommerce-clothing-reviews, CC0), and give the \
    folder of "\(file)" (plain or .gz) as --path
    """

  /// Smaller batches than usual.
  ///
  /// MMoE, batches of 128, one seed, validation rmse of the rating and AUC of recommended and helpful at
  /// the kept step: Adam 0.001 has .685 .955 .654, Adam 0.002 .691 .953 .677; linear .790 .913 .664.
  static let advice = TrainingAdvice(optimizer: .adam, learningRate: 2e-3, batchSize: 128)

  static let schema = DatasetSchema(
    name: "womens-clothing", files: .all(FileList(file)),
    columns: [
      .init("piece", .categorical(minimumCount: 2), from: "Clothing ID"),
      .init("age", .numeric(log1p: false, indicator: false), from: "Age"),
      .init("division", .categorical(minimumCount: 2), from: "Division Name"),
      .init("department", .categorical(minimumCount: 2), from: "Department Name"),
      .init("class", .categorical(minimumCount: 2), from: "Class Name"),
      .words("title", from: "Title"), .words("text", from: "Review Text"),
    ],
    tasks: [
      TaskSchema(name: "rating", kind: .regression, label: .init(column: "Rating", rule: .value)),
      TaskSchema(name: "recommended", label: .init(column: "Recommended IND", rule: .value)),
      TaskSchema(
        name: "helpful", label: .init(column: "Positive Feedback Count", rule: .atLeast(1))),
    ], split: .ratio(validation: 0.1, test: 0.1, seed: 1))
}
