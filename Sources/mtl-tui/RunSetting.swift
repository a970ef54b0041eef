import Datasets
import Runs
import Training

/// What may be set about a run besides the model's own options, under the names of the command line.
///
/// They are applied in this order: a rate is advised for one optimiser and means nothing to another.
enum RunSetting: String, CaseIterable {
  case optimizer, seed, lr, batch, epochs, patience, threads

  /// The setting as a person chooses it; its default is what a configuration has.
  func option(in configuration: TrainingConfiguration) -> ModelDescription.Option {
    ModelDescription.Option(
      name: rawValue, defaultValue: value(in: configuration), summary: "run: " + summary)
  }

  private var summary: String {
    switch self {
    case .optimizer: "adam, adagrad or sgd"
    case .seed: "of every random draw"
    case .lr: "the learning rate"
    case .batch: "rows in a batch"
    case .epochs: "epochs at most"
    case .patience: "epochs without a better score before it ends; 0: never"
    case .threads: "threads that train"
    }
  }

  private func value(in configuration: TrainingConfiguration) -> String {
    switch self {
    case .optimizer: configuration.optimizer.rule.word
    case .seed: "\(configuration.seed)"
    case .lr: "\(configuration.learningRate)"
    case .batch: "\(configuration.batchSize)"
    case .epochs: "\(configuration.epochs)"
    case .patience: "\(configuration.patience)"
    case .threads: "\(configuration.threads)"
    }
  }
}

/// A setting that cannot be used.
struct SettingError: Error, CustomStringConvertible {
  let setting: RunSetting
  let found: String
  let fix: String

  var description: String {
    """
    \(setting.rawValue): a run cannot use this value.
      found: \(printable(found))
      fix:   \(fix)
    """
  }
}

extension TrainingConfiguration {
  /// Sets what was typed, by the names of ``RunSetting``; other names are left out.
  mutating func set(_ settings: [String: String]) throws(SettingError) {
    for setting in RunSetting.allCases {
      guard let text = settings[setting.rawValue] else { continue }
      try set(setting, text)
    }
  }

  private mutating func set(_ setting: RunSetting, _ text: String) throws(SettingError) {
    func number(_ range: ClosedRange<Int>) throws(SettingError) -> Int {
      guard let number = Int(text), range.contains(number) else {
        throw SettingError(
          setting: setting, found: text,
          fix: "give a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    switch setting {
    case .optimizer:
      guard let rule = OptimizerConfiguration.Rule(word: text) else {
        throw SettingError(setting: setting, found: text, fix: "give adam, adagrad or sgd")
      }
      guard rule.word != optimizer.rule.word else { return }
      optimizer.rule = rule
      learningRate = TrainingDefaults.learningRate
      warmUpSteps = TrainingDefaults.warmUpSteps
    case .seed:
      guard let seed = UInt64(text) else {
        throw SettingError(setting: setting, found: text, fix: "give a whole number from 0 on")
      }
      self.seed = seed
    case .lr:
      guard let rate = Double(text), rate.isFinite, rate > 0 else {
        throw SettingError(setting: setting, found: text, fix: "give a number above 0")
      }
      learningRate = rate
    case .batch: batchSize = try number(TrainingOptions.batchSizes)
    case .epochs: epochs = try number(TrainingOptions.epochCounts)
    case .patience: patience = try number(TrainingOptions.patiences)
    case .threads: threads = try number(TrainingOptions.threadCounts)
    }
  }
}
