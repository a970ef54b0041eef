import Runs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file open for writing, closed when it is let go; every call says what the system refused.
struct SystemFile: ~Copyable {
  private let descriptor: Int32

  /// Makes a file that is not there yet; a link of that name is not followed.
  ///
  /// Others may read it as far as the process' umask lets them, a private one never.
  ///
  /// - Throws: ``SystemRefusal``.
  init(creating path: String, isPrivate: Bool = false) throws(SystemRefusal) {
    descriptor = open(
      path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
    guard descriptor >= 0 else { throw SystemRefusal() }
  }

  /// Opens a file to lock it, made if it is not there; a link of that name is not followed.
  ///
  /// - Throws: ``SystemRefusal``.
  init(locking path: String) throws(SystemRefusal) {
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw SystemRefusal() }
  }

  /// Opens a file that is there, or a folder; a link of that name is not followed.
  ///
  /// - Throws: ``SystemRefusal``.
  init(opening path: String) throws(SystemRefusal) {
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemRefusal() }
  }

  /// Makes a file without a name in a folder, for reading and writing: it goes with whoever holds it,
  /// however the program ends.
  ///
  /// - Throws: ``SystemRefusal``.
  init(scratchIn folder: String) throws(SystemRefusal) {
    let path = scratchPath(in: folder)
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemRefusal() }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws(SystemRefusal) {
    let refusal = bytes.withUnsafeBytes { buffer -> SystemRefusal? in
      do throws(SystemRefusal) {
        try write(buffer)
        return nil
      } catch {
        return error
      }
    }
    if let refusal { throw refusal }
  }

  /// Writes all bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemRefusal) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw SystemRefusal() }
      rest = rest.dropFirst(written)
    }
  }

  /// Writes all bytes at an offset.
  func write(_ bytes: [UInt8], at offset: Int) throws(SystemRefusal) {
    let refusal = bytes.withUnsafeBytes { buffer -> SystemRefusal? in
      do throws(SystemRefusal) {
        try write(buffer, at: offset)
        return nil
      } catch {
        return error
      }
    }
    if let refusal { throw refusal }
  }

  /// Writes all bytes at an offset.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemRefusal) {
    var written = 0
    while written < bytes.count, let start = bytes.baseAddress {
      let count = pwrite(
        descriptor, start + written, bytes.count - written, off_t(offset + written))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemRefusal() }
      written += count
    }
  }

  /// Lets the system begin to bring bytes to the disk, so that ``synchronise()`` waits less.
  ///
  /// On Linux the hint that bytes are not needed begins to write those that the disk does not have;
  /// until it has them they stay in memory. Elsewhere nothing happens.
  func beginSynchronising(_ count: Int, at offset: Int) {
    #if canImport(Glibc)
      _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
    #endif
  }

  /// Lets the system use the memory of some bytes for others, as far as the disk has them by now.
  ///
  /// On Linux; elsewhere nothing happens.
  func leaveMemory(_ bytes: Range<Int>) {
    #if canImport(Glibc)
      _ = posix_fadvise(
        descriptor, off_t(bytes.lowerBound), off_t(bytes.count), POSIX_FADV_DONTNEED)
    #endif
  }

  /// Fills a buffer with the bytes from an offset on; how many there were.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemRefusal) -> Int
  {
    var count = 0
    while count < buffer.count, let start = buffer.baseAddress {
      let got = pread(descriptor, start + count, buffer.count - count, off_t(offset + count))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw SystemRefusal() }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Waits until the disk has what was written, or a folder's names.
  ///
  /// A file system that cannot promise it (EINVAL, as for some folders) is not an error.
  func synchronise() throws(SystemRefusal) {
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw SystemRefusal()
    }
  }

  /// Takes the file's lock, which lasts as long as this process holds the file; false if another
  /// process holds it, or if the file system knows no locks.
  func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Waits for the file's lock; false if the file system knows no locks.
  func waitForLock() -> Bool {
    while flock(descriptor, LOCK_EX) != 0 { if errno != EINTR { return false } }
    return true
  }

  /// Who may do what with the file: the lower nine bits of its mode.
  func permissions() throws(SystemRefusal) -> mode_t {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemRefusal() }
    return status.st_mode & 0o777
  }

  /// The first bytes of the file, at most so many.
  func start(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = pread(descriptor, &bytes, count, 0)
    return Array(bytes.prefix(max(0, read)))
  }
}

/// How the names of temporary files begin; sixteen hexadecimal digits follow.
let scratchPrefix = ".mtl-tui-scratch-"

/// The path of a temporary file that loses its name as soon as it is made.
func scratchPath(in folder: String) -> String {
  "\(folder)/\(scratchPrefix)\(hexadecimal(UInt64.random(in: .min ... .max)))"
}

/// What the system said when it refused a call, in its words.
struct SystemRefusal: Error {
  /// The reason, `No space left on device`.
  let reason: String
  /// Whether something of that name was there.
  let isOccupied: Bool

  /// A refusal in other words than the system's.
  init(reason: String) {
    self.reason = reason
    isOccupied = false
  }

  /// The refusal of the last call on this thread.
  init() {
    isOccupied = errno == EEXIST
    reason = String(cString: strerror(errno))
  }
}

/// What bears a path, links not followed.
enum PathKind {
  case nothing, file, folder, link, other

  init(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      self = errno == ENOENT || errno == ENOTDIR ? .nothing : .other
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}

/// Renames, replacing what bears the new name.
func moveFile(_ old: String, to new: String) throws(SystemRefusal) {
  guard rename(old, new) == 0 else { throw SystemRefusal() }
}

/// Renames unless something bears the new name; nobody can come in between.
func moveFile(_ old: String, toFree new: String) throws(SystemRefusal) {
  if link(old, new) == 0 {
    unlink(old)
    return
  }
  // A file system without hard links: looking first is the best there is.
  guard errno == EPERM || errno == ENOTSUP || errno == EMLINK, PathKind(new) == .nothing else {
    throw SystemRefusal()
  }
  try moveFile(old, to: new)
}

/// Gives a file a second name on the same disk; false where the system makes none.
func linkFile(_ path: String, at new: String) -> Bool { link(path, new) == 0 }

/// Removes a file; none is no error.
func removeFile(_ path: String) { unlink(path) }

/// Removes a folder that is empty.
func removeFolder(_ path: String) { rmdir(path) }

/// Makes a folder that is not there yet.
func makeFolder(_ path: String, mode: mode_t) throws(SystemRefusal) {
  guard mkdir(path, mode) == 0 else { throw SystemRefusal() }
}

/// Lets those list a folder and read in it who may read a file of these permissions.
func allowReading(_ folder: String, asFileOf permissions: mode_t) throws(SystemRefusal) {
  guard chmod(folder, folderPermissions(asFileOf: permissions)) == 0 else { throw SystemRefusal() }
}

/// The permissions of a folder that those may read who may read a file of these.
func folderPermissions(asFileOf permissions: mode_t) -> mode_t {
  let reading = permissions & 0o044
  return 0o700 | reading | reading >> 2
}

/// Whether everybody may read a file, links followed; nothing is read by nobody.
func isReadableByAll(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
}

/// Whether a path, links followed, is a folder.
func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Seconds since something bearing a path was changed; nil if nothing does.
func secondsSinceChange(of path: String) -> Int? {
  var status = stat()
  guard lstat(path, &status) == 0 else { return nil }
  #if canImport(Darwin)
    return time(nil) - status.st_mtimespec.tv_sec
  #else
    return time(nil) - status.st_mtim.tv_sec
  #endif
}

/// The bytes that this process may still write beside a path; nil where the system does not say.
func freeBytes(at path: String) -> Int? {
  var facts = statvfs()
  guard statvfs(path, &facts) == 0 else { return nil }
  let (bytes, isTooMany) = UInt64(facts.f_bavail).multipliedReportingOverflow(
    by: UInt64(facts.f_frsize))
  return isTooMany ? nil : Int(exactly: bytes)
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
