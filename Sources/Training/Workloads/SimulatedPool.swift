public import Tensors

/// How long loops would take on threads that are not there: whoever is free takes the next piece, as in
/// a `WorkerPool`.
///
/// It is what the cut of the work allows, and no measurement. Assumed is that
/// - a piece lasts as long as one thread, which took all of them in turn, had a core for it: with what the
///   pieces before it have left in that core's caches, and with the core's clock and the caches of all
///   cores for itself;
/// - to take a piece costs nothing, as on one thread;
/// - a loop costs ``barrier`` for each thread but the first, since each is one more to be told and waited
///   for;
/// - what the first thread does between loops takes as long, and the others wait;
/// - memory feeds all threads as fast as one, or, where ``memory`` is given, the loops that stream through
///   it (``streams(_:)``) no faster than that.
public struct SimulatedPool: Sendable {
  /// Threads.
  public var threads: Int
  /// Seconds that a loop of several threads costs beside its pieces, for each thread but the first.
  public var barrier: Double
  /// How many times as fast as one thread memory feeds all of them together; nil: as fast as they ask.
  public var memory: Double?

  /// A pool of threads.
  public init(threads: Int, barrier: Double, memory: Double? = nil) {
    self.threads = threads
    self.barrier = barrier
    self.memory = memory
  }

  /// Whether a loop passes once through numbers that no cache need hold: weights that are packed,
  /// gradients that are summed, parameters and rows of tables that are moved.
  static func streams(_ barrier: Barrier) -> Bool {
    switch barrier {
    case .packing, .sums, .penalties, .update, .tables: true
    case .lanes, .rows, .tiles, .balancing, .other: false
    }
  }

  /// What becomes of a loop.
  struct Loop: Equatable {
    /// Seconds from its announcement to its end.
    var duration: Double
    /// Pieces of the thread with the fewest.
    var fewestPieces: Int
  }

  /// Seconds of a loop of pieces: their sum on one thread; at least the longest and the threads' share.
  public func makespan(_ pieces: [Double], of kind: Barrier = .other) -> Double {
    run(pieces, of: kind).duration
  }

  func run(_ pieces: [Double], of kind: Barrier) -> Loop {
    // As the pool does: a single piece needs nobody else.
    guard threads > 1, pieces.count > 1 else {
      return Loop(
        duration: pieces.reduce(0, +), fewestPieces: threads > 1 ? 0 : pieces.count)
    }
    var free = [Double](repeating: 0, count: threads)
    var taken = [Int](repeating: 0, count: threads)
    for piece in pieces {
      let next = free.indices.min { free[$0] < free[$1] } ?? 0
      free[next] += piece
      taken[next] += 1
    }
    var longest = free.max() ?? 0
    if let memory, Self.streams(kind) { longest = max(longest, pieces.reduce(0, +) / memory) }
    return Loop(
      duration: longest + barrier * Double(threads - 1), fewestPieces: taken.min() ?? 0)
  }

  /// What loops of so many steps come to.
  ///
  /// - Parameters:
  ///   - loops: as one thread ran them.
  ///   - steps: of how many steps.
  ///   - batchSize: rows of a step.
  /// - Returns: what would be measured.
  public func point(
    _ loops: [RecordedLoop], steps: Int, batchSize: Int
  ) -> ScalingBenchmark.Point {
    var waits: [Barrier: (loops: Int, pieces: Int, fewest: Int, waited: Double)] = [:]
    var (seconds, alone) = (0.0, 0.0)
    for loop in loops {
      let simulated = run(loop.pieces, of: loop.barrier)
      let busy = loop.pieces.reduce(0, +)
      seconds += loop.before + simulated.duration
      alone += loop.before * Double(threads - 1)
      var known = waits[loop.barrier] ?? (0, 0, 0, 0)
      known.loops += 1
      known.pieces += loop.pieces.count
      known.fewest += simulated.fewestPieces
      known.waited += max(0, simulated.duration * Double(threads) - busy)
      waits[loop.barrier] = known
    }
    let all = seconds * Double(threads)
    let rate = Double(steps * batchSize) / seconds
    return ScalingBenchmark.Point(
      threads: threads, examplesPerSecond: rate, bestExamplesPerSecond: rate,
      barriers: Barrier.allCases.compactMap { barrier in
        guard let known = waits[barrier] else { return nil }
        let count = Double(known.loops)
        return ScalingBenchmark.Wait(
          barrier: barrier, loops: count / Double(max(1, steps)),
          pieces: Double(known.pieces) / count, fewestPieces: Double(known.fewest) / count,
          waiting: known.waited / all)
      }, alone: alone / all)
  }
}
