import ArgumentParser
import Runs

/// How models are trained, whichever they are: what `train`, `explore` and `compare` have in common.
struct TrainingOptions: ParsableArguments {
  private static let ruleWords = OptimizerConfiguration.Rule.all.map(\.word)
  private static let scheduleWords = RateSchedule.all.map(\.word)

  @Option(help: "Epochs at most. (default: \(TrainingDefaults.epochs))") var epochs: Int?
  @Option(help: "Rows in a batch. (default: the data's, else \(TrainingDefaults.batchSize))")
  var batch: Int?
  @Option(
    help: """
      Batches whose gradients are summed before one update: a step has so many times the rows of a \
      batch, and the memory of one block of them. (default: \(TrainingDefaults.accumulate))
      """)
  var accumulate: Int?
  @Option(
    help: """
      Rows within which training rows are shuffled, or all: windows of whole blocks of 1024 rows, one \
      block from each part of the data. Of a packed folder three windows are in memory then, and blocks \
      are checked as they are read. (default: all, or 1048576 where the training rows take more than 1 GiB)
      """)
  var window: String?
  @Option(
    help: "Learning rate. (default: the data's, else \(TrainingDefaults.learningRate))")
  var lr: Double?
  @Option(
    help: """
      Steps over which the learning rate rises from 0, again wherever a search for masks goes back. \
      (default: the data's, else \(TrainingDefaults.warmUpSteps))
      """)
  var warmUp: Int?
  @Option(
    name: .customLong("schedule"),
    help: """
      How the rate goes on behind that: \(scheduleWords.joined(separator: ", ")); with choices, as in \
      --set schedule.minimum=0.01. (default: constant)
      """, completion: .list(scheduleWords))
  var rateSchedule: String?
  @Option(
    help: """
      Threads that train; the screen's is not counted. `train` and `explore` take auto as well: as many \
      as steps gain from, measured when a run begins. (default: \(TrainingDefaults.threads))
      """)
  var threads: ThreadWish?
  @Option(
    help: "Width of every field's embedding. (default: \(TrainingDefaults.embeddingWidth))")
  var embedding: Int?
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
      each by its spread), last, or the best TASK:SCORE, as in click:auc. (default: balanced)
      """, transform: Self.keepRule)
  var keep: KeepRule?
  @Option(
    help: """
      The score of one task, TASK:SCORE as in click:auc, whose patience ends a run. \
      (default: what is kept)
      """)
  var stop: String?
  @Option(
    help: """
      The most time from a run's first step on, as in 90s, 10m or 1h30m; it ends behind the step at hand.
      """)
  var time: String?
  @Option(help: "Scale the gradient down to this norm at most.") var clip: Double?
  @Option(
    help: """
      Decoupled weight decay: shrink weights by this share of the rate in every step. (default: 0.0)
      """)
  var weightDecay: Double?
  @Option(
    help: """
      How parameters follow their gradients: \(ruleWords.joined(separator: ", ")). \
      (default: the data's, else adam)
      """, completion: .list(ruleWords))
  var optimizer: String?
  @Option(
    help: """
      What Adam does with unused rows of embedding tables: lazy (nothing) or dense. (default: lazy)
      """, completion: .list(["lazy", "dense"]))
  var tables: String?

  func validate() throws { try Self.check(layer) }

  /// Refuses a number of threads that only a run measures.
  func checkThreadsAreCounted() throws {
    guard threads == .auto else { return }
    throw ValidationError("--threads auto is for `train` and `explore`; give a number here.")
  }

  /// Checks what flags say, each for itself.
  static func check(_ layer: ConfigurationLayer) throws {
    do throws(ConfigurationError) {
      _ = try SourcedConfiguration([layer])
    } catch {
      throw ValidationError(error.description)
    }
  }

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

  /// What the flags say.
  var layer: ConfigurationLayer {
    var layer = ConfigurationLayer()
    func add<Value>(_ name: String, _ value: Value?) { layer.add(name, value, .flag("--\(name)")) }
    add("epochs", epochs)
    add("batch", batch)
    add("accumulate", accumulate)
    add("window", window)
    add("threads", threads?.count)
    add("embedding", embedding)
    add("patience", patience)
    add("optimizer", optimizer)
    add("lr", lr)
    add("warm-up", warmUp)
    add("schedule", rateSchedule)
    add("stop", stop)
    add("time", time)
    add("evaluate-every", evaluateEvery)
    add("keep", keep)
    add("clip", clip)
    add("weight-decay", weightDecay)
    add("tables", tables)
    return layer
  }
}

/// How many threads train.
enum ThreadWish: ExpressibleByArgument, Equatable {
  /// As many as steps gain from.
  case auto
  /// So many.
  case number(Int)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let number = Int(argument) {
      self = .number(number)
    } else {
      return nil
    }
  }

  /// The number; nil where it is measured.
  var count: Int? {
    guard case .number(let number) = self else { return nil }
    return number
  }
}
