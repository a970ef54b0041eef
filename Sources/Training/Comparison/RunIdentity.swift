import Datasets
import Models
import Runs

/// All that a run's scores follow from: its configuration on the rows as they are.
///
/// Two runs of the same identity have the same scores, so one need not be done again. The settings are
/// there to be read: the hash decides, so that a setting that came later parts no runs.
struct RunIdentity: Codable, Hashable {
  /// The model's name in the registry.
  let model: String
  /// The seed; nil for a model that draws nothing.
  let seed: UInt64?
  /// ``Runs/RunConfiguration/runHash``.
  let configuration: String
  /// Every setting by the name of its flag, `model.experts`, defaults included: what a person may want
  /// to read of the configuration.
  let settings: [String: String]
  /// The data set's name.
  let data: String
  /// ``Datasets/Dataset/fingerprint`` in 16 hexadecimal digits.
  let rows: String

  static func == (first: Self, second: Self) -> Bool {
    (first.model, first.seed, first.configuration, first.data, first.rows)
      == (second.model, second.seed, second.configuration, second.data, second.rows)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(model)
    hasher.combine(seed)
    hasher.combine(configuration)
    hasher.combine(data)
    hasher.combine(rows)
  }
}

extension RunIdentity {
  /// What the run's row is called: `mmoe`, `mmoe+pcgrad`.
  var label: String {
    guard let balancer = settings["balancer"], balancer != BalancerSetting.equal.name else {
      return model
    }
    return "\(model)+\(balancer)"
  }

  /// The identity of a planned run on a data set of this name and fingerprint.
  init(_ run: ComparisonPlan.Run, of plan: ComparisonPlan, data: String, rows: String) throws {
    try self.init(run, plan.configuration(of: run), data: data, rows: rows)
  }

  /// The identity of a run with a configuration.
  init(
    _ run: ComparisonPlan.Run, _ configuration: TrainingConfiguration, data: String, rows: String
  ) throws {
    _ = try ModelRegistry.entry(named: run.model.name)
    var configuration = configuration
    configuration.data.name = data
    configuration.data.hash = rows
    self.init(
      model: run.model.name, seed: run.seed, configuration: configuration.runHash,
      settings: Self.settings(of: configuration), data: data, rows: rows)
  }

  /// What of the settings decides about the scores and is not a part of the identity by itself.
  private static func settings(of configuration: RunConfiguration) -> [String: String] {
    let apart: Set = ["data", "path", "group", "data.hash", "model", "seed"]
    let entries = configuration.completed.entries.filter { entry in
      entry.key.decides && !apart.contains(entry.key.name) && !entry.texts.isEmpty
        && (!configuration.isFitted || entry.key.name.hasPrefix("model."))
    }
    return Dictionary(entries.map { ($0.key.name, $0.texts.joined(separator: "; ")) }) { $1 }
  }
}
