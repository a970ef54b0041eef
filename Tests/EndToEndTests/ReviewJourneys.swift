import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What systems of ratings and reviews show of themselves, in the real program and a terminal.
  @Suite("Journeys through reviews", .enabled(if: Robot.tmux != nil, "tmux is not installed"))
  struct ReviewJourneys {
    /// A system, its title, what its inspector shows, a task to switch if it has several, a dial.
    struct Walk: CustomStringConvertible {
      let model, title, view: String
      var task: String?
      var dial: String?
      var options = ""
      /// Whether the task that explains is switched by its key, too, and compared with, and Ctrl-C ends it.
      var comparesByKey = false
      var description: String { model }
    }

    static let walks = [
      Walk(
        model: "mter", title: "MTER", view: "core: users' × items'", task: "opinions",
        options: "--set model.pairs=20 --set model.entries=10"),
      Walk(
        model: "nrt", title: "NRT", view: "said and generated", task: "explanation",
        dial: "l2 0.01",
        options: "--set model.hidden=12 --set model.width=6", comparesByKey: true),
      Walk(
        model: "why", title: "Why I like it", view: "phase and collapse", task: "explanation",
        dial: "prior 0.5", options: "--set model.hidden=12",
        comparesByKey: true),
      Walk(
        model: "caml", title: "CAML", view: "what the pointers choose", task: "explanation",
        dial: "temperature 0.9", options: "--set model.hidden=12"),
      Walk(
        model: "narre", title: "NARRE-like", view: "how much each review matters",
        dial: "l2 0.01"),
      Walk(
        model: "rank-and-rate", title: "Rank and Rate", view: "items that move most",
        task: "ranking", dial: "deviation-l2 0.1"),
    ]

    @Test(
      "its screen, a task off and on, another pair, a dial, other sizes, and away", arguments: walks
    )
    func walk(_ walk: Walk) throws {
      let session = try Session.training(
        .reviews, columns: 120, rows: 40, options: "--model \(walk.model) \(walk.options)")
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("4")
      try robot.wait(for: "its views") { $0.shows("[4 Inspect]") && $0.shows(walk.view) }
      if let task = walk.task {
        for isOn in [false, true] {
          try command("task \(task) \(isOn ? "on" : "off")", robot)
          try robot.wait(for: "the task") { Self.shows($0, task, isOn: isOn) }
        }
      }
      if let dial = walk.dial {
        try command("dial \(dial)", robot)
        try robot.wait(for: "the dial") { $0.shows("\(dial) at step") }
      }
      try robot.press("9")
      try robot.wait(for: "the first pair") { $0.shows("[9 Why]") && $0.shows("expected") }
      try command("user u3", robot)
      try command("item جيتار", robot)
      try robot.wait(for: "another pair") { $0.shows("user u3") && $0.shows("جيتار") }
      try robot.wait(for: "its pin") { $0.shows("pinned, ") && $0.shows("p let go") }
      if walk.comparesByKey { try compare(robot) }
      for (columns, rows) in [(200, 60), (80, 24)] {
        try robot.resize(columns: columns, rows: rows)
        try robot.wait(for: "\(columns)×\(rows)") {
          $0.lines.count == rows && $0.shows("user u3") && $0.shows("expected")
        }
      }
      try robot.press("p")
      try robot.wait(for: "its place") { $0.shows("follow") }
      if walk.comparesByKey { try findDangerousName(robot) }
      if walk.comparesByKey {
        try robot.press("C-c")
        try robot.wait(for: "stop training and leave?")
      }
      try robot.press(walk.comparesByKey ? "C-c" : "Q")
      // The shell's own lines were wrapped anew; what is asked here is that it is back.
      let after = try robot.wait(for: "the shell's prompt") { $0.prompt != nil && !$0.isAlternate }
      #expect(after.showsCursor && !after.hasKeypad)
    }

    /// Space switches the task that explains off and on, then F runs a copy without it.
    private func compare(_ robot: Robot) throws {
      for isOn in [false, true] {
        try robot.press("Space")
        try robot.wait(for: "the task") { Self.shows($0, "explanation", isOn: isOn) }
      }
      try robot.press("F")
      try robot.wait(for: "what the rating gains") { $0.shows("rating without explanation since") }
    }

    /// Whether a task was switched, by its message or, once another one stands in its stead, by the count of
    /// tasks: all others are on.
    private static func shows(_ screen: CapturedScreen, _ task: String, isOn: Bool) -> Bool {
      if screen.shows("\(task) \(isOn ? "ON" : "OFF") at step") { return true }
      guard let counts = screen.lines.last?.firstMatch(of: #/ (\d+)/(\d+) tasks/#),
        let on = Int(counts.1), let all = Int(counts.2)
      else { return false }
      return on == (isOn ? all : all - 1)
    }

    /// Goes through the users until one whose name would clear the terminal is shown: it is text.
    private func findDangerousName(_ robot: Robot) throws {
      for _ in 0..<16 {
        let screen = try robot.look()
        if screen.shows("?[2J?") { break }
        let index = try #require(Self.userIndex(screen))
        try robot.press("]")
        try robot.wait(for: "the user after \(index)") { screen in
          Self.userIndex(screen).map { $0 == index % 16 + 1 } ?? false
        }
      }
      let found = try robot.wait(for: "the name") { $0.shows("?[2J?") }
      #expect(found.shows("9 Why]") && found.shows("follow"))
    }

    /// Which of the 16 users the screen's heading counts, from 1; nil while it is not drawn.
    private static func userIndex(_ screen: CapturedScreen) -> Int? {
      screen.lines.lazy.compactMap { line in
        line.firstMatch(of: #/━ user .* (\d+) of 16 /#).flatMap { Int($0.1) }
      }.first
    }

    private func command(_ words: String, _ robot: Robot) throws {
      try robot.type(":" + words)
      try robot.press("Enter")
    }
  }
}
