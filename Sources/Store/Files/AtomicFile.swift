#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that is written beside its name, as `NAME.partial-PID`, and gets the name when all of it is on
/// the disk; dropped before, nothing of it remains.
struct AtomicFile: ~Copyable {
  private static let mark = ".partial-"

  private let path: String
  /// Where it lies meanwhile.
  let partial: String
  private let disk: Disk
  /// What is written to.
  let file: OpenFile
  private var isSettled = false

  /// Begins a file, for its owner only unless that is said.
  init(_ path: String, on disk: Disk, permissions: mode_t = 0o600) throws(StoreError) {
    self.path = path
    self.disk = disk
    partial = "\(path)\(Self.mark)\(getpid())"
    file = try OpenFile(partial, .replacing, on: disk, permissions: permissions)
  }

  deinit {
    // A file that cannot be removed now is cleared at the next start.
    if !isSettled { try? disk.remove(partial) }
  }

  /// Writes bytes behind those before.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) { try file.write(bytes) }

  /// Waits until the disk has what was written.
  func synchronise() throws(StoreError) { try file.synchronise() }

  /// Gives the file its name; the name is on the disk when the folder's names are.
  mutating func rename() throws(StoreError) {
    try disk.rename(partial, to: path)
    isSettled = true
  }

  /// Leaves what was written beside its name, whatever comes.
  mutating func leave() { isSettled = true }

  /// Removes what was written, unless it has its name or was left.
  mutating func abandon() {
    if !isSettled { try? disk.remove(partial) }
    isSettled = true
  }

  /// Writes a whole file: on the disk, name and all, when this returns.
  static func write(_ bytes: [UInt8], to path: String, on disk: Disk) throws(StoreError) {
    try writeLeavingNames(bytes, to: path, on: disk)
    try disk.synchroniseNames(of: folder(of: path) ?? ".")
  }

  /// Writes a whole file, whose name is on the disk when the folder's names are.
  static func writeLeavingNames(
    _ bytes: [UInt8], to path: String, on disk: Disk
  ) throws(StoreError) {
    var file = try AtomicFile(path, on: disk)
    try file.file.write(bytes)
    try file.synchronise()
    try file.rename()
  }
}

/// A file that somebody began to write and did not end.
struct PartialFile {
  /// The path that it would have got.
  let path: String
  /// Where it lies.
  let partial: String
  /// The process that wrote it.
  let process: pid_t

  /// Reads a file's name; nil unless it is that of a file on its way.
  init?(_ name: String, in folder: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let mark = "partial-"
    guard parts.count > 1, let last = parts.last, last.hasPrefix(mark),
      let process = pid_t(last.dropFirst(mark.count)), process > 0
    else { return nil }
    path = "\(folder)/\(name.dropLast(last.count + 1))"
    partial = "\(folder)/\(name)"
    self.process = process
  }

  /// Whether nobody will end it.
  ///
  /// This process has none on its way when it asks; one of its number is
  /// of an earlier process that bore it.
  var isAbandoned: Bool { process == getpid() || kill(process, 0) != 0 && errno == ESRCH }
}
