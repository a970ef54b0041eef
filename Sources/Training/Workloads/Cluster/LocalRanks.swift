import Foundation
import Ranks
import Tensors

/// Ranks that are threads of this process, each with a trainer of its own, that take the steps of a
/// benchmark.
struct LocalRanks: Sendable {
  /// What one of them measured, step by step.
  struct Steps: Sendable {
    /// Seconds of each step.
    var seconds: [Double] = []
    /// Seconds of each in which it computed by itself.
    var own: [Double] = []
    /// Seconds of each in which it was busy with sums of dense gradients.
    var summing: [Double] = []

    /// The first quarter's end of some times: what else the machine does makes others longer.
    static func typical(_ times: [Double]) -> Double {
      times.isEmpty ? 0 : times.sorted()[times.count / 4]
    }
  }

  /// What is timed: rows are those of all ranks together.
  let benchmark: StepBenchmark
  /// Threads of a rank.
  let threads: Int
  /// Seconds to measure.
  let seconds: Double

  /// Steps that so many ranks take together; by rank.
  func together(_ count: Int) throws -> [Steps] {
    try Self.onThreads(ThreadWire.ends(count: count)) { [self] wire in
      let group = RankGroup(wire)
      let agendas = RankAgendas(group)
      let end = ContinuousClock.now + .seconds(seconds)
      return try measured(on: group) { taken in
        try agendas.agree(at: taken) {
          var agenda = Agenda()
          agenda.takesStep = taken < Self.fewestSteps || ContinuousClock.now < end
          return agenda
        }.takesStep
      }
    }
  }

  /// Steps that some of so many ranks take each by itself, all at once; by rank.
  func apart(_ ranks: Range<Int>, of count: Int) throws -> [Steps] {
    let seconds = seconds
    return try Self.onThreads(ranks.map { MuteEnd(rank: $0, count: count) }) { [self] end in
      let wire = MuteWire(rank: end.rank, count: end.count)
      let until = ContinuousClock.now + .seconds(seconds)
      return try measured(on: RankGroup(wire)) { taken in
        wire.isSilent = taken >= Self.warmUp
        return taken < Self.fewestSteps || ContinuousClock.now < until
      }
    }
  }

  /// Steps that are not counted.
  private static let warmUp = 3
  private static let fewestSteps = 8

  private struct MuteEnd: Sendable {
    let rank: Int
    let count: Int
  }

  /// Takes steps as long as `goesOn` says so, which is asked of every step with how many were taken.
  private func measured(
    on group: RankGroup, while goesOn: (Int) throws -> Bool
  ) throws -> Steps {
    let steps = try BenchmarkSteps(benchmark, threads: threads)
    steps.trainer.join(group)
    var found = Steps()
    while true {
      let (start, before) = (ContinuousClock.now, group.traffic)
      guard try goesOn(steps.taken) else { return found }
      do { try steps.takeStep() } catch { throw steps.trainer.rankError ?? error }
      guard steps.taken > Self.warmUp else { continue }
      let (sent, all) = (group.traffic.since(before), (ContinuousClock.now - start).seconds)
      found.seconds.append(all)
      found.own.append(all - sent.total.time.seconds)
      found.summing.append(sent.time[.dense, default: .zero].seconds)
    }
  }

  /// What threads come to, one for each end of a wire, in their order; the first error is thrown.
  static func onThreads<End: Sendable, Value: Sendable>(
    _ ends: [End], _ body: @escaping @Sendable (End) throws -> Value
  ) throws -> [Value] {
    let found = ends.map { _ in Latest<Result<Value, any Error>>() }
    for (end, found) in zip(ends, found) {
      try EngineThread.start(named: "rank") {
        let result = Result { try body(end) }
        // Who waits for a rank that has failed must learn it.
        (end as? ThreadWire)?.leave()
        found.publish(result)
      }
    }
    return try found.map { found in
      while true {
        if let result = found.take() { return try result.get() }
        Thread.sleep(forTimeInterval: 0.005)
      }
    }
  }
}

extension ClusterWire {
  /// That of threads of this process, so many at once: rings of small and of large messages.
  static func local(ranks: Int) throws -> ClusterWire {
    let (small, large) = (8, 1 << 16)
    let times = try LocalRanks.onThreads(ThreadWire.ends(count: ranks)) { wire -> [Double] in
      let group = RankGroup(wire)
      let memory = UnsafeMutableRawPointer.allocate(byteCount: ranks * large, alignment: 64)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 1, count: ranks * large)
      return try [small, large].map { bytes in
        let parts = (0..<ranks).map { ($0 * bytes)..<(($0 + 1) * bytes) }
        let rings = try (0..<80).map { _ in
          let start = ContinuousClock.now
          try group.gather(memory, parts: parts, for: .sums)
          return (ContinuousClock.now - start).seconds
        }
        return rings.sorted()[rings.count / 2] / Double(max(1, ranks - 1))
      }
    }
    let (latency, transfer) = (times[0][0], times[0][1] - times[0][0])
    return ClusterWire(latency: latency, bandwidth: Double(large) / max(1e-9, transfer))
  }
}
