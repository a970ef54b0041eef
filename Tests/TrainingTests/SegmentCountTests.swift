import Datasets
import Foundation
import Runs
import Testing

@testable import Training

/// Means of gates by the value of a column, and how far they lie from all rows, by hand.
@Suite struct SegmentCountTests {
  private let field = CategoricalField(name: "device", categories: ["", "phone", "desk", "tv"])

  /// Five rows: phone, desk, phone, rare, desk; two gates of two and three experts.
  private func count() -> SegmentCount {
    var count = SegmentCount(vocabulary: 4)
    let ids = [1, 2, 1, 0, 2]
    // The rows come in blocks of three and two.
    let click: [Float] = [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5, 0, 1]
    let buy: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0, 0, 1, 0]
    count.add("click", Array(click[0..<6]), width: 2, rows: 3) { ids[$0] }
    count.add("buy", Array(buy[0..<9]), width: 3, rows: 3) { ids[$0] }
    count.add("click", Array(click[6...]), width: 2, rows: 2) { ids[3 + $0] }
    count.add("buy", Array(buy[9...]), width: 3, rows: 2) { ids[3 + $0] }
    return count
  }

  private func isClose(_ a: [[Float]], _ b: [[Double]]) -> Bool {
    a.map(\.count) == b.map(\.count)
      && zip(a.joined(), b.joined()).allSatisfy { abs(Double($0) - $1) < 1e-6 }
  }

  @Test func meansBySegment() throws {
    let table = try #require(count().table(of: field, step: 17, atMost: 64))
    #expect(table.column == "device" && table.gates == ["click", "buy"] && table.step == 17)
    #expect(table.experts == ["E0", "E1"])
    #expect(table.total.name == "all" && table.total.rows == 5 && table.total.divergence == [0, 0])
    #expect(isClose(table.total.means, [[0.46, 0.54], [0.3, 0.5, 0.2]]))
    // The most frequent first, of equals the smaller id; a value without rows is left out.
    #expect(table.segments.map(\.name) == ["phone", "desk", "(rare or unseen)"])
    #expect(table.segments.map(\.rows) == [2, 2, 1])
    #expect(isClose(table.segments[0].means, [[0.8, 0.2], [0.5, 0, 0.5]]))
    #expect(isClose(table.segments[1].means, [[0.1, 0.9], [0, 1, 0]]))
    #expect(isClose(table.segments[2].means, [[0.5, 0.5], [0.5, 0.5, 0]]))
    for segment in table.segments {
      let expected = zip(segment.means, table.total.means).map(Self.divergence)
      #expect(isClose([segment.divergence], [expected]), "\(segment.name)")
    }
    #expect(
      try #require(count().table(of: field, step: 0, atMost: 1)).segments.map(\.name) == ["phone"])
  }

  /// H(m) − (H(p) + H(q)) / 2 in bits.
  private static func divergence(_ p: [Float], _ q: [Float]) -> Double {
    func entropy(_ shares: [Double]) -> Double {
      -shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) / log(2) : 0) }
    }
    let (p, q) = (p.map(Double.init), q.map(Double.init))
    return entropy(zip(p, q).map { ($0 + $1) / 2 }) - (entropy(p) + entropy(q)) / 2
  }

  @Test func divergencesInBits() {
    #expect(jensenShannon([1, 0], [0, 1]) == 1)
    #expect(jensenShannon([0.3, 0.7], [0.3, 0.7]) == 0)
    // m = (3/4, 1/4): ½ · log₂(4/3) + ½ · (½ log₂(2/3) + ½ log₂ 2).
    let expected = 0.5 * log2(4.0 / 3) + 0.25 * log2(2.0 / 3) + 0.25
    #expect(abs(Double(jensenShannon([1, 0], [0.5, 0.5])) - expected) < 1e-6)
    #expect(jensenShannon([0.5, 0.5], [1, 0]) == jensenShannon([1, 0], [0.5, 0.5]))
  }

  @Test func noGatesNoTable() {
    #expect(SegmentCount(vocabulary: 4).table(of: field, step: 0, atMost: 64) == nil)
  }
}
