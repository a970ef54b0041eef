import Foundation
import Synchronization
import Testing

@testable import Ranks

/// How ranks find rank 0, and it them, where others are about.
@Suite struct DoorTests {
  private final class Moments: Sendable {
    let isLastThere = Atomic(false)
    let wasEarly = Atomic(false)
  }

  /// What a thread of its own comes to; it starts at once, however busy the threads of other tests are.
  private final class Work<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(_ body: @escaping @Sendable () throws -> Value) {
      Thread.detachNewThread { [self] in
        let found = Result { try body() }
        result.withLock { $0 = found }
      }
    }

    /// Waits for it.
    func value() throws -> Value {
      while true {
        if let found = result.withLock({ $0 }) { return try found.get() }
        Thread.sleep(forTimeInterval: 0.002)
      }
    }
  }

  private func guests(_ door: Door, _ listening: TCPSocket, _ count: Int) -> Work<[Heartbeat.Peer]>
  {
    Work { try door.guests(at: listening, 1..<(count + 1), patience: 20) }
  }

  /// A rank looks for signs of life only when there is somebody who gives them to all.
  @Test func nobodyIsInBeforeTheLast() throws {
    let (listening, port) = try TCPSocket.listening()
    let (door, moments) = (Door(port: port), Moments())
    let peers = guests(door, listening, 2)
    let first = Work {
      let socket = try door.enter(as: 1)
      moments.wasEarly.store(!moments.isLastThere.load(ordering: .acquiring), ordering: .releasing)
      return socket
    }
    let last = Work {
      Thread.sleep(forTimeInterval: 0.4)
      moments.isLastThere.store(true, ordering: .releasing)
      return try door.enter(as: 2)
    }
    let sockets = [try first.value(), try last.value()]
    #expect(try peers.value().map(\.rank) == [1, 2])
    let wasEarly = moments.wasEarly.load(ordering: .acquiring)
    #expect(!wasEarly)
    for socket in sockets { socket.close() }
  }

  /// Strangers that are silent, or say a key of their own, are no ranks and hold up nobody.
  @Test func strangersAreNotLetIn() throws {
    let (listening, port) = try TCPSocket.listening()
    let door = Door(port: port)
    var silent: [TCPSocket] = []
    for _ in 0..<3 {
      silent.append(try TCPSocket.connected(to: "127.0.0.1", port: port, milliseconds: 1_000).get())
    }
    let liar = try TCPSocket.connected(to: "127.0.0.1", port: port, milliseconds: 1_000).get()
    liar.send(
      Door.bytes(door.key &+ 1) + Door.bytes(1) + [UInt8]("liar".utf8)
        + [UInt8](repeating: 32, count: 60))
    let start = ContinuousClock.now
    let peers = guests(door, listening, 1)
    let socket = try door.enter(as: 1)
    let found = try peers.value()
    #expect(found.map(\.rank) == [1] && found[0].host != "liar")
    // One after the other they would have been waited for six seconds.
    #expect(ContinuousClock.now - start < .seconds(5), "three silent ones were waited for")
    #expect(liar.received(1, within: 200) == nil)
    for socket in silent + [liar, socket] { socket.close() }
  }

  #if os(Linux)
    /// What listens at an address of rank 0 without its key is another machine.
    @Test func aStrangersAddressIsPassedBy() throws {
      let (stranger, port) = try TCPSocket.listening(at: "127.0.0.1")
      let (listening, _) = try TCPSocket.listening(at: "127.0.0.2", port: port)
      var door = Door(port: port)
      door.addresses = ["127.0.0.2"]
      let own = door
      let peers = guests(own, listening, 1)
      let socket = Work { try own.enter(as: 1) }
      let met = try #require(stranger.accepted(within: 10_000))
      met.send([UInt8](repeating: 7, count: 9))
      #expect(try peers.value().map(\.rank) == [1])
      try socket.value().close()
      met.close()
    }
  #endif
}
