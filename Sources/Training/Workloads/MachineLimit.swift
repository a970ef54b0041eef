internal import CKernels
public import Tensors

/// What the machine reaches on some threads: the limit of every step on as many.
public struct MachineLimit: Sendable, Equatable {
  /// Threads that took part.
  public var threads: Int
  /// Packed products in the first caches, in operations a second: the sum of what each thread reaches, so
  /// that one whose core others use takes away no more than its own part.
  public var products: Double
  /// y ← y + w·x over arrays larger than most caches, in bytes a second of all threads together.
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
    let probe = ParallelLoop(LimitProbe(pool, seconds: seconds))
    defer { pool.use(threads: pool.threads) }
    return counts.map { count in
      pool.use(threads: count)
      func rate(_ kind: LimitProbe.Kind) -> Double {
        probe.body.kind = kind
        pool.run(probe, chunks: pool.working)
        return (0..<pool.working).reduce(0) { $0 + probe.body.rates[$1] }
      }
      return MachineLimit(
        threads: pool.working, products: rate(.products), bandwidth: rate(.streams))
    }
  }
}

/// A probe for some time on every thread: a chunk lasts as long as all others, so each thread has one.
private struct LimitProbe: ParallelBody, ~Copyable {
  enum Kind { case products, streams }
  var kind = Kind.products
  let rates: Storage<Double>
  private let seconds: Double
  private let products: ProductProbe
  private let streams: StreamProbe

  init(_ pool: WorkerPool, seconds: Double) {
    rates = Storage(count: pool.threads, filling: 0)
    self.seconds = seconds
    products = ProductProbe(pool.threads)
    streams = StreamProbe(on: pool)
  }

  func run(chunk: Int, thread: Int) {
    var things = 0.0
    let start = WorkClock.now
    repeat {
      switch kind {
      case .products:
        products.run(chunk: thread, thread: thread)
        things += ProductProbe.operations
      case .streams:
        streams.run(chunk: thread, thread: thread)
        things += StreamProbe.bytes
      }
    } while 1e-9 * Double(WorkClock.now - start) < seconds
    rates.base[chunk] = things / (1e-9 * Double(WorkClock.now - start))
  }
}
