import Foundation

/// A known data set: its schema is in the program, its files are on disk.
public struct Recipe: Sendable {
  /// The name on the command line.
  public let name: String
  /// One line.
  public let summary: String
  /// Where a person can have the files.
  public let origin: String
  /// The schema, its files named without an ending for compression.
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

  /// The schema with each file under the name that it has in a folder: plain, or with `.gz`.
  public func schema(in folder: String) -> DatasetSchema {
    func found(_ name: String) -> String {
      let manager = FileManager.default
      if manager.fileExists(atPath: "\(folder)/\(name)") { return name }
      return manager.fileExists(atPath: "\(folder)/\(name).gz") ? "\(name).gz" : name
    }
    var schema = schema
    switch schema.files {
    case .all(let name): schema.files = .all(found(name))
    case .separate(let training, let validation, let test):
      schema.files = .separate(
        training: found(training), validation: validation.map(found), test: found(test))
    }
    return schema
  }
}
