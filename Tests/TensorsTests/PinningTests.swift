import Foundation
import Synchronization
import Testing

@testable import Tensors

/// Threads on cores of their own, and loops that every thread runs once.
@Suite(.serialized) struct PinningTests {
  /// Notes who ran, and where it may run.
  private struct Visits: ParallelBody, ~Copyable {
    let counts: Storage<Int32>
    let others = Atomic<Int>(0)
    init(threads: Int) { counts = Storage(count: threads, filling: 0) }
    func run(chunk: Int, thread: Int) {
      if chunk != thread { others.add(1, ordering: .relaxed) }
      counts.base[thread] += 1
    }
  }

  private struct Cores: ParallelBody, ~Copyable {
    let found: Storage<Int32>
    init(threads: Int) { found = Storage(count: threads, filling: -1) }
    func run(chunk: Int, thread: Int) {
      let allowed = AvailableCores.ofThisThread()
      found.base[thread] = allowed.count == 1 ? Int32(allowed[0]) : -2
    }
  }

  /// More threads than any machine of a test has cores, some of which rest.
  @Test(arguments: [1, 2, 5, 16]) func everyThreadOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let loop = ParallelLoop(Visits(threads: threads))
    let turns = threads > 8 ? 40 : 200
    for turn in 0..<turns {
      if turn == turns / 2 { pool.use(threads: 1) }
      pool.runOnEach(loop)
    }
    #expect(loop.body.counts.array == [Int32](repeating: Int32(turns), count: threads))
    #expect(loop.body.others.load(ordering: .relaxed) == 0)
    #expect(pool.working == 1)
  }

  #if os(Linux)
    @Test func threadsStayOnTheirCores() throws {
      let threads = min(4, AvailableCores.allowed.count)
      do {
        let pool = WorkerPool(threads: threads)
        try pool.pin()
        let loop = ParallelLoop(Cores(threads: threads))
        pool.runOnEach(loop)
        #expect(
          loop.body.found.array == AvailableCores.pinningOrder.prefix(threads).map { Int32($0) })
      }
      // The caller is free again, and so are threads that it starts.
      #expect(AvailableCores.ofThisThread() == AvailableCores.allowed)
      let other = WorkerPool(threads: 2)
      let loop = ParallelLoop(Cores(threads: 2))
      other.runOnEach(loop)
      let expected: Int32 =
        AvailableCores.allowed.count == 1 ? Int32(AvailableCores.allowed[0]) : -2
      #expect(loop.body.found.array == [expected, expected])
    }

    /// Threads that a pinned thread starts are not pinned.
    @Test func pinnedThreadsStartFreeOnes() throws {
      let pool = WorkerPool(threads: 1)
      try pool.pin()
      #expect(AvailableCores.ofThisThread().count == 1)
      let found = Mutex<[Int]?>(nil)
      try EngineThread.start(named: "free") {
        let cores = AvailableCores.ofThisThread()
        found.withLock { $0 = cores }
      }
      while found.withLock({ $0 == nil }) { Thread.sleep(forTimeInterval: 0.001) }
      #expect(found.withLock { $0 } == AvailableCores.allowed)
    }
  #endif

  @Test func moreThreadsThanCoresAreRefused() {
    let cores = AvailableCores.pinningOrder.count
    let pool = WorkerPool(threads: cores + 1)
    let expected: PinningError =
      cores == 0 ? .notKnown : .fewCores(threads: cores + 1, cores: cores)
    #expect(throws: expected) { try pool.pin() }
  }

  /// Cores come before the second threads of cores; those that may not be used do not count.
  @Test func coresBeforeTheirSecondThreads() {
    func siblings(_ core: Int) -> [Int] { [core / 2 * 2, core / 2 * 2 + 1] }
    #expect(AvailableCores.order(of: [0, 1, 2, 3], siblings: siblings) == [0, 2, 1, 3])
    #expect(AvailableCores.order(of: [1, 2, 3, 5], siblings: siblings) == [1, 2, 5, 3])
    func far(_ core: Int) -> [Int] { [core % 4, core % 4 + 4] }
    #expect(AvailableCores.order(of: Array(0..<8), siblings: far) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(AvailableCores.order(of: [3, 9], siblings: { _ in [] }) == [3, 9])
  }

  @Test func listsOfCores() {
    #expect(AvailableCores.siblings("0-1,8\n") == [0, 1, 8])
    #expect(AvailableCores.siblings("") == [])
    #expect(AvailableCores.siblings("7") == [7])
    #expect(AvailableCores.siblings("3-1,x") == [])
  }

  /// Who spins on a core that another thread needs keeps it from working.
  @Test func moreThreadsThanCoresHardlySpin() {
    let (alone, crowded) = (
      WorkerPool.spin(threads: 4, cores: 4), WorkerPool.spin(threads: 5, cores: 4)
    )
    #expect(alone >= 100_000 && crowded <= 5_000)
    #expect(WorkerPool.spin(threads: 1, cores: 4) == alone)
  }
}
