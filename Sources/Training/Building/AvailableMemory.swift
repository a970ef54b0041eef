import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// How much memory this process may still take, and what says so.
struct AvailableMemory: Equatable {
  /// Bytes.
  var bytes: Double
  /// What limits them, in words.
  var limit: String

  /// The least of what the machine has, what the shell allows (`ulimit -v`) and what the container
  /// allows; nil where the system does not say.
  static var now: AvailableMemory? {
    #if canImport(Glibc)
      [machine, addressSpace, container].compactMap { $0 }.min { $0.bytes < $1.bytes }
    #else
      nil
    #endif
  }

  #if canImport(Glibc)
    private static var machine: AvailableMemory? {
      guard let text = read("/proc/meminfo"), let bytes = kibibytes("MemAvailable", in: text) else {
        return nil
      }
      return AvailableMemory(bytes: bytes, limit: "what the machine has free")
    }

    /// What is left of the limit on the address space.
    private static var addressSpace: AvailableMemory? {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        limit.rlim_cur != rlim_t.max, let text = read("/proc/self/status"),
        let used = kibibytes("VmSize", in: text)
      else { return nil }
      return AvailableMemory(
        bytes: max(0, Double(limit.rlim_cur) - used), limit: "what ulimit -v leaves")
    }

    /// What is left of the container's limit, by either version of control groups.
    private static var container: AvailableMemory? {
      let versions = [
        (folder: "/sys/fs/cgroup/", limit: "memory.max", used: "memory.current"),
        (
          folder: "/sys/fs/cgroup/memory/", limit: "memory.limit_in_bytes",
          used: "memory.usage_in_bytes"
        ),
      ]
      for version in versions {
        guard let most = read(version.folder + version.limit).flatMap(number),
          let now = read(version.folder + version.used).flatMap(number)
        else { continue }
        // Pages of files that were read count as used, and are given up when memory is wanted.
        let cached = read(version.folder + "memory.stat").map(inactiveFiles) ?? 0
        return AvailableMemory(
          bytes: max(0, most - now + cached), limit: "what the container leaves")
      }
      return nil
    }

    /// The bytes of file pages that nobody used of late, of a control group's `memory.stat`.
    static func inactiveFiles(in text: String) -> Double {
      let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
      let names = ["total_inactive_file", "inactive_file"]
      let found = names.compactMap { name in
        lines.first { $0.count == 2 && $0[0] == name }.flatMap { Double($0[1]) }
      }
      return found.first ?? 0
    }

    private static func read(_ path: String) -> String? {
      (try? Data(contentsOf: URL(fileURLWithPath: path))).map {
        String(decoding: $0, as: UTF8.self)
      }
    }

    private static func number(_ text: String) -> Double? {
      Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  #endif

  /// Bytes of a line such as `MemAvailable:   123 kB`.
  static func kibibytes(_ name: String, in text: String) -> Double? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
      return line.split(separator: " ").compactMap { Double($0) }.first.map { $0 * 1024 }
    }
    return nil
  }
}
