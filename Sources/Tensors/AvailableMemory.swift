internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How much memory this process may still take.
///
/// The least of what the machine has free, what a container leaves, and what `ulimit -v` and
/// `ulimit -d` leave. Whoever needs much memory estimates it and asks first: a system that promises
/// more than it has ends a program without a word.
public enum AvailableMemory {
  /// Bytes that may still be taken; nil where nothing says so.
  public static func bytes() -> Int? {
    [machine(), container(), limit(addresses, usedPages: 0), limit(heap, usedPages: 5)]
      .compactMap { $0 }.min().map { max(0, $0) }
  }

  /// What is free without swapping.
  private static func machine() -> Int? {
    guard let text = file("/proc/meminfo") else {
      return Int(clamping: ProcessInfo.processInfo.physicalMemory)
    }
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// What the control group leaves; pages of files that it can drop count as free.
  private static func container() -> Int? {
    let folder = "/sys/fs/cgroup"
    let names = [
      ("\(folder)/memory.max", "\(folder)/memory.current", "\(folder)/memory.stat"),
      (
        "\(folder)/memory/memory.limit_in_bytes", "\(folder)/memory/memory.usage_in_bytes",
        "\(folder)/memory/memory.stat"
      ),
    ]
    for (most, now, facts) in names {
      guard let most = number(file(most)), let now = number(file(now)) else { continue }
      let stat = file(facts)?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
      let droppable = number(stat?.split(separator: " ").last.map(String.init)) ?? 0
      return most - (now - droppable)
    }
    return nil
  }

  /// What a limit of the process leaves; `usedPages` is the field in `/proc/self/statm`.
  private static func limit(_ kind: Int32, usedPages field: Int) -> Int? {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0, limit.rlim_cur < Int.max else { return nil }
    let pages = file("/proc/self/statm")?.split(separator: " ").map(String.init) ?? []
    let used = field < pages.count ? (number(pages[field]) ?? 0) * Int(getpagesize()) : 0
    return Int(limit.rlim_cur) - used
  }

  #if canImport(Glibc)
    private static let addresses = Int32(RLIMIT_AS.rawValue)
    private static let heap = Int32(RLIMIT_DATA.rawValue)
  #else
    private static let addresses = RLIMIT_AS
    private static let heap = RLIMIT_DATA
  #endif

  private static func number(_ text: String?) -> Int? {
    text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func file(_ path: String) -> String? {
    // Files of /proc say that they are empty, so they are read to their end.
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    return (try? handle.readToEnd()).flatMap { String(data: $0, encoding: .utf8) }
  }
}
