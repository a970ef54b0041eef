import Foundation
import Interface
import Testing

@testable import mtl_tui

/// Charts and tables are written beside what is there, never over it.
@Suite struct ExportFolderTests {
  /// An empty folder that is gone afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("export-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
  }

  @Test func aTakenNameGetsANumber() throws {
    try inFolder { folder in
      let files = ["first", "second", "third"].map {
        [
          ExportedFile("tasks", ending: "csv", text: $0),
          ExportedFile("a", ending: "svg", text: $0),
        ]
      }
      #expect(
        try ExportFolder.write(files[0], in: folder) == ["\(folder)/tasks.csv", "\(folder)/a.svg"])
      #expect(
        try ExportFolder.write(files[1], in: folder)
          == ["\(folder)/tasks-2.csv", "\(folder)/a-2.svg"])
      try FileManager.default.removeItem(atPath: "\(folder)/tasks-2.csv")
      #expect(
        try ExportFolder.write(files[2], in: folder)
          == ["\(folder)/tasks-2.csv", "\(folder)/a-3.svg"])
      #expect(try text("\(folder)/tasks.csv") == "first")
      #expect(try text("\(folder)/a-2.svg") == "second")
      #expect(try text("\(folder)/tasks-2.csv") == "third")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 5)
    }
  }

  /// Files of one name that are written together are told apart, too; a link is not followed.
  @Test func namesOfOneCallAndLinksAreTaken() throws {
    try inFolder { folder in
      let same = ["x", "y"].map { ExportedFile("chart", ending: "txt", text: $0) }
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/chart.txt", withDestinationPath: "\(folder)/nothing")
      #expect(
        try ExportFolder.write(same, in: folder)
          == ["\(folder)/chart-2.txt", "\(folder)/chart-3.txt"])
      #expect(try text("\(folder)/chart-2.txt") == "x" && text("\(folder)/chart-3.txt") == "y")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/nothing"))
    }
  }

  @Test func whereNoFolderCanBeItIsSaid() throws {
    try inFolder { folder in
      try "a file".write(toFile: "\(folder)/taken", atomically: true, encoding: .utf8)
      let files = [ExportedFile("chart", ending: "txt", text: "x")]
      let error = #expect(throws: (any Error).self) {
        try ExportFolder.write(files, in: "\(folder)/taken")
      }
      #expect(error.map { "\($0)".contains("taken") } == true)
      #expect(try text("\(folder)/taken") == "a file")
    }
  }
}
