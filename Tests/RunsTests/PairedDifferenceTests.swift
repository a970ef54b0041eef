import Runs
import Testing

/// Means of paired differences and their noise.
@Suite struct PairedDifferenceTests {
  @Test func theNewestHalfCounts() throws {
    var paired = PairedDifference()
    for value in [9, 9, 9, 9, 1, 2, 3] { paired.add(Double(value)) }
    #expect(paired.estimate == nil)
    paired.add(.nan)
    paired.add(4)
    let found = try #require(paired.estimate)
    #expect(found.mean == 2.5 && found.steps == 4)
    // s² = (2.25 + 0.25 + 0.25 + 2.25) / 3
    #expect(abs(found.error - (5.0 / 3 / 4).squareRoot()) < 1e-12)
    #expect(found.isClear)
    #expect(!PairedDifference.Estimate(mean: -0.2, error: 0.1, steps: 4).isClear)
    #expect(PairedDifference.Estimate(mean: -0.21, error: 0.1, steps: 4).isClear)
  }

  /// Blocks become longer: the mean of the newest half is kept exactly, and memory is bounded.
  @Test func blocksBecomeLonger() throws {
    var paired = PairedDifference()
    for value in 0..<128 { paired.add(Double(value)) }
    #expect(paired.blockSize == 4)
    let found = try #require(paired.estimate)
    #expect(found.mean == Double((64..<128).reduce(0, +)) / 64 && found.steps == 64)
  }

  /// The noise of dependent neighbours is not underrated as it would be step by step: runs of 16 equal
  /// numbers have the error of their means.
  @Test func dependentNeighboursCountOnce() throws {
    var paired = PairedDifference()
    var state: UInt64 = 7
    for _ in 0..<128 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(state >> 40) / Double(1 << 24) - 0.5
      for _ in 0..<16 { paired.add(value) }
    }
    let found = try #require(paired.estimate)
    #expect(found.steps == 1_024)
    // Uniform: deviation 0.289; 64 independent values.
    #expect(found.error > 0.02 && found.error < 0.06)
  }
}
