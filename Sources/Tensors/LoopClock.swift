/// How long the loops of a pool take, what each thread does of them, and how long it waits at their
/// ends.
///
/// While a loop runs, every thread writes only what is its own; the caller adds up behind the barrier.
public final class LoopClock {
  /// What is known of the loops of one kind.
  public struct Loops: Sendable, Equatable {
    /// How many there were.
    public var count = 0
    /// Their chunks.
    public var pieces = 0
    /// Chunks of the thread with the fewest, summed over the loops.
    public var fewestPieces = 0
    /// Nanoseconds from their announcement to their end.
    public var duration: Int64 = 0
    /// Nanoseconds that all threads together were busy; those of the loops' duration times threads
    /// that are left were waited.
    public var busy: Int64 = 0

    /// None.
    public init() {}
  }

  /// Threads that take part.
  public let threads: Int
  /// By barrier.
  public private(set) var loops = [Loops](repeating: Loops(), count: Barrier.allCases.count)

  /// Loop after loop with the seconds of its pieces, while they are recorded.
  public private(set) var recording: [RecordedLoop]?

  private var ended: Int64 = 0
  private var current = Barrier.other
  private var began: Int64 = 0
  /// By thread, a cache line and more apart: nanoseconds and chunks in the loop that runs.
  private let busy: Storage<Int64>
  private static let stride = 16

  /// Starts at 0.
  public init(threads: Int) {
    self.threads = threads
    busy = Storage(count: threads * Self.stride, filling: 0)
  }

  /// The loops of a kind.
  public subscript(barrier: Barrier) -> Loops { loops[barrier.rawValue] }

  /// Keeps every loop from now on, with its pieces; on one thread, where pieces follow each other.
  ///
  /// Times are then those for which the thread has had a core, so that a piece does not last longer
  /// because another program had it.
  public func record() {
    precondition(threads == 1, "pieces are recorded on one thread")
    recording = []
    ended = now
  }

  /// Leaves out what the thread has done since the last loop: it does not count as work before the next.
  public func resume() { ended = now }

  /// Nanoseconds since some moment; of the calling thread's own while pieces are recorded.
  var now: Int64 { recording == nil ? WorkClock.now : WorkClock.ofThread }

  func begin(_ barrier: Barrier) {
    for thread in 0..<threads {
      busy.base[thread * Self.stride] = 0
      busy.base[thread * Self.stride + 1] = 0
    }
    current = barrier
    began = now
    recording?.append(RecordedLoop(barrier: barrier, before: 1e-9 * Double(began - ended)))
  }

  func add(_ nanoseconds: Int64, thread: Int) {
    guard thread < threads else { return }
    busy.base[thread * Self.stride] += nanoseconds
    busy.base[thread * Self.stride + 1] += 1
    guard let last = recording?.indices.last else { return }
    recording?[last].pieces.append(1e-9 * Double(nanoseconds))
  }

  func end() {
    ended = now
    let duration = ended - began
    var fewest = Int64.max
    var pieces: Int64 = 0
    var working: Int64 = 0
    for thread in 0..<threads {
      working += busy.base[thread * Self.stride]
      pieces += busy.base[thread * Self.stride + 1]
      fewest = min(fewest, busy.base[thread * Self.stride + 1])
    }
    loops[current.rawValue].count += 1
    loops[current.rawValue].pieces += Int(pieces)
    loops[current.rawValue].fewestPieces += Int(fewest)
    loops[current.rawValue].duration += duration
    loops[current.rawValue].busy += working
  }
}
