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
      #expect(throws: SyntheticError.notADirectory(path: file)) {
        try Self.log.write(to: file)
      }
      #expect(try entries(path) == ["taken"])
    }
  }

  @Test func failureLeavesTheDirectoryAsItWas() throws {
    try inDirectory { path in
      try FileManager.default.createDirectory(
        atPath: path + "/truth.json", withIntermediateDirectories: false)
      #expect(throws: SyntheticError.occupied(path: path + "/truth.json")) {
        try Self.log.write(to: path)
      }
      #expect(try entries(path) == ["truth.json"])
    }
  }

  @Test func thePathOfAFileCannotHoldADirectory() throws {
    try inDirectory { path in
      try Data().write(to: URL(fileURLWithPath: path + "/file"))
      let below = path + "/file/below"
      #expect {
        try Self.log.write(to: below)
      } throws: { error in
        guard case SyntheticError.notWritable(below, let reason) = error else { return false }
        return !reason.isEmpty
      }
    }
  }

  @Test func messagesSayWhatToDoAndAreHarmless() {
    #expect(
      SyntheticError.notADirectory(path: "out\u{1B}[2J").description == """
        out\\u{1B}[2J: cannot write a log into it
          found: a file
          fix:   name a directory, or a path where none is yet
        """)
    #expect(
      SyntheticError.notWritable(path: "/out", reason: "Permission denied").description == """
        /out: cannot be written
          found: Permission denied
          fix:   choose a directory you may write to, with room for the log
        """)
    #expect(
      SyntheticError.occupied(path: "/out/log.csv").description == """
        /out/log.csv: cannot be written
          found: a directory of that name
          fix:   move it away, or choose another directory
        """)
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
