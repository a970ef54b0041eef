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
    for screen in GoldenScreen.allCases.map(\.app) {
      let signs = screen.screen.legend(screen.desk)
      #expect(!signs.isEmpty && Set(signs.map(\.sign)).count == signs.count)
      for sign in signs + HelpPanel.scores {
        let columns = (columnsTaken(by: sign.sign), columnsTaken(by: sign.meaning))
        #expect(columns.0 <= 9 && columns.1 <= 26, "\(sign)")
      }
    }
    let lines = App().helpLines(of: HelpPanel(search: "observed"))
    #expect(lines.map(\.text) == ["Scores", "predicted ÷ observed means"])
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
    ("P", "pause"), (".", "step"), ("gt", "next view"), ("gT", "previous view"),
    ("f", "freeze"), (":", "command"), ("?", "help"), ("q", "q"), ("Q", "quit now"), ("u", "undo"),
    ("j", "down"), ("gg", "top"), ("G", "bottom"),
  ])
  func everywhere(keys: String, name: String) {
    for screen in Screens.all.indices {
      #expect(Keymap.standard.action(for: keys.map(Key.character), on: screen)?.name == name)
    }
  }

  @Test(arguments: [
    (" ", "tasks", "task"), (" ", "gates", "task"), (" ", "models", "warm-start"),
    ("w", "tasks", "weight"), ("W", "tasks", "weight reset"), ("o", "tasks", "solo"),
    ("a", "tasks", "all"), ("r", "tasks", "lr"), ("z", "dashboard", "full screen"),
    ("+", "dashboard", "zoom in"), ("-", "dashboard", "zoom out"), ("[", "dashboard", "pan left"),
    ("]", "dashboard", "pan right"), ("0", "dashboard", "zoom"), ("S", "dashboard", "smooth less"),
    ("s", "dashboard", "smooth"), ("L", "dashboard", "scale"), ("m", "gates", "gates"),
    ("n", "gates", "next example"), ("N", "gates", "previous example"),
    ("gr", "gates", "random example"),
  ])
  func onScreens(keys: String, screen: String, name: String) {
    let index = App().index(of: screen)
    #expect(Keymap.standard.action(for: keys.map(Key.character), on: index)?.name == name)
  }

  /// What each key means, wherever it holds: several actions only where they are the same thing on
  /// another screen.
  private static let meanings: [String: (meaning: String, actions: Set<String>)] = [
    "Enter": ("acts on what is selected", ["full screen", "choose"]),
    "Space": ("toggles what is selected", ["task", "warm-start"]),
    "+": ("more", ["zoom in", "dial up"]), "=": ("more", ["zoom in", "dial up"]),
    "-": ("less", ["zoom out", "dial down"]),
    "[": (
      "the one before",
      ["pan left", "previous dial", "previous layer", "previous part", "previous user"]
    ),
    "]": ("the next one", ["pan right", "next dial", "next layer", "next part", "next user"]),
    "m": ("shows it another way", ["gates", "map"]), "x": ("leaves it out", ["knock out", "thin"]),
    "}": ("the next one", ["next dial", "gate"]),
    "X": ("goes across: the axis, or every expert by every task", ["x", "matrix"]),
    "p": ("pins it: a run to compare with, an item to look at", ["baseline", "pin", "pin item"]),
    "i": ("types a value", ["example", "dial", "option", "item"]),
    "#": ("types a number", ["example", "dial"]),
    "R": ("a run begins in place of this one", ["start", "go on"]),
    // Of curves the axis, of gates the matrix of all experts: a person asked for both by this key.
  ]

  @Test func aKeyMeansOneThingEverywhere() {
    var named: [String: Set<String>] = [:]
    for action in Keymap.standard.actions {
      for chord in action.keys {
        named[chord.map(\.name).joined(), default: []].insert(action.name)
      }
    }
    for (key, names) in named where names.count > 1 {
      #expect(names == Self.meanings[key]?.actions, "\(key) means \(names.sorted())")
    }
    for (key, meaning) in Self.meanings {
      #expect(named[key] == meaning.actions, "\(key) \(meaning.meaning): \(named[key] ?? [])")
    }
  }

  /// Keys that people know from elsewhere mean what they mean there.
  @Test(arguments: [
    ("s", "smooth"), ("S", "smooth less"), ("u", "undo"), ("/", "filter"), ("?", "help"),
    ("P", "pause"), ("q", "q"),
  ])
  func isKeptFor(key: String, name: String) {
    let holders = Keymap.standard.actions.filter { $0.keys.contains(key.map(Key.character)) }
    #expect(holders.map(\.name) == [name])
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
