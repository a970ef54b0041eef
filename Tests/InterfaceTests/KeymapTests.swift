import Terminal
import Testing

@testable import Interface

@Suite struct KeymapTests {
  @Test(arguments: ScreenName.allCases)
  func noKeyMeansTwoThings(screen: ScreenName) {
    var seen: [[Key]: String] = [:]
    for action in Keymap.actions where action.holds(on: screen) {
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
    for action in Keymap.actions {
      for case .character(let key)? in action.keys.map(\.first) where key != "0" {
        #expect(key.wholeNumberValue == nil, "\(action.name)")
      }
    }
  }

  @Test func namesAreUniqueAndLowercase() {
    let names = Keymap.actions.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
  }

  @Test func everyActionFitsIntoHelp() {
    for action in Keymap.actions {
      #expect(action.summary.count <= 26, "\(action.name): \(action.summary)")
      #expect(action.keyNames.count <= 9, "\(action.name): \(action.keyNames)")
      #expect(!action.summary.hasSuffix("."))
    }
  }

  @Test func everySignFitsIntoHelpAndIsFound() {
    for (sign, words) in HelpPanel.signs {
      #expect(words.count <= 26 && sign.count <= 9, "\(sign): \(words)")
    }
    let lines = HelpPanel(search: "observed").lines(on: .tasks)
    #expect(lines.map(\.text) == ["Signs and scores", "predicted ÷ observed means"])
  }

  @Test(arguments: ScreenName.allCases, GatesState.Mode.allCases)
  func hintsAreActionsOfTheScreen(screen: ScreenName, mode: GatesState.Mode) {
    for name in App.hintedActions(on: screen, mode, hasDials: true, hasViews: true) {
      let action = Keymap.action(named: name)
      #expect(action?.hint != nil, "\(name)")
      #expect(action?.keys.isEmpty == false, "\(name)")
      #expect(action?.holds(on: screen) == true, "\(name) on \(screen)")
    }
  }

  /// The keys that people know from the manual.
  @Test(arguments: [
    ("P", "pause"), (".", "step"), (" ", "task"), ("gt", "next view"), ("gT", "previous view"),
    ("f", "freeze"), (":", "command"), ("?", "help"), ("q", "q"), ("Q", "quit now"), ("u", "undo"),
    ("j", "down"), ("gg", "top"), ("G", "bottom"),
  ])
  func everywhere(keys: String, name: String) {
    for screen in ScreenName.allCases {
      #expect(Keymap.action(for: keys.map(Key.character), on: screen)?.name == name)
    }
  }

  @Test(arguments: [
    ("w", ScreenName.tasks, "weight"), ("W", .tasks, "weight reset"), ("o", .tasks, "solo"),
    ("a", .tasks, "all"), ("r", .tasks, "lr"), ("z", .dashboard, "full screen"),
    ("+", .dashboard, "zoom in"), ("-", .dashboard, "zoom out"), ("[", .dashboard, "pan left"),
    ("]", .dashboard, "pan right"), ("0", .dashboard, "zoom"), ("s", .dashboard, "smooth less"),
    ("S", .dashboard, "smooth"), ("L", .dashboard, "scale"), ("m", .gates, "gates"),
    ("n", .gates, "next example"), ("N", .gates, "previous example"),
    ("r", .gates, "random example"),
  ])
  func onScreens(keys: String, screen: ScreenName, name: String) {
    #expect(Keymap.action(for: keys.map(Key.character), on: screen)?.name == name)
  }

  @Test func specialKeys() {
    #expect(Keymap.action(for: [.control("r")], on: .tasks)?.name == "redo")
    #expect(Keymap.action(for: [.control("l")], on: .tasks)?.name == "redraw")
    #expect(Keymap.action(for: [.tab], on: .dashboard)?.name == "next pane")
    #expect(Keymap.action(for: [.control("z")], on: .dashboard) == nil)
  }
}
