import Tensors

// MARK: - Threads that are not there

extension ScalingBenchmark {
  /// What the pieces of some steps, as one thread runs them, come to on one and on other numbers of
  /// threads, for which the work is cut.
  ///
  /// What is assumed ``SimulatedPool`` says. A barrier costs for each further thread what one of as many
  /// threads as there are cores costs for each; with a single core nothing. Threads that are not there keep
  /// to no cores. Steps of all numbers of threads are recorded in turn, so that what else the machine does
  /// falls on all of them.
  ///
  /// - Parameters:
  ///   - counts: numbers of threads.
  ///   - memory: how many times as fast as one thread memory feeds those that are there.
  /// - Returns: what would be measured on one thread, then on each other number.
  /// - Throws: as ``run()``.
  public func simulated(on counts: [Int], memory: Double? = nil) throws -> [Point] {
    let barrier = Self.secondsOfBarrier()
    var benchmark = benchmark
    benchmark.isPinned = false
    let counts = [1] + counts.filter { $0 != 1 }
    let all = try counts.map { try RecordedSteps(benchmark, threads: $0) }
    let windows = max(2, Int((seconds / 0.25).rounded()))
    for _ in 0..<windows {
      for recorded in all { try recorded.record(for: seconds / Double(windows)) }
    }
    return zip(counts, all).map { count, recorded in
      let loops = Self.typicalStep(recorded.loops, ends: recorded.ends)
      var pool = SimulatedPool(threads: count, barrier: barrier)
      var point = pool.point(loops, steps: 1, batchSize: benchmark.batchSize)
      if let memory {
        pool.memory = memory
        let bound = pool.point(loops, steps: 1, batchSize: benchmark.batchSize)
        point.memoryBound = bound.examplesPerSecond
      }
      recorded.steps.describeSchedule(in: &point)
      point.traffic =
        recorded.steps.bytesPerStep * point.examplesPerSecond / Double(benchmark.batchSize)
      return point
    }
  }

  /// A step as most are cut, each of its pieces as long as it is in the lower quartile of these steps:
  /// what shares caches and arithmetic with this core makes pieces of some steps longer.
  ///
  /// - Parameters:
  ///   - loops: of one step behind another.
  ///   - ends: how many loops there are up to the end of each step.
  /// - Returns: its loops; none if there are no steps.
  static func typicalStep(_ loops: [RecordedLoop], ends: [Int]) -> [RecordedLoop] {
    struct Cut: Hashable {
      let barrier: Barrier
      let pieces: Int
    }
    let steps = zip([0] + ends, ends).map { Array(loops[$0..<$1]) }
    let alike = Dictionary(grouping: steps) { step in
      step.map { Cut(barrier: $0.barrier, pieces: $0.pieces.count) }
    }
    guard let most = alike.values.max(by: { $0.count < $1.count }), var step = most.first else {
      return []
    }
    func lowerQuartile(_ value: ([RecordedLoop]) -> Double) -> Double {
      most.map(value).sorted()[(most.count - 1) / 4]
    }
    for loop in step.indices {
      step[loop].before = lowerQuartile { $0[loop].before }
      for piece in step[loop].pieces.indices {
        step[loop].pieces[piece] = lowerQuartile { $0[loop].pieces[piece] }
      }
    }
    return step
  }

  /// What a loop without work costs on all cores that there are, for each but the first: the lower
  /// quartile of many, since whatever else runs here makes some of them longer.
  private static func secondsOfBarrier() -> Double {
    let pool = WorkerPool(threads: AvailableCores.count)
    let loop = ParallelLoop(Nothing())
    let times = (0..<2000).map { _ in
      let start = WorkClock.now
      pool.run(loop, chunks: max(2, pool.threads))
      return 1e-9 * Double(WorkClock.now - start)
    }
    return pool.threads < 2 ? 0 : times.sorted()[times.count / 4] / Double(pool.threads - 1)
  }

  private struct Nothing: ParallelBody, ~Copyable {
    func run(chunk: Int, thread: Int) {}
  }
}

/// Steps of a benchmark that one thread takes while their work is cut for several, piece by piece.
private final class RecordedSteps {
  let steps: BenchmarkSteps
  private let clock = LoopClock(threads: 1)
  /// How many loops there are up to the end of each step.
  private(set) var ends: [Int] = []

  /// Takes some steps that are not recorded, so that everything is in place.
  init(_ benchmark: StepBenchmark, threads: Int) throws {
    steps = try BenchmarkSteps(benchmark, threads: threads)
    for _ in 0..<3 { try steps.takeStep() }
    // Work stays cut for all threads while one takes all pieces.
    steps.pool.workAlone()
    try steps.takeStep()
    clock.record()
    steps.pool.loops = clock
  }

  /// One step behind another.
  var loops: [RecordedLoop] { clock.recording ?? [] }

  /// Records steps for so many seconds, three at least.
  func record(for seconds: Double) throws {
    clock.resume()
    try StepBenchmark.run(for: seconds, minimum: 3) {
      try steps.takeStep()
      ends.append(loops.count)
    }
  }
}
