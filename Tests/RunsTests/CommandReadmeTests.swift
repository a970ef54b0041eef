import Foundation
import Runs
import Testing

/// The table of commands in the README is the one that lines are read by.
@Suite struct CommandReadmeTests {
  private static let readme = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("README.md")

  @Test func tableIsNotStale() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let table = CommandTable.engine.markdown
    let isThere = text.contains("| --- | --- | --- |\n\(table)\n\n")
    #expect(isThere, "copy this into README.md:\n\(table)")
  }
}
