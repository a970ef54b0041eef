#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where rank 0 or 1 takes connections, and the number by which ranks know each other.
///
///     a rank      key (8 bytes) · rank (8) · host (64)
///     the host    key (8), at once · one byte when all are in
struct Door {
  /// The rank whose door it is.
  var rank = 0
  var host = ""
  var port: UInt16 = 0
  var key: UInt64 = 0
  var addresses: [String] = []

  /// Seconds in which all ranks have come.
  static let patience = 30.0
  /// Milliseconds in which an address answers, and again what listens there.
  private static let answerTime: Int32 = 3_000
  /// Seconds in which whoever has connected says who it is.
  private static let helloTime = 2.0
  private static let hostBytes = 64
  private static let helloBytes = 16 + hostBytes

  /// Nobody's.
  init() {}

  /// That of this machine, with a key that nobody else knows.
  init(of rank: Int = 0, port: UInt16) {
    self.rank = rank
    // Words are told apart by spaces.
    host = TCPSocket.hostName().split(separator: " ").joined(separator: "-")
    self.port = port
    key = UInt64.random(in: 1...(.max))
    addresses = TCPSocket.ownAddresses()
  }

  /// Gives everybody that of a rank.
  mutating func share(in group: RankGroup, from rank: Int) throws {
    self.rank = rank
    var text = Array("\(host) \(port) \(key) \(addresses.joined(separator: " "))".utf8.prefix(1024))
    text += [UInt8](repeating: 32, count: 1024 - text.count)
    try text.withUnsafeMutableBytes { try group.broadcast($0, from: rank, for: .agenda) }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count > 3, let port = UInt16(words[1]), let key = UInt64(words[2]) else {
      throw RankStartError.unreachable("what rank \(rank) says of itself makes no sense")
    }
    (host, self.port, self.key, addresses) = (words[0], port, key, Array(words[3...]))
  }

  // MARK: - Guests

  /// A connection to the rank whose door it is, when all that shall have one.
  ///
  /// What answers at an address is that rank only if it knows the key: another machine may have the address too.
  func enter(as guest: Int) throws(RankStartError) -> TCPSocket {
    let own = TCPSocket.hostName()
    let isHere = own.split(separator: " ").joined(separator: "-") == host
    var name = Array(own.utf8.prefix(Self.hostBytes))
    name += [UInt8](repeating: 32, count: Self.hostBytes - name.count)
    var reasons: [String] = []
    for address in (isHere ? ["127.0.0.1"] : []) + addresses.filter({ $0 != "127.0.0.1" }) {
      switch TCPSocket.connected(to: address, port: port, milliseconds: Self.answerTime) {
      case .failure(let reason): reasons.append("\(address):\(port): \(reason.words)")
      case .success(let socket):
        socket.send(Self.bytes(key) + Self.bytes(UInt64(guest)) + name)
        guard let answer = socket.received(8, within: Self.answerTime),
          Self.number(answer[...]) == key
        else {
          reasons.append("\(address):\(port): not rank \(rank)")
          socket.close()
          continue
        }
        // The last one is waited for no longer than that.
        guard socket.received(1, within: Int32(Self.patience * 1_000) + Self.answerTime) != nil
        else {
          socket.close()
          throw .unreachable(
            "rank \(rank) has met this rank, and then ended or waited for another in vain")
        }
        return socket
      }
    }
    throw .unreachable(
      reasons.isEmpty
        ? "rank \(rank) on \(host) has no address to reach it at" : reasons.joined(separator: "; "))
  }

  // MARK: - Host

  /// Who has connected and not said yet who it is.
  private struct Caller {
    let socket: TCPSocket
    let since: Double
    var said: [UInt8] = []
    var isGone = false
  }

  /// The connections of some ranks, by rank, each of which is told when all are there.
  ///
  /// Strangers hold up nobody: all that have connected are heard at the same time.
  func guests(
    at listening: TCPSocket, _ ranks: Range<Int>, patience: Double = Door.patience
  ) throws(RankStartError) -> [Heartbeat.Peer] {
    var (found, callers): ([Int: Heartbeat.Peer], [Caller]) = ([:], [])
    defer { for caller in callers { caller.socket.close() } }
    let start = Heartbeat.now()
    while found.count < ranks.count {
      guard Heartbeat.now() - start < patience else {
        for peer in found.values { peer.socket.close() }
        let missing = ranks.filter { found[$0] == nil }.map(String.init)
        throw .unreachable("no connection of rank \(missing.joined(separator: ", "))")
      }
      var wishes = ([listening] + callers.map(\.socket)).map {
        pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&wishes, nfds_t(wishes.count), 100)
      for index in callers.indices {
        guard let peer = hear(&callers[index], ranks: ranks) else { continue }
        // A second one of a rank is not it.
        if found[peer.rank] == nil { found[peer.rank] = peer } else { peer.socket.close() }
      }
      callers.removeAll { $0.isGone }
      while let socket = listening.accepted(within: 0) {
        callers.append(Caller(socket: socket, since: Heartbeat.now()))
      }
    }
    let peers = found.values.sorted { $0.rank < $1.rank }
    for peer in peers { peer.socket.send([1]) }
    return peers
  }

  /// Hears a caller, and answers the one that knows the key; nil: it is none of the ranks, or not yet known.
  private func hear(_ caller: inout Caller, ranks: Range<Int>) -> Heartbeat.Peer? {
    let reading = caller.socket.read(most: Self.helloBytes - caller.said.count)
    if case .bytes(let more) = reading { caller.said += more }
    guard caller.said.count == Self.helloBytes else {
      if case .closed = reading { caller.isGone = true }
      if Heartbeat.now() - caller.since > Self.helloTime { caller.isGone = true }
      if caller.isGone { caller.socket.close() }
      return nil
    }
    caller.isGone = true
    guard Self.number(caller.said[..<8]) == key,
      case let number = Self.number(caller.said[8..<16]), ranks.contains(Int(clamping: number))
    else {
      caller.socket.close()
      return nil
    }
    caller.socket.send(Self.bytes(key))
    let host = String(decoding: caller.said[16...].prefix { $0 != 32 }, as: UTF8.self)
    return Heartbeat.Peer(rank: Int(clamping: number), host: host, socket: caller.socket)
  }

  static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
