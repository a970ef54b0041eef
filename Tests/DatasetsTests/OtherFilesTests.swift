import Foundation
import Tensors
import Testing

@testable import Datasets

/// A model's encoding with files whose schema is not word for word that of training.
@Suite struct OtherFilesTests {
  private static let log = """
    u,y,s,t
    1,0,x,20220501
    2,1,x,20220502
    1,1,v,20220503
    2,0,t,20220504
    1,1,t,20220505

    """

  /// Two tables by one key, whose columns have one name in their files.
  private static func joined(
    _ joins: [String], split: String = "{column: s, validation: v, test: t}"
  ) -> String {
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

  /// Training went by another split, so that nothing says what the times count.
  @Test(arguments: [8, 1 << 20]) func aSplitByTimeFindsItsUnit(partBytes: Int) throws {
    let schema = try DatasetSchema(yaml: Self.joined([Self.first]), path: "s.yaml")
    let encoding = try #require(
      DatasetLoader(schema, from: Self.files, threads: 1).load().savedEncoding)
    func counts(_ from: String, _ test: String) throws -> [Int] {
      let split = "{time: {column: t, validationFrom: \(from), testFrom: \(test)}}"
      let other = try DatasetSchema(
        yaml: Self.joined([Self.first], split: split), path: "s.yaml")
      return try RowSplit.allCases.map { part in
        var wants = RowStream.Wants()
        wants.split = part
        return try RowStream(
          encoding, .schema(other, Self.files), wants: wants, joins: nil,
          pool: WorkerPool(threads: 1), partBytes: partBytes
        ).examples().reduce(0) { $0 + $1.count }
      }
    }
    #expect(try counts("20220502", "2022-05-04") == [1, 2, 2])
  }

  /// The label is called otherwise in the new files; the rule stays that of training.
  @Test func aLabelOfAnotherNameIsFollowed() throws {
    let schema = try DatasetSchema(yaml: Self.joined([Self.first]), path: "s.yaml")
    let encoding = try #require(
      DatasetLoader(schema, from: Self.files, threads: 1).load().savedEncoding)
    let other = try DatasetSchema(
      yaml: Self.joined([Self.first]).replacingOccurrences(
        of: "{column: y}", with: "{column: lab}"),
      path: "s.yaml")
    let renamed = DatasetLoader.Source.memory([
      "log.csv": Data(Self.log.replacingOccurrences(of: "u,y,", with: "u,lab,").utf8),
      "a.csv": Data("id,c\n1,p\n2,q\n".utf8),
    ])
    var wants = RowStream.Wants()
    wants.labels = true
    let labels = try RowStream(
      encoding, .schema(other, renamed), wants: wants, joins: nil, pool: WorkerPool(threads: 1),
      partBytes: 1 << 10
    ).examples().flatMap { rows in (0..<rows.count).map { rows.labels.base[$0] } }
    #expect(labels == [0, 1, 1, 0, 1])
  }

  /// What a split goes by was not read: the caller is at fault, and hears of it.
  @Test func aSplitByWhatIsNotThereIsSaid() throws {
    let schema = try DatasetSchema(yaml: Self.joined([Self.first]), path: "s.yaml")
    let reader = try TableReader(
      path: "log.csv", source: FileNames(source: Self.files).open("log.csv"), format: schema.format,
      partBytes: 1 << 10)
    let times = "{time: {column: t, validationFrom: 20220502, testFrom: 2022-05-04}}"
    let timed = try DatasetSchema(yaml: Self.joined([Self.first], split: times), path: "s.yaml")
    let columns = UsedColumns(schema)
    var cursor = try reader.begin(columns)
    let chunk = try #require(reader.next(&cursor, pool: WorkerPool(threads: 1))?.first)
    for split in [
      DatasetSchema.Split.column("nowhere", validation: "v", test: "t"),
      timed.split, .lastByUser(validation: 1, test: 1),
    ] {
      let error = #expect(throws: ReaderError.self) {
        try SplitPlan.splits(split, .all, chunk, columns, nil, nil, firstRow: 0)
      }
      #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("log.csv: the split needs "))
    }
  }

  @Test func aTableWhoseKeyIsNotReadIsSaid() throws {
    let schema = try DatasetSchema(
      yaml: Self.joined([Self.first, Self.second]), path: "s.yaml")
    var alone = schema
    // The key is an input as well.
    (alone.joins, alone.columns) = ([], [])
    let reading = JoinReading(
      schema, FileNames(source: Self.files), pool: WorkerPool(threads: 1), partBytes: 1 << 10)
    let tables = try reading.tables(for: UsedColumns(schema), segment: nil)
    #expect(tables.count == 2)
    #expect(throws: ReaderError.self) {
      _ = try reading.tables(for: UsedColumns(alone), segment: nil)
    }
  }
}
