import ArgumentParser
import Datasets
import Foundation
import Ranks

/// `mpirun -n 4 mtl-tui ranks`: whether ranks meet, and what connects them.
struct RanksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranks", abstract: "Check that ranks meet under mpirun or srun.",
    discussion: """
      Started as `mpirun -n 4 mtl-tui ranks`. It says which library connects the ranks, how fast, and \
      whether sums over them have the bits of one process. `mpirun -n 4 mtl-tui train …` trains on them.
      """)

  @OptionGroup var ranks: RankOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    do {
      guard let launched = try ranks.launched() else {
        throw Failure(
          message: """
            this process is alone: no launcher of several says a rank in the environment.
              fix: start it as mpirun -n 4 mtl-tui ranks
            """)
      }
      let group = try launched.meet { lost in
        let words = LostRankReport.words(lost, folder: nil, hasBegun: false)
        StandardError.writeLine("mtl-tui: \(printableLines(words))")
      }
      let trial = try WireTrial(group)
      group.end()
      guard launched.rank == 0 else { return }
      let library = (group.wire as? MPIWire)?.mpiName ?? ""
      try StandardOutput.writeLine(
        json ? trial.json(launched.count, library) : trial.text(launched.count, library))
      if !trial.isExact { throw ExitCode(1) }
    } catch let error as RankStartError {
      end(Failure(message: error.description))
    } catch let error as RankError {
      end(Failure(message: error.description))
    } catch let failure as Failure {
      end(failure)
    }
  }
}

extension WireTrial {
  private var sumText: String {
    let megabytes = 4e-6 * Double(sumFloats)
    return String(format: "%.2f ms of %.1f MB over all ranks", 1e3 * sumSeconds, megabytes)
  }

  fileprivate func text(_ ranks: Int, _ library: String) -> String {
    """
    ranks            \(ranks)
    library          \(printable(library))
    latency          \(String(format: "%.1f µs one way", 1e6 * latency))
    bandwidth        \(String(format: "%.2f GB/s one way", bandwidth / 1e9))
    sum              \(sumText)
    bits             \(isExact ? "those of one process" : "NOT those of one process")
    """
  }

  fileprivate func json(_ ranks: Int, _ library: String) -> String {
    object([
      ("ranks", "\(ranks)"), ("library", quoted(library)),
      ("latency_seconds", "\(latency)"), ("bytes_per_second", "\(bandwidth)"),
      ("sum_seconds", "\(sumSeconds)"), ("sum_bytes", "\(4 * sumFloats)"),
      ("is_exact", "\(isExact)"),
    ])
  }
}
