import Models
import TestSupport

/// Mixtures of experts beyond the plain ones.
extension GoldenSystems {
  static let mixtures: [String: Build] = [
    "youtube": { config, setting, builder in
      var configuration = YouTube.Configuration()
      configuration.bottomSizes = try config["bottom"].integers
      configuration.expertCount = try config["experts"].integer
      configuration.expertSizes = try config["expert"].integers
      configuration.towerSizes = try config["tower"].integers
      configuration.engagement = try zip(setting.tasks, config["engagement"].list)
        .filter { try $0.1.flag }.map(\.0.name)
      configuration.shallowRate = 1
      if try config["shallow"].text == "mlp" {
        configuration.shallow = "layers"
        configuration.shallowWidth = try config["shallow_dimension"].integer
        configuration.shallowSizes = try config["shallow_widths"].integers
      }
      return YouTube(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "stem_net": { config, setting, builder in
      var configuration = STEMNet.Configuration()
      configuration.ownCount = try config["own"].integer
      configuration.sharedCount = try config["shared"].integer
      configuration.levelSizes = try config["levels"].list.map { try $0.integers }
      configuration.gateSizes = try config["gate"].integers
      configuration.towerSizes = try config["tower"].integers
      return STEMNet(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
  ]
}
