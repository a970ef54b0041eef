/// MovieLens 100K and 1M (Harper, Konstan 2015, doi:10.1145/2827872): who gave which film how many
/// stars, and when.
///
/// User and film are the only inputs, so that the model `linear` is a mean and a bias for each: what a
/// factorisation has to beat. A tenth of every user's ratings validates and a tenth tests. The files
/// have no header and no quotes: 100K parts fields by tabs, 1M by two colons. Every user has 20 ratings
/// or more; films of one rating have an id of their own, too.
enum MovieLens {
  static let origin100k = """
    download ml-100k.zip of MovieLens from GroupLens (https://grouplens.org/datasets/movielens/100k), \
    unpack it, and give the folder of u.data as --path
    """
  static let origin1m = """
    download ml-1m.zip of MovieLens from GroupLens (https://grouplens.org/datasets/movielens/1m), \
    unpack it, and give the folder of ratings.dat as --path
    """

  /// 100,000 ratings of 943 users and 1,682 films.
  static let schema100k = schema("movielens-100k", "u.data", delimiter: "\t")
  /// 1,000,209 ratings of 6,040 users and 3,706 films.
  static let schema1m = schema("movielens-1m", "ratings.dat", delimiter: "::")

  private static func schema(_ name: String, _ file: String, delimiter: String) -> DatasetSchema {
    var format = TableFormat()
    format.delimiter = delimiter
    format.isQuoted = false
    format.hasHeader = false
    format.columnNames = ["user", "film", "stars", "time"]
    var schema = DatasetSchema(
      name: name, files: .all(FileList(file)), format: format,
      columns: [
        .init("user", .categorical(minimumCount: 1)), .init("film", .categorical(minimumCount: 1)),
      ],
      tasks: [
        TaskSchema(
          name: "rating", kind: .regression, label: .init(column: "stars", rule: .value)),
        .ranking,
      ], split: .ratioByUser(validation: 0.1, test: 0.1, seed: 1))
    schema.interactions = InteractionSchema(user: "user", item: "film", time: "time")
    return schema
  }
}

extension TaskSchema {
  /// Which items a user comes to; four that were not met are drawn for each that was.
  static let ranking: TaskSchema = {
    var task = TaskSchema(name: "ranking", kind: .ranking, label: nil)
    task.sampled = NegativeSampling()
    return task
  }()
}
