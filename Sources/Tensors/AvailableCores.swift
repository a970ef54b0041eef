internal import CKernels
internal import Foundation

/// The cores that this process may use: those that it may run on (`taskset`, `cpuset`), and no more
/// than its control group gives it time for.
public enum AvailableCores {
  /// Numbers of the cores that the process might run on when this was first asked for, in order; empty
  /// where the system does not say.
  public static let allowed = ofThisThread()

  /// How many cores the machine has that work, whether or not this process may run on them.
  public static let online = Int(ck_online_cores())

  /// Numbers of the cores that the calling thread may run on now.
  static func ofThisThread() -> [Int] {
    var cores = [Int32](repeating: 0, count: 1 << 12)
    let count = Int(ck_allowed_cores(&cores, Int32(cores.count)))
    return cores.prefix(count).map { Int($0) }
  }

  /// How many cores' time the control group gives, 2.5 for 2.5 seconds a second; nil: all.
  public static let quota: Double? = quota(reading: file)

  private static func file(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    // Files of /proc say that they are empty, so they are read to their end.
    return (try? handle.readToEnd()).flatMap { String(data: $0, encoding: .utf8) }
  }

  /// The allowed cores in the order in which threads are put on them: of those that share a core's
  /// arithmetic, the second comes after the first of all others.
  public static let pinningOrder = order(of: allowed) {
    siblings(file("/sys/devices/system/cpu/cpu\($0)/topology/thread_siblings_list") ?? "")
  }

  static func order(of allowed: [Int], siblings: (Int) -> [Int]) -> [Int] {
    let cores = Set(allowed)
    return allowed.map { core in
      (rank: siblings(core).filter { $0 < core && cores.contains($0) }.count, core: core)
    }.sorted { ($0.rank, $0.core) < ($1.rank, $1.core) }.map(\.core)
  }

  /// `0-1,8` → 0, 1, 8; nothing for what is none.
  static func siblings(_ text: String) -> [Int] {
    text.split { $0 == "," || $0 == "\n" }.flatMap { range -> [Int] in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [] }
      return Array(first...last)
    }
  }

  /// How many threads can work at once, at least 1; part of a core's time counts as a core.
  public static let count = count(
    allowed: allowed.isEmpty ? online : allowed.count, quota: quota)

  /// The smaller of both, at least 1.
  static func count(allowed: Int, quota: Double?) -> Int {
    guard let quota, quota < Double(allowed) else { return max(1, allowed) }
    return max(1, Int(quota.rounded(.up)))
  }

  /// The least quota of the group that `/proc/self/cgroup` names and of those above it, in both
  /// versions of control groups: `cpu.max` ("quota period", "max" for none), and `cpu.cfs_quota_us`
  /// (below 0 for none) over `cpu.cfs_period_us`.
  static func quota(reading file: (String) -> String?) -> Double? {
    var quotas: [Double?] = []
    let entries = (file("/proc/self/cgroup") ?? "").split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }
    for entry in entries where entry.count == 3 {
      let controllers = entry[1].split(separator: ",")
      let isFirstVersion = controllers.contains("cpu")
      guard isFirstVersion || controllers.isEmpty else { continue }
      // In a container the path may be that of the host, and only the root is there.
      for group in ancestors(of: entry[2]) {
        if !isFirstVersion {
          quotas.append(whole(file("/sys/fs/cgroup\(group)/cpu.max")))
          continue
        }
        for mount in ["cpu", "cpu,cpuacct"] {
          let folder = "/sys/fs/cgroup/\(mount)\(group)"
          quotas.append(
            ratio(file("\(folder)/cpu.cfs_quota_us"), file("\(folder)/cpu.cfs_period_us")))
        }
      }
    }
    return quotas.compactMap(\.self).min()
  }

  /// `/a/b` → `/a/b`, `/a`, and nothing for the root.
  private static func ancestors(of path: String) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { names.prefix($0).map { "/" + $0 }.joined() }
  }

  private static func whole(_ text: String?) -> Double? {
    let parts = (text ?? "").split { $0 == " " || $0 == "\n" }
    return parts.count == 2 ? ratio(String(parts[0]), String(parts[1])) : nil
  }

  private static func ratio(_ quota: String?, _ period: String?) -> Double? {
    func number(_ text: String?) -> Double? {
      text.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    guard let quota = number(quota), let period = number(period), quota > 0, period > 0 else {
      return nil
    }
    return quota / period
  }
}
