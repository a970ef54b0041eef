import Layers
import Models
import TestSupport

extension GoldenSystems {
  /// Systems whose tasks have masks.
  static let lottery: [String: Build] = [
    "sparse_sharing": { config, setting, builder in
      var configuration = SparseSharing.Configuration()
      configuration.bottomSizes = try config["bottom"].integers
      configuration.towerSizes = try config["tower"].integers
      configuration.schedule.alternation = "joint"
      return SparseSharing(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "lt4rec": { config, setting, builder in
      var configuration = LT4REC.Configuration()
      configuration.bottomSizes = try config["bottom"].integers
      configuration.alpha = try config["alpha"].number
      configuration.gamma = try config["gamma"].number
      configuration.schedule.alternation = "joint"
      let losses = try config["losses"].list.map { try $0.text }
      func named(_ loss: String) -> [String] {
        zip(setting.tasks, losses).filter { $1 == loss }.map(\.0.name)
      }
      configuration.focal = named("focal")
      configuration.share = named("weighted_mse")
      return LT4REC(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
  ]

  /// CSRec as a case sets it, with the changes of a variant.
  static func contrastive(
    _ config: GoldenNode, _ variant: GoldenNode?, negative: String
  ) throws -> CSRec.Configuration {
    func node(_ name: String) throws -> GoldenNode {
      if let variant, variant.has(name) { return try variant[name] }
      return try config[name]
    }
    var configuration = CSRec.Configuration()
    configuration.bottomSizes = try config["bottom"].integers
    configuration.towerSizes = try config["tower"].integers
    configuration.form = try node("form").text
    configuration.strength = try node("lambda").number
    configuration.temperature = try node("tau").number
    configuration.margin = try node("margin").number
    configuration.cap = (try? node("neg_loss_cap").number) ?? 0
    configuration.embeddingPenalty = try node("l2_embedding").number
    configuration.negative = negative
    configuration.rule = try node("rule").text.replacing("_", with: "-")
    configuration.schedule.moments =
      try node("optimiser_state").text == "per_task" ? "per-task" : "shared"
    configuration.memory = (try? node("rho").number) ?? 0.9
    configuration.power = (try? node("gamma").number) ?? 1
    configuration.ruleTemperature = (try? node("rule_tau").number) ?? 1
    return configuration
  }
}
