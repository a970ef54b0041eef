import Datasets
import Models
import Runs
import Tensors

/// How many threads the steps of a run gain from, measured before it begins.
///
/// Steps are taken on 1, 2, 4 … threads, at a rate of 0 and on numbers of their own, until twice as many
/// bring less than 15 %. Small models have steps so short that threads only wait for each other.
public struct ThreadTrial: Sendable, Equatable {
  /// Examples a second on some threads.
  public struct Rate: Sendable, Equatable {
    /// Threads.
    public var threads: Int
    /// Examples a second, in the best window.
    public var examplesPerSecond: Double

    /// What was measured.
    public init(threads: Int, examplesPerSecond: Double) {
      self.threads = threads
      self.examplesPerSecond = examplesPerSecond
    }
  }

  /// What was measured, by rising threads; the last may have gained too little.
  public var rates: [Rate]
  /// Seconds that it took.
  public var seconds: Double

  /// What was measured.
  public init(rates: [Rate], seconds: Double) {
    self.rates = rates
    self.seconds = seconds
  }

  /// The threads to train on: the most that gained enough over those before.
  public var threads: Int {
    var chosen = rates.first
    for rate in rates.dropFirst() {
      guard let last = chosen, Self.gains(rate, over: last) else { break }
      chosen = rate
    }
    return chosen?.threads ?? 1
  }

  /// 15 % for twice as many, and so much less for fewer.
  static func gains(_ rate: Rate, over last: Rate) -> Bool {
    let added = Double(rate.threads) / Double(last.threads) - 1
    return rate.examplesPerSecond >= last.examplesPerSecond * (1 + 0.15 * added)
  }

  /// What a person reads.
  public var description: String {
    let found = rates.map { rate in
      "\(rate.threads == 1 ? "1 thread" : "\(rate.threads)") \(Int(rate.examplesPerSecond.rounded()))"
    }.joined(separator: ", ")
    let tenths = Int((10 * seconds).rounded())
    return
      "\(threads == 1 ? "1 thread trains" : "\(threads) threads train"): examples/s on \(found), "
      + "measured in \(tenths / 10).\(tenths % 10) s"
  }
}

extension ThreadTrial {
  /// Takes steps of a run's model on its first rows, for about a tenth of a second on each number of
  /// threads; each has a model of its own, since threads decide how work is cut.
  ///
  /// - Parameters:
  ///   - configuration: how the run goes.
  ///   - entry: its model.
  ///   - dataset: its data.
  ///   - isPinned: whether threads keep to cores.
  ///   - most: threads at most.
  ///   - isEnded: whether nobody waits for the run any more, asked before each number of threads.
  ///   - prepare: checks the settings against a trainer and balances it, before its first step.
  /// - Returns: what was measured; nil where a loss is not a finite number, nothing takes steps, or nobody
  ///   waits any more.
  /// - Throws: as the run itself will, for a model that cannot be built, and what `prepare` throws.
  static func measured(
    _ configuration: TrainingConfiguration, _ entry: ModelEntry, dataset: Dataset,
    isPinned: Bool, most: Int = AvailableCores.count, isEnded: () -> Bool = { false },
    preparing prepare: (Trainer) throws -> Void
  ) throws -> ThreadTrial? {
    let start = ContinuousClock.now
    var trial = ThreadTrial(rates: [], seconds: 0)
    var count = 1
    while count <= most {
      var configuration = configuration
      configuration.threads = count
      guard
        !isEnded(),
        let rate = try rate(
          configuration, entry, dataset: dataset, isPinned: isPinned, preparing: prepare)
      else { return nil }
      let last = trial.rates.last
      trial.rates.append(Rate(threads: count, examplesPerSecond: rate))
      if let last, !gains(trial.rates[trial.rates.count - 1], over: last) { break }
      count = count < most ? min(most, 2 * count) : most + 1
    }
    trial.seconds = (ContinuousClock.now - start).seconds
    return trial
  }

  private static func rate(
    _ configuration: TrainingConfiguration, _ entry: ModelEntry, dataset: Dataset, isPinned: Bool,
    preparing prepare: (Trainer) throws -> Void
  ) throws -> Double? {
    let rows = min(configuration.stepRows, dataset.training.count)
    guard rows > 0,
      let trainer = try Trainer(configuration, entry, dataset: dataset, isPinned: isPinned)
    else { return nil }
    try prepare(trainer)
    let batch = dataset.training.batch(from: 0, rows: rows)
    guard trainer.step(batch, rate: 0) else { return nil }
    var best = 0.0
    for _ in 0..<2 {
      var steps = 0
      let elapsed = StepBenchmark.run(for: 0.05, minimum: 1) {
        _ = trainer.step(batch, rate: 0)
        steps += 1
      }
      best = max(best, Double(steps * rows) / elapsed)
    }
    return best
  }
}
