public import Tensors

extension LinearFit {
  /// Fits every task on the threads of a pool; the answer does not depend on their number.
  public static func fit(
    _ problem: LinearProblem, on pool: WorkerPool,
    shouldContinue: (Progress) -> Bool = { _ in true }
  ) -> [FittedTask] {
    let chunks = ParallelLoop(ChunkBody())
    return fit(
      problem,
      loop: { count, body in
        withoutActuallyEscaping(body) { body in
          chunks.body.closure = body
          pool.run(chunks, chunks: count)
          chunks.body.closure = nil
        }
      }, shouldContinue: shouldContinue)
  }
}

/// Lends a closure to a pool for the time of one loop.
private struct ChunkBody: ParallelBody, ~Copyable {
  var closure: ((Int) -> Void)?

  func run(chunk: Int, thread: Int) { closure?(chunk) }
}
