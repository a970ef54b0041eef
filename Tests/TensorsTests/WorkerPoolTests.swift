import Foundation
import Synchronization
import Tensors
import Testing

/// Every chunk of every loop runs exactly once, whoever takes it.
@Suite struct WorkerPoolTests {
  /// Counts the visits of every chunk, which are one thread's at a time.
  private struct Visits: ParallelBody, ~Copyable {
    let counts: Storage<Int32>
    let threads: Storage<Int32>
    init(chunks: Int) {
      counts = Storage(count: chunks, filling: 0)
      threads = Storage(count: chunks, filling: 0)
    }
    func run(chunk: Int, thread: Int) {
      counts.base[chunk] += 1
      threads.base[chunk] = Int32(thread)
    }
  }

  @Test(arguments: [1, 2, 4]) func everyChunkOnce(threads: Int) {
    expectEveryChunkOnce(threads: threads, loops: 4_000)
  }

  /// A worker that is late, because its core is taken, must neither be waited for nor join the
  /// wrong loop.
  @Test(arguments: [2, 4]) func everyChunkOnceBesideABusyThread(threads: Int) {
    let isDone = Flag()
    let busy = (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      let thread = Thread { while !isDone.isSet {} }
      thread.start()
      return thread
    }
    expectEveryChunkOnce(threads: threads, loops: 300)
    isDone.set()
    #expect(busy.count > 0)
  }

  @Test func sleepingWorkersWake() {
    let pool = WorkerPool(threads: 3)
    let loop = ParallelLoop(Visits(chunks: 9))
    for _ in 0..<5 {
      // Longer than workers spin.
      Thread.sleep(forTimeInterval: 0.002)
      pool.run(loop, chunks: 9)
    }
    #expect(loop.body.counts.array == [Int32](repeating: 5, count: 9))
  }

  @Test func fewerThanOneThreadIsOne() {
    #expect(WorkerPool(threads: 0).threads == 1)
    #expect(WorkerPool(threads: -3).threads == 1)
  }

  private func expectEveryChunkOnce(threads: Int, loops: Int) {
    let pool = WorkerPool(threads: threads)
    let loop = ParallelLoop(Visits(chunks: 64))
    var expected = [Int32](repeating: 0, count: 64)
    for turn in 0..<loops {
      let chunks = (turn * 37) % 65
      pool.run(loop, chunks: chunks)
      for chunk in 0..<chunks { expected[chunk] += 1 }
    }
    #expect(loop.body.counts.array == expected)
    #expect(loop.body.threads.array.allSatisfy { (0..<Int32(threads)).contains($0) })
  }

  private final class Flag: Sendable {
    private let state = Atomic(false)
    var isSet: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
  }
}
