import Graph
public import Tensors

/// Times the same training steps on different numbers of threads: what they gain, and where they wait.
public struct ScalingBenchmark: Sendable {
  /// What was measured on some threads.
  public struct Point: Sendable, Equatable {
    /// Threads that worked.
    public var threads: Int
    /// Median over windows.
    public var examplesPerSecond: Double
    /// The best window.
    public var bestExamplesPerSecond: Double
    /// By loop of a step, in the order of ``Tensors/Barrier``; only those that a step has.
    public var barriers: [Wait]
    /// The part of all threads' time that they wait while the first one works alone, between loops.
    public var alone: Double
    /// Of simulated threads the examples/s if memory fed them no faster than it feeds those that are there;
    /// nil: nobody knows, or it was measured.
    public var memoryBound: Double?
    /// Of simulated threads the bytes a second that steps at this rate move at least between the cores and
    /// what they share, caches or memory; nil: it was measured.
    public var traffic: Double?
    /// How threads shared steps, one of ``StepBenchmark/schedules``.
    public var schedule = ""
    /// Why they did not share them by pieces, though that was asked for or suits the batch; nil: they did,
    /// or nobody wished it.
    public var whyLanes: String?

    /// What was measured.
    public init(
      threads: Int, examplesPerSecond: Double, bestExamplesPerSecond: Double, barriers: [Wait],
      alone: Double
    ) {
      self.threads = threads
      self.examplesPerSecond = examplesPerSecond
      self.bestExamplesPerSecond = bestExamplesPerSecond
      self.barriers = barriers
      self.alone = alone
    }

    /// The part of all threads' time that is waited.
    public var waiting: Double { barriers.reduce(alone) { $0 + $1.waiting } }
  }

  /// The loops of one kind in a step.
  public struct Wait: Sendable, Equatable {
    /// What they are for.
    public var barrier: Barrier
    /// How many a step has.
    public var loops: Double
    /// Pieces of such a loop.
    public var pieces: Double
    /// Pieces of the thread with the fewest.
    public var fewestPieces: Double
    /// The part of all threads' time that is waited in them.
    public var waiting: Double

    /// What was measured.
    public init(
      barrier: Barrier, loops: Double, pieces: Double, fewestPieces: Double, waiting: Double
    ) {
      self.barrier = barrier
      self.loops = loops
      self.pieces = pieces
      self.fewestPieces = fewestPieces
      self.waiting = waiting
    }
  }

  /// What was measured on all numbers of threads.
  public struct Result: Sendable, Equatable {
    /// The workload's name, or data and model.
    public var workload: String
    /// Rows in a batch.
    public var batchSize: Int
    /// By threads, as they were asked for.
    public var points: [Point]
    /// By threads, what the pieces of steps on one thread come to on more; empty where nobody asked.
    public var simulated: [Point] = []

    /// What was measured.
    public init(workload: String, batchSize: Int, points: [Point]) {
      self.workload = workload
      self.batchSize = batchSize
      self.points = points
    }

    /// Examples/s a thread over those of the point with the fewest threads; 1 if nothing is lost.
    public static func efficiency(of point: Point, among points: [Point]) -> Double {
      efficiency(point.examplesPerSecond, of: point, among: points)
    }

    /// The same where memory is in the way, see ``Point/memoryBound``; nil: nobody knows.
    public static func boundEfficiency(of point: Point, among points: [Point]) -> Double? {
      point.memoryBound.map { efficiency($0, of: point, among: points) }
    }

    private static func efficiency(
      _ rate: Double, of point: Point, among points: [Point]
    ) -> Double {
      guard let first = points.min(by: { $0.threads < $1.threads }) else { return 1 }
      return (rate / Double(point.threads)) / (first.examplesPerSecond / Double(first.threads))
    }
  }

  /// What is timed.
  let benchmark: StepBenchmark
  /// Numbers of threads.
  let threads: [Int]
  /// Seconds to measure on each.
  let seconds: Double

  /// Chooses what is timed, on other threads than its own.
  public init(_ benchmark: StepBenchmark, threads: [Int], seconds: Double) {
    self.benchmark = benchmark
    self.threads = threads
    self.seconds = seconds
  }

  /// Measures in windows, the numbers of threads in turn, so that what else the machine does falls on
  /// all of them; then once more with clocks, for where they wait.
  ///
  /// Each number of threads has a trainer of its own, since threads decide how work is cut.
  ///
  /// - Throws: ``StepBenchmarkError``, or `ModelError` for a model that cannot be built so.
  public func run() throws -> Result {
    let all = try threads.map { try BenchmarkSteps(benchmark, threads: $0) }
    // The last window of each is the one with clocks.
    let windows = max(2, Int((seconds / 0.5).rounded()))
    let length = seconds / Double(windows)
    for steps in all {
      try StepBenchmark.run(for: min(0.3, length), minimum: 3) { try steps.takeStep() }
    }
    var rates = threads.map { _ in [Double]() }
    for _ in 1..<windows {
      for (index, steps) in all.enumerated() {
        rates[index].append(try steps.rate(for: length))
      }
    }
    let points = try all.indices.map { index in
      try clocked(all[index], rates: rates[index].sorted(), for: length)
    }
    return Result(workload: benchmark.name, batchSize: benchmark.batchSize, points: points)
  }

  private func clocked(
    _ steps: BenchmarkSteps, rates: [Double], for seconds: Double
  ) throws -> Point {
    let clock = LoopClock(threads: steps.pool.working)
    steps.pool.loops = clock
    defer { steps.pool.loops = nil }
    let before = steps.taken
    let elapsed = try StepBenchmark.run(for: seconds, minimum: 3) { try steps.takeStep() }
    var point = Point(
      clock, seconds: elapsed, steps: steps.taken - before,
      examplesPerSecond: rates[rates.count / 2])
    point.bestExamplesPerSecond = rates.last ?? point.examplesPerSecond
    steps.describeSchedule(in: &point)
    return point
  }
}

extension ScalingBenchmark.Point {
  /// What a clock has been told in so many steps and seconds.
  init(_ clock: LoopClock, seconds: Double, steps: Int, examplesPerSecond: Double) {
    let all = seconds * Double(clock.threads)
    var loops = 0.0
    var barriers: [ScalingBenchmark.Wait] = []
    for barrier in Barrier.allCases where clock[barrier].count > 0 {
      let known = clock[barrier]
      let (duration, count) = (1e-9 * Double(known.duration), Double(known.count))
      loops += duration
      barriers.append(
        ScalingBenchmark.Wait(
          barrier: barrier, loops: count / Double(max(1, steps)),
          pieces: Double(known.pieces) / count,
          fewestPieces: Double(known.fewestPieces) / count,
          waiting: max(0, duration * Double(clock.threads) - 1e-9 * Double(known.busy)) / all))
    }
    self.init(
      threads: clock.threads, examplesPerSecond: examplesPerSecond,
      bestExamplesPerSecond: examplesPerSecond, barriers: barriers,
      alone: max(0, seconds - loops) * Double(clock.threads - 1) / all)
  }
}

/// The steps of a benchmark, batch after batch of rows that are in memory.
final class BenchmarkSteps {
  let trainer: Trainer
  private let rows: WorkloadRows
  private let name: String
  private let batchSize: Int
  private let batches: Int
  /// How many have been taken.
  private(set) var taken = 0

  init(_ benchmark: StepBenchmark, threads: Int) throws {
    (trainer, rows) = try benchmark.prepare(threads, benchmark.isPinned)
    trainer.workspace.schedule = benchmark.schedule.flatMap(Schedule.init)
    name = benchmark.name
    batchSize = benchmark.batchSize
    batches = max(1, rows.examples.count / batchSize)
  }

  var pool: WorkerPool { trainer.workspace.pool }

  /// Bytes that a step moves at least, with one gradient a lane, or what is kept for the whole batch, written
  /// and read.
  var bytesPerStep: Double {
    let executor = trainer.trainingExecutor()
    let lanes = executor.gradientLanes(rows: batchSize)
    return trainer.bytesPerStep(rows: batchSize) + 8
      * (Double((lanes - 1) * trainer.store.dense.count) + Double(executor.plan.spanningFloats))
  }

  /// Says how threads share steps, of which there must have been one.
  func describeSchedule(in point: inout ScalingBenchmark.Point) {
    let plan = trainer.trainingExecutor().plan
    point.schedule = plan.schedule.rawValue
    let wanted =
      trainer.workspace.schedule ?? Schedule.usual(rows: batchSize, threads: point.threads)
    point.whyLanes =
      plan.schedule == wanted
      ? nil
      : plan.whyLanes
        ?? (trainer.workspace.addsToFirstLane
          ? "something is added to the first lane's gradients"
          : "what tiles read of a whole batch takes more memory than is kept")
  }

  /// The batch of the next step.
  var nextBatch: Batch { rows.batch(from: taken % batches * batchSize, rows: batchSize) }

  /// Takes a step on the next batch.
  func takeStep() throws {
    guard trainer.step(nextBatch, rate: 1e-3) else {
      throw StepBenchmarkError.notFinite(name, step: trainer.step)
    }
    taken += 1
  }

  /// Examples a second in a window.
  func rate(for seconds: Double) throws -> Double {
    let before = taken
    let elapsed = try StepBenchmark.run(for: seconds, minimum: 3) { try takeStep() }
    return Double((taken - before) * batchSize) / elapsed
  }
}
