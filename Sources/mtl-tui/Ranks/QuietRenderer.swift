import Foundation
import Runs
import Training

/// Follows a run of which another rank says everything: returns the exit code at its end.
enum QuietRenderer {
  /// Follows a run to its end.
  ///
  /// - Throws: ``Failure`` of this rank, which rank 0 may not know of.
  static func follow(_ session: TrainingSession) throws(Failure) -> Int32 {
    while true {
      // Its events are all there when it has ended; an end without one is that of a closed run.
      let hasEnded = session.hasEnded
      for event in session.drainEvents() {
        switch event {
        case .failed(let message): throw Failure(message: message)
        case .diverged: return 1
        case .finished: return 0
        default: break
        }
      }
      if hasEnded { return 0 }
      _ = (session.drainLosses(), session.takeSnapshot())
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
