import Runs

/// A watcher as the serving thread knows it: what came from it, what waits for it.
///
/// Of one who takes nothing little is kept: events wait where the run keeps them, of snapshots only the
/// newest is ever sent, and losses are condensed.
struct Watcher {
  enum Stage: Equatable {
    /// It has not said yet who it is.
    case new
    case watching(hasControl: Bool)
    /// It gets what is left in its queue and no more.
    case leaving
  }

  let socket: LocalSocket
  let since: ContinuousClock.Instant
  private(set) var stage = Stage.new
  /// What it shows just now.
  var views: WantedViews?
  /// The number of the next event that it is to be told.
  var nextEvent = 0
  private var reader: FrameReader
  /// Bytes that wait; those before ``sent`` have gone.
  private var queue: [UInt8] = []
  private var sent = 0
  private var bins: LossHistory
  /// Whether it knows the losses before those that come.
  private var hasHistory = false
  /// The number of the snapshot that was sent last.
  private var snapshotNumber = 0
  /// The moment at which it was wanted, where few a second are.
  private var lastSlot = -1
  /// When it took something last, or nothing waited.
  private var lastTaken = ContinuousClock.now
  /// Messages that may be heard now, and since when that is so.
  private var allowance: Double
  private var allowedAt = ContinuousClock.now
  private let limits: WatchLimits

  init(_ socket: LocalSocket, limits: WatchLimits) {
    self.socket = socket
    self.limits = limits
    since = .now
    allowance = Double(limits.messagesAtOnce)
    reader = FrameReader(mostBytes: limits.mostMessageBytes)
    bins = LossHistory(capacity: limits.waitingBins)
  }

  var isWatching: Bool { if case .watching = stage { true } else { false } }
  var hasControl: Bool { stage == .watching(hasControl: true) }
  /// Whether something waits for room at the other end.
  var waitsForRoom: Bool { sent < queue.count }
  /// Whether it may be told further events.
  var mayBeTold: Bool { isWatching && queue.count - sent < limits.waitingBytes }
  /// Whether more of what it says is taken in just now: not of one who says too much, nor of one for
  /// whom answers wait that it does not take.
  var isHeard: Bool {
    stage != .leaving && allowance >= 1 && queue.count - sent < limits.waitingBytes
  }
  /// Whether it has had its last word.
  var isDone: Bool { stage == .leaving && !waitsForRoom }

  mutating func welcome(hasControl: Bool) { stage = .watching(hasControl: hasControl) }

  // MARK: - Down: what it says

  /// Takes in what came; false: it has gone.
  ///
  /// What is no message is told it so, and nothing more is read of it. What is not heard now stays
  /// where it is.
  mutating func read(_ obey: (inout Watcher, Frame) throws -> Void) -> Bool {
    allow()
    hear(obey)
    var room = [UInt8](repeating: 0, count: 1 << 14)
    // A few pieces at a time, so that one who writes without end keeps no other waiting.
    for _ in 0..<4 where isHeard || stage == .leaving {
      switch room.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .ended: return false
      case .wouldWait: return true
      case .bytes(let count):
        guard stage != .leaving else { continue }
        reader.append(room.prefix(count))
        hear(obey)
      }
    }
    return true
  }

  /// Does what whole messages say that came, as long as it is heard.
  private mutating func hear(_ obey: (inout Watcher, Frame) throws -> Void) {
    do {
      while isHeard, let frame = try reader.next() {
        allowance -= 1
        try obey(&self, frame)
      }
    } catch {
      leave(.refused, "what was sent is no message of a watcher")
    }
  }

  /// Lets it say as much more as the time that has passed is worth.
  private mutating func allow() {
    let now = ContinuousClock.now
    let passed = (now - allowedAt) / .seconds(1)
    allowedAt = now
    allowance = min(Double(limits.messagesAtOnce), allowance + passed * limits.messagesPerSecond)
  }

  // MARK: - Up: what it is told

  /// Puts a frame into the queue.
  mutating func send(_ frame: [UInt8]) { if stage != .leaving { queue += frame } }

  /// Sends a last word, in place of what waits behind the frame that has begun to go.
  mutating func leave(_ kind: Frame.Kind, _ words: String) {
    guard stage != .leaving else { return }
    dropWaiting()
    queue += Frame(kind, text: words).bytes
    stage = .leaving
  }

  /// Sends a last word behind all that waits.
  mutating func end(_ words: String) {
    guard stage != .leaving else { return }
    flushBins()
    queue += Frame(.farewell, text: words).bytes
    stage = .leaving
  }

  /// Tells losses in the frame that all get; what must wait is put by and condensed.
  ///
  /// The first that it is told are those of the history, which ends with the newest.
  mutating func tell(_ newest: LossFrame, behind history: LossHistory) {
    guard wantsLosses || hasHistory else { return }
    guard hasHistory else {
      bins.add(history.bins)
      hasHistory = true
      return
    }
    guard !newest.bins.isEmpty else { return }
    if wantsLosses, !waitsForRoom, bins.isEmpty {
      send(newest.frame)
    } else {
      bins.add(newest.bins)
    }
  }

  private var wantsLosses: Bool { views?.losses ?? true }

  /// Whether the run's newest snapshot would go at once, after so many seconds of serving.
  ///
  /// All who want equally few a second want them at the same moments, so that one frame is for all.
  func isDue(at seconds: Double) -> Bool {
    guard isWatching, !waitsForRoom else { return false }
    let slot = slot(at: seconds)
    return slot.map { $0 > lastSlot } ?? true
  }

  /// Which of the moments at which it wants a snapshot has come; nil: at every look.
  private func slot(at seconds: Double) -> Int? {
    let wanted = views?.snapshotsPerSecond ?? WantedViews().snapshotsPerSecond
    return wanted >= WantedViews().snapshotsPerSecond ? nil : Int(seconds * wanted)
  }

  /// Sends a snapshot that it does not know yet.
  mutating func send(snapshot frame: [UInt8], number: Int, at seconds: Double) {
    guard number != snapshotNumber else { return }
    snapshotNumber = number
    if let slot = slot(at: seconds) { lastSlot = slot }
    send(frame)
  }

  /// Writes as much as the other end takes; false: it has gone, or has taken nothing for too long.
  mutating func flush() -> Bool {
    let hadLastWord = stage == .leaving
    guard write() else { return false }
    if waitsForRoom, .now - lastTaken > .seconds(limits.secondsOfPatience) {
      if hadLastWord { return false }
      lastTaken = .now
      leave(.farewell, "this watcher fell too far behind; attach again")
    }
    return true
  }

  private mutating func write() -> Bool {
    if !waitsForRoom { flushBins() }
    while waitsForRoom {
      let outcome = queue.withUnsafeBytes { bytes in
        socket.write(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
      }
      switch outcome {
      case .bytes(let count):
        sent += count
        lastTaken = .now
      case .wouldWait: return true
      case .ended: return false
      }
    }
    queue.removeAll(keepingCapacity: queue.capacity < 1 << 20)
    (sent, lastTaken) = (0, .now)
    return true
  }

  private mutating func flushBins() {
    guard isWatching, wantsLosses, !bins.isEmpty else { return }
    send(LossFrame(bins.drain()).frame)
  }

  /// Drops whole frames that have not begun to go.
  private mutating func dropWaiting() {
    var position = 0
    while position < sent, position + 4 <= queue.count {
      let length = (0..<4).reduce(0) { $0 | Int(queue[position + $1]) << (8 * $1) }
      position += 4 + length
    }
    queue.removeLast(max(0, queue.count - position))
  }
}
