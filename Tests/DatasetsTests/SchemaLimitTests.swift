import Foundation
import Testing

@testable import Datasets

/// Schemas that would take time without end, and files that are no schemas.
@Suite struct SchemaLimitTests {
  private func schema(_ text: String) throws -> DatasetSchema {
    try DatasetSchema(yaml: text, path: "s.yaml")
  }

  /// Nine names, each of nine of the one before, in a key.
  private static let bombs: [String] = {
    let names = (0...9).map { "n\($0)" }
    let flow = (1...9).map { level in
      let inner = Array(repeating: "*\(names[level - 1])", count: 9).joined(separator: ",")
      return "k\(level): &\(names[level]) [\(inner)]"
    }
    let head = "k0: &n0 [x,x,x,x,x,x,x,x,x]\n"
    let block = (1...9).map { level in
      "k\(level): &n\(level)\n" + String(repeating: "- *n\(level - 1)\n", count: 9)
    }
    let below = (1...9).map { level in
      "k\(level):\n  &n\(level)\n"
        + (0..<9).map { "  a\($0): *n\(level - 1)\n" }.joined()
    }
    let oneLine =
      "{" + ([head.dropLast()] + flow.map { $0[...] }).joined(separator: ", ")
      + ", ? *n9 : 1}"
    return [
      head + flow.joined(separator: "\n") + "\n? *n9\n: 1\n",
      head + flow.joined(separator: "\n") + "\ncolumns: {? [*n9] : {type: numeric}}\n",
      head + block.joined() + "? *n9\n: 1\n", head + below.joined() + "? *n9\n: 1\n", oneLine,
    ]
  }()

  @Test func namesASecondDocument() throws {
    let error = #expect(throws: SchemaError.self) { try schema("name: a\n---\nname: b\n") }
    #expect("\(try #require(error))".contains("a second document, which begins at a line `---`"))
  }

  @Test(arguments: bombs.indices) func namesForValuesAreLimited(index: Int) {
    let error = #expect(throws: SchemaError.self) { try schema(Self.bombs[index]) }
    guard case .limit("s.yaml", _, .expansion)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func manyUsesOfOneNameAreFine() throws {
    let columns = (0..<2000).map { "  c\($0): *id\n" }.joined()
    let text = """
      name: log
      files: {all: log.csv}
      columns:
        user: &id {type: categorical, minimumCount: 3}
      \(columns)
      tasks: {click: {column: click}}
      """
    #expect(try schema(text).columns.count == 2001)
    let block = text.replacing(
      "&id {type: categorical, minimumCount: 3}",
      with: "&id\n    type: categorical\n    minimumCount: 3")
    #expect(try schema(block) == schema(text))
    // What was written is kept as it was, and says nothing of what is meant.
    #expect(try schema(block).yaml == block)
  }

  @Test func otherLimits() {
    #expect(
      throws: SchemaError.limit(path: "s.yaml", line: 1, .bytes(found: (1 << 20) + 1))
    ) { try schema(String(repeating: " ", count: (1 << 20) + 1)) }
    #expect(throws: SchemaError.limit(path: "s.yaml", line: 2, .depth)) {
      try schema("name: a\nfiles: " + String(repeating: "{a: [", count: 33))
    }
  }

  @Test(arguments: [
    ("name: a\ndelimiter: \"\\s\"\n", 2, "YAML knows \\t"),
    ("name: a\nfiles:\n\tall: b\n", 3, "blanks"),
  ])
  func namesTheRealCauseOfBadYAML(text: String, line: Int, word: String) {
    let error = #expect(throws: SchemaError.self) { try schema(text) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.hasPrefix("s.yaml:\(line): not valid YAML."), "\(message)")
    #expect(message.contains(word), "\(message)")
  }

  private func file(_ bytes: Data, name: String = "s.yaml") throws -> SchemaError? {
    try withFolder { folder in
      let path = "\(folder)/\(name)"
      try bytes.write(to: URL(fileURLWithPath: path))
      return #expect(throws: SchemaError.self) { try SchemaFile(path: path) }
    }
  }

  @Test func namesATableThatIsNoSchema() throws {
    for (text, fields, delimiter) in [
      (Table.rows, 4, ","), ("a\tb\n1\t2\n", 2, "\t"), ("a;b;c\r\n1;2;3\r\n", 3, ";"),
    ] {
      guard case .table(_, fields, delimiter)? = try file(Data(text.utf8), name: "log.csv") else {
        Issue.record("\(text)")
        return
      }
    }
    guard case .notASchema(_, .parquet)? = try file(Data("PAR1\u{15}".utf8)) else {
      Issue.record("not Parquet")
      return
    }
    guard case .notASchema(_, .gzipTwice)? = try file(gzip(Data(Table.rows.utf8))) else {
      Issue.record("not gzip")
      return
    }
  }

  @Test func namesTheSchemasOfAFolder() throws {
    try withFolder { folder in
      try Data().write(to: URL(fileURLWithPath: "\(folder)/b.yaml"))
      try Data().write(to: URL(fileURLWithPath: "\(folder)/a.csv"))
      #expect(throws: SchemaError.folder(path: folder, schemas: ["b.yaml"])) {
        try SchemaFile(path: folder)
      }
    }
  }

  /// Not a word of a file that is no schema.
  @Test func keepsTheContentOfOtherFiles() throws {
    for text in [
      "root:$6$salt$hash:19000:0:99999:7:::\nroot2:*:19000:0:99999:7:::\n",
      "root:$6$salt$hash:1:\n", "salt\n", "hash: 19000\nsalt: [1]\n",
    ] {
      let message = try file(Data(text.utf8)).map { "\($0)" } ?? ""
      for word in ["root", "salt", "hash", "19000"] {
        #expect(!message.contains(word), "\(message)")
      }
    }
  }

  @Test func aDeviceWithoutEndIsTooLarge() {
    #expect(throws: SchemaError.self) { try SchemaFile(path: "/dev/zero") }
  }
}
