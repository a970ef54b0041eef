#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Files written beside their places and renamed together; dropped unpublished, none remain.
struct StagedFiles: ~Copyable {
  private let directory: String
  private var staged: [(partial: String, final: String)] = []

  /// Opens a directory for staging, making it and those above it if they are not there.
  init(in directory: String) throws(SyntheticError) {
    self.directory = directory
    try Self.makeDirectory(directory)
  }

  deinit {
    for file in staged { unlink(file.partial) }
  }

  /// Writes a file under a name of its own.
  mutating func stage(_ bytes: [UInt8], as name: String) throws(SyntheticError) {
    let final = "\(directory)/\(name)"
    guard !Self.isDirectory(final) else { throw .occupied(path: final) }
    let partial = "\(directory)/.\(name).partial-\(getpid())"
    let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw .notWritable(path: final, reason: Self.reason()) }
    staged.append((partial, final))
    let failure = Self.write(bytes, to: file)
    guard close(file) == 0, failure == nil else {
      throw .notWritable(path: final, reason: failure ?? Self.reason())
    }
  }

  /// Renames every staged file into its place.
  mutating func publish() throws(SyntheticError) {
    while let file = staged.first {
      guard rename(file.partial, file.final) == 0 else {
        throw .notWritable(path: file.final, reason: Self.reason())
      }
      staged.removeFirst()
    }
  }
}

// MARK: - Calls to the system
extension StagedFiles {
  /// Writes all bytes; what went wrong, if anything.
  private static func write(_ bytes: [UInt8], to file: Int32) -> String? {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let slice = UnsafeRawBufferPointer(rebasing: rest)
        let written = systemWrite(file, slice)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return reason() }
        rest = rest.dropFirst(written)
      }
      return nil
    }
  }

  private static func makeDirectory(_ path: String) throws(SyntheticError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard isDirectory(path) else { throw .notADirectory(path: path) }
      return
    }
    guard errno == ENOENT else { throw .notWritable(path: path, reason: reason()) }
    if let parent = parent(of: path) { try makeDirectory(parent) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .notWritable(path: path, reason: reason())
    }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path without its last part; nil if nothing is above it.
  private static func parent(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count > 1 else { return nil }
    return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
