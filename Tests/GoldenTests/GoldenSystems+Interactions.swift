import Models
import TestSupport

extension GoldenSystems {
  /// Systems of interacting fields.
  static let interactions: [String: Build] = [
    "mt_fwfm": { config, setting, builder in
      var configuration = MTFwFM.Configuration()
      configuration.l2 = try config["lambda"].number
      return MTFwFM(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    }
  ]
}
