internal import CKernels

/// A loop body whose chunks may run on any thread of a ``WorkerPool``.
///
/// Bodies are objects made once, not closures, so that a step allocates nothing.
open class ParallelBody {
  /// A body; subclasses hold what their chunks need.
  public init() {}

  /// Runs one chunk; `thread` is 0 for the caller and below ``WorkerPool/threads``.
  open func run(chunk: Int, thread: Int) {}

  /// What a chunk is, for profiles; nil if the body tells a ``WorkClock`` itself.
  open func kind(of chunk: Int) -> WorkKind? { nil }

  /// Who is told how long chunks take; nil, as nearly always: nobody.
  fileprivate var clock: WorkClock?

  fileprivate final func timed(chunk: Int, thread: Int) {
    guard let clock, let kind = kind(of: chunk) else { return run(chunk: chunk, thread: thread) }
    let start = WorkClock.now
    run(chunk: chunk, thread: thread)
    clock.add(WorkClock.now - start, to: kind, thread: thread)
  }
}

/// The engine's threads: a loop of fixed chunks, each taken by whoever is free.
///
/// Which thread runs a chunk must not matter: what a chunk computes depends on its number alone, and
/// sums over chunks are taken afterwards in the order of their numbers. Then the same seed gives the
/// same bits on any number of threads.
public final class WorkerPool {
  /// How many threads work, the caller among them; may be fewer than were asked for.
  public let threads: Int
  /// Who is told how long chunks take, while a profile is made.
  public var clock: WorkClock?
  private let pool: OpaquePointer

  /// The threads that a pool has at most: more would only take turns on the cores, and each needs
  /// memory of its own.
  public static let most = max(16, 4 * Int(ck_cores()))

  /// Starts `threads − 1` workers, or as many as the machine and the system allow; numbers do not
  /// depend on how many.
  public init(threads: Int) {
    let wanted = min(max(1, threads), Self.most)
    guard let pool = ck_pool_new(Int32(wanted)) else { endForMemory(bytes: wanted * 8) }
    self.pool = pool
    self.threads = Int(ck_pool_threads(pool))
  }

  /// What a person should know who asked for so many threads; nil if they have them.
  public func shortfall(of wanted: Int) -> String? {
    guard threads < wanted else { return nil }
    let reason =
      threads == Self.most
      ? "this machine has \(ck_cores()) cores" : "the system started no more"
    return "\(wanted) threads were asked for and \(threads) work, since \(reason); the numbers are "
      + "the same"
  }

  deinit { ck_pool_free(pool) }

  /// Runs chunks 0..<count of a body and returns when all are done; 0.3 µs while the pool is hot.
  public func run(_ body: ParallelBody, chunks count: Int) {
    body.clock = clock
    withExtendedLifetime(body) {
      ck_pool_run(
        pool,
        { context, chunk, thread in
          guard let context else { return }
          Unmanaged<ParallelBody>.fromOpaque(context)._withUnsafeGuaranteedRef {
            $0.timed(chunk: Int(chunk), thread: Int(thread))
          }
        }, Unmanaged.passUnretained(body).toOpaque(), Int64(count))
    }
  }
}
