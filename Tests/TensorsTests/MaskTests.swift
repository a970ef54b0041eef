import CKernels
import Tensors
import Testing

/// Masks and column sums of every CPU level against plain loops in Double.
@Suite struct MaskTests {
  @Test(arguments: Level.all, [UInt64(1), 2]) func maskAndSum(_ level: Level, seed: UInt64) {
    for columns in awkwardExtents {
      for (masks, sums, accumulates) in [
        (true, true, false), (true, true, true), (false, true, false), (true, false, false),
      ] {
        let dy = Grid(7, columns, seed: seed)
        let y = Grid(7, columns, gap: 2, seed: seed + 1)
        let total = Grid(1, columns, seed: seed + 2)
        let kept = zip(dy.doubles, y.doubles).map { masks && $1 <= 0 ? 0 : $0 }
        let expected = (0..<columns).map { column in
          (0..<7).reduce(accumulates ? Double(total[0, column]) : 0) {
            $0 + kept[$1 * columns + column]
          }
        }
        level.kernels.mask_and_sum(
          7, Int64(columns), dy.base, dy.distance, masks ? y.base : nil, y.distance,
          sums ? total.base : nil, accumulates ? 1 : 0)
        let what = "\(level) \(columns) columns, mask \(masks), sums \(sums), seed \(seed)"
        #expect(dy.doubles == kept, "\(what)")
        if sums { expectClose(total.values, expected, within: 1e-6, what) }
        #expect(dy.gapsAreWhole && total.gapsAreWhole, "\(what)")
      }
    }
  }
}
