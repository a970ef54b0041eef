internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// From now on running out of memory ends the program with one message and status 2, wherever it
/// happens.
public func reportExhaustion() { ck_report_exhaustion() }

/// Memory aligned to so many bytes, a power of two; ends the program with a message if there is none.
func alignedMemory(bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
  var memory: UnsafeMutableRawPointer?
  guard posix_memalign(&memory, alignment, bytes) == 0, let memory else {
    endForMemory(bytes: bytes)
  }
  return memory
}

/// Gives back what ``alignedMemory(bytes:alignment:)`` gave.
func giveBack(_ memory: UnsafeMutableRawPointer) { free(memory) }

/// Ends the program because memory could not be had: one message on standard error, status 2.
///
/// A model of which a part is missing cannot go on, and whoever called has nothing to free that would
/// help; an error would have to pass through every layer for the same end.
func endForMemory(bytes: Int) -> Never {
  let megabytes = (bytes + (1 << 20) - 1) >> 20
  let text = """
    mtl-tui: not enough memory.
      found: \(megabytes) MB more could not be had
      fix:   take a smaller model, batch or --embedding, fewer rows or --threads, or raise the limit

    """
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if written <= 0 { break }
    rest = rest.dropFirst(written)
  }
  exit(2)
}
