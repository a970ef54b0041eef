import Datasets
import Graph
import Tensors

/// Times training steps of a ``Workload`` whose batches are already in memory.
public struct StepBenchmark: Sendable {
  /// What was measured.
  public struct Result: Sendable {
    /// The workload's name.
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

  /// The workload.
  public var workload: Workload
  /// Rows in a batch.
  public var batchSize: Int
  /// Threads that train.
  public var threads: Int
  /// Seconds to measure, in windows of 0.8 s.
  public var seconds: Double

  /// Chooses what to time.
  public init(workload: Workload, batchSize: Int, threads: Int, seconds: Double) {
    self.workload = workload
    self.batchSize = batchSize
    self.threads = threads
    self.seconds = seconds
  }

  /// Warms up for a second, then measures.
  public func run() -> Result {
    let trainer = workload.trainer(batchSize: batchSize, threads: threads)
    let batches = max(4, min(64, 65536 / batchSize))
    let examples = workload.examples(count: batches * batchSize, seed: 1)
    var step = 0
    func takeStep() {
      let batch = examples.batch(from: step % batches * batchSize, rows: batchSize)
      precondition(trainer.step(batch, rate: 1e-3), "the loss is not a finite number")
      step += 1
    }
    Self.run(for: 1, minimum: 6) { takeStep() }
    let peak = Machine.multiplyAddPeak(on: trainer.workspace.pool, seconds: 0.3)
    var windows: [Double] = []
    var times: [Double] = []
    for _ in 0..<max(3, Int((seconds / 0.8).rounded())) {
      let before = times.count
      let elapsed = Self.run(for: 0.8, minimum: 3) {
        let start = ContinuousClock.now
        takeStep()
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
      workload: workload.name, examplesPerSecond: median,
      stepMillisecondsMedian: 1e3 * times[times.count / 2],
      stepMilliseconds95: 1e3 * times[min(times.count - 1, times.count * 95 / 100)],
      peakResidentMegabytes: ProcessMemory.peakMegabytes, operationsPerStep: operations,
      peakGigaOperations: peak / 1e9,
      shareOfFloor: operations * median / Double(batchSize) / peak)
  }

  @discardableResult static func run(
    for seconds: Double, minimum: Int, _ body: () -> Void
  ) -> Double {
    let start = ContinuousClock.now
    var count = 0
    while true {
      body()
      count += 1
      let elapsed = (ContinuousClock.now - start).seconds
      if elapsed >= seconds && count >= minimum { return elapsed }
    }
  }
}

extension Duration {
  /// The duration as a number of seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Examples {
  /// Consecutive rows as a batch.
  func batch(from first: Int, rows: Int) -> Batch {
    let fields = count == 0 ? 0 : ids.count / count
    let numbers = count == 0 ? 0 : dense.count / count
    let tasks = count == 0 ? 0 : labels.count / count
    return Batch(
      rows: rows, ids: fields == 0 ? nil : UnsafePointer(ids.base + first * fields),
      fields: fields, dense: numbers == 0 ? nil : UnsafePointer(dense.base + first * numbers),
      denseCount: numbers, labels: UnsafePointer(labels.base + first * tasks),
      spaces: spaces.map { UnsafePointer($0.base + first * tasks) }, tasks: tasks, index: nil)
  }

  /// Chosen rows as a batch.
  func batch(of index: UnsafePointer<Int32>, rows: Int) -> Batch {
    var batch = batch(from: 0, rows: rows)
    batch.index = index
    return batch
  }
}

extension Trainer {
  /// Floating-point operations of a step's products and mixtures.
  func operationsPerStep(rows: Int) -> Double {
    let plan = trainingExecutor().plan
    return 2 * Double(plan.multiplyAdds + plan.backwardMultiplyAdds) * Double(rows)
  }
}
