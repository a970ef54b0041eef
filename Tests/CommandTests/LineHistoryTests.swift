import Foundation
import Testing

@testable import mtl_tui

/// Typed lines are kept between runs of the program, in the folder that the system's rules name.
@Suite("Typed lines that are kept") struct LineHistoryTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("history-\(UUID().uuidString)")
    defer { _ = try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("where they lie") func paths() {
    #expect(
      LineHistory(environment: ["XDG_STATE_HOME": "/state", "HOME": "/home/a"]).path
        == "/state/mtl-tui/history")
    #expect(
      LineHistory(environment: ["XDG_STATE_HOME": "state", "HOME": "/home/a"]).path
        == "/home/a/.local/state/mtl-tui/history")
    #expect(LineHistory(environment: [:]).path == nil)
    #expect(LineHistory(environment: [:]).lines.isEmpty)
  }

  @Test("what is kept comes back: the newest, none twice in a row, none that a terminal obeys")
  func roundTrip() throws {
    try withFolder { folder in
      let history = LineHistory(environment: ["XDG_STATE_HOME": folder.path])
      #expect(history.lines.isEmpty)
      try history.keep(["zoom all", "zoom all", "a\u{1B}[2J", "", "task long view off"])
      #expect(history.lines == ["zoom all", "task long view off"])
      try history.keep((0..<250).map { "step \($0)" })
      #expect(history.lines.count == LineHistory.capacity && history.lines.last == "step 249")
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("mtl-tui").path)
      #expect(files == ["history"])
      let mode = try FileManager.default.attributesOfItem(atPath: history.path ?? "")[
        .posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test("a place that cannot be written is named") func refusal() throws {
    try withFolder { folder in
      try Data().write(to: folder)
      let history = LineHistory(environment: ["XDG_STATE_HOME": folder.path])
      let failure = #expect(throws: Failure.self) { try history.keep(["undo"]) }
      #expect(failure?.message.contains("\(folder.path)/mtl-tui/history") == true)
      #expect(history.lines.isEmpty)
    }
  }
}
