import Foundation
import Graph
import Tensors
import Testing

@testable import Training

/// Loops on threads that are not there.
@Suite struct SimulatedPoolTests {
  /// The first two go to two threads, the third to the one that is free first, after 1 s.
  @Test func whoIsFreeTakesTheNext() {
    let pool = SimulatedPool(threads: 2, barrier: 0)
    #expect(pool.makespan([1, 2, 3]) == 4)
    #expect(pool.makespan([3, 2, 1]) == 3)
    #expect(SimulatedPool(threads: 3, barrier: 0.5).makespan([1, 2, 3]) == 4)
  }

  /// On one thread nobody waits at a barrier; nor does one piece need another thread.
  @Test func oneThreadTakesTheSum() {
    #expect(SimulatedPool(threads: 1, barrier: 9).makespan([1, 0.25, 2]) == 3.25)
    #expect(SimulatedPool(threads: 4, barrier: 9).makespan([7]) == 7)
    #expect(SimulatedPool(threads: 4, barrier: 9).makespan([]) == 0)
  }

  /// At least the longest piece and the threads' share of all; at most share and longest together, which
  /// is what taking the next piece whenever one is free guarantees.
  @Test func bounds() {
    let random = RandomSource(seed: 19, .data)
    for turn in 0..<300 {
      let count = 2 + random.index(below: 60, UInt64(turn), 0)
      let threads = 1 + random.index(below: 20, UInt64(turn), 1)
      let pieces = (0..<count).map { 1e-3 + Double(random.uniform(UInt64(turn), UInt64(2 + $0))) }
      let sum = pieces.reduce(0, +)
      let longest = pieces.max() ?? 0
      let made = SimulatedPool(threads: threads, barrier: 0).makespan(pieces)
      #expect(made >= max(longest, sum / Double(threads)) - 1e-9, "turn \(turn)")
      #expect(made <= sum / Double(threads) + longest + 1e-9, "turn \(turn)")
      if threads == 1 { #expect(made == sum) }
      let more = SimulatedPool(threads: threads, barrier: 0.125).makespan(pieces)
      #expect(abs(more - made - 0.125 * Double(threads - 1)) < 1e-9)
    }
  }

  /// What streams through memory takes as long as memory needs for all of it; products do not, nor does
  /// one thread.
  @Test func memoryFeedsAllTogether() {
    let pool = SimulatedPool(threads: 4, barrier: 0, memory: 1.5)
    let pieces = [1.0, 1, 1, 1, 1, 1]
    for kind in [Barrier.packing, .sums, .penalties, .update, .tables] {
      #expect(pool.makespan(pieces, of: kind) == 4, "\(kind)")
      #expect(SimulatedPool(threads: 4, barrier: 0).makespan(pieces, of: kind) == 2)
    }
    for kind in [Barrier.lanes, .rows, .tiles, .other] {
      #expect(pool.makespan(pieces, of: kind) == 2, "\(kind)")
    }
    #expect(SimulatedPool(threads: 1, barrier: 0, memory: 1.5).makespan(pieces, of: .update) == 6)
    // Faster than the threads ask changes nothing.
    let fast = SimulatedPool(threads: 4, barrier: 0, memory: 4)
    #expect(fast.makespan(pieces, of: .update) == 2)
  }

  /// Two steps of a loop of three pieces, half a second of work alone before the second.
  @Test func stepsAddUp() throws {
    let loops = [
      RecordedLoop(barrier: .lanes, before: 0, pieces: [1, 1, 1]),
      RecordedLoop(barrier: .update, before: 0.5, pieces: [2]),
      RecordedLoop(barrier: .lanes, before: 0.5, pieces: [1, 1, 1]),
    ]
    let point = SimulatedPool(threads: 2, barrier: 0).point(loops, steps: 2, batchSize: 70)
    #expect(point.examplesPerSecond == 20)
    #expect(point.barriers.map(\.barrier) == [.lanes, .update])
    // Of 14 s of two threads: 1 s in each loop of lanes, 2 s beside the single piece, 1 s alone.
    #expect(abs(point.barriers[0].waiting - 2.0 / 14) < 1e-12)
    #expect(abs(point.barriers[1].waiting - 2.0 / 14) < 1e-12)
    #expect(abs(point.alone - 1.0 / 14) < 1e-12)
    #expect(abs(point.waiting - 5.0 / 14) < 1e-12)
    #expect(point.barriers[0].loops == 1 && point.barriers[1].loops == 0.5)
    #expect(point.barriers[0].pieces == 3 && point.barriers[0].fewestPieces == 1)
    #expect(point.barriers[1].fewestPieces == 0)
  }

  /// Of the steps that most are cut like, each piece as long as in the lower quartile of them.
  @Test func typicalStep() {
    func loop(_ before: Double, _ pieces: [Double], _ barrier: Barrier = .lanes) -> RecordedLoop {
      RecordedLoop(barrier: barrier, before: before, pieces: pieces)
    }
    // Five steps of a loop, one of them with another piece, and one of another loop.
    let loops = [
      loop(4, [5, 1]), loop(2, [2, 9]), loop(0, [9, 9, 9]), loop(1, [3, 3]), loop(3, [4, 2]),
      loop(0, [0, 0], .tiles),
    ]
    let step = ScalingBenchmark.typicalStep(loops, ends: [1, 2, 3, 4, 5, 6])
    // Of four the first: 1 of 1…4, 2 of 2…5, 1 of 1, 2, 3, 9.
    #expect(step == [loop(1, [2, 1])])
    let two = ScalingBenchmark.typicalStep(Array(loops[..<2]), ends: [2])
    #expect(two == Array(loops[..<2]))
    #expect(ScalingBenchmark.typicalStep([], ends: []).isEmpty)
    // Of five the second.
    let five = (1...5).map { loop(0, [Double($0)]) }
    #expect(ScalingBenchmark.typicalStep(five, ends: [1, 2, 3, 4, 5]) == [loop(0, [2])])
  }

  /// While pieces are recorded, time for which the thread sleeps does not count.
  @Test func sleepIsNoWork() throws {
    struct Sleep: ParallelBody, ~Copyable {
      func run(chunk: Int, thread: Int) { Thread.sleep(forTimeInterval: 0.1) }
    }
    let pool = WorkerPool(threads: 1)
    let clock = LoopClock(threads: 1)
    pool.loops = clock
    pool.run(ParallelLoop(Sleep()), chunks: 1)
    #expect(clock[.other].busy >= 100_000_000)
    clock.record()
    pool.run(ParallelLoop(Sleep()), chunks: 2)
    let loop = try #require(clock.recording?.last)
    #expect(loop.pieces.count == 2 && loop.pieces.allSatisfy { $0 >= 0 && $0 < 0.05 })
  }

  /// Threads that are not there keep to no cores, whatever those that are there do.
  @Test func moreThreadsThanCoresBesidePinnedOnes() throws {
    let workload = Workload.all[0]
    let small = workload.with(vocabularies: workload.input.vocabularies.map { min($0, 50) })
    var benchmark = StepBenchmark(workload: small, batchSize: 16, threads: 1, seconds: 0.001)
    benchmark.isPinned = true
    let threads = AvailableCores.count + 1
    let points = try ScalingBenchmark(benchmark, threads: [1], seconds: 0.001)
      .simulated(on: [1, threads])
    // One thread is there in any case, and once.
    #expect(points.map(\.threads) == [1, threads])
    #expect(points.allSatisfy { $0.examplesPerSecond > 0 })
  }

  /// Every lane but one has gradients of its own, which are written and read.
  @Test func lanesMoveTheirGradients() throws {
    let workload = Workload.all[0]
    let small = workload.with(vocabularies: workload.input.vocabularies.map { min($0, 50) })
    for (rows, lanes) in [(16, 1), (64, 4)] {
      let benchmark = StepBenchmark(
        workload: small, batchSize: rows, threads: 1, seconds: 0.001)
      let steps = try BenchmarkSteps(benchmark, threads: 1)
      try steps.takeStep()
      let (trainer, plan) = (steps.trainer, steps.trainer.trainingExecutor().plan)
      #expect(trainer.lanes == 4 || rows == 16)
      let floats = (lanes - 1) * trainer.store.dense.count + plan.spanningFloats
      #expect(steps.bytesPerStep == trainer.bytesPerStep(rows: rows) + Double(8 * floats))
    }
  }

  /// What a pool of one thread tells is what it did: all loops of a step with all their pieces.
  @Test func recorded() throws {
    struct Work: ParallelBody, ~Copyable {
      let threads = Storage<Int32>(count: 8, filling: 0)
      var barrier: Barrier { .tiles }
      func run(chunk: Int, thread: Int) { threads.base[chunk] = Int32(thread) }
    }
    let pool = WorkerPool(threads: 3)
    pool.workAlone()
    // Work stays cut for all of them.
    #expect(pool.working == 3)
    let clock = LoopClock(threads: 1)
    clock.record()
    pool.loops = clock
    let loop = ParallelLoop(Work())
    pool.run(loop, chunks: 5)
    pool.run(loop, chunks: 2)
    #expect(loop.body.threads.array == [Int32](repeating: 0, count: 8))
    let loops = try #require(clock.recording)
    #expect(loops.map(\.barrier) == [.tiles, .tiles])
    #expect(loops.map(\.pieces.count) == [5, 2])
    #expect(loops.allSatisfy { $0.before >= 0 && $0.pieces.allSatisfy { $0 >= 0 } })
  }
}
