import Runs
import Terminal

extension Keymap {
  /// What moves the selection.
  static let movingActions: [Action] = [
    moving("down", [[.character("j")], [.down]], "down", hint: "down") { $0.move(down: $1) },
    moving("up", [[.character("k")], [.up]], "up") { $0.move(down: -$1) },
    moving("right", [[.character("l")], [.right]], "right", hint: "gate") { $0.move(right: $1) },
    moving("left", [[.character("h")], [.left]], "left") { $0.move(right: -$1) },
    moving("page down", [[.control("d")], [.pageDown]], "a page down") { app, times in
      app.move(down: times * app.pageRows)
    },
    moving("page up", [[.control("u")], [.pageUp]], "a page up") { app, times in
      app.move(down: -times * app.pageRows)
    },
    moving("top", keys("gg") + [[.home]], "to the top") { app, _ in
      app.move(down: -1_000_000)
    },
    Action(
      name: "bottom", keys: keys("G") + [[.end]], section: .moving, count: .most,
      summary: "end, or row typed first"
    ) { app, invocation throws(CommandLineError) in
      if app.screen == .gates, app.gates.mode == .example, let row = invocation.count {
        return try app.showExample(Action.Invocation(words: ["\(row)"]))
      }
      app.move(down: 1_000_000)
      return []
    },
    Action(
      name: "next pane", keys: [[.tab]], section: .moving, hint: "focus",
      summary: "next part of the screen"
    ) { app, _ in
      app.movePane(by: 1)
      return []
    },
    Action(
      name: "previous pane", keys: [[.backTab]], section: .moving,
      summary: "previous part"
    ) { app, _ in
      app.movePane(by: -1)
      return []
    },
    Action(
      name: "full screen", keys: keys("z") + [[.enter]],
      places: [.dashboard, .gates, .masks, .inspect, .runs],
      section: .moving, hint: "zoom pane", summary: "this part large, or back"
    ) { app, _ in
      app.toggleFullScreen()
      return []
    },
    Action(
      name: "back", keys: [[.escape]], section: .moving, summary: "back from large"
    ) { app, _ in
      app.leaveFullScreen()
      app.memory.tour.isOver = true
      return []
    },
  ]

  private static func moving(
    _ name: String, _ keys: [[Key]], _ summary: String, hint: String? = nil,
    _ move: @escaping @Sendable (inout App, Int) -> Void
  ) -> Action {
    Action(
      name: name, keys: keys, section: .moving, count: .most, hint: hint, summary: summary
    ) { app, invocation in
      move(&app, invocation.times)
      return []
    }
  }
}
