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
    "escm2": { config, setting, builder in
      var configuration = ESCM2.Configuration()
      configuration.towerSizes = try config["tower"].integers
      configuration.estimator = try config["estimator"].text
      configuration.floor = try config["floor"].number
      configuration.clip = try config["clip"].number
      let weights = try config["weights"].numbers
      (configuration.counterfactual, configuration.global) = (weights[1], weights[2])
      return ESCM2(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
  ]
}
