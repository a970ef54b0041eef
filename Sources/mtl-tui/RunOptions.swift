import ArgumentParser
import Datasets
import Interface
import Runs

/// What `train` and `explore` have in common: data, model and training.
struct RunOptions: ParsableArguments {
  @OptionGroup(title: "Data options") var input: DataOptions
  @Option(
    help: "A model of `mtl-tui models`. (default: mmoe)", completion: ShellCompletion.models)
  var model: String?
  @Option(
    help: """
      How the tasks' gradients are put together: a balancer of `mtl-tui balancers`. (default: equal)
      """, completion: ShellCompletion.balancers)
  var balancer: String?
  @Option(help: "Seed of every random draw. (default: \(TrainingDefaults.seed))")
  var seed: UInt64?
  @OptionGroup(title: "Configuration options") var configuration: ConfigurationOptions
  @OptionGroup(title: "Training options") var training: TrainingOptions
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: """
      A choice of the model, the balancer or the optimiser, as in model.experts=4, \
      balancer.relax=0.5 or optimizer.beta1=0.8; or a group's rate factor or L2, as in \
      rate.embeddings=0.1 or l2.towers=1e-5; or of the schedule, as in schedule.minimum=0.01; or \
      label-smoothing=0.05 of binary tasks, or dropout=0.1 of hidden units; repeatable.
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
    // Which choices an optimiser has is known when it is: the file or the data may name it.
    try TrainingOptions.check(try layer.without(["optimizer.", "schedule."]))
  }

  /// The `--at` commands.
  func scheduled() throws -> [RunConfiguration.Scheduled] {
    try schedule.map { text in
      do throws(ScheduledError) {
        return try RunConfiguration.Scheduled(parsing: text)
      } catch .form(let text) {
        throw ValidationError(
          "--at needs STEP:COMMAND, as in 500:task.off=income, found '\(text)'.")
      } catch .command(let text, let error) {
        throw ValidationError("--at \(text): \(error.knowing(screen: ExplorerTables.commands))")
      }
    }
  }

  /// What the flags say.
  var layer: ConfigurationLayer {
    get throws {
      var layer = input.layer
      layer.add("model", model, .flag("--model"))
      layer.add("balancer", balancer, .flag("--balancer"))
      layer.add("seed", seed, .flag("--seed"))
      layer.entries += training.layer.entries
      for (name, value) in try Self.choices(settings) {
        layer.add(name, value, .flag("--set \(name)"))
      }
      if !schedule.isEmpty {
        layer.entries.append(.init("at", try scheduled().map(\.description), .flag("--at")))
      }
      return layer
    }
  }

  /// What was chosen of all that is decided when a run begins, by the names of the command line; a run
  /// that goes on may have other epochs and threads.
  var chosen: [String] {
    get throws {
      let entries = try layer.entries.filter { !["epochs", "threads"].contains($0.name) }
      return entries.map { "\($0.source)" }
        + (configuration.config == nil ? [] : ["--config"])
        + (configuration.printConfig ? ["--print-config"] : [])
    }
  }

  /// What was said of runs, the file first.
  ///
  /// - Throws: ``Failure`` for a file that cannot be read.
  func plan(
    flags further: ConfigurationLayer = ConfigurationLayer(),
    usual: @escaping (String) -> [ConfigurationLayer] = { _ in [] }
  ) throws -> ConfigurationPlan {
    var flags = try layer
    flags.entries += further.entries
    return ConfigurationPlan(layers: [try configuration.layer(), flags], usual: usual)
  }

  /// What may stand before the dot of `--set`.
  private static let families = ["model", "balancer", "optimizer", "rate", "l2", "schedule"]

  /// Keys without a dot that have no flag of their own.
  private static let keys = ["label-smoothing", "dropout"]

  /// The `--set model.key=value` choices and their like, in the order in which they are given.
  static func choices(
    _ settings: [String], families: [String] = Self.families, keys: [String] = Self.keys
  ) throws -> [(name: String, value: String)] {
    try settings.map { text in
      let dot = text.firstIndex(of: ".") ?? text.endIndex
      guard let equals = text.firstIndex(of: "="),
        dot < equals && families.contains(String(text[..<dot]))
          || keys.contains(String(text[..<equals]))
      else {
        throw ValidationError(
          "--set needs model.KEY=VALUE or balancer.KEY=VALUE, as in model.experts=4, "
            + "found '\(printable(text))'.")
      }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }
}
