import Runs

/// The four steps of a first visit: each is ticked off when it was done.
struct Tour: Sendable {
  /// One step: what to do, in a few words.
  enum Step: Int, Sendable, CaseIterable {
    case toggle, look, gates, help

    /// The key, and what it does.
    var text: (key: String, words: String) {
      switch self {
      case .toggle: ("Space", "task off and on")
      case .look: ("z", "large curve")
      case .gates: ("2", "gates")
      case .help: ("?", "all keys")
      }
    }
  }

  private(set) var done: Set<Step> = []
  /// Whether it was waved off.
  var isOver = false

  /// Whether there is something left to show.
  var isShown: Bool { !isOver && done.count < Step.allCases.count }

  /// Ticks off a step.
  mutating func note(_ step: Step) { done.insert(step) }

  /// Ticks off what was just done, of that which no screen knows alone.
  mutating func watch(_ mode: Mode, _ effects: [Effect]) {
    let toggles = effects.contains { effect in
      guard case .send(let command) = effect else { return false }
      return command.parts.contains { if case .setTask = $0 { true } else { false } }
    }
    if toggles { done.insert(.toggle) }
    if case .help = mode { done.insert(.help) }
  }
}
