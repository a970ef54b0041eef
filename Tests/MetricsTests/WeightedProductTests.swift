import Metrics
import Testing

/// One score from several answers.
@Suite struct WeightedProductTests {
  @Test func powersAreMultiplied() {
    let score = WeightedProduct(weights: [1, 2, 0.5])
    #expect(abs(score([0.5, 0.4, 9]) - 0.5 * 0.16 * 3) <= 1e-12)
    #expect(WeightedProduct(weights: [])([]) == 1)
  }

  @Test func aWeightOfZeroLeavesATaskOut() {
    let score = WeightedProduct(weights: [1, 0])
    #expect(abs(score([0.3, 0.9]) - 0.3) <= 1e-12)
    #expect(score([0.3, -5]) == score([0.3, .nan]))
  }

  /// A predicted watch time below 0 is the least one, not a NaN that ranks anywhere.
  @Test func valuesBelowZeroCountAsTheLeast() {
    let score = WeightedProduct(weights: [1, 1], least: 1e-3)
    #expect(abs(score([0.5, -2]) - 0.5e-3) <= 1e-12)
    #expect(score([0.5, 0]) == score([0.5, -2]))
  }

  /// Scaling a task's answers or all weights changes no order.
  @Test func onlyTheOrderMatters() {
    let rows: [[Double]] = [[0.2, 30], [0.9, 0.5], [0.4, 1.7], [0.01, 40]]
    func order(_ score: (Int) -> Double) -> [Int] {
      rows.indices.sorted { score($0) > score($1) }
    }
    let plain = WeightedProduct(weights: [0.7, 0.3])
    let expected = order { plain(rows[$0]) }
    #expect(order { plain([rows[$0][0], 7 * rows[$0][1]]) } == expected)
    let steeper = WeightedProduct(weights: [1.4, 0.6])
    #expect(order { steeper(rows[$0]) } == expected)
    #expect(order { WeightedProduct(weights: [1, 0])(rows[$0]) } != expected)
  }
}
