import Foundation

/// A known data set: its schema is in the program, its files are on disk.
public struct Recipe: Sendable {
  /// The name on the command line.
  public let name: String
  /// One line.
  public let summary: String
  /// Where a person can have the files.
  public let origin: String
  /// The schema; its files may lie packed, under their names with `.gz`.
  public let schema: DatasetSchema
  /// By a file's name in the schema, the names under which it may lie instead, the likeliest first.
  public var otherNames: [String: [String]] = [:]
  /// How networks are trained on it unless a person says otherwise; nil: as on all data.
  public var advice: TrainingAdvice?

  /// Every recipe.
  public static let all: [Recipe] = [
    Recipe(
      name: "census-income",
      summary: "Census-Income (KDD): income above 50,000 dollars, never married",
      origin: CensusIncome.origin,
      schema: CensusIncome.schema(
        "census-income", tasks: [CensusIncome.income, CensusIncome.neverMarried]),
      advice: CensusIncome.advice),
    Recipe(
      name: "census-income-education",
      summary: "Census-Income (KDD): associate degree or more, never married",
      origin: CensusIncome.origin,
      schema: CensusIncome.schema(
        "census-income-education", tasks: [CensusIncome.college, CensusIncome.neverMarried]),
      advice: CensusIncome.advice),
    Recipe(
      name: "kuairand-pure",
      summary: "KuaiRand-Pure: click, long view, like and watch time of short videos",
      origin: KuaiRandPure.origin, schema: KuaiRandPure.schema,
      otherNames: KuaiRandPure.otherNames, advice: KuaiRandPure.advice),
    Recipe(
      name: "amazon-reviews",
      summary: "Amazon reviews (5-core): stars, products a user comes to, words and opinions",
      origin: AmazonReviews.origin, schema: AmazonReviews.schema, advice: AmazonReviews.advice),
    Recipe(
      name: "druglib",
      summary: "Druglib reviews of drugs: rating, effectiveness and side effects, from words",
      origin: DrugLib.origin, schema: DrugLib.schema, advice: DrugLib.advice),
    Recipe(
      name: "womens-clothing",
      summary: "Women's clothing reviews: rating, recommended and found helpful, from words",
      origin: WomensClothing.origin, schema: WomensClothing.schema,
      otherNames: WomensClothing.otherNames, advice: WomensClothing.advice),
    Recipe(
      name: "movielens-100k",
      summary: "MovieLens 100K: stars that users gave films, and which films they come to",
      origin: MovieLens.origin100k, schema: MovieLens.schema100k),
    Recipe(
      name: "movielens-1m",
      summary: "MovieLens 1M: stars that users gave films, and which films they come to",
      origin: MovieLens.origin1m, schema: MovieLens.schema1m),
  ]

  /// The recipe of a name; nil if there is none.
  public static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }

  /// The schema with the file names that a folder has; absent files keep the schema's.
  public func schema(in folder: String) -> DatasetSchema {
    var schema = schema
    if case .all(let files) = schema.files {
      schema.files = .all(FileList(files.names.map { present($0, in: folder) }))
    }
    return schema.withoutAbsentOpinions(in: folder)
  }

  private func present(_ file: String, in folder: String) -> String {
    let names = [file] + (otherNames[file] ?? [])
    return names.first { name in
      [name, name + ".gz"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    } ?? file
  }
}
