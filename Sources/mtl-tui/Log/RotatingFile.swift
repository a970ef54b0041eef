import Foundation

/// A file of lines that grows to a size and then begins anew: FILE becomes FILE.1, FILE.1 becomes FILE.2.
///
/// Every line is handed over as a whole at once. What cannot be written is counted, tried again with
/// the next line, and never ends anything. A pipe is never waited for: without a reader, or with one
/// that does not keep up, lines are missing like any others.
struct RotatingFile {
  /// Where it is.
  let path: String
  private let mostBytes: Int
  private let kept: Int
  private var file: Int32 = -1
  /// Whether a part of a line went into a pipe and cannot be taken back.
  private var isTorn = false
  /// Lines that could not be written since the last one that could.
  private(set) var missing = 0
  /// The system's reason for that.
  private(set) var trouble: String?

  /// A file of so many bytes at most, of which so many earlier ones are kept.
  init(_ path: String, mostBytes: Int, kept: Int) {
    self.path = path
    self.mostBytes = mostBytes
    self.kept = kept
  }

  /// Writes a line; `repair` makes the line that stands for those that are missing before it.
  mutating func append(_ line: String, missing repair: (Int) -> String) {
    let lines = missing > 0 ? repair(missing) + "\n" + line + "\n" : line + "\n"
    if let code = write(Array(lines.utf8)) {
      trouble = String(cString: strerror(code))
      missing += 1
    } else {
      (trouble, missing) = (nil, 0)
    }
  }

  /// Writes bytes; the system's error number if it refuses, and then nothing of them stays.
  private mutating func write(_ bytes: [UInt8]) -> Int32? {
    if let code = openIfNeeded() { return code }
    var status = stat()
    let isRegular = fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let size = isRegular ? Int(status.st_size) : 0
    if isRegular, size > 0, size + bytes.count > mostBytes {
      if let code = rotate() { return code }
      return write(bytes)
    }
    let bytes = isTorn ? [UInt8(ascii: "\n")] + bytes : bytes
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { systemWrite(file, $0[sent...]) }
      if count >= 0 {
        sent += count
      } else if errno != EINTR {
        let code = errno
        // Of a line that is half there nothing could be read.
        if isRegular { ftruncate(file, off_t(size)) } else { isTorn = isTorn || sent > 0 }
        return code
      }
    }
    isTorn = false
    return nil
  }

  /// Opens the file, anew where somebody has moved or removed it.
  private mutating func openIfNeeded() -> Int32? {
    var (own, there) = (stat(), stat())
    if file >= 0, fstat(file, &own) == 0, stat(path, &there) == 0, own.st_ino == there.st_ino,
      own.st_dev == there.st_dev
    {
      return nil
    }
    closeFile()
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
    return file < 0 ? errno : nil
  }

  /// Moves the file and the kept ones before it on by one.
  private mutating func rotate() -> Int32? {
    closeFile()
    guard kept > 0 else { return unlink(path) == 0 ? nil : errno }
    for number in stride(from: kept - 1, through: 1, by: -1) {
      guard rename("\(path).\(number)", "\(path).\(number + 1)") == 0 || errno == ENOENT else {
        return errno
      }
    }
    return rename(path, "\(path).1") == 0 ? nil : errno
  }

  private mutating func closeFile() {
    if file >= 0 { close(file) }
    file = -1
  }
}

private func systemWrite(_ file: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
  let bytes = UnsafeRawBufferPointer(rebasing: bytes)
  return write(file, bytes.baseAddress, bytes.count)
}
