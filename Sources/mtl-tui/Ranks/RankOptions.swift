import ArgumentParser
import Foundation
import Ranks

/// Whether a command trains together with others that were started with it.
struct RankOptions: ParsableArguments {
  @Option(
    help: """
      What connects the processes that mpirun or srun has started, to train one model together: \
      \(LaunchedRank.Wish.allCases.map(\.rawValue).joined(separator: ", ")). Off: each trains alone. \
      (default: what the launcher says)
      """, completion: .list(LaunchedRank.Wish.allCases.map(\.rawValue)))
  var ranks: LaunchedRank.Wish?

  /// The place of this process; nil: it is alone.
  ///
  /// - Throws: ``Failure`` where it is one of several but cannot know how to meet the others.
  func launched() throws(Failure) -> LaunchedRank? {
    do throws(RankStartError) {
      return try LaunchedRank(ProcessInfo.processInfo.environment, wish: ranks)
    } catch {
      throw Failure(message: error.description)
    }
  }
}

extension LaunchedRank.Wish: ExpressibleByArgument {}

extension LaunchedRank {
  /// Its place, from which it meets the others; `report` says which rank is lost.
  func seat(_ report: LostRankReport, ownedHead: Int?) -> RankSeat {
    RankSeat(rank: rank, count: count, ownedHead: ownedHead) {
      let group = try meet(whenLost: { report($0) })
      report.meets(group)
      return group
    }
  }

  /// Meets the others, and says it where they do not come.
  func meet(whenLost report: @escaping @Sendable ([LostRank]) -> Void) throws -> RankGroup {
    try meet(
      adapterIn: Self.folders,
      whenLate: { StandardError.writeLine("\nmtl-tui: \(printableLines($0.description))") },
      whenLost: report)
  }

  /// Where adapters may lie: a folder that is named, beside the program as it was installed, and where
  /// `make mpi` puts them.
  static var folders: [String] {
    let named = ProcessInfo.processInfo.environment["MTL_TUI_MPI"]
    if let named { return [named] }
    let program = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent()
    return [".", "../lib/mtl-tui", "mpi", "../../mpi"].map {
      program.appendingPathComponent($0).standardizedFileURL.path
    }
  }

  /// Gives way to rank 0, which says what all of them would: many launchers end the others when it has.
  ///
  /// - Returns: how another rank calls itself in front of a message; nothing where there is none.
  static func givingWay() -> String {
    let environment = ProcessInfo.processInfo.environment
    guard let own = try? LaunchedRank(environment, wish: nil), own.rank > 0 else { return "" }
    Thread.sleep(forTimeInterval: 1)
    return "rank \(own.rank): "
  }
}
