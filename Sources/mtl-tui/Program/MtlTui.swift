import ArgumentParser
import Foundation
import Ranks
import Tensors

/// The command line.
@main struct MtlTui: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mtl-tui",
    abstract: "Explore multi-task learning for recommenders while it trains.",
    discussion: """
      Without a command it opens the explorer on a small made log; `?` shows the keys there, and \
      `mtl-tui COMMAND --help` what a command takes.
      """,
    version: programVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Train and look",
        subcommands: [
          ExploreCommand.self, TrainCommand.self, AttachCommand.self, ReplayCommand.self,
        ]),
      CommandGroup(
        name: "Use a model",
        subcommands: [PredictCommand.self, EvaluateCommand.self, ExportCommand.self]),
      CommandGroup(
        name: "Compare", subcommands: [CompareCommand.self, StudyCommand.self]),
      CommandGroup(name: "Runs that were kept", subcommands: [RunsCommand.self]),
      CommandGroup(
        name: "Data and models",
        subcommands: [DataCommand.self, ModelsCommand.self, BalancersCommand.self]),
      CommandGroup(
        name: "The program itself",
        subcommands: [BenchCommand.self, RanksCommand.self, ManualCommand.self]),
    ],
    defaultSubcommand: ExploreCommand.self)

  /// Runs the command that the words name.
  static func main() {
    StandardStreams.prepare()
    reportExhaustion()
    RankKeeper.standBetween(
      words: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
    let given = Array(CommandLine.arguments.dropFirst())
    let words = CommandWords(LoneCommand.words(given))
    do {
      var command = try parseAsRoot(words.joined)
      try LoneCommand.check(given, ProcessInfo.processInfo.environment)
      try command.run()
    } catch let failure as Failure {
      mtl_tui.end(failure)
    } catch {
      finish(error, words: words)
    }
  }

  /// Ends the program as ArgumentParser would: help on stdout, what is wrong with the words on
  /// stderr; but nothing of it raw.
  private static func finish(_ error: any Error, words: CommandWords) -> Never {
    let code = exitCode(for: error)
    let text = words.harmless(fullMessage(for: error))
    _ = LaunchedRank.givingWay()
    if text.isEmpty { Foundation.exit(code.rawValue) }
    guard code == .success else {
      StandardError.writeLine(text)
      Foundation.exit(code.rawValue)
    }
    do { try StandardOutput.writeLine(text) } catch { mtl_tui.end(error) }
    Foundation.exit(code.rawValue)
  }
}
