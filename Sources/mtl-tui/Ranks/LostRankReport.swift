import Foundation
import Ranks
import Store
import Synchronization
import Training

/// What is said when ranks of a run are lost; called by the thread that notices it.
final class LostRankReport: Sendable {
  private let session = Mutex<TrainingSession?>(nil)
  private let resumed = Mutex<String?>(nil)
  private let farewell = Mutex<(@Sendable () -> Void)?>(nil)
  /// Where runs are kept, if a person has said so.
  private let out: String?

  /// Of runs that are kept in a folder, where one is named.
  init(out: String?) { self.out = out }

  /// Names the session that trains.
  func begin(_ session: TrainingSession) { self.session.withLock { $0 = session } }

  /// Names the folder of a run that goes on.
  func resumes(_ path: String) { resumed.withLock { $0 = path } }

  /// Names the ranks that this one has met.
  func meets(_ group: RankGroup) {
    let words = group.farewell
    farewell.withLock { $0 = words }
  }

  /// Tells the others, if they have met, that this rank ends before its first step and says why itself.
  func endEarly() { farewell.withLock { $0 }?() }

  /// Says which ranks are lost, and where the run can go on.
  func callAsFunction(_ lost: [LostRank]) {
    let (session, resumed) = (session.withLock { $0 }, resumed.withLock { $0 })
    let words = Self.words(
      lost, folder: session?.keptFolder ?? resumed, out: out,
      hasBegun: session?.preparation == .done)
    StandardError.writeLine("\nmtl-tui: \(printableLines(words))")
  }

  /// The words for it.
  ///
  /// - Parameters:
  ///   - lost: the ranks, the first of which decides what is advised.
  ///   - path: the run's folder; nil: none is known here.
  ///   - out: the folder of runs that a person has named.
  ///   - hasBegun: whether the run was ready to train.
  /// - Returns: which rank is lost, and what to do.
  static func words(
    _ lost: [LostRank], folder path: String?, out: String? = nil, hasBegun: Bool
  ) -> String {
    let verb = lost.count == 1 ? "has" : "have"
    let what =
      lost.allSatisfy(\.isSilent)
      ? "\(verb) said nothing for 5 seconds"
      : "\(verb) ended \(hasBegun ? "in the middle of the run" : "before the first step here")"
    let who = lost.map { "rank \($0.rank) on \($0.host)" }.joined(separator: " and ")
    let folder = path.flatMap { try? RunFolder(opening: $0) }
    let step =
      hasBegun ? folder.flatMap { StepFile.step(of: $0) }.map { " at step \($0)" } ?? "" : ""
    return """
      \(who) \(what)\(step); the others end with \(lost.count == 1 ? "it" : "them").
        fix: \(advice(folder, out, isFirst: lost.first?.rank == 0, hasBegun: hasBegun))
      """
  }

  private static func advice(
    _ folder: RunFolder?, _ out: String?, isFirst: Bool, hasBegun: Bool
  ) -> String {
    guard let folder else {
      let place = out.map { " --out '\($0)'" } ?? ""
      return isFirst && hasBegun
        ? "if the run is kept, go on with `mtl-tui train --resume last\(place)`, on any number of ranks"
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
