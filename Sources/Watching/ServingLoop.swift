import Runs

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The serving thread's own: everybody who watches, and what is kept for who comes later.
struct ServingLoop {
  private let listener: LocalSocket
  private let run: any WatchedRun
  private let bell: Bell
  private let limits: WatchLimits
  private var watchers: [Watcher] = []
  /// The losses of the run so far, for who comes later.
  private var history: LossHistory
  /// The newest snapshot as it is sent.
  private var snapshot = (frame: [UInt8](), number: 0)
  /// What all watchers show, as the run was told.
  private var shown: WantedViews?
  private var pace: SnapshotPace
  /// What was done so far.
  private(set) var counts = ServingCounts()
  private let began = ContinuousClock.now
  /// When connections are accepted again, after the process had no number for one.
  private var listensAt = ContinuousClock.now

  init(_ listener: LocalSocket, run: any WatchedRun, bell: Bell, limits: WatchLimits) {
    self.listener = listener
    self.run = run
    self.bell = bell
    self.limits = limits
    history = LossHistory(capacity: limits.binsOfHistory)
    pace = SnapshotPace(share: limits.shareOfSnapshots)
  }

  /// Serves until the bell rings, and says after every look what was done so far.
  mutating func serve(_ looked: (ServingCounts) -> Void) {
    while wait() {
      acceptNew()
      readAll()
      tellNews()
      writeAll()
      looked(counts)
    }
    end()
  }

  /// Sleeps until something comes; with watchers a moment at most; false if the bell has rung.
  private func wait() -> Bool {
    let isFull = ContinuousClock.now < listensAt
    var wanted = [pollfd(fd: bell.reading, events: Int16(POLLIN), revents: 0)]
    wanted.append(
      pollfd(fd: isFull ? -1 : listener.number, events: Int16(POLLIN), revents: 0))
    for watcher in watchers {
      let events =
        (watcher.isHeard ? Int16(POLLIN) : 0) | (watcher.waitsForRoom ? Int16(POLLOUT) : 0)
      // Of one who is not asked for anything not even its end is asked for: it would wake at once.
      wanted.append(
        pollfd(fd: events == 0 ? -1 : watcher.socket.number, events: events, revents: 0))
    }
    let milliseconds =
      watchers.isEmpty && !isFull
      ? -1 : Int32(limits.millisecondsOfLook(watchers: watchers.count))
    _ = poll(&wanted, nfds_t(wanted.count), milliseconds)
    return wanted[0].revents == 0
  }

  private mutating func acceptNew() {
    guard ContinuousClock.now >= listensAt else { return }
    // As many as may wait, and then the others have their turn.
    for _ in 0..<128 {
      guard let socket = listener.accepted() else {
        // Without a number that is free who waits would wake the thread again at once.
        if LocalSocket.lacksNumbers { listensAt = .now + .seconds(1) }
        return
      }
      var watcher = Watcher(socket, limits: limits)
      if socket.peer != geteuid() {
        watcher.leave(.refused, "only who trains the run may watch it")
      } else if watchers.count >= 8 * limits.mostWatchers {
        watcher.leave(.refused, "too many connections are open")
      }
      watchers.append(watcher)
    }
  }

  // MARK: - Down

  private mutating func readAll() {
    let now = ContinuousClock.now
    for index in watchers.indices.reversed() {
      var watcher = watchers[index]
      var isThere = watcher.read { try obey($1, of: &$0) }
      if watcher.stage == .new, now - watcher.since > .seconds(limits.secondsOfHello) {
        isThere = false
      }
      watchers[index] = watcher
      if !isThere { remove(index) }
    }
    showTogether()
  }

  private mutating func remove(_ index: Int) {
    watchers[index].socket.close()
    watchers.remove(at: index)
  }

  /// Does what a watcher asks for.
  ///
  /// - Throws: where it is no message that belongs here.
  private func obey(_ frame: Frame, of watcher: inout Watcher) throws {
    switch (frame.kind, watcher.stage) {
    case (.hello, .new): try greet(&watcher, frame.value(Hello.self))
    case (.views, .watching): watcher.views = try frame.value(WantedViews.self).limited
    case (.command, .watching(hasControl: true)):
      let asked: CommandTicket = try frame.value()
      let ticket = run.send(asked.command)
      watcher.send(
        try Frame(.receipt, coding: Receipt(own: asked.id, number: ticket.id)).bytes)
    case (.command, .watching):
      watcher.leave(.refused, "commands need --control")
    default: throw FrameReader.Fault.kind(frame.kind.rawValue)
    }
  }

  /// Lets a watcher in and tells it all that has been.
  private func greet(_ watcher: inout Watcher, _ hello: Hello) throws {
    guard hello.protocolNumber == protocolNumber else {
      watcher.leave(
        .refused,
        "the run speaks version \(protocolNumber), this watcher version \(hello.protocolNumber): "
          + "use the program that trains the run")
      return
    }
    guard watchers.count(where: \.isWatching) < limits.mostWatchers else {
      watcher.leave(.refused, "\(limits.mostWatchers) watchers are attached already")
      return
    }
    watcher.welcome(hasControl: hello.wantsControl)
    watcher.send(
      try Frame(
        .welcome,
        coding: Welcome(protocolNumber: protocolNumber, hasControl: hello.wantsControl)
      ).bytes)
  }

  /// Tells the run what is shown by all together; of what can be only one, who came first decides.
  private mutating func showTogether() {
    let views = watchers.filter(\.isWatching).compactMap(\.views)
    let together = views.dropFirst().reduce(views.first) { $0?.joined(with: $1) }
    guard together != shown else { return }
    shown = together
    run.showElsewhere(together)
  }

  // MARK: - Up

  private mutating func tellNews() {
    guard watchers.contains(where: \.isWatching) else { return }
    counts.looks += 1
    tellLosses()
    // What was long before comes in parts, and other things between them.
    var parts = 0
    while tellEvents(), parts < 16 {
      writeAll()
      parts += 1
    }
    // A snapshot goes only to whom nothing waits for: events of every look would keep it back for ever.
    writeAll()
    tellSnapshot()
  }

  private mutating func tellLosses() {
    var newest = LossHistory(capacity: limits.binsOfLook)
    newest.add(run.drainLossesElsewhere())
    let frame = LossFrame(newest.drain())
    if !frame.bins.isEmpty { counts.lossFrames += 1 }
    history.add(frame.bins)
    for index in watchers.indices where watchers[index].isWatching {
      watchers[index].tell(frame, behind: history)
    }
  }

  /// Tells events to who has room for them; true: there is more to tell to somebody.
  private mutating func tellEvents() -> Bool {
    // Most watchers are equally far.
    var known: [Int: (frames: [UInt8], next: Int)] = [:]
    var isMore = false
    for index in watchers.indices where watchers[index].mayBeTold {
      let from = watchers[index].nextEvent
      let found = known[from] ?? frames(ofEventsFrom: from)
      known[from] = found
      watchers[index].nextEvent = found.next
      isMore = isMore || found.next - from >= limits.eventsAtATime
      watchers[index].send(found.frames)
    }
    return isMore
  }

  private mutating func frames(ofEventsFrom number: Int) -> (frames: [UInt8], next: Int) {
    let (events, next) = run.events(from: number, most: limits.eventsAtATime)
    counts.events += events.count
    var frames: [UInt8] = []
    for event in events {
      do {
        frames += try Frame(.event, coding: event).bytes
      } catch {
        frames += Frame(.farewell, text: "an event cannot be sent: \(error)").bytes
      }
    }
    return (frames, next)
  }

  /// Tells the newest snapshot to whom one is due: put into bytes once for all of them.
  private mutating func tellSnapshot(isLast: Bool = false) {
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let due = watchers.indices.filter {
      isLast ? watchers[$0].isWatching : watchers[$0].isDue(at: seconds)
    }
    guard !due.isEmpty else { return }
    if isLast || pace.isDue, let (newest, number) = run.snapshot(after: snapshot.number) {
      counts.snapshots += 1
      let frame = pace.measuring { try? Frame(.snapshot, coding: newest).bytes }
      if let frame { snapshot = (frame, number) }
    }
    guard snapshot.number > 0 else { return }
    for index in due {
      watchers[index].send(snapshot: snapshot.frame, number: snapshot.number, at: seconds)
    }
  }

  private mutating func writeAll() {
    for index in watchers.indices.reversed()
    where !watchers[index].flush() || watchers[index].isDone {
      remove(index)
    }
  }

  // MARK: - The end

  /// Tells what is left to say, and waits a moment until it has been taken.
  private mutating func end() {
    tellNews()
    tellSnapshot(isLast: true)
    for index in watchers.indices {
      watchers[index].end("the process that trained the run has ended")
    }
    let deadline = ContinuousClock.now + .seconds(limits.secondsOfEnd)
    writeAll()
    while !watchers.isEmpty, ContinuousClock.now < deadline {
      var wanted = watchers.map { pollfd(fd: $0.socket.number, events: Int16(POLLOUT), revents: 0) }
      _ = poll(&wanted, nfds_t(wanted.count), 10)
      writeAll()
    }
    for watcher in watchers { watcher.socket.close() }
    listener.close()
    bell.close()
    run.showElsewhere(nil)
  }
}

/// What serving has done so far, however many watch.
struct ServingCounts: Equatable {
  /// Looks at the run.
  var looks = 0
  /// Events that were put into bytes.
  var events = 0
  /// Frames of losses that were made for all together.
  var lossFrames = 0
  /// Snapshots that were put into bytes.
  var snapshots = 0
}

/// How often snapshots are written so that it costs no more than a share of one core.
struct SnapshotPace {
  /// The share of the time.
  let share: Double
  private var due = ContinuousClock.now

  init(share: Double) { self.share = share }

  /// Whether the next one may be written.
  var isDue: Bool { ContinuousClock.now >= due }

  /// Writes one and waits accordingly long for the next.
  mutating func measuring<Value>(_ write: () -> Value) -> Value {
    let before = Self.threadSeconds
    let value = write()
    due = .now + .seconds(max(0, Self.threadSeconds - before) / share)
    return value
  }

  /// Seconds that this thread has computed.
  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
