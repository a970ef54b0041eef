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
/// all ranks to ranks 0 and 1, a sign of life over each every second.
///
/// A connection that the system closes, or that is silent for ``patience``, is a lost rank: rank 0 says
/// which, and all end with ``exitCode``. If rank 0 is lost, rank 1 says so; if both are, the next one. A
/// thread of its own looks, because the one that trains may wait for the lost one for ever. A rank that ends
/// with an error of its own says so before: it speaks of it itself, and the others end behind it without a
/// word.
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
    /// When it was seen to be lost; nil: it is there.
    var lostAt: Double?
    /// Whether that was silence.
    var isSilent = false

    /// Whether anything is still to be heard of it.
    var isThere: Bool { !hasLeft && lostAt == nil }
    var lost: LostRank { LostRank(rank: rank, host: host, isSilent: isSilent) }
  }

  enum Sign: UInt8 {
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
    /// Some are no longer there.
    case lost([LostRank])
    /// One has failed and said what of, or is about to.
    case failed
  }

  /// What the thread that trains tells the one that looks.
  private final class Failing: Sendable { let isSo = Atomic(false) }

  /// The number of this rank.
  let rank: Int
  /// Of ranks 0 and 1 all others; of others these two, rank 0 first.
  let peers: [Peer]
  private let failing = Failing()
  /// Whether this rank ends with an error of its own.
  var isFailing: Bool { failing.isSo.load(ordering: .acquiring) }

  /// The others, as this rank sees them.
  init(rank: Int, peers: [Peer]) {
    self.rank = rank
    self.peers = peers
  }

  /// Begins to look, on a thread of its own; `report` says which ranks are lost.
  func start(_ report: @escaping @Sendable ([LostRank]) -> Void) throws {
    try EngineThread.start(named: "ranks") { [self] in
      let end = end()
      guard end != .left else { return }
      var hasSpoken = false
      if case .lost(let lost) = end {
        report(lost)
        hasSpoken = true
      }
      for peer in peers { peer.socket.send([Sign.lost.rawValue]) }
      // Who is told ends by itself, who is not behind the one that reports; behind that one's end its
      // launcher ends the others.
      usleep(rank == 0 || hasSpoken ? 100_000 : 500_000)
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

  /// Seconds of a clock that nobody sets.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

// MARK: - Meeting

extension Heartbeat {
  /// Connects all ranks to ranks 0 and 1, whose addresses they tell over the wire.
  static func connecting(_ group: RankGroup) throws -> Heartbeat {
    let (rank, count) = (group.wire.rank, group.wire.count)
    var peers: [Peer] = []
    for host in 0..<min(2, count - 1) {
      var door = Door()
      var listening: TCPSocket?
      if rank == host {
        let (socket, port) = try TCPSocket.listening()
        listening = socket
        door = Door(of: host, port: port)
      }
      try door.share(in: group, from: host)
      if let listening {
        defer { listening.close() }
        peers += try door.guests(at: listening, (host + 1)..<count)
      } else if rank > host {
        peers.append(Peer(rank: host, host: door.host, socket: try door.enter(as: rank)))
      }
    }
    return Heartbeat(rank: rank, peers: peers)
  }
}
