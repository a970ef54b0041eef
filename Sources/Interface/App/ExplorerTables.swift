public import Runs

/// What a person can press and type in the explorer, for the manual page.
public enum ExplorerTables {
  /// A key and what it does.
  public struct KeyEntry: Sendable, Hashable {
    /// The keys as help writes them: `u`, `gt`, `C-r`.
    public let keys: String
    /// What they do, in a few words.
    public let summary: String
  }

  /// The keys by heading: those that hold everywhere, then those of each screen.
  public static var keys: [(heading: String, entries: [KeyEntry])] {
    let screens = Screens.all
    let keymap = Keymap(screens)
    let common = Action.Section.allCases.filter { $0 != .view && $0 != .curves }.map { section in
      (section.rawValue, entries(keymap.actions.filter { $0.section == section && !$0.isOwn }))
    }
    let own = screens.indices.map { index in
      (screens[index].title, entries(keymap.actions.filter { $0.scope == .screen(index) }))
    }
    return (common + own).filter { !$0.1.isEmpty }
  }

  /// Everything that may be typed behind `:`.
  public static var commands: CommandTable {
    Keymap(Screens.all).table(on: 0, Screens.all)
  }

  private static func entries(_ actions: [Action]) -> [KeyEntry] {
    actions.filter { !$0.keyNames.isEmpty }.map {
      KeyEntry(keys: $0.keyNames, summary: $0.summary)
    }
  }
}

extension Action {
  /// Whether it is one of a single screen.
  fileprivate var isOwn: Bool {
    if case .screen = scope { true } else { false }
  }
}
