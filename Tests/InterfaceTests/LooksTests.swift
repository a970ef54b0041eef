import Runs
import Terminal
import Testing

@testable import Interface

/// Theme, mouse, keys of one's own, and what is kept.
@Suite struct LooksTests {
  private static let size = Size(rows: 40, columns: 120)

  @Test func aThemeIsChosenByName() {
    var app = Fixture.app()
    #expect(type("theme light", into: &app) == [.use(.light)])
    #expect(app.desk.settings.theme == "light")
    #expect(type("theme ligth", into: &app) == [])
    #expect(app.desk.control.message?.text == "no theme 'ligth'; did you mean 'light'?")
    #expect(type("theme", into: &app) == [])
    #expect(app.desk.control.message?.role == .error)
    #expect(app.desk.settings.theme == "light")
  }

  @Test func theMouseIsGivenAndTaken() {
    var app = Fixture.app()
    #expect(app.desk.settings.hasMouse)
    #expect(app.press("M") == [.useMouse(false)])
    #expect(app.desk.control.message?.text.contains("text can be selected") == true)
    #expect(app.press("M") == [.useMouse(true)])
    #expect(type("theme auto", into: &app) == [.useBackground])
    #expect(app.desk.settings.theme == "auto")
    #expect(type("mouse off", into: &app) == [.useMouse(false)])
    #expect(type("mouse up", into: &app) == [])
    #expect(!app.desk.settings.hasMouse)
    #expect(type("keep", into: &app) == [.keep(theme: "auto", mouse: false)])
  }

  @Test func effectsReachTheTerminal() {
    let terminal = ScriptedTerminal(rows: 24, columns: 80)
    var kept: [String] = []
    var loop = ExplorerLoop(
      app: App(settings: ExplorerSettings(showsTour: false)), terminal: terminal,
      link: FakeLink(),
      keeper: { theme, mouse in
        kept.append("\(theme) \(mouse)")
        return "/there/config.yaml"
      }, now: { 0 })
    for text in ["theme mono", "mouse off", "mouse on", "keep"] {
      terminal.keys = ":\(text)".map(Key.character) + [.enter]
      _ = loop.turn()
    }
    #expect(terminal.theme == .mono && terminal.hasMouse)
    #expect(kept == ["mono true"])
    #expect(terminal.shown.last?.text.contains("kept in /there/config.yaml") == true)
  }

  @Test func withoutAKeeperNothingIsKept() {
    let terminal = ScriptedTerminal(rows: 24, columns: 80)
    var loop = ExplorerLoop(terminal: terminal, link: FakeLink(), now: { 0 })
    terminal.keys = ":keep".map(Key.character) + [.enter]
    _ = loop.turn()
    #expect(terminal.shown.last?.text.contains("nothing can be kept here") == true)
  }

  // MARK: The mouse

  @Test(arguments: [(40, 120), (24, 80), (24, 61)])
  func aClickOnATabShowsItsScreen(rows: Int, columns: Int) throws {
    var app = Fixture.app()
    _ = app.update(.size(Size(rows: rows, columns: columns)))
    let listed = app.screens.indices.filter { app.screens[$0].isListed(app.desk) }
    for index in listed.reversed() {
      let row = Array(app.view(app.desk.size).text(row: 0))
      let digit = try #require(row.lastIndex(of: Character("\(index + 1)")))
      click(&app, 0, digit)
      #expect(app.shown == index)
    }
    click(&app, 0, 2)
    #expect(app.shown == 0, "the name of the run is no tab")
  }

  @Test func aClickFocusesAPartOfTheDashboard() throws {
    var app = Fixture.app()
    _ = app.update(.size(Self.size))
    let dashboard = try #require(app.screen(DashboardScreen.self))
    let parts = dashboard.parts(app.desk, in: app.body(of: Self.size))
    #expect(parts.count == 4)
    for (pane, areas) in parts.reversed() {
      for (place, area) in areas.enumerated().reversed() {
        click(&app, area.row + 1, area.column + 1)
        #expect(app.screen(DashboardScreen.self)?.pane == pane)
        if pane == .curves { #expect(app.desk.selectedTask == place) }
      }
    }
  }

  @Test func theWheelZoomsCurvesAndMovesLists() throws {
    var app = Fixture.app()
    _ = app.update(.size(Self.size))
    let dashboard = try #require(app.screen(DashboardScreen.self))
    let parts = dashboard.parts(app.desk, in: app.body(of: Self.size))
    let whole = app.desk.charts.window
    wheel(&app, .wheelUp, parts[0].areas[0])
    #expect(app.desk.charts.window != whole)
    let tasks = try #require(parts.first { $0.pane == .tasks }?.areas[0])
    wheel(&app, .wheelDown, tasks)
    #expect(app.desk.selectedTask == 1)
    wheel(&app, .wheelUp, tasks)
    #expect(app.desk.selectedTask == 0)
    app.press("?")
    wheel(&app, .wheelDown, tasks)
    guard case .help(let panel) = app.desk.mode else { return #expect(Bool(false)) }
    #expect(panel.scroll == 1)
  }

  @Test func aClickBesideEverythingDoesNothing() {
    var app = Fixture.app()
    _ = app.update(.size(Self.size))
    let before = app.view(Self.size)
    for (row, column) in [(39, 10), (38, 10), (0, 20), (500, 500)] { click(&app, row, column) }
    #expect(app.update(.key(.mouse(Mouse(.release, row: 0, column: 119)))) == [])
    #expect(app.view(Self.size) == before)
  }

  private func click(_ app: inout App, _ row: Int, _ column: Int) {
    _ = app.update(.key(.mouse(Mouse(.left, row: row, column: column))))
  }

  private func wheel(_ app: inout App, _ action: Mouse.Action, _ area: Rect) {
    _ = app.update(.key(.mouse(Mouse(action, row: area.row + 1, column: area.column + 1))))
  }

  private func type(_ text: String, into app: inout App) -> [Effect] {
    app.press(":" + text, .enter).withoutMemory
  }
}

/// Keys that a person gives to actions.
@Suite struct KeyBindingTests {
  @Test func aBoundKeyActsInPlaceOfTheOld() {
    let bindings = [
      KeyBinding(action: "pause", chord: "F5"), KeyBinding(action: "mouse", chord: "C-t"),
      KeyBinding(action: "freeze", chord: "P"),
    ]
    #expect(KeyBinding.firstFault(in: bindings) == nil)
    let keymap = Keymap(Screens.all, bindings: bindings)
    #expect(keymap.action(for: [.function(5)], on: 0)?.name == "pause")
    #expect(keymap.action(for: [.control("t")], on: 3)?.name == "mouse")
    #expect(keymap.action(for: [.character("P")], on: 0)?.name == "freeze")
    #expect(keymap.action(for: [.character("M")], on: 0) == nil)
    #expect(keymap.action(named: "pause")?.keyNames == "F5")
  }

  @Test(arguments: [
    ("paus", "F5", "no action 'paus'; did you mean 'pause'?"),
    ("pause", "5", "'5' is no key that can be given away; write it as in Space, C-t, F5, gz"),
    ("pause", "C-c", "'C-c' is no key"), ("pause", "C-z", "'C-z' is no key"),
    ("pause", "", "'' is no key"), ("pause", "a b", "'a b' is no key"),
    ("pause", "abc", "'abc' is no key"),
    ("pause", "q", "'q' already does 'q'; give 'q' another key first"),
    ("pause", "g", "'g' already does '"), ("pause", "gg", "'gg' already does 'top'"),
    ("pause", "jj", "'jj' already does 'down'"), ("pause", "Tab", "'Tab' already does 'next pane'"),
  ])
  func faultsAreNamed(action: String, chord: String, words: String) {
    let good = KeyBinding(action: "mouse", chord: "C-t")
    let fault = KeyBinding.firstFault(in: [good, KeyBinding(action: action, chord: chord)])
    #expect(fault?.index == 1)
    #expect(fault?.error.description.hasPrefix(words) == true, "\(fault?.error.description ?? "")")
  }

  @Test func twoActionsMayNotShareANewKey() {
    let fault = KeyBinding.firstFault(in: [
      KeyBinding(action: "mouse", chord: "F9"), KeyBinding(action: "redraw", chord: "F9"),
    ])
    #expect(fault?.index == 1)
  }

  @Test func screensThatNeverMeetMayShareAKey() throws {
    // Only where charts are, and only where models are.
    let band = try #require(Keymap.standard.actions.first { $0.name == "band" })
    let option = try #require(Keymap.standard.actions.first { $0.name == "warm-start" })
    #expect(band.scope != option.scope)
    let fault = KeyBinding.firstFault(in: [
      KeyBinding(action: "band", chord: "F9"), KeyBinding(action: "warm-start", chord: "F9"),
    ])
    #expect(fault == nil)
  }

  @Test func theGivenKeyIsWhatHintsAndHelpShow() {
    let settings = ExplorerSettings(
      keys: [KeyBinding(action: "help", chord: "F2")], showsTour: false)
    let app = App(settings: settings)
    #expect(app.keymap.action(named: "help")?.keyNames == "F2")
    #expect(app.view(Size(rows: 24, columns: 80)).text.contains("F2 help"))
  }
}
