/// Drug Review (Druglib.com), UCI machine learning repository, doi:10.24432/C55G6J: reviews of drugs in
/// three parts, a rating from 1 to 10, how effective the drug was and how bad its side effects.
///
/// Three tasks on the same words, two of which pull apart: what is said of a drug that works and makes
/// ill. Words are inputs as a bag. The files have an unnamed first column, tabs, and quoted fields with
/// line breaks; all are read as one table and split by a hash, as there may be one or two of them.
enum DrugLib {
  static let origin = """
    download "Drug Review Dataset (Druglib.com)" from the UCI Machine Learning Repository \
    (https://archive.ics.uci.edu/dataset/461, doi:10.24432/C55G6J), unpack it, and give the folder of \
    drugLibTrain_raw.tsv and drugLibTest_raw.tsv (plain or .gz) as --path
    """

  /// Small batches, since 3,300 rows are four of the usual ones.
  ///
  /// MMoE, one seed, validation rmse of the rating and AUC of effective and ill at the kept step; linear
  /// has 2.492 .684 .819:
  ///
  ///     Adam 0.001, batches of 1024      2.751 .649 .584  (six epochs, not done)
  ///     Adam 0.002, batches of 64        2.311 .758 .858
  ///     Adam 0.005, batches of 64        2.261 .737 .872
  ///     Adagrad 0.05, batches of 64      2.270 .745 .860
  static let advice = TrainingAdvice(optimizer: .adam, learningRate: 2e-3, batchSize: 64)

  static let schema = DatasetSchema(
    name: "druglib", files: .all(FileList("drugLib*.tsv")),
    columns: [
      .init("drug", .categorical(minimumCount: 2), from: "urlDrugName"),
      .init("condition", .categorical(minimumCount: 2)),
      .words("benefits", from: "benefitsReview"),
      .words("side_effects", from: "sideEffectsReview"),
      .words("comments", from: "commentsReview"),
    ],
    tasks: [
      TaskSchema(name: "rating", kind: .regression, label: .init(column: "rating", rule: .value)),
      TaskSchema(
        name: "effective",
        label: .init(
          column: "effectiveness",
          rule: .oneOf(["Highly Effective", "Considerably Effective"]))),
      TaskSchema(
        name: "ill",
        label: .init(
          column: "sideEffects",
          rule: .oneOf([
            "Moderate Side Effects", "Severe Side Effects", "Extremely Severe Side Effects",
          ]))),
    ], split: .ratio(validation: 0.1, test: 0.1, seed: 1))
}

extension DatasetSchema.Column {
  /// A bag of the words of a text: those that three training rows have, two hundred of a text.
  static func words(_ name: String, from source: String) -> Self {
    var column = Self(name, .categorical(minimumCount: 3), from: source)
    column.rule.list = .init(tokens: Tokenizer(), maximumCount: 200)
    return column
  }
}
