import CKernels
import Tensors
import Testing

/// Small products of every CPU level against plain loops in Double: A by rows and by columns.
@Suite struct SmallProductTests {
  @Test(arguments: Level.all, [false, true]) func product(_ level: Level, isTransposed: Bool) {
    let extents = [0, 1, 3, 4, 5, 8, 16, 17, 41]
    for (m, n) in extents.flatMap({ m in extents.map { (m, $0) } }) {
      for (k, accumulates) in [(0, false), (1, true), (7, false), (19, true)] {
        let a = isTransposed ? Grid(k, m, seed: 1) : Grid(m, k, seed: 1)
        let (b, c) = (Grid(k, n, gap: 2, seed: 2), Grid(m, n, seed: 3))
        let before = c.doubles
        let expected = (0..<(m * n)).map { place in
          let (i, j) = (place / n, place % n)
          let sum = (0..<k).reduce(0.0) {
            $0 + Double(isTransposed ? a[$1, i] : a[i, $1]) * Double(b[$1, j])
          }
          return 0.5 * sum + (accumulates ? before[place] : 0)
        }
        level.kernels.small_product(
          Int64(m), Int64(n), Int64(k), 0.5, a.base, isTransposed ? 1 : a.distance,
          isTransposed ? a.distance : 1, b.base, b.distance, c.base, c.distance,
          accumulates ? 1 : 0)
        let what = "\(level): \(m) × \(n) × \(k), A transposed \(isTransposed)"
        expectClose(c.values, expected, within: 2e-6, what)
        #expect(c.gapsAreWhole, "\(what)")
      }
    }
  }
}
