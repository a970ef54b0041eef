import Datasets
import Models

/// All that a run's scores follow from: model, seed, settings and data.
///
/// Two runs of the same identity have the same scores, so one need not be done again.
struct RunIdentity: Codable, Hashable {
  /// The model's name in the registry.
  let model: String
  /// The seed; nil for a model that draws nothing.
  let seed: UInt64?
  /// Every setting by name, the model's options as `model.<name>`, defaults included.
  let settings: [String: String]
  /// The data set's name.
  let data: String
  /// ``Datasets/Dataset/fingerprint`` in 16 hexadecimal digits.
  let rows: String
}

extension RunIdentity {
  /// What the run's row is called: `mmoe`, `mmoe+pcgrad`.
  var label: String {
    settings["balancer"].map { "\(model)+\($0.prefix { $0 != " " })" } ?? model
  }

  /// The identity of a planned run on a data set of this name and fingerprint.
  init(_ run: ComparisonPlan.Run, of plan: ComparisonPlan, data: String, rows: String) throws {
    let entry = try ModelRegistry.entry(named: run.model.name)
    var settings = run.seed == nil ? [:] : Self.settings(of: plan.training(of: run.model.name))
    for option in entry.options {
      settings["model.\(option.name)"] = run.model.options[option.name] ?? option.defaultValue
    }
    // Records of runs from before there were balancers stay what they are.
    if run.model.balancer != .equal { settings["balancer"] = "\(run.model.balancer)" }
    self.init(
      model: run.model.name, seed: run.seed, settings: settings, data: data, rows: rows)
  }

  /// What decides nothing about the scores, or is a part of the identity by itself.
  private static let apart: Set = [
    "data", "model", "modelOptions", "advisedOptions", "seed", "threads", "startsPaused",
    "stepsPerSecondLimit", "balancer",
  ]

  /// Every property of a configuration that decides about the scores, as text.
  ///
  /// Read off the value itself, so that a setting that is added some day cannot be forgotten here
  /// and make a run pass for another.
  private static func settings(of training: TrainingConfiguration) -> [String: String] {
    var settings: [String: String] = [:]
    for child in Mirror(reflecting: training).children {
      guard let name = child.label, !apart.contains(name) else { continue }
      settings[name] = text(of: child.value)
    }
    return settings
  }

  /// A value as text; what has no order is sorted.
  private static func text<Value>(of value: Value) -> String {
    guard let choices = value as? [String: String] else { return "\(value)" }
    return choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: " ")
  }
}
