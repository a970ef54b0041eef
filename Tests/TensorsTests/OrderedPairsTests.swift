import CKernels
import Foundation
import Tensors
import Testing

/// Sums over the pairs of a relation against loops in Double, at every CPU level.
@Suite struct OrderedPairsTests {
  @Test(arguments: Level.all, [(1, 0), (1, 5), (3, 0), (4, 7), (200, 3)] as [(Int, Int)])
  func sums(_ level: Level, _ choice: (period: Int, phase: Int)) {
    for (rows, others) in [(0, 3), (1, 0), (1, 1), (5, 7), (9, 33), (17, 64), (3, 130)] {
      for (sign, isWeighted) in [(Float(1), true), (-1, false), (-1, true), (1, false)] {
        let seed = UInt64(rows * 1000 + others)
        let (r, q) = (
          Grid(rows, 1, gap: 0, seed: seed, scale: 2),
          Grid(others, 1, gap: 0, seed: seed + 1, scale: 2)
        )
        let (u, v) = (
          Grid(rows, 1, gap: 0, seed: seed + 2), Grid(others, 1, gap: 0, seed: seed + 3)
        )
        let slopes = Grid(rows, 1, gap: 0, seed: seed + 4)
        let before = slopes.doubles
        var loss = 0.25
        level.kernels.ordered_pairs(
          Int64(rows), r.base, isWeighted ? u.base : nil, Int64(others), q.base,
          isWeighted ? v.base : nil, sign, Int64(choice.period), Int64(choice.phase), slopes.base,
          &loss)
        var (expected, sum) = (before, 0.25)
        for i in 0..<rows {
          for j in 0..<others where (i + j + choice.phase) % choice.period == 0 {
            let d = Double(sign) * (r.doubles[i] - q.doubles[j])
            let weight = isWeighted ? v.doubles[j] : 1
            expected[i] += weight / (1 + exp(d))
            sum += (isWeighted ? u.doubles[i] : 1) * weight * (max(-d, 0) + log1p(exp(-abs(d))))
          }
        }
        let what = "\(level) \(rows) × \(others), sign \(sign), \(choice)"
        expectClose(slopes.values, expected, within: 1e-5, what)
        #expect(abs(loss - sum) <= 1e-5 * max(1, abs(sum)), "\(what)")
        #expect(slopes.gapsAreWhole, "\(what)")
      }
    }
  }

  /// softplus must not overflow, and the loss may be left out.
  @Test(arguments: Level.all) func extremes(_ level: Level) {
    for (r, q) in [(Float(900), Float(-900)), (-900, 900), (1e30, -1e30), (0, 0)] {
      var (slope, loss) = (Float(0), 0.0)
      level.kernels.ordered_pairs(1, [r], nil, 1, [q], nil, 1, 1, 0, &slope, &loss)
      let d = Double(r) - Double(q)
      let expected = max(-d, 0) + log1p(exp(-abs(d)))
      #expect(abs(loss - expected) <= 1e-6 * expected)
      #expect(slope == (d > 0 ? 0 : d < 0 ? 1 : 0.5))
      var again = Float(0)
      level.kernels.ordered_pairs(1, [r], nil, 1, [q], nil, 1, 1, 0, &again, nil)
      #expect(again == slope)
    }
    var (slope, loss) = (Float(0), 0.0)
    level.kernels.ordered_pairs(1, [.nan], nil, 2, [0, 1], nil, 1, 1, 0, &slope, &loss)
    #expect(slope.isNaN && loss.isNaN)
  }
}
