import ArgumentParser
import Datasets
import Foundation
import Models
import Runs
import Training

/// What `train` and `explore` have in common: data, model and training.
struct RunOptions: ParsableArguments {
  @Option(
    help: """
      sample, census-income, census-income-education, or the path of a schema (.yaml). The sample \
      is made in memory.
      """)
  var data = "sample"
  @Option(help: "The folder of the data's files.") var path: String?
  @Option(help: "A model of `mtl-tui models`.") var model = "mmoe"
  @Option(help: "Epochs at most. (default: \(TrainingDefaults.epochs))") var epochs: Int?
  @Option(help: "Rows in a batch. (default: \(TrainingDefaults.batchSize))") var batch: Int?
  @Option(help: "Learning rate.") var lr = TrainingDefaults.learningRate
  @Option(help: "Steps over which the learning rate rises from 0.")
  var warmUp = TrainingDefaults.warmUpSteps
  @Option(help: "Seed of every random draw.") var seed = TrainingDefaults.seed
  @Option(help: "Threads that train; the screen's is not counted.")
  var threads = TrainingDefaults.threads
  @Option(help: "Width of every field's embedding.")
  var embedding = TrainingDefaults.embeddingWidth
  @Option(
    help: """
      Epochs without a better validation score before the run ends; 0: never. \
      (default: \(TrainingDefaults.patience))
      """)
  var patience: Int?
  @Option(help: "Steps between evaluations within an epoch.") var evaluateEvery: Int?
  @Option(help: "Scale the gradient down to this norm at most.") var clip: Double?
  @Option(help: "adam, adagrad or sgd.") var optimizer = "adam"
  @Option(help: "What Adam does with unused rows of embedding tables: lazy (nothing) or dense.")
  var tables = OptimizerConfiguration.Tables.lazy.rawValue
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "A choice of the model, as in model.experts=4; repeatable.")
  var settings: [String] = []
  @Option(
    name: .customLong("at"), parsing: .singleValue,
    help: "A command that takes effect after STEP steps, as in 500:task.off=income; repeatable.")
  var schedule: [String] = []

  func validate() throws {
    if let epochs { try Self.check("--epochs", epochs, 1...100_000) }
    if let batch { try Self.check("--batch", batch, 1...1_048_576) }
    try Self.check("--threads", threads, 1...256)
    try Self.check("--embedding", embedding, 1...1024)
    if let patience { try Self.check("--patience", patience, 0...100_000) }
    try Self.check("--warm-up", warmUp, 0...1_000_000_000)
    if let evaluateEvery { try Self.check("--evaluate-every", evaluateEvery, 1...1_000_000_000) }
    guard lr.isFinite, lr > 0 else {
      throw ValidationError("--lr must be a number above 0, found \(lr).")
    }
    if let clip, !(clip.isFinite && clip > 0) {
      throw ValidationError("--clip must be a number above 0, found \(clip).")
    }
    guard Self.rules[optimizer] != nil else {
      throw ValidationError("--optimizer must be adam, adagrad or sgd, found '\(optimizer)'.")
    }
    guard OptimizerConfiguration.Tables(rawValue: tables) != nil else {
      throw ValidationError("--tables must be lazy or dense, found '\(tables)'.")
    }
    _ = try scheduled()
    _ = try Self.modelOptions(settings)
  }

  /// The words of `--optimizer`.
  private static let rules: [String: OptimizerConfiguration.Rule] = [
    "adam": .adam(), "adagrad": .adagrad(), "sgd": .sgd,
  ]

  static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ValidationError(
        "\(name) must be from \(range.lowerBound) to \(range.upperBound), found \(value).")
    }
  }

  /// The `--at` commands.
  func scheduled() throws -> [TrainingConfiguration.Scheduled] {
    try schedule.map { text in
      guard let colon = text.firstIndex(of: ":"), let step = Int(text[..<colon]), step >= 0 else {
        throw ValidationError(
          "--at needs STEP:COMMAND, as in 500:task.off=income, found '\(text)'.")
      }
      do {
        let command = try Command(parsing: String(text[text.index(after: colon)...]))
        return TrainingConfiguration.Scheduled(step: step, command: command)
      } catch {
        throw ValidationError("--at \(text): \(error)")
      }
    }
  }

  /// The `--set model.key=value` choices.
  static func modelOptions(_ settings: [String]) throws -> [String: String] {
    var options: [String: String] = [:]
    for text in settings {
      guard text.hasPrefix("model."), let equals = text.firstIndex(of: "=") else {
        throw ValidationError(
          "--set needs model.KEY=VALUE, as in model.experts=4, found '\(text)'.")
      }
      let key = text[text.index(text.startIndex, offsetBy: 6)..<equals]
      options[String(key)] = String(text[text.index(after: equals)...])
    }
    return options
  }

  /// Everything that decides how the run goes.
  ///
  /// - Throws: ``Failure`` for a model that does not exist or cannot be built so.
  func configuration(startsPaused: Bool = false) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = model
    configuration.modelOptions = try Self.modelOptions(settings)
    configuration.embeddingWidth = embedding
    configuration.batchSize = batch ?? TrainingDefaults.batchSize
    configuration.epochs = epochs ?? TrainingDefaults.epochs
    configuration.patience = patience ?? TrainingDefaults.patience
    configuration.learningRate = lr
    configuration.warmUpSteps = warmUp
    configuration.optimizer = OptimizerConfiguration(
      Self.rules[optimizer] ?? .adam(), tables: .init(rawValue: tables) ?? .lazy,
      clipNorm: clip)
    configuration.evaluationInterval = evaluateEvery
    configuration.threads = threads
    configuration.seed = seed
    configuration.schedule = try scheduled()
    configuration.startsPaused = startsPaused
    do {
      try ModelRegistry.check(configuration.modelOptions, of: model)
    } catch {
      throw Failure(message: "\(error)")
    }
    return configuration
  }
}
