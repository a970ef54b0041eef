import Runs
import Terminal
import Testing

@testable import Interface

@Suite struct CommandLineTests {
  /// What a typed line sends to the engine.
  @Test(
    arguments: [
      // The engine's own form.
      ("task.off=like", [.setTask("like", isOn: false)]),
      ("task.on=like", [.setTask("like", isOn: true)]),
      ("task.weight=like:0.5", [.setTaskWeight("like", 0.5)]),
      ("lr.factor=0.5", [.setLearningRateFactor(0.5)]), ("step=10", [.step(10)]),
      ("pause", [.pause]), ("resume", [.resume]), ("stop", [.stop]), ("evaluate", [.evaluate]),
      ("undo", [.undo]), ("redo", [.redo]),
      // Words with spaces.
      ("task like off", [.setTask("like", isOn: false)]),
      ("  task   like  on ", [.setTask("like", isOn: true)]),
      ("task like", [.setTask("like", isOn: false)]),
      ("weight like 0.5", [.setTaskWeight("like", 0.5)]),
      ("weight reset like", [.setTaskWeight("like", 1)]),
      ("lr x0.5", [.setLearningRateFactor(0.5)]), ("lr 2", [.setLearningRateFactor(2)]),
      ("lr ×0.1", [.setLearningRateFactor(0.1)]),
      ("pace 5", [.setPace(5)]), ("pace=0.5", [.setPace(0.5)]), ("pace off", [.setPace(0)]),
      ("run 500", [.step(500)]),
      ("run 1,000", [.step(1_000)]), ("step", [.step(1)]), ("step 3", [.step(3)]),
      (
        "solo follow",
        [
          .together([
            .setTask("click", isOn: false), .setTask("like", isOn: false),
            .setTask("longview", isOn: false),
          ])
        ]
      ),
    ] as [(String, [Command])])
  func sends(line: String, commands: [Command]) {
    var app = Fixture.app()
    let effects = app.press(":" + line, .enter)
    #expect(effects.filter(\.isCommand) == commands.map(Effect.send))
    #expect(app.mode == .normal)
  }

  /// A line, and what holds after it.
  struct ScreenCase: Sendable, CustomTestStringConvertible {
    let line: String
    let holds: @Sendable (App) -> Bool

    init(_ line: String, _ holds: @escaping @Sendable (App) -> Bool) {
      self.line = line
      self.holds = holds
    }

    var testDescription: String { line }
  }

  /// What a typed line changes on the screen.
  static let screenCases: [ScreenCase] = [
    ScreenCase("example 93") {
      $0.screenName == "gates" && $0.gates.mode == .example && $0.gates.row == 93
    },
    ScreenCase("example random") { $0.gates.mode == .example && $0.gates.row < 4_000 },
    ScreenCase("segment hour") { $0.gates.mode == .segment && $0.gates.column == "hour" },
    ScreenCase("gates mean") { $0.screenName == "gates" && $0.gates.mode == .mean },
    ScreenCase("gate follow") { $0.screenName == "gates" && $0.gates.gate == 2 },
    ScreenCase("smooth .95") { $0.charts.smoothing == 1 },
    ScreenCase("smooth 0.99") { $0.charts.smoothing == 3 },
    ScreenCase("smooth off") { $0.charts.smoothing == nil },
    ScreenCase("scale y log") { $0.charts.isLogarithmic },
    ScreenCase("scale y linear") { !$0.charts.isLogarithmic },
    ScreenCase("zoom 100 2000") { $0.charts.steps(last: 5_000) == 100...2_000 },
    ScreenCase("zoom all") { $0.charts.window == nil },
    ScreenCase("zoom in") { $0.charts.window?.width == 899 },
    ScreenCase("validation score") { $0.charts.validation == .score },
    ScreenCase("view tasks") { $0.screenName == "tasks" },
    ScreenCase("tasks") { $0.screenName == "tasks" },
    ScreenCase("dashboard") { $0.screenName == "dashboard" },
    ScreenCase("freeze") { $0.frozen != nil },
    ScreenCase("overlay") { $0.charts.isOverlay },
    ScreenCase("band") { $0.charts.band == .extremes },
    ScreenCase("band off") { $0.charts.band == .off },
    ScreenCase("y 0.1 0.2") { $0.charts.span == .fixed(0.1...0.2) },
    ScreenCase("y all") { $0.charts.span == .everything },
    ScreenCase("x epoch") { $0.charts.unit == .epoch },
    ScreenCase("scale x log") { $0.charts.isLogarithmicInSteps && !$0.charts.isLogarithmic },
    ScreenCase("cursor 700") { $0.charts.cursor == CurveCursor(step: 700) },
    ScreenCase("fps 5") { $0.settings.framesPerSecond == 5 },
    ScreenCase("charset ascii") { $0.settings.charset == .ascii },
    ScreenCase("help lr") { if case .help = $0.mode { true } else { false } },
    ScreenCase("q") { if case .question = $0.mode { true } else { false } },
  ]

  @Test(arguments: screenCases)
  func changesTheScreen(screenCase: ScreenCase) {
    var app = Fixture.app()
    app.press(":" + screenCase.line, .enter)
    #expect(screenCase.holds(app))
  }

  /// What is said about a line that means nothing.
  @Test(
    arguments: [
      ("wieght like 1", "no command 'wieght'; did you mean 'weight'?"),
      ("xyzzy", "no command 'xyzzy'; Tab lists them"),
      ("task lik off", "no task 'lik'; did you mean 'like'?"),
      ("task.off=lik", "no task 'lik'; did you mean 'like'?"),
      ("task.offf=like", "no command 'task.offf'; did you mean 'task.off'?"),
      ("task.weight=like", "found 'like' where TASK:W belongs; write: task.weight=TASK:W"),
      ("task like maybe", "found 'maybe' where on or off belongs; write: task TASK [on|off]"),
      ("weight like -1", "found '-1' where a number of 0 or more belongs; write: weight TASK [W]"),
      (
        "weight like nan", "found 'nan' where a number of 0 or more belongs; write: weight TASK [W]"
      ),
      ("lr fast", "found 'fast' where a number of 0 or more belongs; write: lr [xFACTOR]"),
      ("run 0", "found '0' where a whole number from 1 belongs; write: run N"),
      ("run", "found nothing where a whole number from 1 belongs; write: run N"),
      ("pace 0.0001", nil),
      ("segment houre", "no column 'houre'; did you mean 'hour'?"),
      ("gate clik", "no gate 'clik'; did you mean 'click'?"),
      (
        "example 4000",
        "found '4000' where the number of a row, from 0 to 3999, or next, previous or random "
          + "belongs; write: example [ROW|next|previous|random]"
      ),
      ("zoom 5", "found nothing where a whole number from 0 belongs; write: zoom FIRST LAST | all"),
      ("zoom 9 3", "found '9 3'; write: zoom FIRST LAST, zoom all, zoom in, zoom out"),
      (
        "smooth 2",
        """
        found '2' where a number from 0 to 1 or off, .9, .95, .98 or .995 belongs; \
        write: smooth SHARE|off|.9|.95|.98|.995
        """
      ),
      (
        "scale z log",
        "found 'z' where x or y belongs; did you mean 'x'?; write: scale x|y log|linear"
      ),
      ("view taks", "no screen 'taks'; did you mean 'tasks'?"),
      ("fps 0", "found '0' where a number from 1 to 60 belongs; write: fps N"),
    ] as [(String, String?)])
  func explains(line: String, message: String?) {
    var app = Fixture.app()
    let effects = app.press(":" + line, .enter)
    guard let message else { return }
    #expect(effects.filter(\.isCommand).isEmpty)
    #expect(app.control.message?.text == message)
    let status = app.view(Size(rows: 24, columns: 120)).text(row: 23)
    #expect(status.contains(String(message.prefix(60))))
  }

  @Test func controlCharactersInALineAreHarmless() {
    var app = Fixture.app()
    app.press(":\u{1B}[2Jx", .enter)
    #expect(!app.view(Size(rows: 24, columns: 80)).text.contains("\u{1B}"))
  }

  /// Every name is understood, or it is said what belongs behind it.
  @Test func everyNameIsUnderstood() {
    let table = Fixture.app(startable: Fixture.models).table
    #expect(table.entries.count > 60)
    for entry in table.entries {
      do {
        #expect(try table.read(entry.name).map(\.entry.name) == [entry.name])
      } catch {
        guard case CommandError.missing(_, let usage) = error else {
          Issue.record("\(entry.name): \(error)")
          continue
        }
        #expect(usage == entry.usage)
      }
    }
    for command in [Command.setTask("click", isOn: false), .setTaskWeight("click", 1), .undo] {
      #expect((try? table.read("\(command)").compactMap(\.command)) == [command])
    }
  }

  /// What is written in capitals in a form has a type, so that a wrong word is refused by name.
  @Test func everyFormIsTyped() {
    for entry in Fixture.app(startable: Fixture.models).table.entries {
      for argument in entry.forms.joined() {
        // Runs and layers have no names that all screens know.
        let isKnown = !argument.kinds.contains(.other) || argument.name == "LAYER"
        #expect(!argument.kinds.isEmpty && isKnown, "\(entry.usage)")
      }
    }
  }

  /// What can be named follows from the types of the arguments: by the screens, the runs, the looks.
  @Test func completesWhatIsKnownJustNow() {
    var app = Fixture.app(startable: Fixture.models)
    let options = app.models.selectedModel(app.desk)?.choices.map(\.name) ?? []
    #expect(!options.isEmpty && app.completionWords(of: "option ") == options)
    #expect(app.completionWords(of: "theme ").prefix(2) == ["auto", "dark"])
    #expect(app.completionWords(of: "smooth .9") == [".9", ".95", ".98", ".995"])
    #expect(app.completionWords(of: "sort dis") == ["disagreement"])
    #expect(app.completionWords(of: "sort loss of li") == ["like"])
    #expect(app.completionWords(of: "pin ") == ["item", "off"])
    app.earlier = [app.run]
    #expect(app.completionWords(of: "pin ") == ["item", "1", "off"])
    _ = app.update(.files("data/l", ["data/log/", "data/last.yaml"]))
    #expect(app.completionWords(of: "open data/l") == ["data/log/", "data/last.yaml"])
    #expect(app.completionWords(of: "open data/la") == ["data/last.yaml"])
  }

  /// A fitted model has no settings of a run, and it says so rather than name an option that is near.
  @Test func aFittedModelHasNoRate() throws {
    let fitted = ModelDescription(
      name: "linear", title: "Linear", paper: "", summary: "",
      options: [ModelDescription.Option(name: "l2", defaultValue: "1", summary: "")])
    #expect(throws: CommandLineError.noSetting("lr", model: "Linear", takes: ["l2"])) {
      try fitted.edits(typed: ["lr=0.01"], runSettings: ["lr", "seed"])
    }
    #expect(throws: CommandLineError.unknownName(kind: "option", name: "l3", near: "l2")) {
      try fitted.edits(typed: ["l3=1"], runSettings: ["lr"])
    }
    let words = "\(CommandLineError.noSetting("lr", model: "Linear", takes: ["l2"]))"
    #expect(words == "Linear is fitted as a whole, not step by step: it has no 'lr'; it takes l2")
  }

  @Test(arguments: [
    ("wei", ["weight"]), ("task fo", ["follow"]), ("task click ", ["on", "off"]),
    ("segment ", ["device", "hour", "author", "tag", "city"]),
    ("gate lo", ["longview"]), ("scale y ", ["log", "linear"]), ("zoom i", ["in"]),
    (
      "view ",
      [
        "dashboard", "gates", "masks", "inspect", "tasks", "models", "runs", "gradients",
        "explain",
      ]
    ),
    ("task nobody on ", []),
    ("zzz", []),
    ("weight r", ["reset"]), ("weight reset fol", ["follow"]),
  ])
  func completes(text: String, names: [String]) {
    #expect(Fixture.app().completionWords(of: text) == names)
  }

  @Test func tabGoesThroughTheWordsThatFit() {
    var app = Fixture.app()
    app.press(":segment ", .tab)
    #expect(app.typed == "segment device")
    app.press("", .tab)
    #expect(app.typed == "segment hour")
    app.press("", .backTab)
    app.press("", .backTab)
    #expect(app.typed == "segment city")
    app.press("", .enter)
    #expect(app.gates.column == "city")
  }

  /// The list above the line follows what is typed, scrolls to what is chosen, and says how the
  /// command is written.
  @Test func theListScrolls() {
    var app = Fixture.app()
    app.press(":")
    let rows = { (app: App) in
      (13..<23).map { app.view(Size(rows: 24, columns: 80)).text(row: $0) }
    }
    #expect(rows(app)[8].contains("↓ "))
    app.press("", .backTab)
    let scrolled = rows(app)
    #expect(scrolled.contains { $0.contains("↑ ") } && !scrolled.contains { $0.contains("↓ ") })
    app.press("", .escape)
    app.press(":weight ")
    let typed = rows(app)
    #expect(typed[8].hasPrefix(" weight TASK [W]  weight of the task's loss"), "\(typed[8])")
    #expect(typed[9].hasPrefix(":weight "))
    #expect(typed.contains { $0.hasPrefix(" longview ") })
  }

  @Test func optionsAreCompletedWithTheirDefaults() {
    var app = Fixture.app(startable: Fixture.models)
    app.press(":start mm", .tab)
    app.press("exp", .tab)
    #expect(app.typed?.hasPrefix("start mmoe expert") == true && app.typed?.hasSuffix("=") == true)
    #expect(app.completionWords(of: "start mmoe experts=").first == "experts=8")
  }

  @Test func linesOfEarlierRunsComeBackAndAreKept() {
    var settings = ExplorerSettings()
    settings.typed = ["band", "zoom all"]
    var app = App(settings: settings)
    app.press(":", .up, .up)
    #expect(app.typed == "band")
    app.press("", .escape)
    let effects = app.press(":overlay", .enter)
    #expect(effects.contains(.remember(["band", "zoom all", "overlay"])))
  }

  @Test func severalChangesAreOneAction() {
    var app = Fixture.app()
    let effects = app.execute("task click off + weight like 0.5")
    #expect(
      effects == [
        .send(.together([.setTask("click", isOn: false), .setTaskWeight("like", 0.5)]))
      ])
    #expect(app.execute("task click off + pause").isEmpty)
    #expect(app.execute("pace 5") == [.send(.setPace(5))])
    #expect(app.execute("pace off") == [.send(.setPace(0))])
  }

  @Test func aSingleFitIsCompletedWithASpace() {
    var app = Fixture.app()
    app.press(":wei", .tab)
    #expect(app.typed == "weight ")
    app.press("f", .tab)
    #expect(app.typed == "weight follow ")
  }

  @Test func linesTypedBeforeComeBack() {
    var app = Fixture.app()
    app.press(":smooth .9", .enter)
    app.press(":band", .enter)
    app.press(":dr", .up)
    #expect(app.typed == "band")
    app.press("", .up, .up)
    #expect(app.typed == "smooth .9")
    app.press("", .down, .down)
    #expect(app.typed == "dr")
    app.press("", .escape)
    app.press(":", .enter)
    #expect(app.charts.band == .off)
  }

  @Test func theLineIsEdited() {
    var app = Fixture.app()
    app.press(":wight", .home, .right)
    app.press("e", .end, .control("w"))
    #expect(app.typed == "")
    app.press("abc", .left, .backspace, .delete)
    #expect(app.typed == "a")
    app.press("", .backspace, .backspace)
    #expect(app.mode == .normal)
  }

  @Test func nothingIsSentWhileLoadingOrAfterTheEnd() {
    var app = App()
    app.press(":pause", .enter)
    #expect(app.control.message?.text == "the data are still being read")
    var ended = GoldenScreen.finished.app
    #expect(ended.press(" Pu.").filter(\.isCommand).isEmpty)
    #expect(ended.control.message?.text == "the run has ended; 6 starts another, q leaves")
    // Nor do the hints offer what would be refused.
    let hints = GoldenScreen.finished.app.view(Size(rows: 40, columns: 120)).text
    #expect(!hints.contains("P pause") && hints.contains("q quit"))
    #expect(Fixture.app().view(Size(rows: 40, columns: 120)).text.contains("P pause"))
  }
}

extension Effect {
  fileprivate var isCommand: Bool {
    if case .send = self { return true }
    return false
  }
}

extension App {
  /// The line being typed.
  fileprivate var typed: String? {
    if case .command(let line) = mode { return line.editor.text }
    return nil
  }

  @Test func namesWithBlanks() {
    var app = Fixture.app(["long view", "buy it"])
    for line in ["task long view off", "task.off=long view"] {
      let effects = app.execute(line)
      #expect(effects == [.send(.setTask("long view", isOn: false))], "\(line)")
    }
    #expect(app.execute("weight buy it 0.5") == [.send(.setTaskWeight("buy it", 0.5))])
  }

  /// Two digits are two screens where the key behind them counts nothing.
  @Test func theLastScreenIsMeant() {
    var app = Fixture.app(startable: Fixture.models)
    app.press("56R")
    #expect(app.screenName == "models")
    app.press("", .escape)
    app.press("34]")
    #expect(app.screenName == "inspect")
  }
}
