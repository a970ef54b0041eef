import Graph
import Ranks
import Tensors

/// Measures what a rank of some computes by itself, and whether predictions hold for ranks that are threads
/// here.
public struct ClusterBenchmark: Sendable {
  /// A prediction beside what was measured.
  public struct Check: Sendable {
    /// How messages of as many threads go here.
    public var wire: ClusterWire
    /// What was predicted.
    public var prediction: ClusterModel.Prediction
    /// Seconds of a step that ranks took together.
    public var measured: Double

    /// What was predicted and measured.
    public init(wire: ClusterWire, prediction: ClusterModel.Prediction, measured: Double) {
      (self.wire, self.prediction, self.measured) = (wire, prediction, measured)
    }

    /// What was predicted over what was measured, less 1.
    public var error: Double { prediction.seconds / measured - 1 }
  }

  /// The network and the shape of its data.
  public let workload: Workload
  /// Rows of a rank.
  public let rows: Int
  /// Threads of a rank.
  public let threads: Int
  /// Seconds to measure.
  public let seconds: Double

  /// Ranks whose computing is measured, as far as a batch has as many lanes.
  public static let measuredRanks = [1, 2, 4, 8]
  /// Fewer rows of a rank would have fewer lanes than ranks.
  public static let fewestRows = 128
  /// A step of 8 ranks takes as many rows as a batch may have.
  public static let mostRows = 8192

  /// Chooses what is measured.
  public init(_ workload: Workload, rows: Int, threads: Int, seconds: Double) {
    self.workload = workload
    self.rows = rows
    self.threads = threads
    self.seconds = seconds
  }

  private func benchmark(ranks: Int) -> StepBenchmark {
    StepBenchmark(
      workload: workload, batchSize: rows * ranks, threads: threads, seconds: seconds)
  }

  /// What a rank computes by itself, of 1, 2, 4 and 8 of them, in windows in turn.
  ///
  /// - Throws: ``StepBenchmarkError``.
  public func points() throws -> [ClusterModel.Point] {
    let all = try Self.measuredRanks.map { try SingleRank(benchmark(ranks: $0), of: $0) }
      .filter(\.hasWork)
    for single in all { try single.warmUp() }
    let windows = max(2, Int((seconds / 0.5).rounded()))
    for _ in 0..<windows {
      for single in all { try single.measure(for: seconds / Double(windows)) }
    }
    return all.map(\.point)
  }

  /// Predicts steps of some ranks that are threads here, and takes them, in rounds in turn.
  ///
  /// As many ranks as there are cores compute by themselves at once, which is what they find when they
  /// compute together; more ranks than cores take as many times as long.
  ///
  /// - Throws: ``StepBenchmarkError``, or `ThreadRefusal`.
  public func checks(_ counts: [Int]) throws -> [Check] {
    let rounds = 3
    let length = seconds / Double(rounds)
    var apart = counts.map { _ in [LocalRanks.Steps]() }
    var together = counts.map { _ in [LocalRanks.Steps]() }
    for _ in 0..<rounds {
      for (index, count) in counts.enumerated() {
        let ranks = LocalRanks(
          benchmark: benchmark(ranks: count), threads: threads, seconds: length)
        apart[index] += try ranks.apart((count - atOnce(count))..<count, of: count)
        together[index] += try ranks.together(count).prefix(1)
      }
    }
    return try counts.indices.map { index in
      let count = counts[index]
      let wire = try ClusterWire.local(ranks: count)
      var point = try SingleRank(benchmark(ranks: count), of: count).point
      let crowding = Double(count) / Double(atOnce(count))
      point.computing = crowding * LocalRanks.Steps.typical(apart[index].flatMap(\.own))
      point.adding = point.addingPiece(
        LocalRanks.Steps.typical(apart[index].flatMap(\.summing)))
      return Check(
        wire: wire,
        prediction: ClusterModel.prediction(point, over: wire, isMeasured: true),
        measured: LocalRanks.Steps.typical(together[index].flatMap(\.seconds)))
    }
  }

  /// Ranks that compute at once: no more than have cores of their own.
  private func atOnce(_ ranks: Int) -> Int {
    min(ranks, max(1, AvailableCores.count / threads))
  }
}

/// One rank of some, alone on a wire on which nothing happens.
private final class SingleRank {
  let steps: BenchmarkSteps
  private let ranks: Int
  private let rows: Int
  private let group: RankGroup?
  private let wire: MuteWire
  private var own: [Double] = []
  private var summing: [Double] = []

  /// The last rank of some, which has as many lanes as any; 1: one process.
  init(_ benchmark: StepBenchmark, of ranks: Int) throws {
    steps = try BenchmarkSteps(benchmark, threads: benchmark.threads)
    (self.ranks, rows) = (ranks, benchmark.batchSize)
    wire = MuteWire(rank: ranks - 1, count: ranks)
    group = ranks > 1 ? RankGroup(wire) : nil
    if let group { steps.trainer.join(group) }
  }

  /// Whether a batch has a lane for every rank.
  var hasWork: Bool { steps.trainer.lanes >= ranks }

  func warmUp() throws {
    for _ in 0..<3 { try steps.takeStep() }
    wire.isSilent = true
  }

  func measure(for seconds: Double) throws {
    try StepBenchmark.run(for: seconds, minimum: 3) {
      let (start, before) = (ContinuousClock.now, group?.traffic)
      try steps.takeStep()
      let all = (ContinuousClock.now - start).seconds
      guard let group, let before else { return own.append(all) }
      let sent = group.traffic.since(before)
      own.append(all - sent.total.time.seconds)
      summing.append(sent.time[.dense, default: .zero].seconds)
    }
  }

  /// What was measured.
  var point: ClusterModel.Point {
    var point = ClusterModel.Point(
      ranks: ranks, rows: rows, lanes: steps.trainer.lanes,
      computing: LocalRanks.Steps.typical(own), adding: 0,
      messages: steps.trainer.stepMessages(of: steps.nextBatch))
    point.adding = point.addingPiece(LocalRanks.Steps.typical(summing))
    return point
  }
}

extension ClusterModel.Point {
  /// Of the seconds in which a rank was busy with all sums of a step, those of a whole piece.
  func addingPiece(_ seconds: Double) -> Double {
    let floats = messages.sums.reduce(0, +)
    return floats > 0 ? seconds * Double(RankGroup.piece) / Double(floats) : 0
  }
}
