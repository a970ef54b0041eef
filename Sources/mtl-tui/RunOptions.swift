import ArgumentParser
import Datasets
import Interface
import Models
import Runs
import Training

/// What `train` and `explore` have in common: data, model and training.
struct RunOptions: ParsableArguments {
  @OptionGroup(title: "Data options") var input: DataOptions
  @Option(help: "A model of `mtl-tui models`.", completion: ShellCompletion.models)
  var model = "mmoe"
  @Option(
    help: "How the tasks' gradients are put together: a balancer of `mtl-tui balancers`.",
    completion: ShellCompletion.balancers)
  var balancer = "equal"
  @Option(help: "Seed of every random draw.") var seed = TrainingDefaults.seed
  @OptionGroup(title: "Training options") var training: TrainingOptions
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: """
      A choice of the model or the balancer, as in model.experts=4 or balancer.relax=0.5; repeatable.
      """,
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
    _ = try Self.options(settings)
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

  /// The `--set model.key=value` and `--set balancer.key=value` choices.
  static func options(
    _ settings: [String]
  ) throws -> (model: [String: String], balancer: [String: String]) {
    var (model, balancer): ([String: String], [String: String]) = ([:], [:])
    for text in settings {
      let dot = text.firstIndex(of: ".") ?? text.endIndex
      guard let equals = text.firstIndex(of: "="), dot < equals,
        ["model", "balancer"].contains(text[..<dot])
      else {
        throw ValidationError(
          "--set needs model.KEY=VALUE or balancer.KEY=VALUE, as in model.experts=4, "
            + "found '\(printable(text))'.")
      }
      let key = String(text[text.index(after: dot)..<equals])
      let value = String(text[text.index(after: equals)...])
      if text[..<dot] == "model" { model[key] = value } else { balancer[key] = value }
    }
    return (model, balancer)
  }

  /// The balancer and its choices.
  ///
  /// - Throws: ``Failure`` for one that does not exist or a choice that it does not have.
  private func balancerSetting() throws -> BalancerSetting {
    let setting = BalancerSetting(balancer, options: try Self.options(settings).balancer)
    if let problem = TrainingConfiguration.problem(with: setting) {
      throw Failure(message: problem)
    }
    return setting
  }

  /// What was chosen of all that is decided when a run begins, by the names of the command line.
  var chosen: [String] {
    let all: [(String, Bool)] = [
      ("--data", input.data != "sample"), ("--path", input.path != nil),
      ("--group", input.group != nil), ("--model", model != "mmoe"),
      ("--balancer", balancer != "equal"), ("--seed", seed != TrainingDefaults.seed),
      ("--set", !settings.isEmpty), ("--at", !schedule.isEmpty),
      ("--batch", training.batch != nil), ("--lr", training.lr != nil),
      ("--warm-up", training.warmUp != nil), ("--patience", training.patience != nil),
      ("--evaluate-every", training.evaluateEvery != nil), ("--clip", training.clip != nil),
      ("--optimizer", training.optimizer != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  /// Everything that decides how the run goes.
  ///
  /// - Throws: ``Failure`` for a model that does not exist or cannot be built so.
  func configuration(startsPaused: Bool = false) throws -> TrainingConfiguration {
    var configuration = training.configuration(on: input.data, model: model)
    configuration.data = input.selection
    configuration.model = model
    let chosen = try Self.options(settings).model
    configuration.balancer = try balancerSetting()
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
