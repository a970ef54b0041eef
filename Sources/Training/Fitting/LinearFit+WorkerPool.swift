public import Tensors

extension LinearFit {
  /// Fits every task on the threads of a pool; the answer does not depend on their number.
  public static func fit(
    _ problem: LinearProblem, on pool: WorkerPool,
    shouldContinue: (Progress) -> Bool = { _ in true }
  ) -> [FittedTask] {
    let chunks = ChunkBody()
    return fit(
      problem,
      loop: { count, body in
        withoutActuallyEscaping(body) { body in
          chunks.body = body
          pool.run(chunks, chunks: count)
          chunks.body = nil
        }
      }, shouldContinue: shouldContinue)
  }
}

/// Lends a closure to a pool for the time of one loop.
private final class ChunkBody: ParallelBody {
  var body: ((Int) -> Void)?

  override func run(chunk: Int, thread: Int) { body?(chunk) }
}
