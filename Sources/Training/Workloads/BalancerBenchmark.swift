import Datasets
import Objectives
public import Runs

/// Times what balancers cost on a workload: windows of each in turn, so that whatever else the machine
/// does falls on all of them alike.
///
///     ratio = median over rounds of t(balancer) / t(first)
public struct BalancerBenchmark: Sendable {
  /// What a balancer's steps took.
  public struct Row: Sendable {
    /// The balancer, as it is typed.
    public var balancer: String
    /// What it sees before it weighs: with it, what its steps cost.
    public var sees: [String]
    /// Median over rounds of the mean time of a step, in milliseconds.
    public var stepMilliseconds: Double
    /// Median over rounds of its time over that of the first balancer in the same round.
    public var ratio: Double
  }

  /// What is timed.
  public let workload: Workload
  /// The balancers, the first of which is what the others are compared with.
  public let balancers: [BalancerSetting]
  /// Rows in a batch.
  public let batchSize: Int
  /// Threads that train.
  public let threads: Int
  /// Seconds to measure, all balancers together.
  public let seconds: Double

  /// Chooses what is timed.
  public init(
    _ workload: Workload, balancers: [BalancerSetting], batchSize: Int, threads: Int,
    seconds: Double
  ) {
    self.workload = workload
    self.balancers = balancers
    self.batchSize = batchSize
    self.threads = threads
    self.seconds = seconds
  }

  /// Warms every balancer up, then measures in rounds.
  ///
  /// - Throws: `BalancerError` for a balancer that cannot be used here, ``StepBenchmarkError`` where a
  ///   loss is not finite.
  public func run() throws -> [Row] {
    let rows = workload.rows(batchSize: batchSize)
    let trainers = try balancers.map { setting in
      let trainer = workload.trainer(batchSize: batchSize, threads: threads)
      try trainer.balance(by: setting, for: BalancedTasks(workload.tasks.map(\.name)))
      return trainer
    }
    let rounds = max(5, Int(seconds / (Self.window * Double(trainers.count))))
    for trainer in trainers { _ = try window(trainer, rows, seconds: 0.3) }
    var times = trainers.map { _ in [Double]() }
    for _ in 0..<rounds {
      for (place, trainer) in trainers.enumerated() {
        times[place].append(try window(trainer, rows, seconds: Self.window))
      }
    }
    return try balancers.indices.map { place in
      let ratios = zip(times[place], times[0]).map { $0 / $1 }.sorted()
      let entry = try BalancerRegistry.entry(named: balancers[place].name)
      return Row(
        balancer: "\(balancers[place])", sees: entry.sees.names,
        stepMilliseconds: 1e3 * times[place].sorted()[rounds / 2], ratio: ratios[rounds / 2])
    }
  }

  /// Seconds of a window.
  private static let window = 0.15

  /// The mean time of a step, in seconds.
  private func window(
    _ trainer: Trainer, _ rows: WorkloadRows, seconds: Double
  ) throws -> Double {
    let batches = rows.examples.count / batchSize
    var steps = 0
    let elapsed = try StepBenchmark.run(for: seconds, minimum: 2) {
      let batch = rows.batch(from: trainer.step % batches * batchSize, rows: batchSize)
      guard trainer.step(batch, rate: 1e-3) else {
        throw StepBenchmarkError.notFinite(workload.name, step: trainer.step)
      }
      steps += 1
    }
    return elapsed / Double(steps)
  }
}
