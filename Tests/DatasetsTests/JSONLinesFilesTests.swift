import Foundation
import Tensors
import Testing

@testable import Datasets

/// Files of JSON lines that are read one after another, whose objects do not have the same keys.
@Suite struct JSONLinesFilesTests {
  private static let rows = [
    #"{"user": "a", "price": 1, "click": 0, "split": "x"}"#,
    #"{"user": "b", "price": 2, "click": 1, "split": "x"}"#,
    #"{"user": "a", "price": 3, "click": 1, "split": "v"}"#,
    #"{"user": "c", "price": 5, "click": 0, "split": "t"}"#,
  ].map { $0 + "\n" }

  private static let usual =
    "{user: {type: categorical, minimumCount: 1}, price: {type: numeric}}"

  /// Reads files in the order of their names.
  private func load(_ files: [String: String], columns: String = Self.usual) throws -> Dataset {
    let list = files.keys.sorted().joined(separator: ", ")
    let schema = try DatasetSchema(
      yaml: Table().schema.replacing("{all: t.csv}", with: "{all: [\(list)]}")
        .replacing(Self.usual, with: columns), path: "s.yaml")
    return try DatasetLoader(
      schema, from: .memory(files.mapValues { Data($0.utf8) }), threads: 2
    ).loadTwice()
  }

  /// Some of the rows, with more members in front of each object's.
  private func rows(_ range: Range<Int>, _ more: String = "") -> String {
    Self.rows[range].joined().replacing("{", with: "{" + more)
  }

  @Test func filesOfAListMayLackKeysThatNobodyReads() throws {
    let data = try load(["a.jsonl": rows(0..<2, "\"more\": 1, "), "b.jsonl": rows(2..<4)])
    #expect(try data.contents == Table(csv: Table.rows).load().contents)
  }

  /// A wanted key that no row of a later file has is the missing value there, as in one file.
  @Test func aLaterFileMayLackAWantedKey() throws {
    let first = rows(0..<2)
    let later = rows(2..<4).replacing("\"price\": 3, ", with: "")
      .replacing("\"price\": 5, ", with: "")
    #expect(!later.contains("price"))
    let data = try load(["a.jsonl": first, "b.jsonl": later])
    #expect(try data.contents == load(["t.jsonl": first + later]).contents)
    #expect(data.features.dense.map(\.column) == ["price"])
  }

  /// What no first file has is a slip of the pen, and a later file without any wanted key is another
  /// table.
  @Test(arguments: [true, false])
  func theFirstFileHasAllWantedKeysAndALaterOneSome(isFirst: Bool) throws {
    let files =
      isFirst
      ? ["a.jsonl": rows(0..<2).replacing("price", with: "cost"), "b.jsonl": rows(2..<4)]
      : ["a.jsonl": rows(0..<4), "b.jsonl": "{\"age\": 1}\n"]
    let error = #expect(throws: ReaderError.self) { try load(files) }
    guard case .missingColumn(let path, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == (isFirst ? "a.jsonl" : "b.jsonl"))
  }

  /// A pattern stands for the keys of the first file; those of a later one that it would match are
  /// not passed over in silence.
  @Test func aPatternMissesNoKeyOfALaterFile() throws {
    let columns =
      "{user: {type: categorical, minimumCount: 1}, \"f_*\": {type: numeric}, "
      + "f_named: {type: ignore}, \"f_x*\": {type: ignore}}"
    let both = "\"f_1\": 4, \"f_2\": 5, \"f_x1\": 6, "
    let data = try load(
      [
        "a.jsonl": rows(0..<2, both),
        "b.jsonl": rows(2..<4, "\"f_1\": 4, \"f_x2\": 0, \"f_named\": 7, \"other\": 8, "),
      ], columns: columns)
    #expect(data.features.dense.map(\.column) == ["f_1", "f_2"])
    let files = [
      "a.jsonl": rows(0..<2, "\"f_1\": 4, \"f_x1\": 6, "), "b.jsonl": rows(2..<4, both),
    ]
    #expect(
      throws: ReaderError.file(.laterKeys(path: "b.jsonl", first: "a.jsonl", keys: ["f_2"]))
    ) { try load(files, columns: columns) }
  }

  /// Labels and the split are no pattern's in a later file either.
  @Test func aPatternLeavesLabelsOfALaterFileOut() throws {
    let data = try load(
      ["a.jsonl": rows(0..<2), "b.jsonl": rows(2..<4)],
      columns: "{\"*\": {type: categorical, minimumCount: 1}}")
    #expect(data.features.fields.map(\.name) == ["user", "price"])
  }

  @Test func wordsOfTheError() {
    let error = ReaderError.file(.laterKeys(path: "b.jsonl", first: "a.jsonl", keys: ["f_2"]))
    let fix = "write these keys, as null, in the first object of the first file, or name them in "
    #expect(
      "\(error)" == """
        b.jsonl: patterns match keys that a.jsonl, the first file of the list, does not have.
          found: only here: f_2
          fix:   \(fix)the schema with `type: ignore`
        """)
  }
}
