import Foundation
import Testing

@testable import Datasets

/// Lists of files, patterns, columns by pattern.
@Suite struct SeveralFilesTests {
  private static let header = "user,price,click,split\n"
  private static let lines = Table.rows.split(separator: "\n").dropFirst().map { "\($0)\n" }

  private func load(
    _ files: [String: String], _ list: String, columns: String? = nil, extra: String = "",
    splitsByHash: Bool = false
  ) throws -> Dataset {
    var schema = Table().schema.replacing("{all: t.csv}", with: list)
    if let columns {
      schema.replace(
        "{user: {type: categorical, minimumCount: 1}, price: {type: numeric}}", with: columns)
    }
    if splitsByHash {
      schema.replace(
        "{column: split, validation: v, test: t}",
        with: "{ratio: {validation: 0.3, test: 0.3, seed: 4}}")
    }
    return try DatasetLoader(
      DatasetSchema(yaml: schema + "\n" + extra, path: "s.yaml"),
      from: .memory(files.mapValues { Data($0.utf8) }), threads: 2
    ).loadTwice()
  }

  /// Which rows test is the same as if all had been in one file, also by a hash of their number.
  @Test(arguments: ["[a.csv, b.csv, c.csv]", "\"?.csv\"", "[a.csv, \"[bc].csv\"]"])
  func filesAreReadOneAfterAnother(list: String) throws {
    let many = (0..<60).map { "u\($0 % 7),\($0),\($0 % 2),x\n" }
    let whole = try load(
      ["t.csv": Self.header + many.joined()], "{all: t.csv}", splitsByHash: true)
    let parts = [
      "c.csv": Self.header + many[40...].joined(),
      "a.csv": Self.header + many[..<11].joined(),
      "b.csv": Self.header + many[11..<40].joined(),
    ]
    let data = try load(parts, "{all: \(list)}", splitsByHash: true)
    #expect(data.contents == whole.contents)
  }

  @Test func aPatternIsSortedByteByByte() throws {
    let names = FileNames(
      source: .memory(["p10": Data(), "p2": Data(), "P3": Data(), "q": Data()]))
    #expect(try names.paths(of: ["[pP]*", "q"]) == ["P3", "p10", "p2", "q"])
    #expect(throws: ReaderError.file(.noFileMatches(pattern: "x*"))) {
      try names.paths(of: ["x*"])
    }
  }

  @Test func columnsMayStandInAnotherOrder() throws {
    let whole = try load(["t.csv": Table.rows], "{all: t.csv}")
    let parts = [
      "a.csv": Self.header + Self.lines[..<2].joined(),
      "b.csv": "split,click,user,price\nv,1,a,3\nt,0,c,5\n",
    ]
    #expect(try load(parts, "{all: [a.csv, b.csv]}").contents == whole.contents)
  }

  @Test func refusesOtherColumns() {
    let first = Self.header + Self.lines.joined()
    let wider = "user,price,click,split,age\na,1,0,x,4\n"
    #expect(
      throws: ReaderError.file(
        .headersDiffer(path: "b.csv", first: "a.csv", missing: [], extra: ["age"]))
    ) { try load(["a.csv": first, "b.csv": wider], "{all: [a.csv, b.csv]}") }
    #expect(
      throws: ReaderError.file(
        .headersDiffer(path: "b.csv", first: "a.csv", missing: ["age"], extra: []))
    ) { try load(["b.csv": first, "a.csv": wider], "{all: [a.csv, b.csv]}") }
    #expect(throws: ReaderError.self) {
      try load(["a.csv": first, "b.csv": "user;price\n"], "{all: [a.csv, b.csv]}")
    }
  }

  @Test(arguments: ["{all: [a.csv, \"*.csv\"]}", "{training: a.csv, test: a.csv}"])
  func refusesAFileThatIsReadTwice(list: String) {
    var files = ["a.csv": Table.rows]
    if list.contains("all") { files["b.csv"] = Table.rows }
    let schema = Table().schema.replacing("{all: t.csv}", with: list)
      .replacing("split: {column: split, validation: v, test: t}", with: "")
    #expect(throws: ReaderError.file(.repeatedFile(path: "a.csv", first: "a.csv"))) {
      try DatasetLoader(
        DatasetSchema(yaml: schema, path: "s.yaml"),
        from: .memory(files.mapValues { Data($0.utf8) }), threads: 1
      ).load()
    }
  }

  @Test(arguments: [
    ("[a.csv, a.csv]", SchemaError.duplicate(path: "s.yaml", line: 2, name: "a.csv")),
    (
      "[]",
      .wrongValue(
        path: "s.yaml", line: 2, key: "files.all",
        expected: "a file, a pattern, or a list of them", found: "a list")
    ),
  ])
  func refusesOtherLists(list: String, error: SchemaError) {
    #expect(throws: error) { try load([:], "{all: \(list)}") }
  }

  @Test func filesOnDiskMatchPacked() throws {
    try withFolder { folder in
      let url = URL(fileURLWithPath: folder)
      let parts = [("p1.csv.gz", 0..<2), ("p2.csv.gz", 2..<4)]
      for (name, rows) in parts {
        let text = Self.header + Self.lines[rows].joined()
        try gzip(Data(text.utf8)).write(to: url.appending(path: name))
      }
      try FileManager.default.createDirectory(
        at: url.appending(path: "p0.csv"), withIntermediateDirectories: true)
      for list in ["\"p?.csv\"", "\"p*.csv.gz\"", "[p1.csv, \"p2*\"]"] {
        let schema = Table().schema.replacing("t.csv", with: list)
        let data = try DatasetLoader(
          DatasetSchema(yaml: schema, path: "s.yaml"), from: .folder(folder), threads: 1
        ).load()
        #expect(data.contents == (try Table(csv: Table.rows).load().contents), "\(list)")
      }
      try FileManager.default.createSymbolicLink(
        at: url.appending(path: "p3.csv.gz"), withDestinationURL: url.appending(path: "p1.csv.gz"))
      let schema = Table().schema.replacing("t.csv", with: "\"p*.gz\"")
      #expect(
        throws: ReaderError.file(
          .repeatedFile(path: "\(folder)/p3.csv.gz", first: "\(folder)/p1.csv.gz"))
      ) {
        try DatasetLoader(
          DatasetSchema(yaml: schema, path: "s.yaml"), from: .folder(folder), threads: 1
        ).load()
      }
    }
  }

  @Test func joinsReadSeveralFiles() throws {
    let log = JoinedLog()
    let schema = try DatasetSchema(
      yaml: log.schema.replacing("file: users.csv", with: "file: \"users-*.csv\""), path: "s.yaml")
    let lines = log.users.split(separator: "\n")
    var files = [
      "log.csv": log.log, "items.csv": log.items,
      "users-1.csv": lines[..<3].joined(separator: "\n"),
      "users-2.csv": lines[0] + "\n\n" + lines[3...].joined(separator: "\n"),
    ]
    let load = { (files: [String: String]) in
      try DatasetLoader(
        schema, from: .memory(files.mapValues { Data($0.utf8) }), threads: 2
      ).loadTwice()
    }
    #expect(try load(files).contents == log.load().contents)
    files["users-2.csv"]? += "\n" + lines[2]
    #expect(
      throws: ReaderError.repeatedKey(
        path: "users-2.csv", line: 6, column: "id", key: "u3", firstPath: "users-1.csv",
        firstLine: 3)
    ) { try load(files) }
  }

  // MARK: Columns by pattern

  private let wide =
    "f1,f2,fx,user,click,split,fclick\n1,2,a,u,0,x,9\n3,4,b,v,1,x,8\n"
    + "1,1,a,u,1,v,7\n1,1,a,u,0,t,7\n"

  @Test func aPatternStandsForTheColumnsThatMatch() throws {
    let data = try load(
      ["t.csv": wide], "{all: t.csv}",
      columns: "{user: {type: categorical}, \"f*\": {type: numeric}, "
        + "fx: {type: categorical, minimumCount: 1}, \"*k\": {type: ignore}}")
    #expect(data.features.dense.map(\.column) == ["f1", "f2"])
    #expect(data.features.fields.map(\.name) == ["user", "fx"])
  }

  /// `*` is everything but labels and the split.
  @Test func aPatternLeavesLabelsOut() throws {
    let data = try load(
      ["t.csv": wide], "{all: t.csv}", columns: "{\"*\": {type: categorical, minimumCount: 1}}")
    #expect(data.features.fields.map(\.name) == ["f1", "f2", "fx", "user", "fclick"])
  }

  /// The row numbers that pandas writes have no name.
  @Test func aPatternLeavesAColumnWithoutANameOut() throws {
    let text = wide.split(separator: "\n").enumerated().map { row, line in
      (row == 0 ? "" : "\(row)") + ",\(line)\n"
    }
    let data = try load(
      ["t.csv": text.joined()], "{all: t.csv}",
      columns: "{\"*\": {type: categorical, minimumCount: 1}}")
    #expect(data.features.fields.map(\.name) == ["f1", "f2", "fx", "user", "fclick"])
  }

  @Test(arguments: [
    ("{user: {type: categorical}, \"g*\": {type: numeric}}", "g*", 0),
    ("{f1: {type: numeric}, \"f1*\": {type: numeric}}", "f1*", 1),
    ("{user: {type: categorical}, \"cl*k\": {type: numeric}}", "cl*k", 1),
  ])
  func aPatternThatMatchesNothingIsAnError(columns: String, pattern: String, taken: Int) {
    let error = #expect(throws: ReaderError.self) {
      try load(["t.csv": wide], "{all: t.csv}", columns: columns)
    }
    guard case .file(.patternMatchesNothing("t.csv", pattern, _, taken)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    ("f*", "f1", true), ("f*", "f", true), ("f*", "af", false), ("*", "", true),
    ("a*b*c", "abc", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "acb", false),
    ("*ab", "aab", true), ("ab*ba", "aba", false), ("a**b", "ab", true), ("a*bc*d", "abd", false),
  ])
  func matchesNames(pattern: String, name: String, isMatch: Bool) {
    #expect(DatasetSchema.Column(pattern, .ignore).matches(name) == isMatch)
  }

  @Test func aPatternKeepsItsNames() {
    #expect(throws: SchemaError.self) {
      try load(
        ["t.csv": wide], "{all: t.csv}", columns: "{\"f*\": {type: numeric, from: g}}")
    }
  }
}
