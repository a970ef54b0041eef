import ArgumentParser
import Datasets
import Runs
import Training

/// How models are trained, whichever they are: what `train`, `explore` and `compare` have in common.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Epochs at most. (default: \(TrainingDefaults.epochs))") var epochs: Int?
  @Option(help: "Rows in a batch. (default: the data's, else \(TrainingDefaults.batchSize))")
  var batch: Int?
  @Option(
    help: "Learning rate. (default: the data's, else \(TrainingDefaults.learningRate))")
  var lr: Double?
  @Option(
    help: """
      Steps over which the learning rate rises from 0, again wherever a search for masks goes back. \
      (default: the data's, else \(TrainingDefaults.warmUpSteps))
      """)
  var warmUp: Int?
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
  @Option(
    help: "Steps between evaluations within an epoch. (default: the data's, else whole epochs)")
  var evaluateEvery: Int?
  @Option(
    help: """
      Which step's parameters are kept: balanced (best mean of the tasks' ranks on validation rows, \
      each by its spread), last, or the best TASK:SCORE, as in click:auc.
      """, transform: Self.keepRule)
  var keep = KeepRule.balanced
  @Option(help: "Scale the gradient down to this norm at most.") var clip: Double?
  @Option(help: "Decoupled weight decay: shrink weights by this share of the rate in every step.")
  var weightDecay = 0.0
  @Option(
    help: "adam, adagrad or sgd. (default: the data's, else adam)",
    completion: .list(["adam", "adagrad", "sgd"]))
  var optimizer: String?
  @Option(
    help: "What Adam does with unused rows of embedding tables: lazy (nothing) or dense.",
    completion: .list(["lazy", "dense"]))
  var tables = OptimizerConfiguration.Tables.lazy.rawValue

  func validate() throws {
    if let epochs { try Self.check("--epochs", epochs, Self.epochCounts) }
    if let batch { try Self.check("--batch", batch, Self.batchSizes) }
    try Self.check("--threads", threads, Self.threadCounts)
    try Self.check("--embedding", embedding, 1...1024)
    if let patience { try Self.check("--patience", patience, Self.patiences) }
    if let warmUp { try Self.check("--warm-up", warmUp, 0...1_000_000_000) }
    if let evaluateEvery { try Self.check("--evaluate-every", evaluateEvery, 1...1_000_000_000) }
    if let lr, !(lr.isFinite && lr > 0) {
      throw ValidationError("--lr must be a number above 0, found \(lr).")
    }
    guard weightDecay.isFinite, weightDecay >= 0 else {
      throw ValidationError("--weight-decay must be a number of 0 or more, found \(weightDecay).")
    }
    if let clip, !(clip.isFinite && clip > 0) {
      throw ValidationError("--clip must be a number above 0, found \(clip).")
    }
    if let optimizer, OptimizerConfiguration.Rule(word: optimizer) == nil {
      throw ValidationError("--optimizer must be adam, adagrad or sgd, found '\(optimizer)'.")
    }
    guard OptimizerConfiguration.Tables(rawValue: tables) != nil else {
      throw ValidationError("--tables must be lazy or dense, found '\(tables)'.")
    }
  }

  static let epochCounts = 1...100_000
  static let batchSizes = 1...1_048_576
  static let threadCounts = 1...256
  static let patiences = 0...100_000

  static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ValidationError(
        "\(name) must be from \(range.lowerBound) to \(range.upperBound), found \(value).")
    }
  }

  private static func keepRule(_ text: String) throws -> KeepRule {
    do {
      return try KeepRule(parsing: text)
    } catch {
      throw ValidationError(printableLines("\(error)"))
    }
  }

  /// The general defaults with what was asked for.
  var configuration: TrainingConfiguration { configuration(advice: nil) }

  /// The defaults for some data, or for a model on them, with what was asked for.
  func configuration(on data: String, model: String? = nil) -> TrainingConfiguration {
    let advice = TrainingAdvice.on(data)
    return configuration(advice: model.flatMap { advice?.advice(for: $0) } ?? advice)
  }

  /// A rate and its warm-up are advised for one optimiser and mean nothing to another.
  private func configuration(advice: TrainingAdvice?) -> TrainingConfiguration {
    let optimizer = optimizer ?? advice?.optimizer.rawValue ?? "adam"
    let isAdvised = optimizer == advice?.optimizer.rawValue
    let advisedRate = isAdvised ? advice?.learningRate : nil
    let advisedWarmUp = isAdvised ? advice?.warmUpSteps : nil
    var configuration = TrainingConfiguration()
    configuration.embeddingWidth = embedding
    configuration.batchSize = batch ?? advice?.batchSize ?? TrainingDefaults.batchSize
    configuration.epochs = epochs ?? TrainingDefaults.epochs
    configuration.patience = patience ?? TrainingDefaults.patience
    configuration.learningRate = lr ?? advisedRate ?? TrainingDefaults.learningRate
    configuration.advisedOptions = advice?.options ?? [:]
    configuration.warmUpSteps = warmUp ?? advisedWarmUp ?? TrainingDefaults.warmUpSteps
    configuration.optimizer = OptimizerConfiguration(
      .init(word: optimizer) ?? .adam(), tables: .init(rawValue: tables) ?? .lazy,
      clipNorm: clip, weightDecay: weightDecay)
    configuration.evaluationInterval = evaluateEvery ?? advice?.evaluationInterval
    configuration.threads = threads
    configuration.keep = keep
    return configuration
  }
}
