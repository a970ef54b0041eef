#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The lock of a run's folder, held by the process that trains it as long as it lives.
public final class RunLock {
  private let file: OpenFile

  /// Takes the lock of a folder.
  ///
  /// - Throws: ``StoreError/inUse(path:process:)`` if another holds it.
  init(_ folder: RunFolder, on disk: Disk, patience: Int = 20) throws(StoreError) {
    let file = try OpenFile(folder.lockPath, .appending, on: disk)
    // Whoever only looks whether the run lives holds the lock for a moment.
    var tries = patience
    while try !file.lock() {
      tries -= 1
      guard tries > 0 else {
        throw .inUse(path: folder.path, process: Self.process(in: try file.read()))
      }
      usleep(5000)
    }
    try file.truncate(to: 0)
    try file.write(Array("\(getpid())\n".utf8))
    self.file = file
  }

  fileprivate static func process(in bytes: [UInt8]) -> Int? {
    Int(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
  }
}

/// Whether a process trains a run.
public enum RunLife: Sendable, Hashable {
  /// A process of this number does; nil where the number is not known.
  case live(process: Int?)
  /// None does.
  case ended
}

extension RunFolder {
  /// Takes the run for this process, before anything of it is read, and ends what a killed process began
  /// there.
  ///
  /// - Throws: ``StoreError/inUse(path:process:)`` if a process trains it.
  public func hold() throws(StoreError) -> RunLock {
    let lock = try RunLock(self, on: .real)
    try clearLeftovers(on: .real)
    return lock
  }

  /// Whether a process trains the run just now.
  public var life: RunLife {
    // Without a lock that can be read there is none that could be held.
    guard FileStatus(lockPath) != nil,
      let file = try? OpenFile(lockPath, .reading, on: .real),
      (try? file.lock()) == false
    else { return .ended }
    return .live(process: (try? file.read()).flatMap(RunLock.process))
  }
  /// The number of the process that holds its lock, or held it last; nil: it is not known.
  ///
  /// Unlike ``life`` it does not touch the lock.
  public var lastProcess: Int? {
    guard FileStatus(lockPath) != nil,
      let bytes = try? OpenFile(lockPath, .reading, on: .real).read()
    else { return nil }
    return RunLock.process(in: bytes)
  }
}
