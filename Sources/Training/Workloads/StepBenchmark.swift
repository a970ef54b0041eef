public import Datasets
import Graph
import Models
import Tensors

/// Times training steps whose batches are already in memory: of a ``Workload``, or of a model on the
/// rows of a data set.
public struct StepBenchmark: Sendable {
  /// What was measured.
  public struct Result: Sendable {
    /// The workload's name, or data and model.
    public var workload: String
    /// Median over windows.
    public var examplesPerSecond: Double
    /// Median time of a step, in milliseconds.
    public var stepMillisecondsMedian: Double
    /// 95th percentile of the time of a step, in milliseconds.
    public var stepMilliseconds95: Double
    /// Peak resident set, in megabytes (2²⁰ bytes).
    public var peakResidentMegabytes: Double
    /// Floating-point operations of a step's products: two for every multiply-add, forward and
    /// backward.
    public var operationsPerStep: Double
    /// What the threads reach together in registers, in 10⁹ operations a second.
    public var peakGigaOperations: Double
    /// Operations a second of the steps over the peak.
    public var shareOfFloor: Double
  }

  /// What is timed: `w1b`, or data and model, `census-income mmoe`.
  public let name: String
  /// Rows in a batch.
  public let batchSize: Int
  /// Seconds to measure, in windows of 0.8 s.
  public let seconds: Double
  /// Threads that train.
  public let threads: Int
  /// Whether threads keep to cores of their own.
  public var isPinned = false
  /// How threads share steps, one of ``schedules``; nil: as suits the batch.
  public var schedule: String?
  /// The ways in which threads may share steps.
  public static let schedules = Schedule.allCases.map(\.rawValue)
  /// Builds what is timed, for some threads.
  let prepare:
    @Sendable (_ threads: Int, _ isPinned: Bool) throws -> (trainer: Trainer, rows: WorkloadRows)

  /// Chooses a workload.
  public init(workload: Workload, batchSize: Int, threads: Int, seconds: Double) {
    name = workload.name
    self.batchSize = batchSize
    self.seconds = seconds
    self.threads = threads
    prepare = { threads, isPinned in
      let pool = try WorkerPool(threads: threads, isPinned: isPinned)
      return (
        workload.trainer(batchSize: batchSize, on: pool), workload.rows(batchSize: batchSize)
      )
    }
  }

  /// Chooses the model of a run and the training rows of its data, in their stored order.
  ///
  /// Batches are full, so that every step has the same shape; what remains at the end is left out.
  /// There is no shuffling, no scoring and no screen: the difference to a run is what these cost.
  public init(_ configuration: TrainingConfiguration, on dataset: Dataset, seconds: Double) {
    name = "\(dataset.name) \(configuration.model)"
    batchSize = max(1, min(configuration.batchSize, dataset.training.count))
    self.seconds = seconds
    threads = configuration.threads
    prepare = { threads, isPinned in
      var configuration = configuration
      configuration.threads = threads
      let entry = try ModelRegistry.entry(named: configuration.model)
      guard dataset.training.count > 0 else { throw StepBenchmarkError.noRows(dataset.name) }
      let answered = try entry.answered(dataset)
      guard let trainer = try Trainer(configuration, entry, dataset: answered, isPinned: isPinned)
      else {
        throw StepBenchmarkError.noSteps(model: entry.name)
      }
      return (trainer, WorkloadRows(answered.training))
    }
  }

  /// Warms up for a second, then measures.
  ///
  /// - Throws: ``StepBenchmarkError``, or `ModelError` for a model that cannot be built so.
  public func run() throws -> Result {
    let steps = try BenchmarkSteps(self, threads: threads)
    let trainer = steps.trainer
    try Self.run(for: 1, minimum: 6) { try steps.takeStep() }
    let peak = Machine.multiplyAddPeak(on: trainer.workspace.pool, seconds: 0.3)
    var windows: [Double] = []
    var times: [Double] = []
    for _ in 0..<max(3, Int((seconds / 0.8).rounded())) {
      let before = times.count
      let elapsed = try Self.run(for: 0.8, minimum: 3) {
        let start = ContinuousClock.now
        try steps.takeStep()
        times.append((ContinuousClock.now - start).seconds)
      }
      windows.append(Double((times.count - before) * batchSize) / elapsed)
    }
    return result(trainer, windows: windows.sorted(), times: times.sorted(), peak: peak)
  }

  private func result(
    _ trainer: Trainer, windows: [Double], times: [Double], peak: Double
  ) -> Result {
    let operations = trainer.operationsPerStep(rows: batchSize)
    let median = windows[windows.count / 2]
    return Result(
      workload: name, examplesPerSecond: median,
      stepMillisecondsMedian: 1e3 * times[times.count / 2],
      stepMilliseconds95: 1e3 * times[min(times.count - 1, times.count * 95 / 100)],
      peakResidentMegabytes: ProcessMemory.peakMegabytes, operationsPerStep: operations,
      peakGigaOperations: peak / 1e9,
      shareOfFloor: operations * median / Double(batchSize) / peak)
  }

  @discardableResult static func run(
    for seconds: Double, minimum: Int, _ body: () throws -> Void
  ) rethrows -> Double {
    let start = ContinuousClock.now
    var count = 0
    while true {
      try body()
      count += 1
      let elapsed = (ContinuousClock.now - start).seconds
      if elapsed >= seconds && count >= minimum { return elapsed }
    }
  }
}

/// Why training steps cannot be timed.
public enum StepBenchmarkError: Error, Equatable, CustomStringConvertible {
  /// The model is fitted by a solver.
  case noSteps(model: String)
  /// The data set has no training rows.
  case noRows(String)
  /// A loss is not a finite number.
  case notFinite(String, step: Int)
  /// A checkpoint was not written.
  case notSaved(String, folder: String)
  /// What was read of a checkpoint is not what was saved.
  case unlike(folder: String)

  /// Where · what · what to do.
  public var description: String {
    switch self {
    case .noSteps(let model):
      """
      --model \(model): it is fitted by a solver and takes no training steps.
        fix:   choose a model that is trained; `mtl-tui models` lists them
      """
    case .noRows(let name): "\(printable(name)): no rows to train on."
    case .notFinite(let name, let step):
      """
      \(printable(name)): a loss is not a finite number at step \(step).
        fix:   look at the labels and the dense columns of the data
      """
    case .notSaved(let why, let folder):
      """
      \(printable(folder)): the checkpoint was not written: \(printable(why)).
        fix:   set TMPDIR to a folder with room
      """
    case .unlike(let folder):
      """
      \(printable(folder)): the parameters that were read back are not those that were saved.
        fix:   do not trust this disk; set TMPDIR to a folder on another one and try again
      """
    }
  }
}

extension Duration {
  /// The duration as a number of seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Trainer {
  /// Floating-point operations of a step's products and mixtures.
  func operationsPerStep(rows: Int) -> Double {
    let plan = trainingExecutor().plan
    return 2 * Double(plan.multiplyAdds + plan.backwardMultiplyAdds) * Double(rows)
  }
}
