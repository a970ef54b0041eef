import Foundation
import Metrics
import Testing

/// How alike two gates are, and how often experts give nothing, by hand.
@Suite struct GateDivergenceTests {
  @Test func divergencesInBits() {
    #expect(jensenShannon([1, 0], [0, 1]) == 1)
    #expect(jensenShannon([0.3, 0.7], [0.3, 0.7]) == 0)
    // m = (3/4, 1/4): ½ · log₂(4/3) + ½ · (½ log₂(2/3) + ½ log₂ 2).
    let expected = 0.5 * log2(4.0 / 3) + 0.25 * log2(2.0 / 3) + 0.25
    #expect(abs(Double(jensenShannon([1, 0], [0.5, 0.5])) - expected) < 1e-6)
    #expect(jensenShannon([0.5, 0.5], [1, 0]) == jensenShannon([1, 0], [0.5, 0.5]))
  }

  /// Row by row: gates of the same mean that choose other rows are not alike.
  @Test func gatesAreComparedRowByRow() {
    let (a, b): ([Float], [Float]) = ([1, 0, 0, 1, 0.5, 0.5], [0, 1, 1, 0, 0.5, 0.5])
    #expect(abs(gateDivergence(a, b, rows: 3, experts: 2) - 2.0 / 3) < 1e-6)
    #expect(gateDivergence(a, a, rows: 3, experts: 2) == 0)
    #expect(gateDivergence(a, b, rows: 0, experts: 2).isNaN)
  }

  /// Two experts of three outputs each, two rows.
  @Test func sharesOfZeros() {
    let outputs: [Float] = [0, 1, 0, 2, 3, 0, 0, 0, -0.5, 1, 1, 1]
    #expect(zeroShares(outputs, rows: 2, width: 6, experts: 2) == [4.0 / 6, 1.0 / 6])
    #expect(zeroShares(outputs, rows: 1, width: 6, experts: 3) == [0.5, 0.5, 0.5])
    #expect(zeroShares(outputs, rows: 0, width: 6, experts: 2).allSatisfy { $0.isNaN })
  }
}
