import Dispatch
import Foundation
import Testing

@testable import Terminal

/// Bytes to a file whose writes do not wait.
@Suite("Sending") struct SendingTests {
  /// A pipe whose end for writing does not wait.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(Foundation.pipe(&ends) == 0)
    try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
    return (ends[0], ends[1])
  }

  @Test("all bytes arrive in order at a reader that is late") func late() throws {
    let (read, write) = try Self.pipe()
    let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let reader = FileHandle(fileDescriptor: read, closeOnDealloc: true)
    let box = Received()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      usleep(30_000)
      box.bytes = [UInt8](reader.readDataToEndOfFile())
      done.signal()
    }
    #expect(Sending.send(sent, to: write, patience: 10_000))
    close(write)
    done.wait()
    #expect(box.bytes == sent)
  }

  @Test("a reader that takes nothing is waited for no longer than was said, and that is told")
  func never() throws {
    let (read, write) = try Self.pipe()
    #expect(!Sending.send([UInt8](repeating: 7, count: 300_000), to: write, patience: 10))
    #expect(Sending.send([], to: write))
    #expect(!Sending.send([1], to: -1), "no file takes nothing")
    close(write)
    close(read)
  }

  /// What a thread hands to another, one after the other.
  private final class Received: @unchecked Sendable { var bytes: [UInt8] = [] }
}
