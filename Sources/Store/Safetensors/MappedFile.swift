public import Tensors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file's bytes, read as they are asked for.
///
/// Whoever maps a file must know that nobody shortens it meanwhile: files of a run are only ever
/// replaced as a whole.
public final class MappedFile: ArchivedMemory, @unchecked Sendable {
  /// All bytes.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)``.
  public init(path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .reading(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .reading(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unusable(path: path, doing: "read it", reason: "it is not a file")
    }
    let count = Int(status.st_size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      memory != MAP_FAILED
    else { throw .reading(path, errno) }
    bytes = UnsafeRawBufferPointer(start: memory, count: count)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}

extension StoreError {
  fileprivate static func reading(_ path: String, _ number: Int32) -> StoreError {
    .unusable(path: path, doing: "read it", reason: String(cString: strerror(number)))
  }
}
