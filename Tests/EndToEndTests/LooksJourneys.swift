import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Themes, the mouse, the configuration, and the explorer without a screen.
  @Suite("Looks", .enabled(if: Robot.tmux != nil, "tmux is not installed"))
  struct LooksJourneys {
    @Test("a theme by flag and by name, kept for the next time, and the mouse") func looks() throws
    {
      let folder = try Self.folder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let environment = ["XDG_CONFIG_HOME": folder]
      let session = try Session.training(options: "--theme light", environment: environment)
      defer { session.robot.leave() }
      let robot = session.robot
      #expect(try robot.colors().contains("48;5;231"))
      #expect(try robot.look().hasMouse)
      try robot.type(":theme deuteranopia")
      try robot.press("Enter")
      try robot.wait(for: "the theme's words") { $0.shows("theme deuteranopia") }
      // The words may be shown a frame before every cell has its new colour.
      try robot.wait(for: "the theme's colours") { _ in
        let colors = try robot.colors()
        return colors.contains("48;5;233") && !colors.contains("48;5;231")
      }
      // A click on the fifth tab, wherever it is.
      let tabs = Array(try robot.look().lines[0])
      let column = try #require(tabs.lastIndex(of: "5")) + 1
      try robot.send(Array("\u{1B}[<0;\(column);1M\u{1B}[<0;\(column);1m".utf8))
      try robot.wait(for: "[5 Task")
      try robot.type("M")
      try robot.wait(for: "no mouse") { !$0.hasMouse && $0.shows("text can be selected") }
      try robot.type(":keep")
      try robot.press("Enter")
      try robot.wait(for: "kept in")
      let path = folder + "/mtl-tui/config.yaml"
      let kept = try String(contentsOfFile: path, encoding: .utf8)
      #expect(kept.hasSuffix("\ntheme: deuteranopia\nmouse: off\n"))
      try robot.press("Q")
      let shell = try session.expectShell()
      #expect(!shell.hasMouse)
    }

    @Test("a fault in config.yaml is said with its line, before anything is drawn")
    func fault() throws {
      let folder = try Self.folder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let path = folder + "/mtl-tui/config.yaml"
      try FileManager.default.createDirectory(
        atPath: folder + "/mtl-tui", withIntermediateDirectories: true)
      for (text, line, part) in [
        ("mouse: on\nthme: dark\n", 2, "did you mean 'theme'?"),
        ("keys:\n  pause: q\n", 2, "'q' already does 'q'"),
        ("keys:\n  paus: F5\n", 2, "did you mean 'pause'?"),
      ] {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        let result = try CommandRun(
          "/usr/bin/env", ["XDG_CONFIG_HOME=\(folder)", Program.path, "explore", "--plain"])
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("mtl-tui: \(path):\(line): "), "\(result.errors)")
        #expect(result.errors.contains(part), "\(result.errors)")
        #expect(result.output.isEmpty)
      }
    }

    @Test("--plain prints lines and takes commands, without any sequence, and ends with Ctrl-C")
    func plain() throws {
      let session = try Session(
        columns: 120, rows: 40, options: "--plain --pace 50 2>&1 | tee plain.txt",
        prefix: "trap '' TSTP;")
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.wait(for: "numbers") { $0.shows("step ") && $0.shows("steps/s, loss income ") }
      #expect(try !robot.look().isAlternate)
      try robot.type("task income off")
      try robot.press("Enter")
      try robot.wait(for: "the acknowledgement") { $0.shows("income off, ") }
      try robot.type("tsk income off")
      try robot.press("Enter")
      try robot.wait(for: "what is wrong") { $0.shows("mtl-tui: ") }
      try robot.type("quit")
      try robot.press("Enter")
      try robot.wait(for: "the end") { $0.prompt != nil }
      let path = robot.folder.appendingPathComponent("plain.txt")
      let text = try String(contentsOf: path, encoding: .utf8)
      #expect(!text.contains("\u{1B}") && !text.contains("\r"))
      #expect(text.contains("auc"), "the results so far are printed")
    }

    #if os(Linux)
      @Test("a run that is watched sends at most 6 KB a second") func bytes() throws {
        let session = try Session.training(columns: 120, rows: 40, options: "--pace 50 --no-save")
        defer { session.robot.leave() }
        let robot = session.robot
        try robot.wait(for: "curves") { ($0.step ?? 0) > 100 }
        let (start, before) = (ContinuousClock.now, try robot.writtenBytes())
        Thread.sleep(forTimeInterval: 5)
        let bytes = Double(try robot.writtenBytes() - before)
        let passed = (ContinuousClock.now - start) / .seconds(1)
        #expect(bytes <= 6_000 * passed, "\(bytes) bytes in \(passed) s")
        // It is drawn at all.
        #expect(bytes > 2_000)
        try robot.press("Q")
        try session.expectShell()
      }
    #endif

    private static func folder() throws -> String {
      let folder = FileManager.default.temporaryDirectory.path + "/looks-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      return folder
    }
  }
}
