#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Room in the address space whose bytes are 0 and take memory only where they are written.
final class ReservedBytes {
  /// The first byte.
  let start: UnsafeMutableRawPointer
  private let count: Int

  /// Reserves so many bytes, at least one; ends the program with a message if there is no room.
  ///
  /// Large pages suit memory that is written from its start on. Where bytes are written here and there,
  /// each would take 2 MiB.
  init(count: Int, inLargePages: Bool) {
    let memory = mmap(
      nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { endForMemory(bytes: count) }
    #if canImport(Glibc)
      // Only a wish, as for any other memory.
      _ = madvise(memory, count, inLargePages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)
    #endif
    start = memory
    self.count = count
  }

  deinit { munmap(start, count) }
}
