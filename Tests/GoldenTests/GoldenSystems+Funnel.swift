import Layers
import Models
import TestSupport

/// Soft sharing, and the systems of tasks that follow each other.
extension GoldenSystems {
  static let funnel: [String: Build] = [
    "l2_soft_sharing": { config, setting, builder in
      var configuration = L2SoftSharing.Configuration()
      configuration.columnSizes = try config["columns"].integers
      configuration.towerSizes = try config["tower"].integers
      configuration.strength = try config["alpha"].number
      configuration.separatesEmbeddings = try config["embeddings"].text == "separate"
      return L2SoftSharing(
        configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "aitm": { config, setting, builder in
      var configuration = AITM.Configuration()
      configuration.columnSizes = try config["columns"].integers
      configuration.towerSizes = try config["tower"].integers
      configuration.calibrator = try config["gamma"].number
      return AITM(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
  ]
}
