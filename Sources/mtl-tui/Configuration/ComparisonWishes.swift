import ArgumentParser
import Datasets
import Runs
import Training

/// What `compare` was asked for, by flags and by a file: of a file, the model, the balancer and the
/// seed are the ones that are compared where no flag names others.
struct ComparisonWishes {
  let models: [String]
  let balancers: [String]
  let seeds: [UInt64]
  let gains: Bool
  /// By model and balancer, the choices about it.
  let options: [String: [String: String]]
  /// Where choices come from, by `MODEL.KEY`.
  private var sources: [String: ConfigurationSource] = [:]
  private let training: ConfigurationPlan
  private let file: ConfigurationLayer

  /// Reads the flags; `file` is what the file says.
  init(_ command: CompareCommand, file: ConfigurationLayer) throws {
    self.file = file
    let (model, balancer) = (file.text(of: "model"), file.text(of: "balancer"))
    models =
      CompareCommand.names(command.models) ?? model.map { [$0] } ?? CompareCommand.usualNames
    balancers = CompareCommand.names(command.balancers) ?? [balancer ?? BalancerSetting.equal.name]
    let first =
      command.seedStart ?? file.text(of: "seed").flatMap(UInt64.init) ?? TrainingDefaults.seed
    guard first <= UInt64.max - UInt64(command.seeds) else {
      throw ValidationError("--seed-start \(first): there are not so many seeds above it.")
    }
    seeds = (0..<UInt64(command.seeds)).map { first + $0 }
    gains = !command.noGains
    var options: [String: [String: String]] = [:]
    for (family, name) in [
      ("model.", model ?? RunConfiguration().model), ("balancer.", balancer ?? "equal"),
    ] {
      for entry in file.entries where entry.name.hasPrefix(family) {
        let key = String(entry.name.dropFirst(family.count))
        options[name, default: [:]][key] = entry.texts.last
        sources["\(name).\(key)"] = entry.source
      }
    }
    for text in command.settings {
      guard let equals = text.firstIndex(of: "="),
        let dot = text[..<equals].firstIndex(of: "."), dot != text.startIndex
      else {
        throw ValidationError(
          "--set needs MODEL.KEY=VALUE, as in mmoe.experts=4, found '\(printable(text))'.")
      }
      let (name, key) = (String(text[..<dot]), String(text[text.index(after: dot)..<equals]))
      options[name, default: [:]][key] = String(text[text.index(after: equals)...])
      sources["\(name).\(key)"] = .flag("--set \(name).\(key)")
    }
    self.options = options
    var flags = command.input.layer
    flags.entries += command.training.layer.entries
    let common = file.without(["model", "model.", "balancer", "balancer.", "seed"])
    training = ConfigurationPlan(layers: [common, flags])
  }

  /// How models are trained for which nothing else is advised.
  ///
  /// - Throws: ``Failure`` for a value that no run can have.
  func merged() throws(Failure) -> SourcedConfiguration {
    // Every line of the file is looked at, though some of them are about what is compared.
    _ = try ConfigurationPlan(layers: [file]).merged()
    if let entry = file.entries.first(where: { $0.name == "at" }) {
      throw Failure(
        message: """
          \(entry.source): 'at' is for one run; a comparison has no commands.
            found: \(entry.texts.joined(separator: ", "))
            fix:   leave it out
          """)
    }
    return try located(training)
  }

  private func located(_ plan: ConfigurationPlan) throws(Failure) -> SourcedConfiguration {
    var merged = try plan.merged()
    (merged.configuration.startsPaused, merged.sources["paused"]) = (false, nil)
    return merged
  }

  /// How a model is trained.
  private func merged(for model: String) throws(Failure) -> SourcedConfiguration {
    var plan = training
    var choice = ConfigurationLayer()
    choice.add("model", model, .flag("--models"))
    plan.layers.append(choice)
    return try located(plan)
  }

  /// The comparison.
  ///
  /// - Throws: ``Failure`` for models, balancers and choices that there are not.
  func plan() throws -> ComparisonPlan {
    let leads = [ComparisonPlan.line, ComparisonPlan.reference]
    var trainings: [String: RunConfiguration] = [:]
    for model in models + leads {
      // A model that there is not is said by the plan.
      if let merged = try? merged(for: model) { trainings[model] = rooted(merged.configuration) }
    }
    let common = rooted(try merged().configuration)
    do {
      return try ComparisonPlan(
        models.map { ComparisonPlan.Model($0) }, seeds: seeds, training: common,
        byModel: { trainings[$0] }, options: options, gains: gains,
        balancers: balancers.map { BalancerSetting($0, options: options[$0] ?? [:]) })
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  private func rooted(_ configuration: RunConfiguration) -> RunConfiguration {
    var rooted = configuration
    rooted.data = configuration.data.located()
    return rooted
  }
}

// MARK: - Printing

extension ComparisonWishes {
  /// The first run of each row, a document of YAML each.
  func printed(_ plan: ComparisonPlan) throws -> String {
    let runs = try plan.runs.filter { $0.seed == nil || $0.seed == plan.seeds.first }
    return try runs.map { run in
      var merged = try merged(for: run.model.name)
      merged.configuration = plan.configuration(of: run)
      merged.sources["model"] = .flag("--models")
      if run.model.balancer != .equal { merged.sources["balancer"] = .flag("--balancers") }
      for (family, name, choices) in [
        ("model", run.model.name, run.model.options),
        ("balancer", run.model.balancer.name, run.model.balancer.options),
      ] {
        for key in choices.keys {
          if let source = sources["\(name).\(key)"] { merged.sources["\(family).\(key)"] = source }
        }
      }
      let count = run.seed == nil ? "drawing nothing" : "the first of \(seeds.count) seeds"
      return merged.printed(["\(run.model.label), \(count)"])
    }.joined(separator: "\n---\n")
  }
}
