import Foundation
import Runs

/// Commands on their way to the engine, and its bell: a paused engine sleeps until something comes.
final class CommandInbox: @unchecked Sendable {
  // NSCondition guards both fields; it is here for the wait with a deadline.
  private let condition = NSCondition()
  private var tickets: [CommandTicket] = []
  private var lastID: UInt64 = 0
  private var isRung = false

  /// Sends a command.
  func send(_ command: Command) -> CommandTicket {
    condition.lock()
    defer { condition.unlock() }
    lastID += 1
    let ticket = CommandTicket(id: lastID, command: command)
    tickets.append(ticket)
    isRung = true
    condition.signal()
    return ticket
  }

  /// Wakes the engine without a command.
  func ring() {
    condition.lock()
    isRung = true
    condition.signal()
    condition.unlock()
  }

  /// The commands since the last call, oldest first.
  func drain() -> [CommandTicket] {
    condition.lock()
    defer { condition.unlock() }
    isRung = false
    guard !tickets.isEmpty else { return [] }
    defer { tickets.removeAll(keepingCapacity: true) }
    return tickets
  }

  /// How many commands wait.
  var count: Int {
    condition.lock()
    defer { condition.unlock() }
    return tickets.count
  }

  /// Sleeps until something comes, at most this long.
  func wait(seconds: Double) {
    condition.lock()
    if !isRung { _ = condition.wait(until: Date(timeIntervalSinceNow: seconds)) }
    isRung = false
    condition.unlock()
  }
}
