import Foundation
import Synchronization
import Tensors
import Testing

/// What is told of loops, and which threads work in them.
@Suite struct LoopClockTests {
  /// Chunks of some milliseconds, each of which notes its thread.
  private struct Sleeping: ParallelBody, ~Copyable {
    let threads = Storage<Int32>(count: 64, filling: -1)
    var seconds = 0.002
    var barrier: Barrier { .tiles }
    func run(chunk: Int, thread: Int) {
      threads.base[chunk] = Int32(thread)
      if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
    }
  }

  @Test func oneThreadIsBusyAllTheTime() {
    let pool = WorkerPool(threads: 1)
    let clock = LoopClock(threads: 1)
    pool.loops = clock
    let loop = ParallelLoop(Sleeping())
    pool.run(loop, chunks: 3)
    pool.run(loop, chunks: 2)
    let tiles = clock[.tiles]
    #expect(tiles.count == 2 && tiles.pieces == 5 && tiles.fewestPieces == 5)
    #expect(tiles.busy >= 10_000_000 && tiles.busy <= tiles.duration)
    #expect(clock[.lanes] == LoopClock.Loops() && clock[.other] == LoopClock.Loops())
  }

  /// What a thread has done between steps that are recorded is no work before the next loop.
  @Test func whatIsLeftOutIsNoWorkBefore() throws {
    func work() {
      let end = WorkClock.ofThread + 60_000_000
      while WorkClock.ofThread < end {}
    }
    let (pool, clock) = (WorkerPool(threads: 1), LoopClock(threads: 1))
    var body = Sleeping()
    body.seconds = 0
    let loop = ParallelLoop(body)
    clock.record()
    pool.loops = clock
    work()
    pool.run(loop, chunks: 2)
    work()
    clock.resume()
    pool.run(loop, chunks: 2)
    let before = try #require(clock.recording).map(\.before)
    #expect(before.count == 2 && before[0] >= 0.06 && before[1] < 0.03, "\(before)")
  }

  /// Three chunks of the same length on two threads: at least half of one thread's time is waited.
  @Test func whoHasNothingLeftWaits() {
    let pool = WorkerPool(threads: 2)
    let clock = LoopClock(threads: 2)
    pool.loops = clock
    var body = Sleeping()
    body.seconds = 0.05
    pool.run(ParallelLoop(body), chunks: 3)
    let tiles = clock[.tiles]
    #expect(tiles.pieces == 3 && tiles.fewestPieces == 1)
    #expect(tiles.busy >= 150_000_000)
    let waited = 2 * tiles.duration - tiles.busy
    #expect(waited > 40_000_000)
  }

  @Test func nobodyWatchesAnyMore() {
    let pool = WorkerPool(threads: 2)
    let clock = LoopClock(threads: 2)
    let loop = ParallelLoop(Sleeping())
    pool.loops = clock
    pool.run(loop, chunks: 2)
    pool.loops = nil
    pool.run(loop, chunks: 2)
    #expect(clock[.tiles].count == 1)
  }

  /// Threads that are not used take no chunk, and take them again once they are.
  @Test func someThreadsRest() {
    let pool = WorkerPool(threads: 4)
    var body = Sleeping()
    body.seconds = 0
    let quick = ParallelLoop(body)
    let slow = ParallelLoop(Sleeping())
    for turn in 0..<200 {
      let used = [1, 3, 2, 4][turn % 4]
      pool.use(threads: used)
      #expect(pool.working == used && pool.threads == 4)
      let loop = turn % 20 < 4 ? slow : quick
      pool.run(loop, chunks: 16)
      let threads = Set(loop.body.threads.array.prefix(16))
      #expect(threads.allSatisfy { (0..<Int32(used)).contains($0) }, "\(used): \(threads)")
      if turn % 20 < 4, used == 4 { #expect(threads.count > 1) }
    }
  }

  @Test func threadsThatAreNotThereAreNotUsed() {
    let pool = WorkerPool(threads: 2)
    pool.use(threads: 0)
    #expect(pool.working == 1)
    pool.use(threads: 9)
    #expect(pool.working == 2)
  }

  /// A pool whose threads rest ends.
  @Test func restingThreadsEnd() {
    for _ in 0..<20 {
      let pool = WorkerPool(threads: 4)
      pool.use(threads: 1)
      pool.run(ParallelLoop(Sleeping()), chunks: 1)
    }
  }
}
