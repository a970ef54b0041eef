import Runs

/// What a watcher knows: what has come and was not asked for yet, and what waits to be sent.
struct RemoteState {
  /// Nil once it has been let go, or has gone.
  private var socket: LocalSocket?
  private var reader = FrameReader(mostBytes: 1 << 28)
  private var queue: [UInt8] = []
  private var events: [Event] = []
  private var bins: [LossBin] = []
  private var snapshot: Snapshot?
  /// The newest step that is known.
  private var step = 0
  /// Whether the run has ended or failed, so that nothing more need come.
  private var isOver = false
  /// Own numbers of commands by the run's.
  private var own: [UInt64: UInt64] = [:]
  /// Far above those that a run counts, so that no two are the same.
  private var lastOwn: UInt64 = 1 << 48
  private var room = [UInt8](repeating: 0, count: 1 << 16)

  init(_ socket: LocalSocket) { self.socket = socket }

  // MARK: - Greeting

  /// Says who this is and waits for the answer; returns whether commands may be sent.
  mutating func greet(
    control: Bool, folder: String, seconds: Double
  ) throws(WatchError) -> Bool {
    let hello = Hello(protocolNumber: protocolNumber, wantsControl: control)
    put(.hello, hello)
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      let isThere = exchange(most: 1)
      if let frame = nextFrame() {
        switch frame.kind {
        case .welcome:
          guard let welcome: Welcome = try? frame.value() else { break }
          guard welcome.protocolNumber == protocolNumber else {
            throw .version(own: protocolNumber, other: welcome.protocolNumber)
          }
          return welcome.hasControl
        case .refused, .farewell: throw .refused(frame.text)
        default: break
        }
        throw .noAnswer(folder: folder)
      }
      if !isThere { throw .noAnswer(folder: folder) }
      Bell.pause()
    }
    throw .noAnswer(folder: folder)
  }

  // MARK: - Down

  mutating func send(_ command: Command, hasControl: Bool) -> CommandTicket {
    lastOwn += 1
    let ticket = CommandTicket(id: lastOwn, command: command)
    if !hasControl {
      refuse(ticket, "this is watched only; mtl-tui attach --control steers")
    } else if socket == nil {
      refuse(ticket, "the process that trained the run has ended")
    } else {
      put(.command, ticket)
      _ = exchange(most: 0)
    }
    return ticket
  }

  mutating func show(_ views: WantedViews) {
    put(.views, views)
    _ = exchange(most: 0)
  }

  private mutating func refuse(_ ticket: CommandTicket, _ reason: String) {
    events.append(
      .acknowledged(
        Acknowledgement(
          id: ticket.id, command: ticket.command, effect: ticket.command, step: step,
          outcome: .refused(reason))))
  }

  private mutating func put(_ kind: Frame.Kind, _ value: some Encodable) {
    guard socket != nil, let frame = try? Frame(kind, coding: value) else { return }
    queue += frame.bytes
  }

  // MARK: - Up

  mutating func takeSnapshot() -> Snapshot? {
    pump()
    defer { snapshot = nil }
    return snapshot
  }

  mutating func drainEvents() -> [Event] {
    pump()
    defer { events = [] }
    return events
  }

  mutating func drainLosses() -> [LossBin] {
    pump()
    defer { bins = [] }
    return bins
  }

  mutating func close() {
    socket?.close()
    socket = nil
    isOver = true
  }

  /// Reads what has come, at most so much that keys are still heard.
  private mutating func pump() {
    let isThere = exchange(most: 64)
    while socket != nil, let frame = nextFrame() { take(frame) }
    if socket != nil, !isThere { end("the process that trained the run has gone") }
  }

  private mutating func take(_ frame: Frame) {
    do {
      switch frame.kind {
      case .event: take(try frame.value(Event.self))
      case .losses:
        guard let newest = LossBinCoding.decoded(frame.contents) else {
          throw FrameReader.Fault.length(frame.contents.count)
        }
        bins += newest
      case .snapshot:
        let newest: Snapshot = try frame.value()
        (snapshot, step) = (newest, newest.step)
      case .receipt:
        let receipt: Receipt = try frame.value()
        own[receipt.number] = receipt.own
      case .farewell, .refused: end(frame.text)
      case .hello, .welcome, .views, .command: throw FrameReader.Fault.kind(frame.kind.rawValue)
      }
    } catch {
      end("what the run's process sent cannot be read: \(error)")
    }
  }

  private mutating func take(_ event: Event) {
    switch event {
    case .acknowledged(var answer):
      // One's own command comes back under one's own number, others' under the run's.
      if let number = own.removeValue(forKey: answer.id) { answer.id = number }
      events.append(.acknowledged(answer))
    case .finished, .failed:
      isOver = true
      events.append(event)
    default: events.append(event)
    }
  }

  /// Nothing more comes; of a run that had not ended that is said.
  private mutating func end(_ words: String) {
    socket?.close()
    socket = nil
    guard !isOver else { return }
    isOver = true
    events.append(.failed(message: "\(words) (step \(step))"))
  }

  /// The next whole frame; a fault ends it.
  private mutating func nextFrame() -> Frame? {
    do {
      return try reader.next()
    } catch {
      end("what the run's process sent cannot be read: \(error)")
      return nil
    }
  }

  /// Writes what waits and reads so many pieces at most; false: the other end has gone.
  private mutating func exchange(most pieces: Int) -> Bool {
    guard let socket else { return true }
    var isThere = true
    while isThere, !queue.isEmpty {
      switch queue.withUnsafeBytes({ socket.write($0) }) {
      case .bytes(let count): queue.removeFirst(count)
      case .wouldWait: return true
      case .ended: isThere = false
      }
    }
    for _ in 0..<pieces {
      switch room.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): reader.append(room.prefix(count))
      case .wouldWait: return isThere
      case .ended: return false
      }
    }
    return true
  }
}
