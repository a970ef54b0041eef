import Foundation
import Synchronization

/// Signals that ask a run to end after its step, with the results so far: SIGINT (Ctrl-C), SIGTERM,
/// SIGHUP, SIGXCPU.
///
/// The first one is noted, and whoever runs looks at ``received`` between two things; a second SIGINT
/// or SIGTERM ends the program at once, as usual. There is no thread behind it, since there may be
/// none to have.
enum TerminationRequest {
  private static let noted = Atomic<Int32>(0)
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGXCPU]

  /// The signal that came; nil as long as none did.
  static var received: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Leaves to rank 0 what people ask a run of several ranks for; their launcher tells it as well.
  static func leaveToFirstRank() {
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
  }

  /// Notes these signals from now on; those that are ignored, as by `nohup`, stay ignored.
  static func listen() {
    noted.store(0, ordering: .relaxed)
    for number in signals {
      let former = signal(number) { number in
        _ = TerminationRequest.noted.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        // A closed terminal is told of more than once, by the system and by the shell.
        if number != SIGHUP { signal(number, SIG_DFL) }
      }
      if isIgnoring(former) { signal(number, SIG_IGN) }
    }
  }

  /// Ends the program if a signal came, behind what is to be done before; for the time before the first
  /// step.
  static func endIfAsked(behind preparation: () -> Void = {}) {
    guard let number = received else { return }
    preparation()
    mtl_tui.end(
      Failure(
        message: "ended by \(name(of: number)) before the first step; there are no results",
        exitCode: 128 + number))
  }

  /// `SIGTERM`.
  static func name(of signal: Int32) -> String {
    switch signal {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    case SIGXCPU: "SIGXCPU"
    default: "signal \(signal)"
    }
  }

  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    handler.map { unsafeBitCast($0, to: Int.self) } == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
