import Foundation
import Testing

@testable import Datasets

@Suite struct SyntheticWriteTests {
  private static let log = SyntheticLog(preset: .tiny, seed: 5)

  /// Runs in a directory of its own, removed afterwards.
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "synthetic-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func entries(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func writesThreeFilesAndNothingElse() throws {
    try inDirectory { path in
      let target = path + "/made/on the way"
      try Self.log.write(to: target)
      try Self.log.write(to: target)
      #expect(try entries(target) == ["log.csv", "schema.yaml", "truth.json"])
      let log = try Data(contentsOf: URL(fileURLWithPath: target + "/log.csv"))
      #expect([UInt8](log) == Self.log.csv())
      let truth = try Data(contentsOf: URL(fileURLWithPath: target + "/truth.json"))
      #expect(String(decoding: truth, as: UTF8.self) == Self.log.truthJSON())
    }
  }

  @Test func aFileInTheWayIsNamed() throws {
    try inDirectory { path in
      let file = path + "/taken"
      try Data("x".utf8).write(to: URL(fileURLWithPath: file))
      #expect(throws: WritingError.notAFolder(path: file)) { try Self.log.write(to: file) }
      #expect(throws: WritingError.notAFolder(path: file)) {
        try Self.log.write(to: file + "/below")
      }
      #expect(try entries(path) == ["taken"])
    }
  }

  @Test func failureLeavesTheDirectoryAsItWas() throws {
    try inDirectory { path in
      try FileManager.default.createDirectory(
        atPath: path + "/truth.json", withIntermediateDirectories: false)
      #expect(throws: WritingError.occupied(path: path + "/truth.json")) {
        try Self.log.write(to: path, overwrite: true)
      }
      #expect(try entries(path) == ["truth.json"])
    }
  }

  @Test(
    "somebody's own file is left alone, whichever of the three", arguments: SyntheticLog.fileNames)
  func ownFile(name: String) throws {
    try inDirectory { path in
      let file = "\(path)/\(name)"
      try "my,own\n".write(toFile: file, atomically: false, encoding: .utf8)
      #expect(throws: WritingError.notOurs(path: file)) { try Self.log.write(to: path) }
      #expect(try entries(path) == [name])
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "my,own\n")
      try Self.log.write(to: path, overwrite: true)
      #expect(try entries(path) == SyntheticLog.fileNames)
    }
  }

  @Test("what was written and then changed is somebody's own", arguments: SyntheticLog.fileNames)
  func changedFile(name: String) throws {
    try inDirectory { path in
      try Self.log.write(to: path)
      let file = "\(path)/\(name)"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(fileURLWithPath: file))
      let other = SyntheticLog(preset: .tiny, seed: 6)
      #expect {
        try other.write(to: path)
      } throws: { error in
        // A truth that was changed no longer vouches for its log, which comes first.
        [name, "log.csv"].contains { error as? WritingError == .notOurs(path: "\(path)/\($0)") }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
    }
  }

  @Test("what this program wrote is replaced without asking") func ownLog() throws {
    try inDirectory { path in
      try Self.log.write(to: path)
      let other = SyntheticLog(preset: .tiny, seed: 6)
      try other.write(to: path)
      let log = try Data(contentsOf: URL(fileURLWithPath: path + "/log.csv"))
      #expect(log == Data(other.csv()))
    }
  }

  @Test("killed between two renames: no bound, and the next start goes on") func killed() throws {
    try inDirectory { path in
      try Self.log.write(to: path)
      let other = SyntheticLog(preset: .tiny, seed: 6)
      // As a killed program leaves it: the new log in its place, the new truth still on its way.
      let left = path + "/.mtl-tui-0123456789abcdef"
      try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
      try Data("files on their way, of mtl-tui\n".utf8).write(
        to: URL(fileURLWithPath: left + "/owner"))
      try Data(other.truthJSON().utf8).write(to: URL(fileURLWithPath: left + "/truth.json"))
      try Data(other.csv()).write(to: URL(fileURLWithPath: path + "/log.csv"))
      let schema = try SchemaFile(path: path + "/schema.yaml").schema
      let read = try DatasetLoader(schema, from: .folder(path), threads: 1).load()
      let judged = read.judged(byTruthIn: path, schema: schema)
      #expect(judged.bounds.isEmpty)
      #expect(judged.boundNotice?.contains("it is of another log.csv") == true)
      try Self.log.write(to: path)
      #expect(try entries(path) == SyntheticLog.fileNames)
      let again = try DatasetLoader(schema, from: .folder(path), threads: 1).load()
      #expect(again.judged(byTruthIn: path, schema: schema).bounds.count == 5)
    }
  }

  @Test func theSchemaNamesEveryColumnOnce() {
    let lines = Self.log.schemaYAML().split(separator: "\n")
    let columns = lines.compactMap { line -> String? in
      guard line.hasPrefix("  "), line.contains("{type:") else { return nil }
      return line.split(separator: ":").first.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(columns == SyntheticLog.columns)
    #expect(lines.contains("name: synthetic-tiny"))
    #expect(lines.filter { $0.contains("kind:") }.count == 5)
  }
}
