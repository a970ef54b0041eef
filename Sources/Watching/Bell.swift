#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Wakes a thread that waits for files: a pipe of which one end is rung and the other waited for.
struct Bell: Sendable {
  /// Readable once it has rung.
  let reading: Int32
  private let writing: Int32

  /// - Throws: ``WatchError`` where the system gives no pipe.
  init() throws(WatchError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .system("a pipe", reason: LocalSocket.reason(errno))
    }
    (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  /// Rings; it does not stop ringing.
  func ring() {
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Gives both ends back.
  func close() {
    closeEnd(reading)
    closeEnd(writing)
  }

  /// Waits a millisecond.
  static func pause() { usleep(1_000) }
}

private func closeEnd(_ number: Int32) { _ = close(number) }
