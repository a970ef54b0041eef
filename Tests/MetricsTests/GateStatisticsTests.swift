import Foundation
import Testing

@testable import Metrics

/// What is said of a gate, worked out by hand.
@Suite struct GateStatisticsTests {
  /// Rows of weights, one after another.
  private func statistics(_ rows: [[Float]]) -> GateStatistics {
    GateStatistics(rows.flatMap { $0 }, rows: rows.count, experts: rows.first?.count ?? 0)
  }

  private func isClose(_ a: [Float], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) < 1e-6 }
  }

  @Test func fourRowsOfThreeExperts() {
    let found = statistics([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.5, 0.5, 0], [0, 0, 1]])
    #expect(found.rows == 4)
    #expect(isClose(found.mean, [0.275, 0.3875, 0.3375]))
    let squares = [0.25 + 0.01 + 0.25, 0.0625 + 0.64 + 0.25, 0.0625 + 0.01 + 1]
    let means = [0.275, 0.3875, 0.3375]
    #expect(
      isClose(
        found.deviation, zip(squares, means).map { ($0 / 4 - $1 * $1).squareRoot() }))
    // The first of equals: rows 0 and 2 are the first expert's.
    #expect(found.topShare == [0.5, 0.25, 0.25])
    let entropies = [
      1.5 * log(2.0), -(0.2 * log(0.1) + 0.8 * log(0.8)), log(2.0), 0,
    ]
    #expect(abs(Double(found.entropy) - entropies.reduce(0, +) / 4 / log(3.0)) < 1e-6)
  }

  /// Of eleven rows 0, 1, …, 10 the second smallest and the second largest.
  @Test func percentilesOfElevenRows() {
    let order: [Float] = [7, 3, 10, 0, 5, 1, 9, 2, 8, 4, 6]
    let found = statistics(order.map { [$0, 20 - 2 * $0] })
    #expect(found.low == [1, 2] && found.high == [9, 18])
  }

  /// Of many rows those at even distances: of 0 … 511 every second one.
  @Test func percentilesOfManyRows() {
    let found = statistics((0..<512).map { [Float($0 % 2 == 0 ? $0 : 1_000_000)] })
    // The places 25 and 229 of 256.
    #expect(found.low == [50] && found.high == [458])
  }

  @Test func oneExpertHasNoEntropy() {
    let found = statistics([[1], [1]])
    #expect(found.entropy.isNaN && found.mean == [1] && found.deviation == [0])
    #expect(found.topShare == [1])
  }

  @Test func evenAndSureGates() {
    #expect(abs(statistics([[0.25, 0.25, 0.25, 0.25]]).entropy - 1) < 1e-6)
    #expect(statistics([[0, 1, 0, 0], [1, 0, 0, 0]]).entropy == 0)
  }

  @Test func noRows() {
    let found = GateStatistics([0], rows: 0, experts: 1)
    #expect(found.low[0].isNaN && found.high[0].isNaN && found.mean == [0])
  }
}
