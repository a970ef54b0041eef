import Tensors

/// A loop whose chunks each make a result.
final class ParallelMap<Result>: ParallelBody {
  private let slots: UnsafeMutableBufferPointer<Result?>
  private let make: (Int) -> Result
  private var offset = 0

  init(count: Int, _ make: @escaping (Int) -> Result) {
    self.make = make
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  override func run(chunk: Int, thread: Int) { slots[offset + chunk] = make(offset + chunk) }

  /// Makes all results, a few at a time; `done` hears how many there are.
  func run(on pool: WorkerPool, _ done: (Int) -> Void = { _ in }) {
    let step = pool.threads * 2
    for first in stride(from: 0, to: slots.count, by: step) {
      offset = first
      pool.run(self, chunks: min(step, slots.count - first))
      done(min(slots.count, first + step))
    }
  }

  /// The results in order.
  var results: [Result] { slots.compactMap { $0 } }
}
