import Runs
import Terminal

extension Keymap {
  /// What holds everywhere.
  static func generalActions(showing screens: [any Screen]) -> [Action] {
    [
      Action(
        name: "view", takes: [[CommandArgument("SCREEN", .name(.screen), .count(1...99))]],
        shownKeys: "1 to \(screens.count)", section: .general, summary: "another screen"
      ) { app, invocation throws(CommandLineError) in try app.showScreen(invocation) }
    ] + generalActions + exportActions + lookActions
  }

  private static let generalActions: [Action] = [
    Action(
      name: "next view", keys: keys("gt"), section: .general, summary: "next screen"
    ) { app, _ in
      app.moveScreen(by: 1)
      return []
    },
    Action(
      name: "previous view", keys: keys("gT"), section: .general, summary: "previous screen"
    ) { app, _ in
      app.moveScreen(by: -1)
      return []
    },
    Action(
      name: "freeze", keys: keys("f"), section: .general, hint: "freeze",
      summary: "hold the display only"
    ) { app, _ in
      app.freeze()
      return []
    },
    Action(
      name: "command", keys: keys(":") + [[.control("p")]], section: .general, hint: "command",
      summary: "do anything by name"
    ) { app, _ in
      app.desk.mode = .command(CommandLine())
      return []
    },
    Action(
      name: "help", form: "[WORD…]", keys: keys("?") + [[.function(1)]], section: .general,
      hint: "help", summary: "keys; type to search"
    ) { app, invocation in
      app.desk.mode = .help(HelpPanel(search: invocation.words?.joinedBySpaces ?? ""))
      return []
    },
    Action(
      name: "filter", form: "[TEXT…]", keys: keys("/"), section: .general, hint: "filter",
      summary: "list only what contains it"
    ) { app, invocation in app.filter(invocation) },
    Action(
      name: "fps", takes: [[CommandArgument("N", .number(1...60))]], section: .general,
      summary: "frames a second at most"
    ) { app, invocation throws(CommandLineError) in
      let word = invocation.words?.first ?? ""
      guard let rate = Double(word), rate >= 1, rate <= 60 else {
        throw .usage("fps N, from 1 to 60", found: word)
      }
      app.desk.settings.framesPerSecond = rate
      return []
    },
    Action(
      name: "charset", form: "braille|block|ascii",
      section: .general, summary: "characters of charts"
    ) { app, invocation throws(CommandLineError) in
      let word = invocation.words?.first ?? ""
      guard let wanted = Charset(rawValue: word) else {
        throw .usage("charset braille|block|ascii", found: word)
      }
      app.desk.settings.charset = wanted
      return []
    },
    Action(
      name: "redraw", keys: [[.control("l")]], section: .general, summary: "draw everything anew"
    ) { _, _ in [.redraw] },
    Action(
      name: "q", keys: keys("q"), section: .general, hint: "quit",
      summary: "leave; may ask first"
    ) { app, _ in app.leave() },
    Action(
      name: "quit", section: .general, summary: "leave; may ask first"
    ) { app, _ in app.leave() },
    Action(
      name: "quit now", keys: keys("Q"), section: .general, summary: "stop training and leave"
    ) { app, _ in app.leaveNow() },
    Action(
      name: "interrupt", keys: [[.control("c")]], section: .general,
      summary: "asks; twice leaves"
    ) { app, _ in app.leave() },
  ]
}

// MARK: - Moving

extension Keymap {
  /// What moves the selection of the screen that is shown.
  static let movingActions: [Action] = [
    moving("down", [[.character("j")], [.down]], "down", hint: "down") { _, n in .down(n) },
    moving("up", [[.character("k")], [.up]], "up") { _, n in .down(-n) },
    moving("right", [[.character("l")], [.right]], "right", hint: "gate") { _, n in .right(n) },
    moving("left", [[.character("h")], [.left]], "left") { _, n in .right(-n) },
    moving("page down", [[.control("d")], [.pageDown]], "a page down") { desk, times in
      .down(times * desk.pageRows)
    },
    moving("page up", [[.control("u")], [.pageUp]], "a page up") { desk, times in
      .down(-times * desk.pageRows)
    },
    moving("top", keys("gg") + [[.home]], "to the top") { _, _ in .down(-1_000_000) },
    Action(
      name: "bottom", keys: keys("G") + [[.end]], section: .moving, count: .most,
      summary: "end, or row typed first"
    ) { app, invocation throws(CommandLineError) in
      try app.move(.bottom(row: invocation.count))
    },
    Action(
      name: "next pane", keys: [[.tab]], section: .moving, hint: "focus",
      summary: "next part of the screen"
    ) { app, _ throws(CommandLineError) in try app.move(.pane(1)) },
    Action(
      name: "previous pane", keys: [[.backTab]], section: .moving, summary: "previous part"
    ) { app, _ throws(CommandLineError) in try app.move(.pane(-1)) },
    Action(
      name: "full screen", keys: keys("z") + [[.enter]], scope: .group(.large), section: .moving,
      hint: "zoom pane", summary: "this part large, or back"
    ) { app, _ throws(CommandLineError) in try app.move(.large) },
    Action(
      name: "back", keys: [[.escape]], section: .moving, summary: "back from large"
    ) { app, _ throws(CommandLineError) in
      app.desk.tour.isOver = true
      if app.screen.filter(app.desk)?.isEmpty == false { return app.setFilter("") }
      return try app.move(.back)
    },
  ]

  private static func moving(
    _ name: String, _ keys: [[Key]], _ summary: String, hint: String? = nil,
    _ move: @escaping @Sendable (Desk, Int) -> Move
  ) -> Action {
    Action(
      name: name, keys: keys, section: .moving, count: .most, hint: hint, summary: summary
    ) { app, invocation throws(CommandLineError) in
      try app.move(move(app.desk, invocation.times))
    }
  }
}

extension App {
  fileprivate mutating func showScreen(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let names = screens.map(\.name)
    let word = invocation.words?.first ?? ""
    let digit = Int(word).flatMap { screens.indices.contains($0 - 1) ? $0 - 1 : nil }
    guard let index = digit ?? names.firstIndex(of: word.lowercased()) else {
      throw .unknownName(kind: "screen", name: word, near: nearest(to: word, in: names))
    }
    show(index)
    return []
  }

  fileprivate mutating func moveScreen(by places: Int) {
    show(((shown + places) % screens.count + screens.count) % screens.count)
  }

  /// Filters the list of the screen by the typed words; without any asks for a text.
  fileprivate mutating func filter(_ invocation: Action.Invocation) -> [Effect] {
    guard let now = screen.filter(desk) else {
      desk.say("there is no list to filter here", .warning)
      return []
    }
    if let words = invocation.words { return setFilter(words.joinedBySpaces) }
    desk.mode = .filter(LineEditor(proposing: now))
    return []
  }

  fileprivate mutating func setFilter(_ text: String) -> [Effect] {
    screens[shown].setFilter(text, &desk)
    return []
  }

  /// Holds what is shown, or lets it follow again.
  fileprivate mutating func freeze() {
    desk.frozen = desk.frozen == nil ? desk.run : nil
    desk.say(
      desk.frozen == nil
        ? "the display follows again" : "the display is frozen; training goes on")
  }

  /// Leaves; asks first if a run would be stopped.
  fileprivate mutating func leave() -> [Effect] {
    guard !desk.run.isFinished, desk.settings.attachment == nil else { return [.quit(.left)] }
    let step = grouped(desk.run.snapshot.step)
    desk.mode = .question(
      Question(
        title: "stop training and leave?",
        lines: [
          desk.run.isLoading ? "The data are still being read." : "You asked at step \(step).",
          "Leaving stops it; the results so far are printed.",
        ],
        yes: "stop and leave", effects: [.send(.stop), .quit(.stopped)]))
    return []
  }

  /// Leaves at once.
  fileprivate func leaveNow() -> [Effect] {
    let goesOn = desk.run.isFinished || desk.settings.attachment != nil
    return goesOn ? [.quit(.left)] : [.send(.stop), .quit(.stopped)]
  }

  /// Lets the screen that is shown move.
  fileprivate mutating func move(_ move: Move) throws(CommandLineError) -> [Effect] {
    try screens[shown].move(move, &desk)
  }
}
