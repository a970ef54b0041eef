import Runs
import Testing

/// Means and medians worked out by hand.
@Suite struct AveragesTests {
  @Test func middles() {
    #expect([5.0, 1, 3].median == 3)
    #expect([5.0, 1, 3, 2].median == 2.5)
    #expect([7.0].median == 7)
    #expect([Double]().median.isNaN && [1, .nan, 3].median.isNaN)
  }

  @Test func means() {
    #expect([5.0, 1, 3, 2].mean == 2.75)
    #expect([Double]().mean.isNaN)
  }

  @Test func hashesHaveSixteenDigits() {
    #expect(hexadecimal(0) == "0000000000000000")
    #expect(hexadecimal(0xAB_CD01) == "0000000000abcd01")
    #expect(hexadecimal(.max) == "ffffffffffffffff")
  }
}
