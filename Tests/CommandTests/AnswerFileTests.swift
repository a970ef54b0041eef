import Foundation
import Testing
import Training

@testable import mtl_tui

/// Files of answers: their lines, and when they get their name.
@Suite struct AnswerFileTests {
  @Test func linesAreCSVOrJSON() {
    let names = ["click", "a,\"b\""]
    #expect(AnswerFormat.csv.header(names) == "click,\"a,\"\"b\"\"\"\n")
    #expect(AnswerFormat.jsonl.header(names).isEmpty)
    #expect(AnswerFormat.csv.line(names, [0.25, 3]) == "0.25,3.0\n")
    #expect(
      AnswerFormat.jsonl.line(names, [0.25, .nan]) == "{\"click\":0.25,\"a,\\\"b\\\"\":null}\n")
  }

  @Test func theNameSaysTheFormat() {
    #expect(AnswerFormat(path: nil) == .csv && AnswerFormat(path: "a.csv") == .csv)
    #expect(AnswerFormat(path: "a.JSONL") == .jsonl && AnswerFormat(path: "b.ndjson") == .jsonl)
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func write(_ texts: [String], to path: String, overwrite: Bool = false, finish: Bool)
    throws
  {
    var file = try AnswerFile(path, overwrite: overwrite)
    for text in texts { try file.write(text) }
    if finish { try file.finish() }
  }

  @Test func aFileHasItsNameWhenItIsWhole() throws {
    try withFolder { folder in
      let path = folder + "/answers.csv"
      let long = String(repeating: "0.125,0.5\n", count: 20_000)
      try write([long, "end\n"], to: path, finish: false)
      #expect(try names(in: folder).isEmpty)
      try write([long, "end\n"], to: path, finish: true)
      #expect(try names(in: folder) == ["answers.csv"])
      #expect(try String(contentsOfFile: path, encoding: .utf8) == long + "end\n")
    }
  }

  /// In a shared folder another may have laid a link where the file is made: it is not followed.
  @Test func aLinkInTheWayIsNotFollowed() throws {
    try withFolder { folder in
      let (path, victim) = (folder + "/answers.csv", folder + "/victim")
      try "mine".write(toFile: victim, atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path).partial-\(getpid())", withDestinationPath: victim)
      try write(["x"], to: path, finish: true)
      #expect(try String(contentsOfFile: victim, encoding: .utf8) == "mine")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
    }
  }

  /// A pipe is looked at without being opened: that would wait for a reader.
  @Test(.timeLimit(.minutes(1))) func aPipeIsCheckedUnopened() throws {
    try withFolder { folder in
      let path = folder + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let checked = Result { try AnswerFile.check(path, overwrite: false) }
      #expect(throws: Never.self) { try checked.get() }
    }
  }

  @Test func aFileThatIsThereStays() throws {
    try withFolder { folder in
      let path = folder + "/answers.csv"
      try "mine".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: Failure.self) { try write(["x"], to: path, finish: true) }
      // Given up half way, the old one is still there.
      try write(["x"], to: path, overwrite: true, finish: false)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      try write(["x"], to: path, overwrite: true, finish: true)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
      #expect(try names(in: folder) == ["answers.csv"])
      #expect(throws: Failure.self) { try write(["x"], to: folder + "/no/a.csv", finish: true) }
    }
  }
}
