import Runs
internal import Synchronization

/// Events on their way to whoever watches; bounded, and what does not fit is counted and said.
final class EventQueue: Sendable {
  private struct State {
    var events: [Event] = []
    var dropped = 0
    var preparation = TrainingSession.Preparation.goesOn
  }

  /// Events that wait at most: hours of a run that nobody reads.
  private static let capacity = 65_536
  private let state = Mutex(State())

  /// Adds an event.
  func append(_ event: Event) {
    state.withLock { state in
      switch (event, state.preparation) {
      case (.prepared, .goesOn): state.preparation = .done
      case (.failed(let message), .goesOn): state.preparation = .failed(message)
      default: break
      }
      if state.events.count < Self.capacity {
        state.events.append(event)
      } else {
        state.dropped += 1
      }
    }
  }

  /// How far the run came before its first step.
  var preparation: TrainingSession.Preparation { state.withLock { $0.preparation } }

  /// The events since the last call, oldest first; a last one says how many were dropped.
  func drain() -> [Event] {
    state.withLock { state in
      guard !state.events.isEmpty else { return [] }
      var events = state.events
      if state.dropped > 0 { events.append(.dropped(state.dropped)) }
      (state.events, state.dropped) = ([], 0)
      return events
    }
  }
}
