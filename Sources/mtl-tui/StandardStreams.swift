import Foundation

/// Standard output, where results go: each text is handed over at once, and what cannot be written
/// is an error.
enum StandardOutput {
  /// Writes a line, or several.
  ///
  /// - Throws: ``Failure`` with the system's reason; without words if nobody is left to read them,
  ///   because a pipe's reader has gone or the terminal was closed.
  static func writeLine(_ text: String) throws(Failure) {
    guard let code = Descriptor(STDOUT_FILENO).write(text + "\n") else { return }
    throw failure(code)
  }

  /// Writes bytes of a text, such as lines of a table.
  ///
  /// - Throws: ``Failure`` as ``writeLine(_:)``.
  static func write(_ bytes: [UInt8]) throws(Failure) {
    let code = bytes.withUnsafeBytes { Descriptor(STDOUT_FILENO).write($0) }
    if let code { throw failure(code) }
  }

  private static func failure(_ code: Int32) -> Failure {
    switch code {
    case EPIPE: Failure(message: "", exitCode: 128 + SIGPIPE)
    case EIO where isTerminal: Failure(message: "", exitCode: 128 + SIGHUP)
    default:
      Failure(
        message: """
          standard output: results cannot be written.
            found: \(String(cString: strerror(code)))
            fix:   lead it to a terminal, a program or a file with room
          """, exitCode: Failure.outputCode)
    }
  }

  /// Whether it led to a terminal when the program started; one that was closed no longer says so.
  static let isTerminal = isatty(STDOUT_FILENO) == 1
}

/// Standard error, for messages and progress: what cannot be written there is lost, since there is
/// nobody left to tell.
enum StandardError {
  /// Writes a line, or several.
  static func writeLine(_ text: String) { write(text + "\n") }

  /// Writes a text without an end of line.
  static func write(_ text: String) { _ = Descriptor(STDERR_FILENO).write(text) }
}

/// What the program does about its streams before anything else.
enum StandardStreams {
  /// Makes failed writes errors instead of signals, and keeps the three descriptors to the streams.
  ///
  /// If one of them is closed, the next file that is opened would take its number, and a message
  /// would be written into that file.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // Opened for the other direction, so that using it is an error as it was before.
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      _ = open("/dev/null", mode)
    }
    _ = StandardOutput.isTerminal
  }
}

/// An open file by its number.
private struct Descriptor {
  private let number: Int32

  init(_ number: Int32) { self.number = number }

  /// Writes all of a text; the system's error number if it refuses.
  func write(_ text: String) -> Int32? {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes all bytes; the system's error number if it refuses.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let written = systemWrite(number, rest)
      if written < 0 {
        if errno == EINTR || (errno == EAGAIN && hasRoom()) { continue }
        return errno
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return nil
  }

  /// Waits until a pipe that does not wait by itself takes more; false if that cannot be known.
  private func hasRoom() -> Bool {
    var wanted = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return poll(&wanted, 1, -1) >= 0 || errno == EINTR
  }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
