#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The bytes of a file in the address space, read and written as they are asked for.
///
/// Pages that are only read belong to the system, which drops them when memory is short, and several
/// processes share them. Whoever maps a file must know that nobody shortens it meanwhile: files that
/// are mapped are replaced whole, never changed.
public final class MappedBytes: @unchecked Sendable {
  /// All bytes; writing them ends the program where the file is mapped for reading.
  public let bytes: UnsafeMutableRawBufferPointer

  /// Maps a file that is there for reading.
  ///
  /// - Throws: ``MappingRefusal``.
  public init(reading path: String) throws(MappingRefusal) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MappingRefusal() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw MappingRefusal() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MappingRefusal(reason: "it is not a file")
    }
    bytes = try Self.map(descriptor, Int(status.st_size), PROT_READ, MAP_PRIVATE)
  }

  /// Makes a file of so many zeros and maps it for reading and writing; one that is there is refused.
  ///
  /// Where the system can, the disk's room is taken at once: a page for which there is none would end
  /// the program when it is written. Nothing is left of what is refused.
  ///
  /// - Throws: ``MappingRefusal``.
  public init(making path: String, count: Int) throws(MappingRefusal) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw MappingRefusal() }
    defer { close(descriptor) }
    do throws(MappingRefusal) {
      try Self.lengthen(descriptor, to: count)
      bytes = try Self.map(descriptor, count, PROT_READ | PROT_WRITE, MAP_SHARED)
    } catch {
      unlink(path)
      throw error
    }
  }

  deinit {
    if let start = bytes.baseAddress { munmap(start, bytes.count) }
  }

  /// Lets the system take back the pages that have been read or written so far.
  ///
  /// What was written of a file stays in the file.
  public func letGo() {
    if let start = bytes.baseAddress { _ = madvise(start, bytes.count, MADV_DONTNEED) }
  }

  private static func lengthen(_ descriptor: Int32, to count: Int) throws(MappingRefusal) {
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw MappingRefusal() }
    #if canImport(Glibc)
      var code: Int32 = 0
      repeat {
        code = posix_fallocate(descriptor, 0, off_t(count))
      } while code == EINTR && count > 0
      guard code == 0 || count == 0 else { throw MappingRefusal(code: code) }
    #endif
  }

  private static func map(
    _ descriptor: Int32, _ count: Int, _ protection: Int32, _ flags: Int32
  ) throws(MappingRefusal) -> UnsafeMutableRawBufferPointer {
    guard count > 0 else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    guard let memory = mmap(nil, count, protection, flags, descriptor, 0), memory != MAP_FAILED
    else { throw MappingRefusal() }
    return UnsafeMutableRawBufferPointer(start: memory, count: count)
  }
}

/// Why a file could not be mapped.
public struct MappingRefusal: Error {
  /// In the system's words, `No such file or directory`.
  public let reason: String
  /// Whether there is no such file.
  public let isMissing: Bool

  init(reason: String) {
    self.reason = reason
    isMissing = false
  }

  /// The refusal of the last call on this thread.
  init() { self.init(code: errno) }

  /// The refusal of a call that returned a number of the system's.
  init(code: Int32) {
    isMissing = code == ENOENT || code == ENOTDIR
    reason = String(cString: strerror(code))
  }
}
