import ArgumentParser

/// The command line.
@main struct MtlTui: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mtl-tui",
    abstract: "Explore multi-task learning for recommenders while it trains.",
    version: "0.1.0",
    subcommands: [
      ExploreCommand.self, TrainCommand.self, ModelsCommand.self, DataCommand.self,
      CompareCommand.self, StudyCommand.self, BenchCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)
}
