internal import CKernels
import Tensors

/// What the machine reaches on some threads: the limit of every step on as many.
public struct MachineLimit: Sendable, Equatable {
  /// Threads that took part.
  public var threads: Int
  /// A packed product in the first caches, in operations a second of all threads together.
  public var products: Double
  /// y ← y + w·x over arrays larger than the caches, in bytes a second of all threads together.
  public var bandwidth: Double

  /// What was measured.
  public init(threads: Int, products: Double, bandwidth: Double) {
    self.threads = threads
    self.products = products
    self.bandwidth = bandwidth
  }

  /// Measures on the first threads of a pool, for each of the numbers, for `seconds` a probe.
  public static func measured(
    on pool: WorkerPool, threads counts: [Int], seconds: Double
  ) -> [MachineLimit] {
    let products = ParallelLoop(ProductProbe(pool.threads))
    let streams = StreamProbe.loop(on: pool)
    defer { pool.use(threads: pool.threads) }
    return counts.map { count in
      pool.use(threads: count)
      func rate(_ probe: AnyParallelLoop, _ things: Double) -> Double {
        Machine.rate(probe, pool, count: things, seconds: seconds)
      }
      return MachineLimit(
        threads: pool.working, products: rate(products, ProductProbe.operations),
        bandwidth: rate(streams, StreamProbe.bytes))
    }
  }
}
