import Foundation

/// How a gate spread its rows over the experts: of weights [B, E], by expert.
public struct GateStatistics: Sendable, Equatable {
  /// Mean weight.
  public private(set) var mean: [Float]
  /// Standard deviation over the rows (population).
  public private(set) var deviation: [Float]
  /// 10th percentile, of at most 256 rows at even distances.
  public private(set) var low: [Float]
  /// 90th percentile, of the same rows.
  public private(set) var high: [Float]
  /// The share of rows whose largest weight is this expert's; the first of equals counts.
  public private(set) var topShare: [Float]
  /// Mean over rows of H / ln E, H = −Σ g ln g; NaN with one expert.
  public private(set) var entropy: Float
  /// B.
  public let rows: Int

  /// Looks at `rows` rows of `experts` weights.
  ///
  /// - Complexity: O(B · E).
  public init(_ weights: UnsafePointer<Float>, rows: Int, experts: Int) {
    self.rows = rows
    var sum = [Double](repeating: 0, count: experts)
    var squares = sum
    var tops = [Int](repeating: 0, count: experts)
    var disorder = 0.0
    for row in 0..<rows {
      let g = weights + row * experts
      var top = 0
      for e in 0..<experts {
        sum[e] += Double(g[e])
        squares[e] += Double(g[e]) * Double(g[e])
        if g[e] > g[top] { top = e }
        if g[e] > 0 { disorder -= Double(g[e] * log(g[e])) }
      }
      tops[top] += 1
    }
    let count = Double(max(1, rows))
    mean = sum.map { Float($0 / count) }
    deviation = zip(sum, squares).map { sum, square in
      Float(max(0, square / count - (sum / count) * (sum / count)).squareRoot())
    }
    topShare = tops.map { Float(Double($0) / count) }
    entropy =
      experts > 1 ? Float(disorder / count) / log(Float(experts)) : .nan
    (low, high) = Self.percentiles(weights, rows: rows, experts: experts)
  }

  private static func percentiles(
    _ weights: UnsafePointer<Float>, rows: Int, experts: Int
  ) -> (low: [Float], high: [Float]) {
    let looked = min(rows, 256)
    guard looked > 0 else {
      return ([Float](repeating: .nan, count: experts), [Float](repeating: .nan, count: experts))
    }
    var low: [Float] = []
    var high: [Float] = []
    for e in 0..<experts {
      let sorted = (0..<looked).map { weights[($0 * rows / looked) * experts + e] }.sorted()
      low.append(sorted[(looked - 1) / 10])
      high.append(sorted[(looked - 1) * 9 / 10])
    }
    return (low, high)
  }
}
