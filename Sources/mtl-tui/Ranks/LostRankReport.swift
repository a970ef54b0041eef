import Foundation
import Ranks
import Store
import Synchronization
import Training

/// What is said when a rank of a run is lost; called by the thread that notices it.
final class LostRankReport: Sendable {
  private let session = Mutex<TrainingSession?>(nil)

  /// Names the session that trains.
  func begin(_ session: TrainingSession) { self.session.withLock { $0 = session } }

  /// Says which rank is lost, and where the run can go on.
  func callAsFunction(_ lost: LostRank) {
    let path = session.withLock { $0?.keptFolder }
    StandardError.writeLine("\nmtl-tui: \(printableLines(Self.words(lost, folder: path)))")
  }

  /// The words for it.
  static func words(_ lost: LostRank, folder path: String?) -> String {
    let what =
      lost.isSilent
      ? "has said nothing for 5 seconds" : "has ended in the middle of the run"
    let folder = path.flatMap { try? RunFolder(opening: $0) }
    let step = folder.flatMap { StepFile.step(of: $0) }.map { " at step \($0)" } ?? ""
    return """
      rank \(lost.rank) on \(lost.host) \(what)\(step); the others end with it.
        fix: \(advice(folder, isFirst: lost.rank == 0))
      """
  }

  private static func advice(_ folder: RunFolder?, isFirst: Bool) -> String {
    guard let folder else {
      return isFirst
        ? "if the run is kept, go on with `mtl-tui train --resume last`, on any number of ranks"
        : "begin again; nothing was kept of the run"
    }
    guard let step = folder.checkpointSteps.last else {
      return "begin again, with `mtl-tui train --resume \(folder.id)`: it has no checkpoint yet"
    }
    return """
      go on from the checkpoint of step \(step), on any number of ranks, with \
      `mtl-tui train --resume \(folder.id)`; it is in \(folder.path)/checkpoints
      """
  }
}
