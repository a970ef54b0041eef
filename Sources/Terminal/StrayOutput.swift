internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Keeps what is written to standard output and standard error off the screen.
///
/// While it lasts both lead to a file in memory; a file, unlike a pipe, never makes a writer wait.
/// Its memory is bounded: of a flood only the end is kept.
final class StrayOutput {
  /// Where standard output really leads.
  let realOutput: Int32
  /// Where standard error really leads.
  let realError: Int32
  /// The file that both lead to meanwhile.
  let file: Int32
  private var position: off_t = 0
  private var forgotten: off_t = 0
  private var unfinished: [UInt8] = []
  private var isCatching = true

  /// The file may hold so much more than what is kept before memory is given up.
  private static let slack: off_t = 1 << 20
  private static let kept = off_t(CC_CAUGHT_KEPT)
  private static let chunk = 65_536
  private static let longestLine = 4_096

  /// Starts catching.
  init() throws(TerminalError) {
    cc_flush_stdout()
    cc_flush_stderr()
    realOutput = cc_private_copy(STDOUT_FILENO)
    realError = cc_private_copy(STDERR_FILENO)
    file = cc_scratch_file()
    guard realOutput >= 0, realError >= 0, file >= 0 else {
      let reason = systemReason()
      for file in [realOutput, realError, file] where file >= 0 { close(file) }
      throw .refused("no file for stray output, \(reason)")
    }
    dup2(file, STDOUT_FILENO)
    dup2(file, STDERR_FILENO)
    cc_buffer_stdout_by_line()
  }

  /// The whole lines written since the last call; of a flood the last ones.
  func drain() -> [String] {
    guard isCatching else { return [] }
    cc_flush_stdout()
    let end = size
    if end - position > Self.slack {
      position = end - Self.kept
      unfinished = []
    }
    var lines: [String] = []
    while position < end, readChunk() { cutLines(into: &lines) }
    return lines
  }

  /// Gives up the memory of what was written long ago.
  func forget() {
    let start = size - Self.kept
    guard start - forgotten > Self.slack else { return }
    cc_forget_before(file, start)
    forgotten = start
  }

  /// Ends catching, and shows the end of what was caught on the real standard error.
  func giveBack() {
    guard isCatching else { return }
    isCatching = false
    cc_flush_stdout()
    cc_flush_stderr()
    dup2(realOutput, STDOUT_FILENO)
    dup2(realError, STDERR_FILENO)
    cc_guard_tell_caught(file, realError)
    for file in [realOutput, realError, file] { close(file) }
  }
}

// MARK: - Lines

extension StrayOutput {
  private var size: off_t {
    var status = stat()
    return fstat(file, &status) == 0 ? status.st_size : 0
  }

  private func readChunk() -> Bool {
    let old = unfinished.count
    unfinished.append(contentsOf: repeatElement(0, count: Self.chunk))
    let count = unfinished.withUnsafeMutableBytes { bytes in
      pread(file, bytes.baseAddress.map { $0 + old }, Self.chunk, position)
    }
    unfinished.removeLast(Self.chunk - max(0, count))
    position += off_t(max(0, count))
    return count > 0
  }

  private func cutLines(into lines: inout [String]) {
    var parts = unfinished.split(separator: 10, omittingEmptySubsequences: false)
    let rest = parts.removeLast()
    lines += parts.map(Self.text)
    let isTooLong = rest.count > Self.longestLine
    if isTooLong { lines.append(Self.text(rest)) }
    unfinished = isTooLong ? [] : Array(rest)
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.prefix(longestLine), as: UTF8.self)
  }
}

/// What the system said last.
func systemReason() -> String { String(cString: strerror(errno)) }
