#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Bytes to an open file, all of them or not.
enum Sending {
  /// Milliseconds for which a file that does not wait by itself may take nothing.
  static let patience = 1_000

  /// Sends bytes; says whether all of them were taken.
  ///
  /// Another program on the same terminal may have left it so that a write does not wait
  /// (`O_NONBLOCK`): then this waits in its place, for `patience` milliseconds without a byte at most.
  static func send(_ all: [UInt8], to file: Int32, patience: Int = patience) -> Bool {
    var bytes = all[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN, hasRoom(file, within: patience) { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  /// Waits until a file takes more; a signal meanwhile counts as room: the write says whether there is.
  private static func hasRoom(_ file: Int32, within milliseconds: Int) -> Bool {
    var wanted = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    let count = poll(&wanted, 1, Int32(clamping: milliseconds))
    return count > 0 || count < 0 && errno == EINTR
  }
}
