import Runs
import Terminal
import Testing

@testable import Interface

/// Digits act at once, an action is one command, and words that mean nothing are refused.
@Suite struct WholeActionTests {
  // MARK: Digits

  @Test(arguments: ["75", "753", "5757", "1234567"])
  func digitsShowTheirScreensAtOnce(keys: String) {
    var app = Fixture.app(startable: Fixture.models)
    app.press(keys)
    #expect(app.shown + 1 == keys.last?.wholeNumberValue)
    let screen = app.shown
    _ = app.update(.time(200))
    #expect(app.shown == screen)
  }

  /// The key behind the digits acts on the screen that is seen, and none is swallowed.
  @Test func theKeyBehindDigitsActsWhereItIsSeen() {
    var app = Fixture.app()
    let effects = app.press("75j ")
    #expect(app.screenName == "tasks")
    #expect(effects.contains(.send(.setTask("like", isOn: false))))
    app.press("25jj")
    #expect(app.screenName == "tasks")
    #expect(app.selectedTask == 3)
  }

  @Test func aCountThatNamesNoScreenMovesWhereItWasTyped() {
    var app = Fixture.app()
    app.press("2mm")
    app.press("20n")
    #expect(app.screenName == "gates")
    #expect(app.gates.row == 20)
    app.press("102n")
    #expect(app.gates.row == 122)
  }

  @Test func stepsTakeAnyCount() {
    for (keys, count) in [("5.", 5), ("25.", 25), ("75.", 75), ("100.", 100), (".", 1)] {
      var app = Fixture.app()
      #expect(app.press(keys).contains(.send(.step(count))), "\(keys)")
      #expect(app.screenName == "dashboard", "\(keys)")
    }
  }

  // MARK: Undo

  /// Several changes of one action are one command, so that one undo takes all of them back.
  @Test func soloIsOneCommand() {
    var app = Fixture.app()
    let effects = app.press("5jo").filter { if case .send = $0 { true } else { false } }
    let off = ["click", "follow", "longview"].map { Command.setTask($0, isOn: false) }
    #expect(effects == [.send(.together(off))])
  }

  @Test func whatIsOnItsWayCountsChangeByChange() {
    var app = Fixture.app()
    let solo = Command.together(
      ["like", "follow"].map { Command.setTask($0, isOn: false) } + [.setTaskWeight("click", 2)])
    _ = app.update(.sent(CommandTicket(id: 1, command: solo)))
    #expect(
      app.desk.isOn("click") && !app.desk.isOn("like") && !app.desk.isOn("follow")
        && app.desk.isOn("longview"))
    #expect((0..<4).map(app.desk.box) == ["[~]", "[~]", "[~]", "[x]"])
    let answer = Acknowledgement(
      id: 1, command: .undo, effect: solo, step: 1_900, outcome: .applied)
    _ = app.update(.events([.acknowledged(answer)]))
    #expect(app.run.snapshot.tasks.map(\.isOn) == [true, false, false, true])
    #expect(app.run.snapshot.tasks[0].weight == 2)
    #expect(app.run.log.marks.last?.step == 1_900)
    #expect(app.control.message?.text.hasPrefix("undo: like OFF, follow OFF, weight of") == true)
  }

  // MARK: Questions

  /// After its end a run still answers what changes nothing; changes are refused.
  @Test func questionsAreAskedAfterTheEnd() {
    var app = GoldenScreen.finished.app
    #expect(app.press("2lx").contains(.send(.knockOut(1))))
    #expect(app.press("E").contains(.send(.evaluate)))
    #expect(app.execute("expert.without=2") == [.send(.knockOut(2))])
    for keys in [" ", "u", "P"] {
      #expect(!app.press(keys).contains { if case .send = $0 { true } else { false } })
      #expect(app.control.message?.text.contains("the run has ended") == true, "\(keys)")
    }
    var loading = App()
    #expect(loading.press("E").isEmpty || loading.control.message?.role == .warning)
  }

  // MARK: Words

  /// Every command of the table refuses words that it does not take, and does nothing of what was asked.
  @Test(
    arguments: Keymap.standard.actions.filter { action in
      // A path or a name that no screen knows may be of several words.
      let open: [ArgumentKind] = [.other, .text, .folder, .file([]), .file([".yaml", ".yml"])]
      guard action.entry.mostWords < .max else { return false }
      return !action.entry.forms.joined().contains { $0.kinds.contains(where: open.contains) }
    }.map(\.name))
  func wordsTooManyAreRefused(name: String) throws {
    let action = try #require(Keymap.standard.action(named: name))
    var app = Fixture.app(startable: Fixture.models)
    let before = app
    let words = (0..<action.entry.mostWords).map { _ in "click" } + ["zz", "yy"]
    #expect(app.execute(name + " " + words.joined(separator: " ")).isEmpty)
    #expect(app.control.message?.role == .error)
    let text = app.control.message?.text ?? ""
    #expect(text.hasSuffix("write: \(action.usage)") || text.hasPrefix("no "), "\(text)")
    #expect(
      app.screenName == before.screenName && app.mode == .normal && app.charts == before.charts)
  }

  @Test(arguments: [
    ("pause now", "found 'now' behind the end; write: pause"),
    ("undo 2", "found '2' behind the end; write: undo"),
    ("task like off please", "found 'please' behind the end; write: task TASK [on|off]"),
    ("stop it", "found 'it' behind the end; write: stop"),
    ("zoom 1 2 3", "found '3' behind the end; write: zoom FIRST LAST | all"),
    (
      "start mmoe fast",
      "found 'fast' where NAME=VALUE belongs; write: start [MODEL] [NAME=VALUE…]"
    ),
    (
      "start mmoe experts",
      "found 'experts' where NAME=VALUE belongs; write: start [MODEL] [NAME=VALUE…]"
    ),
    (
      "start mmoe experts=",
      "found 'experts=' where NAME=VALUE belongs; write: start [MODEL] [NAME=VALUE…]"
    ),
    ("start mmoe expert=64 experst=4", "no option 'experst'; did you mean 'experts'?"),
    (
      "start mmoe experts=4 experts=5",
      "found 'experts=5'; write: start mmoe with each option once"
    ),
    ("start linear experts=4", "no option 'experts'; Tab lists them"),
    ("pause=1", "found '=1' behind the end; write: pause"),
  ])
  func isRefusedWhole(line: String, message: String) {
    var app = Fixture.app(startable: Fixture.models)
    #expect(app.execute(line).isEmpty)
    #expect(app.control.message?.text == message)
    #expect(app.models.edits.isEmpty)
    #expect(app.mode == .normal)
  }

  @Test func startObeysItsOptions() throws {
    var app = Fixture.app(startable: Fixture.models)
    app.press("6", .tab)
    app.press("")
    var models = app.models
    models.edits["mmoe"] = ["tower": "32"]
    app.screens[app.index(of: "models")] = models
    let effects = app.execute("start mmoe experts=4 expert=64,32")
    guard case .question(let question) = app.mode else {
      Issue.record("nothing was asked")
      return
    }
    let options = ["experts": "4", "expert": "64,32", "tower": "32"]
    let request = StartRequest(model: "mmoe", options: options)
    #expect(question.effects == [.start(request)])
    #expect(effects == [.check(request)])
    // Nothing is kept until it is done.
    #expect(app.models.edits["mmoe"] == ["tower": "32"])
    app.press("", .escape)
    #expect(app.models.edits["mmoe"] == ["tower": "32"])
    _ = app.update(.began(request))
    #expect(app.models.edits["mmoe"] == options)
  }
}
