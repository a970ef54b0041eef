import Runs
import Synchronization

/// `--log FILE`: every event as the line that `train --json` prints, of one run or of several one
/// after another.
final class EventLog: Sendable {
  private struct State {
    var file: RotatingFile
    /// Whether a person knows that it cannot be written.
    var isTroubled = false
  }

  private let state: Mutex<State>

  /// Lines into this file.
  init(_ file: RotatingFile) { state = Mutex(State(file: file)) }

  /// Writes an event, with what says whose it is before it; a sentence for a person where writing
  /// stops or goes on again.
  func write(_ event: Event, of run: ComparedPlace? = nil) -> String? {
    state.withLock { state in
      let missed = state.file.missing
      state.file.append(run.map(event.json(of:)) ?? event.json) { Event.dropped($0).json }
      let path = state.file.path
      switch (state.file.trouble, state.isTroubled) {
      case (let reason?, false):
        state.isTroubled = true
        return
          "--log \(path) cannot be written: \(reason); the run goes on, and each event tries again"
      case (nil, true):
        state.isTroubled = false
        return
          "--log \(path) is written again; \(missed) event\(missed == 1 ? " is" : "s are") missing"
      default: return nil
      }
    }
  }
}

extension EventLog {
  /// Writes what happens in a run of a comparison; what is of the comparison itself is left out.
  func write(_ event: CompareEvent) -> String? {
    guard case .run(let place, let event) = event else { return nil }
    return write(event, of: place)
  }
}

extension Event {
  /// The event of one of several runs: which one comes first.
  func json(of run: ComparedPlace) -> String {
    let place = object([
      ("run", "\(run.number)"), ("runs", "\(run.count)"), ("run_model", quoted(run.model)),
      ("run_seed", run.seed.map { "\($0)" } ?? "null"),
    ])
    return place.dropLast() + "," + json.dropFirst()
  }
}
