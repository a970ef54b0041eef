import Tensors

/// A loop whose chunks each make a result.
final class ParallelMap<Result: Sendable> {
  private let loop: ParallelLoop<Slots<Result>>
  private let count: Int

  /// What makes a result is called on several threads at once.
  init(count: Int, _ make: @escaping @Sendable (Int) -> Result) {
    self.count = count
    loop = ParallelLoop(Slots(count: count, make))
  }

  /// Makes all results; at the end all wait for the last.
  func run(on pool: WorkerPool) { pool.run(loop, chunks: count) }

  /// Makes all results, a few at a time; `done` hears how many there are.
  func run(on pool: WorkerPool, _ done: (Int) -> Void) {
    let step = pool.threads * 2
    for first in stride(from: 0, to: count, by: step) {
      loop.body.offset = first
      pool.run(loop, chunks: min(step, count - first))
      done(min(count, first + step))
    }
  }

  /// The results in order.
  var results: [Result] { loop.body.results }
}

/// A place for each result, which only its own chunk writes.
private struct Slots<Result: Sendable>: ParallelBody, ~Copyable {
  private let slots: UnsafeMutableBufferPointer<Result?>
  private let make: @Sendable (Int) -> Result
  var offset = 0

  init(count: Int, _ make: @escaping @Sendable (Int) -> Result) {
    self.make = make
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  func run(chunk: Int, thread: Int) { slots[offset + chunk] = make(offset + chunk) }

  var results: [Result] { slots.compactMap { $0 } }
}
