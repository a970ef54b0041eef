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

  /// What a guest comes to on a thread of its own.
  private func guest(
    _ rank: Int, _ door: Door, after seconds: Double = 0,
    _ entered: @escaping @Sendable () -> Void = {}
  ) async throws -> TCPSocket {
    try await withCheckedThrowingContinuation { done in
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: seconds)
        if seconds > 0 { entered() }
        done.resume(
          with: Result {
            let socket = try door.enter(as: rank)
            if seconds == 0 { entered() }
            return socket
          })
      }
    }
  }

  private func guests(
    _ door: Door, _ listening: TCPSocket, _ count: Int
  ) async throws -> [Heartbeat.Peer] {
    try await withCheckedThrowingContinuation { done in
      Thread.detachNewThread {
        done.resume(with: Result { try door.guests(at: listening, count: count, patience: 10) })
      }
    }
  }

  /// A rank looks for signs of life only when there is somebody who gives them to all.
  @Test func nobodyIsInBeforeTheLast() async throws {
    let (listening, port) = try TCPSocket.listening()
    let (door, moments) = (Door(port: port), Moments())
    async let peers = guests(door, listening, 2)
    async let first = guest(1, door) {
      moments.wasEarly.store(!moments.isLastThere.load(ordering: .acquiring), ordering: .releasing)
    }
    async let last = guest(2, door, after: 0.4) {
      moments.isLastThere.store(true, ordering: .releasing)
    }
    let sockets = try await [first, last]
    #expect(try await peers.map(\.rank) == [1, 2])
    let wasEarly = moments.wasEarly.load(ordering: .acquiring)
    #expect(!wasEarly)
    for socket in sockets { socket.close() }
  }

  /// Strangers that are silent, or say a key of their own, are no ranks and hold up nobody.
  @Test func strangersAreNotLetIn() async throws {
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
    async let peers = guests(door, listening, 1)
    let socket = try await guest(1, door, after: 0.2)
    let found = try await peers
    #expect(found.map(\.rank) == [1] && found[0].host != "liar")
    #expect(ContinuousClock.now - start < .seconds(1.8), "three silent ones were waited for")
    #expect(liar.received(1, within: 200) == nil)
    for socket in silent + [liar, socket] { socket.close() }
  }

  #if os(Linux)
    /// What listens at an address of rank 0 without its key is another machine.
    @Test func aStrangersAddressIsPassedBy() async throws {
      let (stranger, port) = try TCPSocket.listening(at: "127.0.0.1")
      let (listening, _) = try TCPSocket.listening(at: "127.0.0.2", port: port)
      var door = Door(port: port)
      door.addresses = ["127.0.0.2"]
      async let peers = guests(door, listening, 1)
      async let socket = guest(1, door)
      try await Task.sleep(for: .milliseconds(300))
      let met = try #require(stranger.accepted(within: 2_000))
      met.send([UInt8](repeating: 7, count: 9))
      #expect(try await peers.map(\.rank) == [1])
      try await socket.close()
      met.close()
    }
  #endif
}
