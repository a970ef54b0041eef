import Models
import TestSupport

extension GoldenSystems {
  /// Systems of interacting fields.
  static let interactions: [String: Build] = [
    "mt_fwfm": { config, setting, builder in
      var configuration = MTFwFM.Configuration()
      configuration.l2 = try config["lambda"].number
      return MTFwFM(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    },
    "mran": mran(isStatic: false),
  ]

  /// MRAN, answering with the alignment's running mean or not.
  static func mran(isStatic: Bool) -> Build {
    { config, setting, builder in
      var configuration = MRAN.Configuration()
      configuration.heads = try config["heads"].integer
      configuration.taskWidth = try config["task_dimension"].integer
      configuration.scoreWidth = try config["score_dimension"].integer
      configuration.towerSizes = try config["tower"].integers
      configuration.l2 = try config["lambda1"].number
      configuration.scoreL2 = try config["lambda2"].number
      configuration.hasStaticAlpha = isStatic
      return MRAN(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
    }
  }
}
