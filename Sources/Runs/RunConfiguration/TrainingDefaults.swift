/// Every default of training, in one table; models keep theirs in their own `Configuration`.
public enum TrainingDefaults {
  /// D of every field.
  public static let embeddingWidth = 8
  /// The share of hidden units that are dropped in training.
  public static let dropout = 0.0
  /// The largest share of hidden units that may be dropped.
  public static let mostDropout = 0.95
  /// Rows in a batch.
  public static let batchSize = 1024
  /// Batches whose gradients are summed before one update.
  public static let accumulate = 1
  /// How many batches may be summed.
  public static let accumulated = 1...1024
  /// Adam's learning rate.
  public static let learningRate = 1e-3
  /// Steps over which the rate rises from 0.
  public static let warmUpSteps = 0
  /// Epochs at most.
  public static let epochs = 8
  /// Epochs without a better validation score before the run ends.
  public static let patience = 2
  /// Threads that train.
  public static let threads = 2
  /// How many threads may train.
  public static let threadCounts = 1...256
  /// Epochs at most when the explorer shows the sample, without early stopping.
  public static let sampleEpochs = 24
  /// Steps a second at most when the explorer shows the sample: two minutes to watch.
  public static let samplePace = 50.0
  /// The seed of every random draw.
  public static let seed: UInt64 = 1
}
