import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Journeys", .enabled(if: Robot.tmux != nil, "tmux is not installed"))
  struct ExplorerJourneys {
    @Test("start, curves move, a task goes off and comes back, quit asks first")
    func toggleAndUndo() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      let first = try robot.wait(for: "the dashboard") {
        $0.shows("mtl MMoE") && $0.shows("[1 Dash]") && $0.shows("[x] ● income")
      }
      #expect(first.isAlternate && !first.showsCursor)
      let step = try #require(first.step)
      let later = try robot.wait(for: "a later step") { ($0.step ?? 0) > step + 100 }
      #expect(later.text != first.text)
      try robot.press("Space")
      try robot.wait(for: "the acknowledgement") {
        $0.shows("income OFF at step") && $0.shows("[ ] ● income")
      }
      try robot.press("u")
      try robot.wait(for: "the task back on") {
        $0.shows("undo: income ON at step") && $0.shows("[x] ● income")
      }
      try robot.press("q")
      try robot.wait(for: "stop training and leave?")
      try robot.press("n")
      let count = try #require(robot.wait(for: "training again") { $0.step != nil }.step)
      try robot.wait(for: "a step after the question") { ($0.step ?? 0) > count }
      try robot.press("q")
      try robot.press("y")
      try session.expectShell()
    }

    @Test("without arguments it opens on the sample and trains") func sample() throws {
      let robot = try Robot(columns: 120, rows: 40, search: Program.folder)
      defer { robot.leave() }
      try robot.run("mtl-tui")
      let screen = try robot.wait(for: "training on the sample") {
        $0.shows("mtl MMoE") && $0.shows("sample") && ($0.step ?? 0) > 0
      }
      #expect(screen.isAlternate && screen.shows("[1 Dashboard]"))
      let step = try #require(screen.step)
      try robot.wait(for: "a later step") { ($0.step ?? 0) > step }
      try robot.press("Q")
      try robot.wait(for: "the results so far") { $0.prompt != nil && $0.shows("auc") }
    }

    @Test("a weight on the tasks screen") func weights() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("5")
      try robot.wait(for: "[5 Tasks]")
      try robot.press("w")
      try robot.wait(for: "weight of income: 1")
      try robot.press("BSpace")
      try robot.type("0.25")
      try robot.press("Enter")
      try robot.wait(for: "the new weight") {
        $0.shows("at step") && $0.lines.contains { $0.contains("● income") && $0.contains("0.25") }
      }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("gates by mean, by segment, by example") func gates() throws {
      let session = try Session.training(columns: 120, rows: 40)
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("2")
      try robot.wait(for: "means") { $0.shows("[mean]") && $0.shows("never_married") }
      try robot.press("m")
      try robot.wait(for: "segments") { $0.shows("[segment]") && $0.shows("rows") }
      try robot.press("m")
      try robot.wait(for: "an example") {
        $0.shows("[example]") && $0.shows("occupation") || $0.shows("occ_code")
      }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("gradients, a shadow without a task, one under another balancer") func shadows() throws {
      let session = try Session.training(columns: 120, rows: 40)
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("8")
      try robot.wait(for: "the gradients of the tasks") {
        $0.shows("[8 Gradients]") && $0.shows("cosine of task gradients")
          && $0.shows("gradient norms") && $0.shows("update") && $0.shows("a look")
      }
      try robot.press("1")
      try robot.press("F")
      let begun = try robot.wait(for: "the run without income") {
        $0.shows("shadow without income since") && ($0.step ?? 0) > 0
      }
      let step = try #require(begun.step)
      try robot.wait(for: "what the other task gains or loses") {
        ($0.step ?? 0) > step && $0.shows("never_married")
          && ["gains", "loses", "within noise"].contains(where: $0.shows)
      }
      try robot.press("F")
      try robot.wait(for: "no shadow") { !$0.shows("shadow without income since") }
      try robot.type(":shadow balancer pcgrad")
      try robot.press("Enter")
      try robot.wait(for: "the run under another balancer") {
        $0.shows("shadow under pcgrad since")
          && ["gains", "loses", "within noise"].contains(where: $0.shows)
      }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("another model is started without leaving, and the run before stays") func models() throws
    {
      let session = try Session.training(columns: 120, rows: 40)
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("6")
      try robot.wait(for: "the models") { $0.shows("[6 Models]") && $0.shows("> MMoE") }
      try robot.type(":option experts many")
      try robot.press("Enter")
      try robot.press("R")
      // What cannot be started is refused before anything is asked.
      try robot.wait(for: "the refusal") { $0.shows("mmoe cannot use this value") }
      try robot.type(":start cross-stitch")
      try robot.press("Enter")
      try robot.wait(for: "start Cross-stitch?")
      try robot.press("y")
      try robot.wait(for: "the new run") {
        $0.shows("mtl Cross-stitch") && ($0.step ?? 0) > 0
      }
      try robot.press("4")
      try robot.wait(for: "what it shows") { $0.shows("stitch 0") && $0.shows("self-share") }
      try robot.press("7")
      try robot.wait(for: "both runs") { $0.shows("1= MMoE") && $0.shows("2  Cross-stitch") }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("the command line does what it says, and knows near names") func commandLine() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.type(":task never_married off")
      try robot.press("Enter")
      try robot.wait(for: "the acknowledgement") {
        $0.shows("never_married OFF at step") && $0.shows("[ ] ◆ never_married")
      }
      try robot.type(":paus")
      try robot.press("Enter")
      try robot.wait(for: "pause'?")
      // A character on which terminals differ must not shift what follows it.
      try robot.type(":❤️界|")
      try robot.wait(for: "what was typed") { $0.shows("界|") }
      try robot.press("Escape")
      // Where both come at once they are another key.
      try robot.wait(for: "that the line is gone") { !$0.shows("界|") }
      try robot.press("?")
      try robot.wait(for: "help") { $0.shows("help") && $0.shows("Space") && !$0.shows("[x]") }
      try robot.press("Escape")
      try robot.wait(for: "the dashboard") { $0.shows("[x] ● income") }
      // What is pasted acts nowhere, and stands in the line until Enter.
      try robot.paste("my notes\nQ")
      let ignored = try robot.wait(for: "that it is no key") { $0.shows("not taken for keys") }
      #expect(ignored.shows("[x] ● income") && ignored.isAlternate)
      try robot.type(":")
      try robot.paste("task never_married on")
      try robot.wait(for: "the pasted line") { $0.shows(":task never_married on") }
      try robot.press("Enter")
      try robot.wait(for: "the acknowledgement") { $0.shows("never_married ON at step") }
      // One action, one undo.
      try robot.type("a5")
      try robot.wait(for: "every task") { $0.shows("[5 Tasks]") && !$0.shows("[ ]") }
      try robot.type("o")
      try robot.wait(for: "one task alone") { $0.shows("(1 on)") && !$0.shows("[~]") }
      try robot.type("u")
      try robot.wait(for: "every task again") { !$0.shows("[ ]") && $0.shows("undo: ") }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("every size is survived, down to one cell and back") func resize() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.resize(columns: 60, rows: 16)
      try robot.wait(for: "60 columns") { $0.lines.count == 16 && $0.shows("income") }
      for (columns, rows) in [(20, 3), (1, 1), (200, 60)] {
        try robot.resize(columns: columns, rows: rows)
        // A single cell may well be blank.
        try robot.wait(for: "\(columns)×\(rows)") {
          $0.lines.count == rows && (columns == 1 || $0.shows(columns < 60 ? "enlarge" : "mtl"))
        }
      }
      try robot.resize(columns: 80, rows: 24)
      let screen = try robot.wait(for: "the full dashboard") {
        $0.shows("[1 Dash]") && $0.shows("[x] ● income") && $0.step != nil
      }
      let step = try #require(screen.step)
      try robot.wait(for: "a later step") { ($0.step ?? 0) > step }
      try robot.press("Q")
      try session.expectShell()
    }

    @Test("Ctrl-Z gives the terminal back, fg takes it again") func suspend() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      for _ in 0..<2 {
        try robot.press("C-z")
        let shell = try robot.wait(for: "the shell") { $0.prompt != nil && $0.shows("Stopped") }
        #expect(shell.lines.contains("typed before"))
        #expect(shell.showsCursor)
        try robot.run("fg")
        let screen = try robot.wait(for: "the dashboard") {
          $0.isAlternate && $0.shows("[x] ● income") && $0.step != nil
        }
        #expect(!screen.showsCursor)
        let step = try #require(screen.step)
        try robot.wait(for: "a later step") { ($0.step ?? 0) > step }
      }
      // Stopped by somebody else, with a new size while it could not see it.
      try robot.signal(SIGTSTP)
      try robot.wait(for: "the shell") { $0.prompt != nil }
      try robot.resize(columns: 100, rows: 30)
      try robot.run("fg")
      try robot.wait(for: "the new size") { $0.isAlternate && $0.lines[1].count == 100 }
      try robot.resize(columns: 80, rows: 24)
      try robot.press("Q")
      try robot.wait(for: "the shell") { $0.prompt != nil }
      try robot.run("clear; echo 'typed be''fore'")
      try session.expectShell()
    }

    @Test("a paused explorer writes nothing", .enabled(if: Self.hasProcess, "there is no /proc"))
    func pausedIsSilent() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("P")
      try robot.wait(for: "the pause") { $0.shows("PAUSE") }
      let program = try #require(try robot.program)
      // A last frame, and messages that pass, may still come.
      var before = try Self.written(by: program)
      let deadline = Date(timeIntervalSinceNow: 15)
      repeat {
        before = try Self.written(by: program)
        Thread.sleep(forTimeInterval: 1)
      } while try Self.written(by: program) != before && Date() < deadline
      Thread.sleep(forTimeInterval: 2)
      try #expect(Self.written(by: program) == before)
      try robot.press("P")
      try robot.wait(for: "training") { !$0.shows("PAUSE") }
      try #expect(Self.written(by: program) > before)
      try robot.press("Q")
      try session.expectShell()
    }

    static let hasProcess = FileManager.default.fileExists(atPath: "/proc/self/io")

    /// Bytes that the process has written so far, wherever to.
    private static func written(by program: Int32) throws -> Int {
      let facts = try String(contentsOfFile: "/proc/\(program)/io", encoding: .utf8)
      let line = try #require(facts.split(separator: "\n").first { $0.hasPrefix("wchar:") })
      return try #require(Int(line.dropFirst(6).trimmingCharacters(in: .whitespaces)))
    }
  }
}
