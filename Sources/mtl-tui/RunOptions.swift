import ArgumentParser
import Interface
import Models
import Runs
import Training

/// What `train` and `explore` have in common: data, model and training.
struct RunOptions: ParsableArguments {
  @OptionGroup(title: "Data options") var input: DataOptions
  @Option(help: "A model of `mtl-tui models`.", completion: ShellCompletion.models)
  var model = "mmoe"
  @Option(help: "Seed of every random draw.") var seed = TrainingDefaults.seed
  @OptionGroup(title: "Training options") var training: TrainingOptions
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "A choice of the model, as in model.experts=4; repeatable.",
    completion: ShellCompletion.settings)
  var settings: [String] = []
  @Option(
    name: .customLong("at"), parsing: .singleValue,
    help: """
      A command that takes effect after STEP steps, as in '500:task income off' or \
      500:task.off=income; repeatable.
      """, completion: ShellCompletion.schedule)
  var schedule: [String] = []

  func validate() throws {
    _ = try scheduled()
    _ = try Self.modelOptions(settings)
  }

  /// The `--at` commands.
  func scheduled() throws -> [TrainingConfiguration.Scheduled] {
    try schedule.map { text in
      guard let colon = text.firstIndex(of: ":"), let step = Int(text[..<colon]), step >= 0 else {
        throw ValidationError(
          "--at needs STEP:COMMAND, as in 500:task.off=income, found '\(text)'.")
      }
      let command: Command
      do throws(CommandError) {
        command = try Command(parsing: String(text[text.index(after: colon)...]))
      } catch {
        throw ValidationError("--at \(text): \(error.knowing(screen: ExplorerTables.commands))")
      }
      return TrainingConfiguration.Scheduled(step: step, command: command)
    }
  }

  /// The `--set model.key=value` choices.
  static func modelOptions(_ settings: [String]) throws -> [String: String] {
    var options: [String: String] = [:]
    for text in settings {
      guard text.hasPrefix("model."), let equals = text.firstIndex(of: "=") else {
        throw ValidationError(
          "--set needs model.KEY=VALUE, as in model.experts=4, found '\(text)'.")
      }
      let key = text[text.index(text.startIndex, offsetBy: 6)..<equals]
      options[String(key)] = String(text[text.index(after: equals)...])
    }
    return options
  }

  /// Everything that decides how the run goes.
  ///
  /// - Throws: ``Failure`` for a model that does not exist or cannot be built so.
  func configuration(startsPaused: Bool = false) throws -> TrainingConfiguration {
    var configuration = training.configuration(on: input.data, model: model)
    configuration.model = model
    let chosen = try Self.modelOptions(settings)
    configuration.modelOptions = configuration.advisedOptions.merging(chosen) { $1 }
    configuration.seed = seed
    configuration.schedule = try scheduled()
    configuration.startsPaused = startsPaused
    do {
      try ModelRegistry.check(configuration.modelOptions, of: model)
    } catch {
      throw Failure(message: "\(error)")
    }
    return configuration
  }
}
