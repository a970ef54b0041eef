import Foundation
import Store

/// A folder of exports, each beside a file that says what it should say, for
/// `Tests/Exports/check_exports.py`.
struct ExportFixture {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "exports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }

  func write(_ bytes: [UInt8], as name: String, expecting expected: [String: Any]) throws {
    try Data(bytes).write(to: folder.appending(path: name))
    try expect(expected, of: name)
  }

  func expect(_ expected: [String: Any], of name: String) throws {
    try JSONSerialization.data(withJSONObject: expected)
      .write(to: folder.appending(path: "\(name).json"))
  }

  /// What the script said, line by line, and whether all that it could read was right; nil without
  /// Python.
  func check() throws -> (lines: [String], isRight: Bool)? {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Exports/check_exports.py").standardized
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path, folder.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // What env says of a program that is not there.
    if process.terminationStatus == 127 { return nil }
    return (said.split(separator: "\n").map(String.init), process.terminationStatus == 0)
  }
}
