import Runs
import Testing
import Training

/// What balancers cost, side by side.
@Suite struct BalancerBenchmarkTests {
  @Test func theFirstIsWhatOthersAreComparedWith() throws {
    let small = try #require(Workload.all.first { $0.name == "w1a" })
    let rows = try BalancerBenchmark(
      small, balancers: [BalancerSetting("equal"), BalancerSetting("pcgrad")], batchSize: 32,
      threads: 1, seconds: 0.1
    ).run()
    #expect(rows.map(\.balancer) == ["equal", "pcgrad"])
    #expect(rows[0].ratio == 1)
    // A backward pass for each of two tasks.
    #expect(rows[1].ratio > 1.05)
    #expect(rows[1].sees == ["gram"])
    #expect(rows.allSatisfy { $0.stepMilliseconds > 0 })
  }

  @Test func anUnknownBalancerIsRefused() throws {
    let small = try #require(Workload.all.first { $0.name == "w1a" })
    let benchmark = BalancerBenchmark(
      small, balancers: [BalancerSetting("pcgard")], batchSize: 32, threads: 1, seconds: 0.1)
    #expect(throws: (any Error).self) { try benchmark.run() }
  }
}
