import Runs
import Terminal

/// What a person asked for and what became of it.
struct Control: Sendable {
  /// A line for the person, in place of the status.
  struct Message: Sendable, Equatable {
    var text: String
    var role: Role
    /// The time at which it may go; nil if it stays until a key is pressed.
    var until: Double?
  }

  /// Sent and not yet answered, oldest first.
  private(set) var pending: [CommandTicket] = []
  /// The newest answer to a command.
  private(set) var lastAnswer: Acknowledgement?
  /// What is said just now.
  var message: Message?

  /// Seconds that a message stays.
  static let messageSeconds = 4.0

  mutating func sent(_ ticket: CommandTicket) { pending.append(ticket) }

  mutating func answered(_ answer: Acknowledgement) {
    pending.removeAll { $0.id == answer.id }
    lastAnswer = answer
  }

  /// Whether a task will be on once all that was sent is done.
  func isOn(_ task: TaskSnapshot) -> Bool {
    for change in pendingChanges.reversed() {
      if case .setTask(task.name, let isOn) = change { return isOn }
    }
    return task.isOn
  }

  /// The value of a dial that is on its way.
  func pendingDial(_ name: String) -> Double? {
    for change in pendingChanges.reversed() {
      if case .setDial(name, let value) = change { return value }
    }
    return nil
  }

  /// What was sent and not yet answered, change by change.
  private var pendingChanges: [Command] { pending.flatMap(\.command.parts) }

  /// Whether the scores without an expert are still to come.
  var knocksOut: Bool {
    pending.contains { ticket in
      if case .knockOut = ticket.command { return true }
      return false
    }
  }

  /// Whether a command about a task is on its way.
  func isPending(_ task: String) -> Bool {
    pendingChanges.contains { change in
      switch change {
      case .setTask(task, isOn: _), .setTaskWeight(task, _): true
      default: false
      }
    }
  }
}
