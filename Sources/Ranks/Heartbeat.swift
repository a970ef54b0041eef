internal import Synchronization
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A rank that is no longer there.
public struct LostRank: Sendable, Hashable {
  /// Its number.
  public let rank: Int
  /// The machine that it ran on.
  public let host: String
  /// Whether its connection stands and it says nothing: its machine may be stopped, or gone.
  public let isSilent: Bool

  /// A rank on a machine, that is gone or silent.
  public init(rank: Int, host: String, isSilent: Bool) {
    self.rank = rank
    self.host = host
    self.isSilent = isSilent
  }
}

/// Connections by which a rank that ends in the middle of a run is noticed, whatever its launcher does:
/// all ranks to rank 0, a sign of life over each every second.
///
/// A connection that the system closes, or that is silent for ``patience``, is a lost rank: rank 0 says
/// which, and all end with ``exitCode``. If rank 0 is lost, rank 1 says so. A thread of its own looks,
/// because the one that trains may wait for the lost one for ever. A rank that ends with an error of its own
/// says so before: it speaks of it itself, and the others end behind it without a word.
struct Heartbeat: Sendable {
  /// Seconds of silence.
  static let patience = 5.0
  /// Seconds in which a rank that fails says what of.
  static let wordsTime = 3.0
  /// What a run that has lost a rank ends with.
  static let exitCode: Int32 = 3

  /// Another rank, seen from here.
  struct Peer: Sendable {
    let rank: Int
    let host: String
    let socket: TCPSocket
    var lastHeard = 0.0
    var hasLeft = false
    /// When it said that it ends with an error of its own; nil: it has not.
    var failedAt: Double?
  }

  private enum Sign: UInt8 {
    case life = 1
    /// Came to its end.
    case leaves
    /// A rank is lost: end, and say nothing.
    case lost
    /// Ends with an error, of which it speaks itself.
    case fails
  }

  /// How a look at the others ends.
  enum End: Equatable {
    /// All have come to their ends.
    case left
    /// One is no longer there.
    case lost(LostRank)
    /// One has failed and said what of, or is about to.
    case failed
  }

  /// Whether this rank ends with an error of its own.
  private final class Failing: Sendable { let isSo = Atomic(false) }

  /// The number of this rank.
  let rank: Int
  /// Of rank 0 all others; of others rank 0.
  let peers: [Peer]
  private let failing = Failing()

  /// The others, as this rank sees them.
  init(rank: Int, peers: [Peer]) {
    self.rank = rank
    self.peers = peers
  }

  /// Begins to look, on a thread of its own; `report` says that a rank is lost.
  func start(_ report: @escaping @Sendable (LostRank) -> Void) throws {
    try EngineThread.start(named: "ranks") { [self] in
      let end = end()
      guard end != .left else { return }
      if case .lost(let lost) = end, rank <= 1 { report(lost) }
      for peer in peers { peer.socket.send([Sign.lost.rawValue]) }
      // Who is told ends by itself; who is not ends behind the one that reports.
      usleep(rank == 0 ? 100_000 : 500_000)
      _exit(Self.exitCode)
    }
  }

  /// Tells the others that this rank comes to its end.
  func leave() {
    for peer in peers { peer.socket.send([Sign.leaves.rawValue]) }
  }

  /// Tells the others that this rank ends with an error of its own, and says it.
  ///
  /// Rank 0 looks no more then. Another one looks whether rank 0 fails as well, and speaks for all.
  func fail() {
    failing.isSo.store(true, ordering: .releasing)
    for peer in peers { peer.socket.send([Sign.fails.rawValue]) }
  }

  /// Looks until all others have come to their ends, or one has come to none.
  func end(patience: Double = Heartbeat.patience) -> End {
    var peers = peers
    var lastSigns = 0.0
    var lastLook = Self.now()
    for index in peers.indices { peers[index].lastHeard = lastLook }
    while peers.contains(where: { !$0.hasLeft }) {
      var wishes = peers.map {
        pollfd(fd: $0.hasLeft ? -1 : $0.socket.number, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&wishes, nfds_t(wishes.count), 500)
      let (now, isFailing) = (Self.now(), failing.isSo.load(ordering: .acquiring))
      if isFailing, rank == 0 { return .left }
      // Whoever was stopped itself has heard nothing meanwhile.
      if now - lastLook > 2 { for index in peers.indices { peers[index].lastHeard = now } }
      lastLook = now
      for index in peers.indices where !peers[index].hasLeft {
        let isClosed = wishes[index].revents != 0 && !Self.listen(to: &peers[index], at: now)
        guard !peers[index].hasLeft else { continue }
        if let failedAt = peers[index].failedAt {
          // It has said what is wrong when it closes; whoever speaks late is not waited for.
          if isClosed || now - failedAt > Self.wordsTime { return .failed }
        } else if isClosed || now - peers[index].lastHeard > patience {
          // Rank 0 may have ended for what this rank is about to say.
          guard !isFailing else { return .left }
          return .lost(
            LostRank(rank: peers[index].rank, host: peers[index].host, isSilent: !isClosed))
        }
      }
      guard now - lastSigns >= 1 else { continue }
      lastSigns = now
      for peer in peers where !peer.hasLeft { peer.socket.send([Sign.life.rawValue]) }
    }
    return .left
  }

  /// Hears what a rank says; false if its connection is closed.
  private static func listen(to peer: inout Peer, at now: Double) -> Bool {
    guard case .bytes(let signs) = peer.socket.read(most: 64) else { return false }
    if signs.contains(Sign.lost.rawValue) { _exit(exitCode) }
    if signs.contains(Sign.leaves.rawValue) { peer.hasLeft = true }
    if signs.contains(Sign.fails.rawValue), peer.failedAt == nil { peer.failedAt = now }
    if !signs.isEmpty { peer.lastHeard = now }
    return true
  }

  /// Seconds of a clock that nobody sets.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

// MARK: - Meeting

extension Heartbeat {
  /// Connects all ranks to rank 0, whose addresses it tells them over the wire.
  static func connecting(_ group: RankGroup) throws -> Heartbeat {
    let rank = group.wire.rank
    var door = Door()
    var listening: TCPSocket?
    if rank == 0 {
      let (socket, port) = try TCPSocket.listening()
      listening = socket
      door = Door(port: port)
    }
    try door.share(in: group)
    guard let listening else {
      let socket = try door.enter(as: rank)
      return Heartbeat(rank: rank, peers: [Peer(rank: 0, host: door.host, socket: socket)])
    }
    defer { listening.close() }
    return Heartbeat(rank: 0, peers: try door.guests(at: listening, count: group.wire.count - 1))
  }
}
