#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// MARK: - Looking

extension Heartbeat {
  /// Looks until all others have come to their ends, or one has come to none.
  ///
  /// - Parameters:
  ///   - patience: seconds of silence.
  ///   - words: seconds in which a rank says what it has to say.
  /// - Returns: what this rank is to say of it.
  func end(patience: Double = Heartbeat.patience, words: Double = Heartbeat.wordsTime) -> End {
    var peers = peers
    var (lastSigns, lastLook) = (0.0, Self.now())
    for index in peers.indices { peers[index].lastHeard = lastLook }
    while peers.contains(where: { $0.isThere || $0.rank == 0 && $0.lostAt != nil }) {
      let isQuick = peers.contains { $0.lostAt != nil }
      Self.look(at: &peers, milliseconds: isQuick ? 50 : 500, &lastLook, patience)
      if isFailing, rank == 0 { return .left }
      // At once: launchers end all ranks behind one that was killed.
      if let end = verdict(on: peers, words) { return end }
      guard Self.now() - lastSigns >= 1 else { continue }
      lastSigns = Self.now()
      for peer in peers where peer.isThere { peer.sendLife() }
    }
    return .left
  }

  /// What is to be done about those that are lost or fail; nil: nothing, or another rank does it.
  private func verdict(on peers: [Peer], _ words: Double) -> End? {
    let now = Self.now()
    // Rank 0 hears of every failure and ends the others; of rank 0's own it cannot tell them.
    let failed = peers.first { $0.failedAt != nil && (rank == 0 || $0.rank == 0) }
    if let failed, let failedAt = failed.failedAt,
      failed.lostAt != nil || now - failedAt > words
    {
      return .failed
    }
    let lost = peers.filter { $0.lostAt != nil && $0.failedAt == nil }
    guard !lost.isEmpty, rank == 0 || lost[0].rank == 0 else { return nil }
    // Rank 0 may have ended for what this rank is about to say.
    guard !isFailing else { return .left }
    guard now - (lost[0].lostAt ?? now) >= patience(with: lost, words) else { return nil }
    return rank <= Self.lastSpeaker ? .lost(lost.map(\.lost)) : .failed
  }

  /// The last rank that speaks where ranks 0 and 1 are lost: behind them nobody hears another, and all
  /// would.
  private static let lastSpeaker = 3

  /// Seconds that this rank lets pass before it says that rank 0 is lost: rank 1 says so at once, and if
  /// that is lost as well the next one, behind which the launcher ends the others.
  private func patience(with lost: [Peer], _ words: Double) -> Double {
    guard rank > 1 else { return 0 }
    let isDeputyLost = lost.contains { $0.rank == 1 }
    return (isDeputyLost ? 0 : words) + min(words, Double(rank - 2))
  }

  /// Waits for something of the others, and notes what came.
  private static func look(
    at peers: inout [Peer], milliseconds: Int32, _ lastLook: inout Double, _ patience: Double
  ) {
    var wishes = peers.map {
      pollfd(fd: $0.isThere ? $0.socket.number : -1, events: Int16(POLLIN), revents: 0)
    }
    _ = poll(&wishes, nfds_t(wishes.count), milliseconds)
    let now = now()
    // Whoever was stopped itself has heard nothing meanwhile.
    if now - lastLook > 2 { for index in peers.indices { peers[index].lastHeard = now } }
    lastLook = now
    for index in peers.indices where peers[index].isThere {
      let isClosed = wishes[index].revents != 0 && !peers[index].listen(at: now)
      guard peers[index].isThere, isClosed || now - peers[index].lastHeard > patience else {
        continue
      }
      (peers[index].lostAt, peers[index].isSilent) = (now, !isClosed)
    }
  }
}

extension Heartbeat.Peer {
  /// Says that this rank is there.
  fileprivate func sendLife() { socket.send([Heartbeat.Sign.life.rawValue]) }

  /// Hears what a rank says; false if its connection is closed.
  fileprivate mutating func listen(at now: Double) -> Bool {
    guard case .bytes(let signs) = socket.read(most: 64) else { return false }
    if signs.contains(Heartbeat.Sign.lost.rawValue) { _exit(Heartbeat.exitCode) }
    if signs.contains(Heartbeat.Sign.leaves.rawValue) { hasLeft = true }
    if signs.contains(Heartbeat.Sign.fails.rawValue), failedAt == nil { failedAt = now }
    if !signs.isEmpty { lastHeard = now }
    return true
  }
}
