import Models
import Objectives
public import Runs
import Store

// What only the registries of models and balancers know of a configuration.

extension RunConfiguration {
  /// The configuration with every choice of the model and the balancer written out, as it is printed
  /// and kept: what a run was trained with does not change where a default does.
  public var completed: RunConfiguration {
    var completed = self
    completed.modelOptions = Self.modelDefaults(of: model).merging(modelOptions) { $1 }
    completed.balancer.options = Self.balancerDefaults(of: balancer.name)
      .merging(balancer.options) { $1 }
    return completed
  }

  /// The configuration without choices of the model and the balancer that are the defaults: as it was
  /// chosen, though every choice was written out.
  ///
  /// A default stays where another choice is advised: somebody has chosen it.
  public var reduced: RunConfiguration {
    var reduced = self
    let (models, balancers) = (
      Self.modelDefaults(of: model), Self.balancerDefaults(of: balancer.name)
    )
    reduced.modelOptions = modelOptions.filter { models[$0] != $1 || advisedOptions[$0] != nil }
    reduced.balancer.options = balancer.options.filter { balancers[$0] != $1 }
    return reduced
  }

  /// What names the run: the hash of the configuration with every choice written out.
  ///
  /// Of a model that is fitted, not trained, only the data and its own choices count.
  public var runHash: String {
    var counting = completed
    if isFitted {
      counting = RunConfiguration()
      (counting.data, counting.model) = (data, model)
      counting.modelOptions = completed.modelOptions
    }
    return counting.hash
  }

  /// Whether the model takes no steps.
  public var isFitted: Bool {
    guard let entry = ModelRegistry.entries.first(where: { $0.name == model }) else { return false }
    if case .fitted = entry.kind { return true }
    return false
  }

  private static func modelDefaults(of name: String) -> [String: String] {
    let options = ModelRegistry.entries.first { $0.name == name }?.options ?? []
    return Dictionary(options.map { ($0.name, $0.defaultValue) }) { $1 }
  }

  private static func balancerDefaults(of name: String) -> [String: String] {
    let options = BalancerRegistry.entries.first { $0.about.name == name }?.options ?? []
    return Dictionary(options.map { ($0.name, $0.defaultValue) }) { $1 }
  }
}

extension TrainingConfiguration {
  /// Why there is no such balancer, or no such choice about it, in words; nil: there may be.
  ///
  /// What only the data say, names of tasks and how many there are, is looked at when they are read.
  public static func problem(with setting: BalancerSetting) -> String? {
    do throws(BalancerError) {
      let entry = try BalancerRegistry.entry(named: setting.name)
      try entry.check(setting.options)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
