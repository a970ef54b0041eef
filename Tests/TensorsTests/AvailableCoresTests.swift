import Foundation
import Testing

@testable import Tensors

/// What affinity and control groups leave.
@Suite struct AvailableCoresTests {
  private func quota(_ files: [String: String]) -> Double? {
    AvailableCores.quota { files[$0] }
  }

  @Test func secondVersionTakesTheLeastOfAllGroupsAbove() {
    let files = [
      "/proc/self/cgroup": "0::/outer/inner\n",
      "/sys/fs/cgroup/outer/inner/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/outer/cpu.max": "250000 100000\n",
    ]
    #expect(quota(files) == 2.5)
    var tighter = files
    tighter["/sys/fs/cgroup/outer/inner/cpu.max"] = "150000 50000\n"
    #expect(quota(tighter) == 2.5)
    tighter["/sys/fs/cgroup/outer/inner/cpu.max"] = "50000 100000\n"
    #expect(quota(tighter) == 0.5)
  }

  /// In a container the path is the host's, and only the root is there.
  @Test func onlyTheRootIsThere() {
    #expect(
      quota([
        "/proc/self/cgroup": "0::/docker/0123\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n",
      ]) == 4)
  }

  @Test func firstVersion() {
    let groups = "4:memory:/m\n2:cpu,cpuacct:/jobs/7\n1:cpuset:/\n0::/\n"
    let folder = "/sys/fs/cgroup/cpu,cpuacct/jobs/7"
    #expect(
      quota([
        "/proc/self/cgroup": groups, "\(folder)/cpu.cfs_quota_us": "300000\n",
        "\(folder)/cpu.cfs_period_us": "100000\n",
      ]) == 3)
    #expect(
      quota([
        "/proc/self/cgroup": groups, "\(folder)/cpu.cfs_quota_us": "-1\n",
        "\(folder)/cpu.cfs_period_us": "100000\n",
      ]) == nil)
    // A quota of memory's or cpuset's group is none of time.
    #expect(
      quota([
        "/proc/self/cgroup": "4:cpuset:/jobs\n", "/sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us": "1\n",
        "/sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us": "1\n",
      ]) == nil)
  }

  @Test func nothingIsSaid() {
    #expect(quota([:]) == nil)
    #expect(quota(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "junk"]) == nil)
  }

  @Test(
    arguments: [
      (16, nil, 16), (16, 2.5, 3), (16, 0.1, 1), (2, 8.0, 2), (4, 4.0, 4), (0, nil, 1),
    ] as [(Int, Double?, Int)])
  func partOfACoreCounts(allowed: Int, quota: Double?, expected: Int) {
    #expect(AvailableCores.count(allowed: allowed, quota: quota) == expected)
  }

  #if os(Linux)
    /// The kernel says the same in words, `0-3,8`.
    @Test func allowedAsTheKernelSays() throws {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(
        status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
      let ranges = line.split(separator: "\t")[1].split(separator: ",")
      let cores = ranges.flatMap { range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        return Array(ends[0]...ends[ends.count - 1])
      }
      #expect(AvailableCores.allowed == cores)
    }
  #endif
}
