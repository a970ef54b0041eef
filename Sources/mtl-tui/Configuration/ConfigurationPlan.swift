import Datasets
import Foundation
import Models
import Runs
import Training

/// What was said of runs, from which the configuration of each is merged.
struct ConfigurationPlan {
  /// What was said, what wins last: a file, the flags, the form of the explorer.
  var layers: [ConfigurationLayer]
  /// What a command does otherwise than others on some data.
  var usual: (_ data: String) -> [ConfigurationLayer] = { _ in [] }

  /// Merges what was said with what is advised, and checks the choices of the model and the balancer.
  ///
  /// - Throws: ``Failure`` for a value that no run can have.
  func merged() throws(Failure) -> SourcedConfiguration {
    var merged = try unchecked()
    do {
      try ModelRegistry.check(merged.configuration.modelOptions, of: merged.configuration.model)
    } catch {
      throw Failure(message: merged.placed("\(error)"))
    }
    if let problem = RunConfiguration.problem(with: merged.configuration.balancer) {
      throw Failure(message: merged.placed(problem))
    }
    if case .gradientDescent(momentum: 0, isNesterov: true) = merged.configuration.optimizer.rule {
      let problem =
        "--set optimizer.nesterov: Nesterov's look ahead needs a momentum.\n"
        + "  found: nesterov true, momentum 0\n"
        + "  fix:   set optimizer.momentum above 0, as 0.9, or leave nesterov out"
      throw Failure(message: merged.placed(problem))
    }
    merged.configuration = merged.configuration.reduced
    return merged
  }

  /// What is run: merged, with paths that hold wherever the program is started.
  ///
  /// - Throws: ``Failure`` for a value that no run can have.
  func located() throws(Failure) -> RunConfiguration {
    var configuration = try merged().configuration
    configuration.data = configuration.data.located()
    return configuration
  }

  /// Merges what was said with what is advised.
  private func unchecked() throws(Failure) -> SourcedConfiguration {
    do throws(ConfigurationError) {
      return try SourcedConfiguration(layers) { data, model in
        TrainingAdvice.layers(on: data, model: model) + usual(data)
      }
    } catch {
      throw Failure(message: printableLines(error.description))
    }
  }

  /// The plan of a run on the same data that is asked for: another model takes no choices with it, and
  /// what was scheduled was so for the first run.
  func asking(for request: StartRequest) -> ConfigurationPlan {
    var form = ConfigurationLayer()
    form.add("model", request.model, .form)
    for (name, value) in request.options.sorted(by: { $0.key < $1.key }) {
      form.add("model.\(name)", value, .form)
    }
    for (name, value) in request.settings.sorted(by: { $0.key < $1.key }) {
      form.add(name, value, .form)
    }
    var plan = self
    plan.layers = layers.map { $0.without(Self.ofFirstRun) } + [form]
    return plan
  }

  /// The plan of runs on other data, which may lie in a folder and be grouped by a column.
  func on(
    _ data: String, model: String, folder: String? = nil, group: String? = nil
  ) -> ConfigurationPlan {
    var form = ConfigurationLayer()
    form.add("data", data, .form)
    form.add("model", model, .form)
    if let folder { form.add("path", folder, .form) }
    if let group { form.add("group", group, .form) }
    var plan = self
    plan.layers =
      layers.map { $0.without(Self.ofFirstRun.union(["data", "data.", "path", "group"])) } + [form]
    return plan
  }

  /// What holds for the first run of the explorer alone.
  private static let ofFirstRun: Set = ["model", "model.", "at", "paused"]
}

extension SourcedConfiguration {
  /// What is wrong with a flag, said of the line of the file if that is where the value comes from.
  func placed(_ text: String) -> String {
    for (key, source) in sources {
      guard case .file = source else { continue }
      for flag in ["--set \(key):", "--\(key):", "--\(key) "] where text.hasPrefix(flag) {
        return "\(source): \(key):" + (flag.hasSuffix(" ") ? " " : "") + text.dropFirst(flag.count)
      }
    }
    return text
  }

  /// The configuration as `--print-config` prints it.
  func printed(_ heading: [String] = []) -> String {
    var whole = self
    whole.configuration = configuration.completed
    let rows = configuration.data.hash == nil ? ", before the rows are read" : ""
    let text = whole.yaml(heading: heading + ["hash \(configuration.runHash)\(rows)"])
    return String(text.dropLast())
  }
}

extension DataSelection {
  /// The same data with whole paths, so that a run can be taken up again from anywhere.
  func located() -> DataSelection {
    var located = self
    let isKnown = name == "sample" || Recipe.named(name) != nil
    if !isKnown { located.name = Self.wholePath(name) }
    located.folder = folder.map(Self.wholePath)
    return located
  }

  private static func wholePath(_ path: String) -> String {
    URL(fileURLWithPath: DataFiles.expandingHome(path)).standardizedFileURL.path
  }
}
