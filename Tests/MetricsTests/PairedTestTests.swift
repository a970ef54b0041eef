import Testing

@testable import Metrics

@Suite("Paired t-test") struct PairedTestTests {
  @Test("Student's sleep data: t = 4.0621 with 9 degrees of freedom, p = 0.002833") func sleep() {
    let first = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    let second = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    let test = PairedTest(first, second)
    #expect(abs((test?.t ?? 0) - 4.062127683382037) < 1e-12)
    #expect(test?.degreesOfFreedom == 9)
    #expect(abs((test?.p ?? 0) - 0.00283289019738427) < 1e-12)
    #expect(abs((test?.meanDifference ?? 0) - 1.58) < 1e-12)
    let swapped = PairedTest(second, first)
    #expect(swapped?.t == test.map { -$0.t } && swapped?.p == test?.p)
  }

  @Test("two pairs by hand: differences 1 and 3, t = 2, p = 1 − 2/π · atan 2") func byHand() {
    let test = PairedTest([2, 5], [1, 2])
    #expect(abs((test?.t ?? 0) - 2) < 1e-14)
    #expect(abs((test?.p ?? 0) - 0.2951672353008665) < 1e-13)
  }

  @Test(
    "quantiles of the tables",
    arguments: [
      (0.0, 7, 1.0), (1, 1, 0.5), (1, 2, 0.42264973081037427), (2.776445105197793, 4, 0.05),
      (2.2621571627409915, 9, 0.05), (4.604094871415897, 4, 0.01), (2.2281388519649385, 10, 0.05),
      (0.5, 4, 0.6433299631818636), (3.25, 29, 0.0029195584190252),
      (1.96, 1_000_000, 0.0499960675853),
    ])
  func quantiles(t: Double, degrees: Int, p: Double) {
    #expect(abs(StudentDistribution.twoSided(t, degreesOfFreedom: degrees) - p) < 1e-10)
    #expect(abs(StudentDistribution.twoSided(-t, degreesOfFreedom: degrees) - p) < 1e-10)
  }

  @Test("I_x(a, b): both halves of the fraction agree, and the ends") func beta() {
    #expect(incompleteBeta(0, 2, 3) == 0 && incompleteBeta(1, 2, 3) == 1)
    for x in stride(from: 0.05, to: 1, by: 0.05) {
      // I_x(2, 3) = 6x² − 8x³ + 3x⁴.
      let exact = 6 * x * x - 8 * x * x * x + 3 * x * x * x * x
      #expect(abs(incompleteBeta(x, 2, 3) - exact) < 1e-13)
      #expect(abs(incompleteBeta(x, 0.5, 4) + incompleteBeta(1 - x, 4, 0.5) - 1) < 1e-13)
    }
  }

  @Test("too few pairs, and numbers that are none: no test") func undefined() {
    #expect(PairedTest([], []) == nil)
    #expect(PairedTest([1], [2]) == nil)
    #expect(PairedTest([1, .nan, 2], [1, 2, 3]) == nil)
    #expect(PairedTest([1, .infinity], [1, 2]) == nil)
  }

  @Test("differences that are all the same") func constant() {
    #expect(PairedTest([1, 2, 3], [1, 2, 3])?.p == 1)
    let test = PairedTest([2, 3, 4], [1, 2, 3])
    #expect(test?.t == .infinity && test?.p == 0)
  }
}
