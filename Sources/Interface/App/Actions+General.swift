import Runs
import Terminal

extension Keymap {
  /// What holds everywhere.
  static let generalActions: [Action] = [
    Action(
      name: "view", form: "SCREEN",
      arguments: [ScreenName.allCases.map { .word($0.title.lowercased()) }],
      shownKeys: "\(ScreenName.allCases[0].rawValue) to \(ScreenName.allCases.count)",
      section: .general, summary: "another screen"
    ) { app, invocation throws(CommandLineError) in try app.showScreen(invocation) },
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
      app.mode = .command(CommandLine())
      return []
    },
    Action(
      name: "help", form: "[WORD…]", keys: keys("?") + [[.function(1)]], section: .general,
      hint: "help", summary: "keys; type to search"
    ) { app, invocation in
      app.mode = .help(HelpPanel(search: invocation.words?.joinedBySpaces ?? ""))
      return []
    },
    Action(
      name: "fps", form: "N", section: .general, summary: "frames a second at most"
    ) { app, invocation throws(CommandLineError) in
      let word = invocation.words?.first ?? ""
      guard let rate = Double(word), rate >= 1, rate <= 60 else {
        throw .usage("fps N, from 1 to 60", found: word)
      }
      app.settings.framesPerSecond = rate
      return []
    },
    Action(
      name: "charset", form: "braille|block|ascii",
      arguments: [Charset.allCases.map { .word($0.rawValue) }], section: .general,
      summary: "characters of charts"
    ) { app, invocation throws(CommandLineError) in
      let word = invocation.words?.first ?? ""
      guard let wanted = Charset(rawValue: word) else {
        throw .usage("charset braille|block|ascii", found: word)
      }
      app.settings.charset = wanted
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

extension App {
  mutating func showScreen(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let names = ScreenName.allCases.map { $0.title.lowercased() }
    let word = invocation.words?.first ?? ""
    if let digit = Int(word), let wanted = ScreenName(rawValue: digit) {
      show(wanted)
      return []
    }
    guard let place = names.firstIndex(of: word.lowercased()) else {
      throw .unknownName(kind: "screen", name: word, near: nearest(to: word, in: names))
    }
    show(ScreenName.allCases[place])
    return []
  }

  mutating func moveScreen(by places: Int) {
    let all = ScreenName.allCases
    let here = all.firstIndex(of: screen) ?? 0
    show(all[((here + places) % all.count + all.count) % all.count])
  }

  /// Holds what is shown, or lets it follow again.
  mutating func freeze() {
    frozen = frozen == nil ? run : nil
    say(frozen == nil ? "the display follows again" : "the display is frozen; training goes on")
  }

  /// Leaves; asks first if a run would be stopped.
  mutating func leave() -> [Effect] {
    guard !run.isFinished else { return [.quit(.left)] }
    let step = grouped(run.snapshot.step)
    mode = .question(
      Question(
        title: "stop training and leave?",
        lines: [
          run.isLoading ? "The data are still being read." : "You asked at step \(step).",
          "Leaving stops it; the results so far are printed.",
        ],
        yes: "stop and leave", effects: [.send(.stop), .quit(.stopped)]))
    return []
  }

  /// Leaves at once.
  func leaveNow() -> [Effect] {
    run.isFinished ? [.quit(.left)] : [.send(.stop), .quit(.stopped)]
  }
}
