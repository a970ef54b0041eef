import Foundation
import Testing

@testable import Datasets

/// Files on disk, plain and packed.
@Suite struct ReaderFilesTests {
  private func load(from folder: String, file: String = "t.csv", hint: String? = nil) throws
    -> Dataset
  {
    let schema = try DatasetSchema(
      yaml: Table().schema.replacing("t.csv", with: file), path: "s.yaml")
    return try DatasetLoader(schema, from: .folder(folder, hint: hint), threads: 1).load()
  }

  @Test(arguments: [
    ("t.csv", false, "t.csv"), ("t.csv", true, "t.csv"), ("t.csv.gz", true, "t.csv"),
    ("t.csv.gz", true, "t.csv.gz"),
  ])
  func readsFilesPlainAndPacked(written: String, isPacked: Bool, named: String) throws {
    let bytes = Data(Table.rows.utf8)
    try withFolder { folder in
      let url = URL(fileURLWithPath: folder).appending(path: written)
      try (isPacked ? gzip(bytes) : bytes).write(to: url)
      #expect(
        try load(from: folder, file: named).contents == Table(csv: Table.rows).load().contents)
    }
  }

  @Test func readsSeveralMembers() throws {
    let cut = Table.rows.utf8.count / 2
    let parts = [Table.rows.prefix(cut), "", Table.rows.dropFirst(cut)].map { gzip(Data($0.utf8)) }
    let whole = try Table(csv: Table.rows).load().contents
    #expect(try Table(bytes: parts.reduce(Data(), +)).load().contents == whole)
    // Some programs fill the last block up with zeros.
    #expect(try Table(bytes: parts.reduce(Data(), +) + Data(count: 100)).load().contents == whole)
  }

  @Test func inflatesMoreThanABuffer() throws {
    let long = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    #expect(try unpacked(gzip(long), path: "t") == long)
  }

  @Test func refusesGzipCutAnywhere() throws {
    let packed = gzip(Data(Table.rows.utf8))
    for count in 2..<packed.count {
      #expect(throws: ReaderError.self, "cut at \(count)") {
        try unpacked(packed.prefix(count), path: "t.gz")
      }
    }
    #expect(
      throws: ReaderError.badGzip(
        path: "t.gz",
        reason: "the data end after \(Table.rows.utf8.count) bytes, before the gzip end mark")
    ) { try unpacked(packed.dropLast(8), path: "t.gz") }
  }

  @Test func refusesDamagedGzip() throws {
    var packed = gzip(Data(Table.rows.utf8))
    packed[packed.count - 6] ^= 1
    #expect(throws: ReaderError.badGzip(path: "t.gz", reason: "incorrect data check")) {
      try unpacked(packed, path: "t.gz")
    }
    #expect(throws: ReaderError.self) {
      try unpacked(gzip(Data("a".utf8)) + Data("rest".utf8), path: "t.gz")
    }
  }

  @Test func refusesPathsWithoutAFile() throws {
    try withFolder { folder in
      #expect(throws: ReaderError.missingFile(path: "\(folder)/t.csv", hint: "get it")) {
        try load(from: folder, hint: "get it")
      }
      try FileManager.default.createDirectory(
        atPath: "\(folder)/t.csv", withIntermediateDirectories: true)
      #expect(throws: ReaderError.unreadable(path: "\(folder)/t.csv", reason: "a folder")) {
        try load(from: folder)
      }
    }
  }

  @Test func readsSchemaFiles() throws {
    try withFolder { folder in
      let path = "\(folder)/s.yaml"
      let url = URL(fileURLWithPath: path)
      #expect(throws: SchemaError.missingFile(path: path)) { try SchemaFile(path: path) }
      #expect(throws: SchemaError.folder(path: folder, schemas: [])) {
        try SchemaFile(path: folder)
      }
      try Data().write(to: url)
      #expect(throws: SchemaError.empty(path: path)) { try SchemaFile(path: path) }
      try Data(" \n".utf8).write(to: url)
      #expect(throws: SchemaError.empty(path: path)) { try SchemaFile(path: path) }
      try (Data("name: a\n# ".utf8) + [0xE9]).write(to: url)
      #expect(throws: SchemaError.notUTF8(path: path, line: 2)) { try SchemaFile(path: path) }
      try Data(("\u{FEFF}" + Table().schema).utf8).write(to: url)
      let file = try SchemaFile(path: path)
      #expect(file.folder == folder)
      #expect(file.schema.name == "table")
    }
    #expect(throws: SchemaError.missingFile(path: "")) { try SchemaFile(path: "") }
  }
}

/// All that a file's bytes hold once they are inflated.
func unpacked(_ bytes: Data, path: String) throws -> Data {
  let source = try InflatingSource(MemorySource(bytes), path: path)
  var buffer = [UInt8](repeating: 0, count: 1000)
  var result = Data()
  while true {
    let count = try buffer.fill(from: source, at: 0)
    if count == 0 { return result }
    result += buffer[..<count]
  }
}
