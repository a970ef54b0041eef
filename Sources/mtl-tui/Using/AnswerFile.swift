import Datasets
import Foundation

/// Where answers go: standard output, or a file that gets its name when all of it is on the disk.
///
/// Let go of before it is finished, nothing of the file remains.
struct AnswerFile: ~Copyable {
  /// Where the bytes go.
  private struct Target {
    /// The file's name before it is whole; nil where there is none.
    var partial: String?
    var descriptor: Int32
  }

  private let path: String?
  private let target: Target
  private var isNamed = false
  private var buffer: [UInt8] = []

  private static let bufferBytes = 1 << 16

  /// Begins a file; nil for standard output.
  ///
  /// What is no plain file, such as a pipe, is written as it is.
  ///
  /// - Throws: ``Failure`` where something is there already and may not be replaced, or where the
  ///   system refuses.
  init(_ path: String?, overwrite: Bool) throws(Failure) {
    let target = try Self.target(path, overwrite: overwrite)
    self.path = path
    self.target = target
  }

  private static func target(_ path: String?, overwrite: Bool) throws(Failure) -> Target {
    guard let path else { return Target(descriptor: STDOUT_FILENO) }
    var facts = stat()
    let isThere = stat(path, &facts) == 0
    let isDirect = isThere && facts.st_mode & S_IFMT != S_IFREG
    if isThere, !isDirect, !overwrite { throw occupied(path) }
    if isDirect {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw refused(path, errno) }
      return Target(partial: nil, descriptor: descriptor)
    }
    let partial = "\(path).partial-\(getpid())"
    var descriptor = makeNew(partial)
    // What a process of this number left behind; another person's cannot be taken away in a shared folder.
    if descriptor < 0, errno == EEXIST, unlink(partial) == 0 { descriptor = makeNew(partial) }
    guard descriptor >= 0 else { throw refused(path, errno) }
    return Target(partial: partial, descriptor: descriptor)
  }

  /// Makes a file where there is none, and follows no link there.
  private static func makeNew(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
  }

  /// Refuses a path that could not be written to; a pipe is not opened, since its reader would hear of
  /// that.
  ///
  /// - Throws: ``Failure``, as making the file would.
  static func check(_ path: String, overwrite: Bool) throws(Failure) {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO else {
      _ = try AnswerFile(path, overwrite: overwrite)
      return
    }
    guard access(path, W_OK) == 0 else { throw refused(path, errno) }
  }

  deinit {
    guard path != nil else { return }
    close(target.descriptor)
    if let partial = target.partial, !isNamed { unlink(partial) }
  }

  /// Writes a text behind those before.
  mutating func write(_ text: String) throws(Failure) {
    buffer += text.utf8
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Ends the file and gives it its name.
  mutating func finish() throws(Failure) {
    try flush()
    guard let path, let partial = target.partial else { return }
    guard fsync(target.descriptor) == 0 || errno == EINVAL || errno == ENOTSUP,
      rename(partial, path) == 0
    else { throw Self.refused(path, errno) }
    isNamed = true
  }

  private mutating func flush() throws(Failure) {
    guard let path else {
      try StandardOutput.write(buffer)
      return buffer.removeAll(keepingCapacity: true)
    }
    let refusal = buffer.withUnsafeBytes { writeAll($0, to: target.descriptor) }
    if let refusal { throw Self.refused(path, refusal) }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func occupied(_ path: String) -> Failure {
    Failure(
      message: """
        \(printable(path)): a file is there already.
          found: a file of this name
          fix:   give another name, or --overwrite
        """)
  }

  private static func refused(_ path: String, _ code: Int32) -> Failure {
    Failure(
      message: """
        \(printable(path)): cannot be written.
          found: \(String(cString: strerror(code)))
          fix:   give a path in a folder that may be written to, with room
        """)
  }
}

/// Writes all bytes; the system's error number if it refuses.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
  var rest = bytes
  while !rest.isEmpty {
    let written = write(descriptor, rest.baseAddress, rest.count)
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return errno }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
  }
  return nil
}
