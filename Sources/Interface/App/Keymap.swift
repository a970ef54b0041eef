import Terminal

/// Every action, by key and by name.
enum Keymap {
  /// In the order of help.
  static let actions: [Action] =
    trainingActions + gateActions + dialActions + modelActions + curveActions + movingActions
    + generalActions

  /// The action of a complete chord; those of the screen come before those that hold everywhere.
  static func action(for chord: [Key], on screen: ScreenName) -> Action? {
    byPlace[screen.place]?[chord] ?? byPlace[.everywhere]?[chord]
  }

  /// The action of this name.
  static func action(named name: String) -> Action? { byName[name] }

  private static let byName = Dictionary(
    actions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Whether a longer chord starts with these keys.
  static func hasChord(startingWith chord: [Key], on screen: ScreenName) -> Bool {
    actions.contains { action in
      guard action.holds(on: screen) else { return false }
      return action.keys.contains { $0.count > chord.count && $0.starts(with: chord) }
    }
  }

  private static let byPlace: [Action.Place: [[Key]: Action]] = {
    var table: [Action.Place: [[Key]: Action]] = [:]
    for action in actions {
      for place in action.places {
        for chord in action.keys { table[place, default: [:]][chord] = action }
      }
    }
    return table
  }()

  /// A chord of single characters, `keys("gt")` is g and then t.
  static func keys(_ chords: String...) -> [[Key]] {
    chords.map { $0.map(Key.character) }
  }
}

extension Action {
  /// Whether the keys hold on a screen.
  func holds(on screen: ScreenName) -> Bool {
    places.contains(.everywhere) || places.contains(screen.place)
  }
}
