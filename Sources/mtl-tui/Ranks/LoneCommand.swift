import Foundation
import Ranks

/// Commands that know nothing of ranks: mpirun and srun start them once a process, and all would do the
/// same, into the same folders.
enum LoneCommand {
  /// Commands that say themselves what they do as one of several.
  private static let ofRanks = ["train", "ranks", "help"]

  /// Words with which a command says something about itself and ends.
  private static let askingHelp: Set = ["-h", "--help", "--help-hidden", "--version"]

  /// The words of a command line without `--ranks off`, which only commands of ranks take themselves.
  static func words(_ given: [String]) -> [String] {
    guard let range = wish(given) else { return given }
    return Array(given[..<range.lowerBound] + given[range.upperBound...])
  }

  /// Refuses a command that mpirun or srun has started several times, unless its words say that each is to
  /// run alone.
  ///
  /// - Parameters:
  ///   - given: words of the command line.
  ///   - environment: where a launcher says how many it has started.
  /// - Throws: ``Failure`` of exit code 64.
  static func check(_ given: [String], _ environment: [String: String]) throws(Failure) {
    let name = name(given)
    guard !ofRanks.contains(name), wish(given) == nil,
      askingHelp.isDisjoint(with: given.prefix { $0 != "--" })
    else { return }
    let found: (launcher: LaunchedRank.Launcher, count: Int)?
    do throws(RankStartError) {
      found = try LaunchedRank.launch(environment)
    } catch {
      throw Failure(message: error.description)
    }
    guard let found, found.count > 1 else { return }
    // A launcher gives nobody a terminal; the screen is a process of its own.
    let screen =
      name == "explore" ? ", and mtl-tui attach last --control opens a screen on it" : ""
    throw Failure(
      message: """
        \(name) is for one process: several would do the same, into the same folders.
          found: \(found.launcher.title) started \(found.count) processes
          fix:   mtl-tui train shares a run among them\(screen); --ranks off lets each run \(name) alone
        """, exitCode: 64)
  }

  /// The command that is meant; without a name it is the explorer.
  private static func name(_ given: [String]) -> String {
    given.first.flatMap { $0.hasPrefix("-") ? nil : $0 } ?? "explore"
  }

  /// Where `--ranks off` stands among the words of a command that does not take it.
  private static func wish(_ given: [String]) -> Range<Int>? {
    guard !ofRanks.contains(name(given)) else { return nil }
    let options = given.prefix { $0 != "--" }
    if let index = options.firstIndex(of: "--ranks=off") { return index..<(index + 1) }
    guard let index = options.firstIndex(of: "--ranks"), index + 1 < options.count,
      options[index + 1] == "off"
    else { return nil }
    return index..<(index + 2)
  }
}
