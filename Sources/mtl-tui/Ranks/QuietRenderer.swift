import Foundation
import Runs

/// Follows a run of which another rank says everything: returns the exit code at its end.
enum QuietRenderer {
  /// Follows a run to its end.
  ///
  /// - Throws: ``Failure`` of this rank, which rank 0 may not know of.
  static func follow(_ session: some TrainingLink) throws(Failure) -> Int32 {
    while true {
      for event in session.drainEvents() {
        switch event {
        case .failed(let message): throw Failure(message: message)
        case .diverged: return 1
        case .finished: return 0
        default: break
        }
      }
      _ = (session.drainLosses(), session.takeSnapshot())
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
