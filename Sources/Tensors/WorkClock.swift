internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a thread is busy with, for profiles.
public enum WorkKind: Int, Sendable, Hashable, CaseIterable {
  /// Weights put in the order in which products read them.
  case packing
  /// Matrix products, with the bias, activation and masks in the same pass.
  case product
  /// Passes over values: softmax, mixtures, losses.
  case elementwise
  /// Rows of tables: gather, reduce, update.
  case embedding
  /// The update of dense parameters.
  case optimiser
  /// The tasks' gradients measured and weighed.
  case balancing
}

/// How long the threads of a pool have been busy, by kind; the rest of the time they wait.
public final class WorkClock {
  /// Threads of the pool.
  public let threads: Int
  private let busy: Storage<Int64>

  /// Starts at 0.
  public init(threads: Int) {
    self.threads = threads
    // A cache line and more for each thread.
    busy = Storage(count: threads * Self.stride, filling: 0)
  }

  /// Nanoseconds since some moment.
  public static var now: Int64 { ck_nanoseconds() }

  /// Nanoseconds for which the calling thread has had a core: whatever else runs on it does not count.
  public static var ofThread: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Adds nanoseconds of a thread.
  public func add(_ nanoseconds: Int64, to kind: WorkKind, thread: Int) {
    busy.base[thread * Self.stride + kind.rawValue] += nanoseconds
  }

  /// Seconds of all threads together.
  public func seconds(of kind: WorkKind) -> Double {
    1e-9
      * (0..<threads).reduce(0) { $0 + Double(busy.base[$1 * Self.stride + kind.rawValue]) }
  }

  private static let stride = 16
}
