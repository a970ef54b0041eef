import Runs

/// The steps of a first visit, of what the run has: each is ticked off when it was done.
struct Tour: Sendable {
  /// One step: what to do, in a few words.
  enum Step: Int, Sendable, CaseIterable {
    case toggle, look, gates, reasons, help

    /// The key, and what it does.
    var text: (key: String, words: String) {
      switch self {
      case .toggle: ("Space", "task off/on")
      case .look: ("z", "large curve")
      case .gates: ("2", "gates")
      case .reasons: ("9", "why")
      case .help: ("?", "all keys")
      }
    }
  }

  private(set) var done: Set<Step> = []
  /// Whether it was waved off.
  var isOver = false

  /// The steps that a run has: gates where its model has some, reasons where its data name items.
  func steps(of run: RunState) -> [Step] {
    Step.allCases.filter { step in
      switch step {
      case .toggle, .look, .help: true
      case .gates: run.hasGates
      case .reasons: run.description?.pairs != nil
      }
    }
  }

  /// Whether there is something left to show of a run.
  func isShown(of run: RunState) -> Bool {
    !isOver && !done.isSuperset(of: steps(of: run))
  }

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
