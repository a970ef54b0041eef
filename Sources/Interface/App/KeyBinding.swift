import Runs
import Terminal

/// A key that a person gave to an action, in place of the action's own keys.
public struct KeyBinding: Sendable, Equatable {
  /// The action's name as help writes it: `full screen`.
  public var action: String
  /// The keys as help writes them: `Space`, `C-t`, `gz`.
  public var chord: String

  /// A binding.
  public init(action: String, chord: String) {
    self.action = action
    self.chord = chord
  }
}

/// Why a key cannot be given to an action.
public enum KeyBindingError: Error, Equatable, Sendable {
  /// No action of this name.
  case unknownAction(String, near: String?)
  /// No key, or none that may be given away.
  case unusableKey(String)
  /// The key does another thing.
  case taken(chord: String, by: String)
}

extension KeyBindingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .unknownAction(let name, let near):
      "no action '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "")
    case .unusableKey(let chord):
      "'\(chord)' is no key that can be given away; write it as in Space, C-t, F5, gz"
    case .taken(let chord, let action):
      "'\(chord)' already does '\(action)'; give '\(action)' another key first"
    }
  }
}

extension KeyBinding {
  /// Checks bindings one after the other against the explorer's own keys.
  ///
  /// - Returns: the index of the first that cannot be, and why; nil if all can.
  public static func firstFault(
    in bindings: [KeyBinding]
  ) -> (index: Int, error: KeyBindingError)? {
    let actions = Keymap.actions(of: Screens.all)
    for count in bindings.indices {
      do throws(KeyBindingError) {
        _ = try bound(Array(bindings[...count]), among: actions, on: Screens.all)
      } catch {
        return (count, error)
      }
    }
    return nil
  }

  /// The actions with their new keys.
  static func bound(
    _ bindings: [KeyBinding], among actions: [Action], on screens: [any Screen]
  ) throws(KeyBindingError) -> [Action] {
    var actions = actions
    var changed: Set<Int> = []
    for binding in bindings {
      let places = actions.indices.filter { actions[$0].name == binding.action }
      guard !places.isEmpty else {
        let near = nearest(to: binding.action, in: actions.map(\.name))
        throw .unknownAction(binding.action, near: near)
      }
      guard let chord = chord(of: binding.chord) else { throw .unusableKey(binding.chord) }
      for place in places {
        actions[place].keys = [chord]
        actions[place].shownKeys = nil
      }
      changed.formUnion(places)
    }
    for place in changed.sorted() {
      try check(
        actions[place],
        against: actions.enumerated().filter { $0.offset != place }
          .map(\.element), on: screens)
    }
    return actions
  }

  private static func check(
    _ action: Action, against others: [Action], on screens: [any Screen]
  ) throws(KeyBindingError) {
    for other in others where action.name != other.name && action.meets(other, on: screens) {
      for (mine, theirs) in zip(repeatElement(action.keys[0], count: other.keys.count), other.keys)
      where mine.starts(with: theirs) || theirs.starts(with: mine) {
        throw .taken(chord: action.keyNames, by: other.name)
      }
    }
  }

  /// The keys of a text; nil if it names none, or one that has a fixed meaning.
  static func chord(of text: String) -> [Key]? {
    let named = Key.named.first { $0.name == text }
    let chord = named.map { [$0] } ?? text.map(Key.character)
    let isFixed =
      chord.first == .control("c") || chord.first == .control("z")
      || chord.first?.digit.map { $0 > 0 } ?? false
    let isText = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard !chord.isEmpty, chord.count <= 2, isText, !isFixed else { return nil }
    return chord
  }
}

extension Action {
  /// Whether there is a screen on which the keys of both hold.
  fileprivate func meets(_ other: Action, on screens: [any Screen]) -> Bool {
    screens.enumerated().contains { index, screen in
      scope.holds(on: index, screen.keyGroups) && other.scope.holds(on: index, screen.keyGroups)
    }
  }
}

extension Key {
  /// Keys that have a name of more than their character.
  fileprivate static let named: [Key] =
    [
      .character(" "), .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down,
      .left, .right, .home, .end, .pageUp, .pageDown,
    ] + (1...24).map(Key.function) + "abcdefghijklmnopqrstuvwxyz".map(Key.control)
}
