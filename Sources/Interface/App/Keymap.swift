import Runs
import Terminal

/// Every action of an app, by key and by name.
struct Keymap: Sendable {
  /// In the order of help.
  let actions: [Action]
  /// By screen: the places of its actions, by chord.
  private let byScreen: [[[Key]: Int]]
  private let holding: [Set<Int>]
  private let byName: [String: [Int]]

  /// The actions of these screens and of all screens, in the order of help.
  static func actions(of screens: [any Screen]) -> [Action] {
    let own = screens.enumerated().flatMap { index, screen in screen.actions(at: index) }
    return trainingActions + own + movingActions + generalActions(showing: screens)
  }

  /// The actions of these screens and of all screens, with the keys that a person gave them; if these
  /// cannot be (see ``KeyBinding/firstFault(in:)``), with their own.
  init(_ screens: [any Screen], bindings: [KeyBinding] = []) {
    let own = Self.actions(of: screens)
    let actions = (try? KeyBinding.bound(bindings, among: own, on: screens)) ?? own
    let holding = screens.enumerated().map { index, screen in
      Set(actions.indices.filter { actions[$0].scope.holds(on: index, screen.keyGroups) })
    }
    self.actions = actions
    self.holding = holding
    byName = Dictionary(grouping: actions.indices) { actions[$0].name }
    byScreen = holding.map { held in
      // Those of the screen come before those that hold everywhere.
      let ordered =
        held.sorted().filter { actions[$0].scope != .everywhere }
        + held.sorted().filter { actions[$0].scope == .everywhere }
      var table: [[Key]: Int] = [:]
      for place in ordered {
        for chord in actions[place].keys where table[chord] == nil { table[chord] = place }
      }
      return table
    }
  }

  /// The action of a complete chord on a screen.
  func action(for chord: [Key], on screen: Int) -> Action? {
    byScreen[screen][chord].map { actions[$0] }
  }

  /// The action of this name; where several have it, that of the screen.
  func action(named name: String, on screen: Int? = nil) -> Action? {
    let named = byName[name] ?? []
    let here = screen.flatMap { screen in named.first { holding[screen].contains($0) } }
    return (here ?? named.first).map { actions[$0] }
  }

  /// The commands that can be typed on a screen: its own before those of other screens.
  func table(on screen: Int, _ screens: [any Screen]) -> CommandTable {
    var seen: Set<String> = []
    let ordered = actions(on: screen) + actions
    let entries = ordered.filter { seen.insert($0.name).inserted }.map(\.entry)
    let names = screens.map(\.name).filter { seen.insert($0).inserted }
    return CommandTable(
      entries + names.map { CommandEntry($0, summary: "show this screen") }, isOnScreen: true)
  }

  /// The actions whose keys hold on a screen.
  func actions(on screen: Int) -> [Action] { holding[screen].sorted().map { actions[$0] } }

  /// Whether a longer chord starts with these keys.
  func hasChord(startingWith chord: [Key], on screen: Int) -> Bool {
    byScreen[screen].keys.contains { $0.count > chord.count && $0.starts(with: chord) }
  }
}

extension Action.Scope {
  /// Whether the keys hold on the screen of this index, which takes these groups of keys.
  func holds(on screen: Int, _ groups: Set<KeyGroup>) -> Bool {
    switch self {
    case .everywhere: true
    case .group(let group): groups.contains(group)
    case .screen(let own): own == screen
    }
  }
}

/// Chords of single characters, `keys("gt")` is g and then t.
func keys(_ chords: String...) -> [[Key]] { chords.map { $0.map(Key.character) } }
