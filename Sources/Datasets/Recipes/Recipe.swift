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

  /// Every recipe.
  public static let all: [Recipe] = [
    Recipe(
      name: "census-income",
      summary: "Census-Income (KDD): income above 50,000 dollars, never married",
      origin: CensusIncome.origin,
      schema: CensusIncome.schema(
        "census-income", tasks: [CensusIncome.income, CensusIncome.neverMarried])),
    Recipe(
      name: "census-income-education",
      summary: "Census-Income (KDD): associate degree or more, never married",
      origin: CensusIncome.origin,
      schema: CensusIncome.schema(
        "census-income-education", tasks: [CensusIncome.college, CensusIncome.neverMarried])),
  ]
}
