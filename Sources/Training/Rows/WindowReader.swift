import Datasets
import Foundation
import Tensors

/// A window of an epoch.
struct WindowKey: Hashable, Sendable {
  let epoch: Int
  let window: Int
}

/// Reads windows ahead of the steps, on one thread, into a ring of three, from the first that is asked
/// for on.
final class WindowReader: @unchecked Sendable {
  /// A window in memory.
  struct Window {
    let key: WindowKey
    /// Its rows in the order of the file.
    let rows: Examples
    /// Their indices in the order in which they train.
    let order: Storage<Int32>
  }

  /// Windows in memory: one that trains, the next, which a batch may go on into, and one that is read.
  static let slots = 3

  // NSCondition guards all that is var.
  private let condition = NSCondition()
  private let source: any RowBlocks
  private let order: WindowOrder
  /// Windows that are there, and memory that no window has.
  private var ready: [WindowKey: Window] = [:]
  private var free: [(rows: Examples, order: Storage<Int32>)]
  /// What is read next; nil until a window is asked for.
  private var next: WindowKey?
  /// Raised where reading begins elsewhere: what is being read then is of no use.
  private var turn = 0
  /// Why what is next cannot be read.
  private var failure: WindowError?
  private var isClosed = false
  private(set) var waited = Duration.zero
  /// Whoever waits looks up this often.
  private static let lookInterval = 0.01

  /// Starts the thread; ``close()`` ends it.
  ///
  /// - Throws: ``ThreadRefusal``.
  init(_ source: any RowBlocks, _ order: WindowOrder) throws(ThreadRefusal) {
    self.source = source
    self.order = order
    free = (0..<Self.slots).map { _ in
      (source.memory(rows: order.mostRows), Storage(count: order.mostRows, filling: 0))
    }
    try EngineThread.start(named: "rows") { [self] in run() }
  }

  /// Ends the thread behind the block that it reads.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// A window, which stays until ``release(before:)``; waits until it is read, unless there is something
  /// else to do: nil then, and it is read meanwhile.
  ///
  /// - Throws: ``WindowError`` where it cannot be read.
  func window(
    _ key: WindowKey, unless hasOtherWork: () -> Bool
  ) throws(WindowError) -> Window? {
    condition.lock()
    defer { condition.unlock() }
    if ready[key] == nil, key != next { begin(at: key) }
    let start = ContinuousClock.now
    defer { waited += ContinuousClock.now - start }
    while true {
      if let window = ready[key] { return window }
      if let failure { throw failure }
      if hasOtherWork() { return nil }
      _ = condition.wait(until: Date(timeIntervalSinceNow: Self.lookInterval))
    }
  }

  /// Gives up all windows but those from a key on.
  func release(before key: WindowKey) {
    condition.lock()
    for window in ready.values
    where (window.key.epoch, window.key.window) < (key.epoch, key.window) {
      ready[window.key] = nil
      free.append((window.rows, window.order))
    }
    condition.broadcast()
    condition.unlock()
  }

  // MARK: - The thread

  /// Begins to read elsewhere; what is there is given up.
  private func begin(at key: WindowKey) {
    for window in ready.values { free.append((window.rows, window.order)) }
    ready = [:]
    (next, failure) = (key, nil)
    turn += 1
    condition.broadcast()
  }

  private func run() {
    var windows: EpochWindows?
    while let job = nextJob() {
      let epoch =
        windows.flatMap { $0.epoch == job.key.epoch ? $0 : nil }
        ?? order.windows(ofEpoch: job.key.epoch)
      windows = epoch
      let failure = read(job, of: epoch)
      finish(job, epoch, failure)
    }
  }

  private struct Job {
    let key: WindowKey
    let memory: (rows: Examples, order: Storage<Int32>)
    let turn: Int
  }

  /// What is to be read, where there is memory for it; nil at the end.
  private func nextJob() -> Job? {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed {
      // Behind a window that cannot be read nothing is, until it is asked for elsewhere.
      if failure == nil, let next, let memory = free.popLast() {
        return Job(key: next, memory: memory, turn: turn)
      }
      condition.wait()
    }
    return nil
  }

  /// Whether what was begun is of use still; asked between blocks.
  private func isWanted(_ job: Job) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    return !isClosed && job.turn == turn
  }

  /// Reads a window; what is not wanted any more is left as it is, and ``finish(_:_:_:)`` gives it up.
  private func read(_ job: Job, of windows: EpochWindows) -> WindowError? {
    var row = 0
    for block in windows.blocks[job.key.window] {
      guard isWanted(job) else { return nil }
      do {
        try source.read(block: block, into: job.memory.rows, at: row)
      } catch {
        return WindowError(reason: "\(error)")
      }
      row += order.rows(ofBlock: block).count
    }
    order.fillIndices(job.memory.order.base, job.key.window, of: windows)
    return nil
  }

  private func finish(_ job: Job, _ windows: EpochWindows, _ failure: WindowError?) {
    condition.lock()
    defer { condition.unlock() }
    guard job.turn == turn, !isClosed, failure == nil else {
      free.append(job.memory)
      if job.turn == turn { self.failure = failure }
      condition.broadcast()
      return
    }
    ready[job.key] = Window(key: job.key, rows: job.memory.rows, order: job.memory.order)
    next =
      job.key.window + 1 < windows.blocks.count
      ? WindowKey(epoch: job.key.epoch, window: job.key.window + 1)
      : WindowKey(epoch: job.key.epoch + 1, window: 0)
    condition.broadcast()
  }
}
