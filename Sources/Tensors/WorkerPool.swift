internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

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

  /// What the loop is for, for profiles.
  var barrier: Barrier { get }
}

extension ParallelBody where Self: ~Copyable {
  /// Nothing that a profile would count.
  public func kind(of chunk: Int) -> WorkKind? { nil }

  /// One loop among others.
  public var barrier: Barrier { .other }
}

/// A loop of any body, as a pool sees it.
public class AnyParallelLoop {
  /// Who is told how long chunks take; nil, as nearly always: nobody.
  fileprivate var clock: WorkClock?
  /// Who is told how long the loop takes and who waits at its end; nil, as nearly always: nobody.
  fileprivate var loops: LoopClock?

  fileprivate init() {}

  fileprivate var barrier: Barrier { .other }

  fileprivate func run(chunk: Int, thread: Int) {}
}

/// A loop over a body: an object made once, not a closure, so that a step allocates nothing.
public final class ParallelLoop<Body: ParallelBody & ~Copyable>: AnyParallelLoop {
  /// What its chunks compute; changed between runs, never during one.
  public var body: Body

  /// A loop of the chunks of a body.
  public init(_ body: consuming Body) { self.body = body }

  fileprivate override var barrier: Barrier { body.barrier }

  fileprivate override func run(chunk: Int, thread: Int) {
    guard clock != nil || loops != nil else { return body.run(chunk: chunk, thread: thread) }
    let start = loops?.now ?? WorkClock.now
    body.run(chunk: chunk, thread: thread)
    let nanoseconds = (loops?.now ?? WorkClock.now) - start
    if let clock, let kind = body.kind(of: chunk) {
      clock.add(nanoseconds, to: kind, thread: thread)
    }
    loops?.add(nanoseconds, thread: thread)
  }
}

/// The engine's threads: a loop of fixed chunks, each taken by whoever is free.
///
/// Which thread runs a chunk must not matter: what a chunk computes depends on its number alone, and
/// sums over chunks are taken afterwards in the order of their numbers. Then the same seed gives the
/// same bits on any number of threads.
public final class WorkerPool {
  /// How many threads there are, the caller among them; may be fewer than were asked for.
  public let threads: Int
  /// How many of them work, and work is cut for: all, unless ``use(threads:)`` says otherwise.
  public private(set) var working: Int
  /// Who is told how long chunks take, while a profile is made.
  public var clock: WorkClock?
  /// Who is told how long loops take and who waits, while scaling is measured.
  public var loops: LoopClock?
  private let pool: OpaquePointer
  private var isRunning = false

  /// The threads that a pool has at most: more would only take turns on the cores, and each needs
  /// memory of its own.
  public static let most = max(16, 4 * AvailableCores.count)

  /// Starts `threads − 1` workers, or as many as the machine and the system allow; numbers do not
  /// depend on how many.
  public init(threads: Int) {
    let wanted = min(max(1, threads), Self.most)
    guard let pool = ck_pool_new(Int32(wanted), Self.spin(threads: wanted)) else {
      endForMemory(bytes: wanted * 8)
    }
    self.pool = pool
    self.threads = Int(ck_pool_threads(pool))
    working = self.threads
  }

  /// Nanoseconds for which a thread that waits looks for work.
  ///
  /// Long with a core for each: to wake a sleeper takes longer than most waits at a barrier. Hardly at all
  /// with more threads than cores: for the same loops, 16 threads used 2 cores 2.1 times as long with
  /// 200 µs as without, 1.23 times with 50 µs, 1.04 times with 5 µs.
  static func spin(threads: Int, cores: Int = AvailableCores.count) -> Int64 {
    threads > cores ? 2_000 : 200_000
  }

  /// Starts threads that keep to cores of their own if they should: before there is memory, so that what
  /// a thread touches first lies beside its core.
  ///
  /// - Throws: ``PinningError``, see ``pin()``.
  public convenience init(threads: Int, isPinned: Bool) throws(PinningError) {
    if isPinned { try Self.checkPinning(threads: threads) }
    self.init(threads: threads)
    if isPinned { try pin() }
  }

  /// Lets only the first threads work from the next loop on; the others sleep and disturb nobody.
  ///
  /// Threads keep their memory, so what has been made for all of them stays valid.
  public func use(threads wanted: Int) {
    precondition(!isRunning, "a pool's threads were changed by a chunk of its own loop")
    working = min(max(1, wanted), threads)
    ck_pool_use(pool, Int32(working))
  }

  /// What a person should know who asked for so many threads; nil if they have them.
  public func shortfall(of wanted: Int) -> String? {
    guard threads < wanted else { return nil }
    let reason =
      threads == Self.most
      ? "this process may use \(AvailableCores.count) cores" : "the system started no more"
    return "\(wanted) threads were asked for and \(threads) work, since \(reason); the numbers are "
      + "the same"
  }

  deinit { ck_pool_free(pool) }

  /// Lets the caller take all chunks of loops, which stay cut for ``working`` threads, until
  /// ``use(threads:)`` is called.
  public func workAlone() {
    precondition(!isRunning, "a pool's threads were changed by a chunk of its own loop")
    ck_pool_use(pool, 1)
  }

  /// Keeps each thread on a core of its own, the caller on the first, until the pool ends; where cores
  /// have several hardware threads, cores come first.
  ///
  /// Only the thread that runs loops may call it.
  ///
  /// - Throws: ``PinningError`` with fewer cores than threads, or where the system refuses.
  public func pin() throws(PinningError) {
    try Self.checkPinning(threads: threads)
    let cores = AvailableCores.pinningOrder
    let refused = ck_pool_pin(pool, cores.prefix(threads).map { Int32($0) })
    guard refused == 0 else { throw .refused(String(cString: strerror(refused))) }
  }

  /// Whether there are cores enough for threads.
  ///
  /// - Throws: ``PinningError`` where there are not, or nobody knows.
  public static func checkPinning(threads: Int) throws(PinningError) {
    let cores = AvailableCores.pinningOrder
    guard !cores.isEmpty else { throw .notKnown }
    guard threads <= cores.count else { throw .fewCores(threads: threads, cores: cores.count) }
  }

  /// Runs the chunk of its own number on every thread once, also on those that rest.
  ///
  /// For memory that its thread should touch first: the system puts it beside that thread's core.
  public func runOnEach(_ loop: AnyParallelLoop) {
    run(loop) { ck_pool_each($0, $1, $2) }
  }

  /// Runs chunks 0..<count of a loop and returns when all are done; 0.3 µs while the pool is hot.
  ///
  /// A chunk may start no loop on the pool that runs it.
  public func run(_ loop: AnyParallelLoop, chunks count: Int) {
    run(loop) { ck_pool_run($0, $1, $2, Int64(count)) }
  }

  private func run(
    _ loop: AnyParallelLoop, by start: (OpaquePointer, ck_body, UnsafeMutableRawPointer) -> Void
  ) {
    precondition(!isRunning, "a pool's loop was started by a chunk of another")
    isRunning = true
    defer { isRunning = false }
    loop.clock = clock
    loop.loops = loops
    loops?.begin(loop.barrier)
    defer { loops?.end() }
    withExtendedLifetime(loop) {
      start(
        pool,
        { context, chunk, thread in
          guard let context else { return }
          Unmanaged<AnyParallelLoop>.fromOpaque(context)._withUnsafeGuaranteedRef {
            $0.run(chunk: Int(chunk), thread: Int(thread))
          }
        }, Unmanaged.passUnretained(loop).toOpaque())
    }
  }
}

/// Why threads are not kept on cores.
public enum PinningError: Error, Equatable, CustomStringConvertible {
  /// Several threads would share one.
  case fewCores(threads: Int, cores: Int)
  /// The system does not say which cores there are.
  case notKnown
  /// The system's reason in its words.
  case refused(String)

  /// What is wrong, what was found, and what to do.
  public var description: String {
    switch self {
    case .fewCores(let threads, let cores):
      """
      --pin: \(threads) threads, and this process may run on \(cores == 1 ? "1 core" : "\(cores) cores").
        fix:   lower --threads, or leave --pin out
      """
    case .notKnown:
      """
      --pin: this system does not say which cores a process may run on.
        fix:   leave --pin out
      """
    case .refused(let why):
      """
      --pin: the system does not keep threads on cores.
        found: \(why)
        fix:   leave --pin out
      """
    }
  }
}
