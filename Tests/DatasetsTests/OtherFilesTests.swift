import Foundation
import Testing

@testable import Datasets

/// A model's encoding with files whose schema is not word for word that of training.
@Suite struct OtherFilesTests {
  private static let log = """
    u,y,s
    1,0,x
    2,1,x
    1,1,v
    2,0,t
    1,1,t

    """

  /// Two tables by one key, whose columns have one name in their files.
  private static func joined(
    _ joins: [String], split: String = "{column: s, validation: v, test: t}"
  )
    -> String
  {
    """
    name: twice
    files: {all: log.csv}
    columns: {u: {type: categorical, minimumCount: 1}}
    join:
    \(joins.joined(separator: "\n"))
    tasks: {y: {column: y}}
    split: \(split)
    """
  }

  private static let first = """
      - file: a.csv
        key: {log: u, table: id}
        columns: {c1: {type: categorical, from: c, minimumCount: 1}}
    """

  private static let second = """
      - file: b.csv
        key: {log: u, table: id}
        columns: {c2: {type: categorical, from: c, minimumCount: 1}}
    """

  private static var files: DatasetLoader.Source {
    .memory([
      "log.csv": Data(log.utf8), "a.csv": Data("id,c\n1,p\n2,q\n".utf8),
      "b.csv": Data("id,c\n1,k\n2,m\n".utf8),
    ])
  }

  @Test func everyTableOfOneKeyIsReadAsItsOwn() throws {
    let schema = try DatasetSchema(
      yaml: Self.joined([Self.first, Self.second]), path: "s.yaml")
    let data = try DatasetLoader(schema, from: Self.files, threads: 1).loadTwice()
    #expect(data.features.fields.map(\.name) == ["u", "c1", "c2"])
    // The order of the new schema does not matter.
    let turned = try DatasetSchema(
      yaml: Self.joined([Self.second, Self.first]), path: "s.yaml")
    try data.expectSameWhenEncodedAgain(turned, from: Self.files)
  }

  @Test func aTableTooFewIsSaid() throws {
    let schema = try DatasetSchema(
      yaml: Self.joined([Self.first, Self.second]), path: "s.yaml")
    let encoding = try #require(
      DatasetLoader(schema, from: Self.files, threads: 1).load().savedEncoding)
    let fewer = try DatasetSchema(yaml: Self.joined([Self.first]), path: "s.yaml")
    #expect(throws: RowReadingError.noJoin(table: "b.csv", key: "u")) {
      _ = try RowStream(encoding, .schema(fewer, Self.files), threads: 1)
    }
  }
}
