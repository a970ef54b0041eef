import Terminal
import Testing

@testable import Interface

@Suite struct KeymapTests {
  @Test(arguments: Screens.all.indices)
  func noKeyMeansTwoThings(screen: Int) {
    var seen: [[Key]: String] = [:]
    for action in Keymap.standard.actions(on: screen) {
      for chord in action.keys {
        #expect(seen[chord] == nil, "\(chord.map(\.name)): \(action.name), \(seen[chord] ?? "")")
        seen[chord] = action.name
      }
    }
    for chord in seen.keys where chord.count > 1 {
      for length in 1..<chord.count {
        #expect(seen[Array(chord.prefix(length))] == nil, "a key hides a chord: \(chord)")
      }
    }
  }

  @Test func digitsAreScreensAndCountsOnly() {
    for action in Keymap.standard.actions {
      for case .character(let key)? in action.keys.map(\.first) where key != "0" {
        #expect(key.wholeNumberValue == nil, "\(action.name)")
      }
    }
  }

  @Test func namesAreUniqueAndLowercase() {
    let names = Keymap.standard.actions.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
  }

  @Test func everyActionFitsIntoHelp() {
    for action in Keymap.standard.actions {
      #expect(action.summary.count <= 26, "\(action.name): \(action.summary)")
      #expect(action.keyNames.count <= 9, "\(action.name): \(action.keyNames)")
      #expect(!action.summary.hasSuffix("."))
    }
  }

  @Test func everySignFitsIntoHelpAndIsFound() {
    for (sign, words) in HelpPanel.signs {
      #expect(words.count <= 26 && sign.count <= 9, "\(sign): \(words)")
    }
    let lines = App().helpLines(of: HelpPanel(search: "observed"))
    #expect(lines.map(\.text) == ["Signs and scores", "predicted ÷ observed means"])
  }

  /// Whatever is shown on a screen, its hints are keys that hold there.
  @Test(arguments: GoldenScreen.allCases)
  func hintsAreActionsOfTheScreen(golden: GoldenScreen) {
    let app = golden.app
    let names = app.screen.hints(app.desk)
    #expect(names.contains("help"))
    for name in names {
      let action = Keymap.standard.action(named: name, on: app.shown)
      #expect(action?.hint != nil, "\(name)")
      #expect(action?.keys.isEmpty == false, "\(name)")
      let here = Keymap.standard.actions(on: app.shown).map(\.name)
      #expect(here.contains(name), "\(name) on \(app.screenName)")
    }
  }

  /// The keys that people know from the manual.
  @Test(arguments: [
    ("P", "pause"), (".", "step"), (" ", "task"), ("gt", "next view"), ("gT", "previous view"),
    ("f", "freeze"), (":", "command"), ("?", "help"), ("q", "q"), ("Q", "quit now"), ("u", "undo"),
    ("j", "down"), ("gg", "top"), ("G", "bottom"),
  ])
  func everywhere(keys: String, name: String) {
    for screen in Screens.all.indices {
      #expect(Keymap.standard.action(for: keys.map(Key.character), on: screen)?.name == name)
    }
  }

  @Test(arguments: [
    ("w", "tasks", "weight"), ("W", "tasks", "weight reset"), ("o", "tasks", "solo"),
    ("a", "tasks", "all"), ("r", "tasks", "lr"), ("z", "dashboard", "full screen"),
    ("+", "dashboard", "zoom in"), ("-", "dashboard", "zoom out"), ("[", "dashboard", "pan left"),
    ("]", "dashboard", "pan right"), ("0", "dashboard", "zoom"), ("s", "dashboard", "smooth less"),
    ("S", "dashboard", "smooth"), ("L", "dashboard", "scale"), ("m", "gates", "gates"),
    ("n", "gates", "next example"), ("N", "gates", "previous example"),
    ("r", "gates", "random example"),
  ])
  func onScreens(keys: String, screen: String, name: String) {
    let index = App().index(of: screen)
    #expect(Keymap.standard.action(for: keys.map(Key.character), on: index)?.name == name)
  }

  @Test func specialKeys() {
    #expect(
      Keymap.standard.action(for: [.control("r")], on: App().index(of: "tasks"))?.name == "redo")
    #expect(
      Keymap.standard.action(for: [.control("l")], on: App().index(of: "tasks"))?.name == "redraw")
    #expect(Keymap.standard.action(for: [.tab], on: 0)?.name == "next pane")
    #expect(Keymap.standard.action(for: [.control("z")], on: 0) == nil)
  }
}
