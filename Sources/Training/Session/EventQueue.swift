import Runs
internal import Synchronization

/// Events on their way to whoever watches; bounded, and what does not fit is counted and said.
final class EventQueue: Sendable {
  private struct State {
    var events: [Event] = []
    var dropped = 0
    var preparation = TrainingSession.Preparation.goesOn
    /// What watchers from elsewhere read; nil: there are none.
    var history: EventHistory?
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
      state.history?.append(event)
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

  /// Keeps events for watchers from elsewhere, those that wait here among them.
  func keepHistory() {
    state.withLock { state in
      guard state.history == nil else { return }
      var history = EventHistory(capacity: Self.capacity)
      for event in state.events { history.append(event) }
      state.history = history
    }
  }

  /// So many kept events at most from a number on, and the number of the one behind them; takes nothing
  /// from ``drain()``.
  func events(from number: Int, most: Int) -> (events: [Event], next: Int) {
    state.withLock { $0.history?.events(from: number, most: most) ?? ([], number) }
  }
}

/// The events of a run by their number, of very many the newest and what the run is.
struct EventHistory {
  private let capacity: Int
  private var prepared: Event?
  private var kept: [Event] = []
  /// The number of the first kept event.
  private var first = 0

  init(capacity: Int) { self.capacity = max(2, capacity) }

  mutating func append(_ event: Event) {
    if case .prepared = event { prepared = event }
    if kept.count == capacity {
      kept.removeFirst(capacity / 2)
      first += capacity / 2
    }
    kept.append(event)
  }

  /// So many events at most from a number on; where some of them are no longer kept, what the run is and how many
  /// are missing come first.
  func events(from number: Int, most: Int) -> (events: [Event], next: Int) {
    let newer = kept.dropFirst(max(0, number - first)).prefix(most)
    guard number < first else { return (Array(newer), number + newer.count) }
    let missing = first - number
    let beginning = number == 0 ? [prepared].compactMap(\.self) : []
    return (beginning + [.dropped(missing - beginning.count)] + newer, first + newer.count)
  }
}
