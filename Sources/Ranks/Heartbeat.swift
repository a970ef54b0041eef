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
}

/// Connections by which a rank that ends in the middle of a run is noticed, whatever its launcher does:
/// all ranks to rank 0, a sign of life over each every second.
///
/// A connection that the system closes, or that is silent for ``patience``, is a lost rank: rank 0 says
/// which, and all end with ``exitCode``. If rank 0 is lost, rank 1 says so. A thread of its own looks,
/// because the one that trains may wait for the lost one for ever.
struct Heartbeat: Sendable {
  /// Seconds of silence.
  static let patience = 5.0
  /// What a run that has lost a rank ends with.
  static let exitCode: Int32 = 3

  /// Another rank, seen from here.
  struct Peer: Sendable {
    let rank: Int
    let host: String
    let socket: TCPSocket
    var lastHeard = 0.0
    var hasLeft = false
  }

  private enum Sign: UInt8 {
    case life = 1
    /// Came to its end.
    case leaves
    /// A rank is lost: end, and say nothing.
    case lost
  }

  /// The number of this rank.
  let rank: Int
  /// Of rank 0 all others; of others rank 0.
  let peers: [Peer]

  /// Begins to look, on a thread of its own; `report` says that a rank is lost.
  func start(_ report: @escaping @Sendable (LostRank) -> Void) throws {
    try EngineThread.start(named: "ranks") { [self] in
      guard let lost = lostRank() else { return }
      if rank <= 1 { report(lost) }
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

  /// Looks until all others have come to their ends; the one that has not.
  func lostRank(patience: Double = Heartbeat.patience) -> LostRank? {
    var peers = peers
    var lastSigns = 0.0
    var lastLook = Self.now()
    for index in peers.indices { peers[index].lastHeard = lastLook }
    while peers.contains(where: { !$0.hasLeft }) {
      var wishes = peers.map {
        pollfd(fd: $0.hasLeft ? -1 : $0.socket.number, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&wishes, nfds_t(wishes.count), 500)
      let now = Self.now()
      // Whoever was stopped itself has heard nothing meanwhile.
      if now - lastLook > 2 { for index in peers.indices { peers[index].lastHeard = now } }
      lastLook = now
      for index in peers.indices where !peers[index].hasLeft {
        let isClosed = wishes[index].revents != 0 && !Self.listen(to: &peers[index], at: now)
        guard !peers[index].hasLeft else { continue }
        if isClosed || now - peers[index].lastHeard > patience {
          return LostRank(rank: peers[index].rank, host: peers[index].host, isSilent: !isClosed)
        }
      }
      guard now - lastSigns >= 1 else { continue }
      lastSigns = now
      for peer in peers where !peer.hasLeft { peer.socket.send([Sign.life.rawValue]) }
    }
    return nil
  }

  /// Hears what a rank says; false if its connection is closed.
  private static func listen(to peer: inout Peer, at now: Double) -> Bool {
    guard case .bytes(let signs) = peer.socket.read(most: 64) else { return false }
    if signs.contains(Sign.lost.rawValue) { _exit(exitCode) }
    if signs.contains(Sign.leaves.rawValue) { peer.hasLeft = true }
    if !signs.isEmpty { peer.lastHeard = now }
    return true
  }

  /// Seconds of a clock that nobody sets.
  private static func now() -> Double {
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
      door = Door(
        host: TCPSocket.hostName(), port: port, key: UInt64.random(in: 1...(.max)),
        addresses: TCPSocket.ownAddresses())
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

/// Where rank 0 takes connections, and the number by which it knows that they are from its ranks.
private struct Door {
  var host = ""
  var port: UInt16 = 0
  var key: UInt64 = 0
  var addresses: [String] = []

  static let waitMilliseconds: Int32 = 10_000
  private static let hostBytes = 64

  /// Gives everybody that of rank 0.
  mutating func share(in group: RankGroup) throws {
    var text = Array("\(host) \(port) \(key) \(addresses.joined(separator: " "))".utf8.prefix(1024))
    text += [UInt8](repeating: 32, count: 1024 - text.count)
    try text.withUnsafeMutableBytes { try group.broadcast($0, from: 0, for: .agenda) }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count > 3, let port = UInt16(words[1]), let key = UInt64(words[2]) else {
      throw RankStartError.unreachable("what rank 0 says of itself makes no sense")
    }
    self = Door(host: words[0], port: port, key: key, addresses: Array(words[3...]))
  }

  /// A connection to rank 0.
  func enter(as rank: Int) throws(RankStartError) -> TCPSocket {
    let own = TCPSocket.hostName()
    let local = own == host ? ["127.0.0.1"] : []
    let socket = try TCPSocket.connected(
      to: local + addresses.filter { $0 != "127.0.0.1" }, port: port, milliseconds: 3_000)
    var name = Array(own.utf8.prefix(Self.hostBytes))
    name += [UInt8](repeating: 32, count: Self.hostBytes - name.count)
    socket.send(Self.bytes(key) + Self.bytes(UInt64(rank)) + name)
    return socket
  }

  /// The connections of the other ranks, by rank.
  func guests(at listening: TCPSocket, count: Int) throws(RankStartError) -> [Heartbeat.Peer] {
    var found: [Int: Heartbeat.Peer] = [:]
    while found.count < count {
      guard let socket = listening.accepted(within: Self.waitMilliseconds) else {
        let missing = (1...count).filter { found[$0] == nil }.map(String.init)
        throw .unreachable("no connection of rank \(missing.joined(separator: ", "))")
      }
      guard let hello = socket.received(16 + Self.hostBytes, within: 2_000),
        Self.number(hello.prefix(8)) == key,
        case let rank = Int(Self.number(hello[8..<16])), (1...count).contains(rank)
      else {
        // Somebody else's.
        socket.close()
        continue
      }
      let host = String(decoding: hello[16...].prefix { $0 != 32 }, as: UTF8.self)
      found[rank] = Heartbeat.Peer(rank: rank, host: host, socket: socket)
    }
    return found.values.sorted { $0.rank < $1.rank }
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
