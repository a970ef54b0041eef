internal import CKernels

/// What the chunks of a loop compute, on any thread of a ``WorkerPool`` and several at once.
///
/// A body is a structure and `run` only borrows it, so the compiler refuses a chunk that writes a
/// property, and with it two threads that write the same one. What chunks compute goes to memory
/// that each chunk, or each thread, has for itself: a ``Storage`` of which it writes its own
/// elements. Bodies are not copied, so a chunk counts no references either.
public protocol ParallelBody: ~Copyable {
  /// Runs one chunk; `thread` is 0 for the caller and below ``WorkerPool/threads``.
  borrowing func run(chunk: Int, thread: Int)

  /// What a chunk is, for profiles; nil if the body tells a ``WorkClock`` itself.
  borrowing func kind(of chunk: Int) -> WorkKind?
}

extension ParallelBody where Self: ~Copyable {
  /// Nothing that a profile would count.
  public func kind(of chunk: Int) -> WorkKind? { nil }
}

/// A loop of any body, as a pool sees it.
public class AnyParallelLoop {
  /// Who is told how long chunks take; nil, as nearly always: nobody.
  fileprivate var clock: WorkClock?

  fileprivate init() {}

  fileprivate func run(chunk: Int, thread: Int) {}
}

/// A loop over a body: an object made once, not a closure, so that a step allocates nothing.
public final class ParallelLoop<Body: ParallelBody & ~Copyable>: AnyParallelLoop {
  /// What its chunks compute; changed between runs, never during one.
  public var body: Body

  /// A loop of the chunks of a body.
  public init(_ body: consuming Body) { self.body = body }

  fileprivate override func run(chunk: Int, thread: Int) {
    guard let clock, let kind = body.kind(of: chunk) else {
      return body.run(chunk: chunk, thread: thread)
    }
    let start = WorkClock.now
    body.run(chunk: chunk, thread: thread)
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
  private var isRunning = false

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

  /// Runs chunks 0..<count of a loop and returns when all are done; 0.3 µs while the pool is hot.
  ///
  /// A chunk may start no loop on the pool that runs it.
  public func run(_ loop: AnyParallelLoop, chunks count: Int) {
    precondition(!isRunning, "a pool's loop was started by a chunk of another")
    isRunning = true
    defer { isRunning = false }
    loop.clock = clock
    withExtendedLifetime(loop) {
      ck_pool_run(
        pool,
        { context, chunk, thread in
          guard let context else { return }
          Unmanaged<AnyParallelLoop>.fromOpaque(context)._withUnsafeGuaranteedRef {
            $0.run(chunk: Int(chunk), thread: Int(thread))
          }
        }, Unmanaged.passUnretained(loop).toOpaque(), Int64(count))
    }
  }
}
