import Tensors

/// Fills memory that threads have for themselves: each its own, so that it lies beside its core.
struct FirstTouch: ParallelBody, ~Copyable {
  let memory: [Storage<Float>]

  func run(chunk: Int, thread: Int) {
    memory[thread].base.update(repeating: 0, count: memory[thread].count)
  }

  /// So many floats for each thread of a pool.
  static func memory(of pool: WorkerPool, floats: Int) -> [Storage<Float>] {
    let memory = (0..<pool.threads).map { _ in Storage<Float>(unwritten: floats) }
    pool.runOnEach(ParallelLoop(FirstTouch(memory: memory)))
    return memory
  }
}
