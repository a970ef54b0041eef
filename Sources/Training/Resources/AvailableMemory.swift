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
      let files = [
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        (
          "/sys/fs/cgroup/memory/memory.limit_in_bytes",
          "/sys/fs/cgroup/memory/memory.usage_in_bytes"
        ),
      ]
      for (limit, used) in files {
        guard let most = read(limit).flatMap(number), let now = read(used).flatMap(number) else {
          continue
        }
        return AvailableMemory(bytes: max(0, most - now), limit: "what the container leaves")
      }
      return nil
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
