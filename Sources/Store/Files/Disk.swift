internal import Runs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The file system, as the folder of a run uses it: every call that may fail goes through here.
struct Disk: Sendable {
  /// What is asked of the file system.
  enum Call: Sendable, Hashable {
    case open, write, synchronise, rename, remove, makeFolder, truncate
  }

  /// Asked before each call, with its path: an error number refuses the call, as a full disk would.
  ///
  /// Of a write that is refused the first half is written.
  var refusal: @Sendable (Call, String) -> Int32? = { _, _ in nil }

  /// Whether what is written is waited for; a test that writes thousands of files need not.
  var synchronises = true

  /// The disk as it is.
  static let real = Disk()

  /// Makes a call.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)``.
  @discardableResult
  func attempt(
    _ call: Call, _ path: String, _ doing: String, _ body: () -> Int32
  ) throws(StoreError) -> Int32 {
    if let code = refusal(call, path) { throw StoreError(path, doing, code) }
    while true {
      let result = body()
      if result >= 0 { return result }
      guard errno == EINTR else { throw StoreError(path, doing, errno) }
    }
  }

  /// Makes a folder and those above it that are not there, for their owner only.
  func makeFolder(_ path: String) throws(StoreError) {
    if FileStatus(path)?.isFolder == true { return }
    if let above = folder(of: path) { try makeFolder(above) }
    try attempt(.makeFolder, path, "make the folder") {
      if mkdir(path, 0o700) == 0 { return 0 }
      guard errno == EEXIST else { return -1 }
      // Another process made it meanwhile, or what bears the path is none.
      if FileStatus(path)?.isFolder == true { return 0 }
      errno = ENOTDIR
      return -1
    }
  }

  /// Makes a folder, for its owner only; false if something bears the path.
  func makeNewFolder(_ path: String) throws(StoreError) -> Bool {
    var isNew = true
    try attempt(.makeFolder, path, "make the folder") {
      if mkdir(path, 0o700) == 0 { return 0 }
      isNew = false
      return errno == EEXIST ? 0 : -1
    }
    return isNew
  }

  /// Renames, replacing what bears the new name.
  func rename(_ old: String, to new: String) throws(StoreError) {
    try attempt(.rename, new, "write") { systemRename(old, new) }
  }

  /// Removes a file; none is no error.
  func remove(_ path: String) throws(StoreError) {
    try attempt(.remove, path, "remove") { unlink(path) == 0 || errno == ENOENT ? 0 : -1 }
  }

  /// Waits until the disk has the names of a folder.
  func synchroniseNames(of folder: String) throws(StoreError) {
    let file = try OpenFile(folder, .reading, on: self)
    try file.synchronise()
  }
}

/// What bears a path.
struct FileStatus {
  /// Whether it is a folder.
  let isFolder: Bool
  /// Whether it is a plain file.
  let isFile: Bool
  /// Bytes.
  let size: Int
  /// What differs whenever the content may have changed.
  let stamp: String
  /// Which one it is, of all there are.
  let identity: Identity

  /// A file or folder, whatever its name.
  struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  /// Looks at a path, links followed; nil if nothing bears it or it cannot be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  fileprivate init(_ status: stat) {
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isFile = status.st_mode & S_IFMT == S_IFREG
    size = Int(status.st_size)
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    stamp = "\(status.st_ino).\(size).\(changed.tv_sec).\(changed.tv_nsec)"
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino))
  }
}

/// A file that is open, closed when nobody holds it any more.
final class OpenFile: Sendable {
  /// What for.
  enum Mode {
    /// To read, and to lock a folder's names to the disk.
    case reading
    /// Empty, to write.
    case replacing
    /// What is there stays; writing goes on at the end.
    case appending
    /// What another process has begun, to write somewhere in it.
    case sharing
  }

  let path: String
  private let disk: Disk
  private let descriptor: Int32

  /// Opens a file; for writing it is made if it is not there, for its owner only unless that is said,
  /// and a link of its name is not followed.
  init(
    _ path: String, _ mode: Mode, on disk: Disk, permissions: mode_t = 0o600
  ) throws(StoreError) {
    let flags =
      switch mode {
      case .reading: O_RDONLY
      case .replacing: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
      case .appending: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW
      case .sharing: O_WRONLY | O_NOFOLLOW
      }
    let doing = flags & O_CREAT == 0 ? "open" : "write"
    descriptor = try disk.attempt(.open, path, doing) {
      open(path, flags | O_CLOEXEC, permissions)
    }
    self.path = path
    self.disk = disk
  }

  deinit { close(descriptor) }

  /// Bytes in the file.
  var size: Int { status?.size ?? 0 }

  /// Which file it is; nil if it cannot be known.
  var identity: FileStatus.Identity? { status?.identity }

  private var status: FileStatus? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
  }

  /// Writes all bytes, or says what hindered it.
  func write(_ bytes: [UInt8]) throws(StoreError) {
    let result = bytes.withUnsafeBytes { bytes -> Result<Void, StoreError> in
      do throws(StoreError) { return .success(try write(bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Writes all bytes, or says what hindered it.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    if let code = disk.refusal(.write, path) {
      _ = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)))
      throw StoreError(path, "write", code)
    }
    var rest = bytes
    while !rest.isEmpty {
      let written = systemWrite(descriptor, rest)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw StoreError(path, "write", errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Writes all bytes at a place of the file, or says what hindered it.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
    if let code = disk.refusal(.write, path) { throw StoreError(path, "write", code) }
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw StoreError(path, "write", errno) }
      done += written
    }
  }

  /// Writes all bytes at a place of the file, or says what hindered it.
  func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    let result = bytes.withUnsafeBytes { bytes -> Result<Void, StoreError> in
      do throws(StoreError) { return .success(try write(bytes, at: offset)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Waits until the disk has what was written, or a folder's names.
  ///
  /// A file system that cannot promise it (EINVAL, as for some folders) is not an error.
  func synchronise() throws(StoreError) {
    try disk.attempt(.synchronise, path, "write") {
      !disk.synchronises || fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : -1
    }
  }

  /// Cuts the file off behind so many bytes.
  func truncate(to size: Int) throws(StoreError) {
    try disk.attempt(.truncate, path, "write") { ftruncate(descriptor, off_t(size)) }
  }

  /// Takes the file's lock, which lasts as long as the file is open; false if another holds it.
  func lock() throws(StoreError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw StoreError(path, "lock", errno) }
    return false
  }

  /// Everything in the file.
  func read() throws(StoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(done))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw StoreError(path, "read", errno) }
      if count == 0 { return Array(bytes.prefix(done)) }
      done += count
    }
    return bytes
  }
}

extension StoreError {
  /// What the system said, in its words.
  init(_ path: String, _ doing: String, _ code: Int32) {
    self = .unusable(path: path, doing: doing, reason: String(cString: strerror(code)))
  }
}

/// The folder that a path lies in; nil for `/` and for a mere name.
func folder(of path: String) -> String? {
  guard let slash = path.lastIndex(of: "/") else { return nil }
  let above = path[..<slash]
  if above.isEmpty { return path.count > 1 ? "/" : nil }
  return String(above)
}

/// Removes a folder that is empty; any other stays.
func removeEmptyFolder(_ path: String) { rmdir(path) }

private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

/// A value of this program as JSON, of which none refuses to be written.
func jsonBytes(of value: some Encodable) -> [UInt8] {
  do { return try ValueCoding.encoded(value) } catch {
    preconditionFailure("a value of a run has no JSON: \(error)")
  }
}
