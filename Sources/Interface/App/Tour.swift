import Runs

/// The four steps of a first visit: each is ticked off when it was done.
struct Tour: Sendable {
  /// One step: what to do, in a few words.
  enum Step: Int, Sendable, CaseIterable {
    case toggle, look, gates, help

    var text: String {
      switch self {
      case .toggle: "Space switches a task off and on"
      case .look: "z shows its curve large"
      case .gates: "2 shows the gates"
      case .help: "? shows all keys"
      }
    }
  }

  private(set) var done: Set<Step> = []
  /// Whether it was waved off.
  var isOver = false

  /// Whether there is something left to show.
  var isShown: Bool { !isOver && done.count < Step.allCases.count }

  mutating func tick(_ step: Step) { done.insert(step) }
}
