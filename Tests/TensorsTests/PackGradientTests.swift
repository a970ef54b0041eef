import CKernels
import Tensors
import Testing

/// Masks, column sums and packing in one pass, of every CPU level, against plain loops in Double.
@Suite struct PackGradientTests {
  @Test(arguments: Level.all, [UInt64(1), 2]) func maskSumAndPack(_ level: Level, seed: UInt64) {
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
        let panels = (Int64(columns) + level.kernels.panel - 1) / level.kernels.panel
        let size = Int(7 * panels * level.kernels.panel)
        let packed = Storage<Float>(count: size, filling: -1)
        let plain = Storage<Float>(count: size, filling: -1)
        level.kernels.pack_gradient(
          7, Int64(columns), dy.base, dy.distance, masks ? y.base : nil, y.distance,
          sums ? total.base : nil, accumulates ? 1 : 0, packed.base)
        level.kernels.pack(
          7, Int64(columns), dy.base, nil, dy.distance, 0, panels, plain.base)
        let what = "\(level) \(columns) columns, mask \(masks), sums \(sums), seed \(seed)"
        #expect(dy.doubles == kept, "\(what)")
        #expect(packed.array == plain.array, "\(what)")
        if sums { expectClose(total.values, expected, within: 1e-6, what) }
        #expect(dy.gapsAreWhole && total.gapsAreWhole, "\(what)")
      }
    }
  }

  /// Rows that are packed a few at a time lie as if all had been packed at once.
  @Test(arguments: Level.all) func packRows(_ level: Level) {
    for columns in awkwardExtents {
      let x = Grid(7, columns, gap: 3, seed: 5)
      let sums = Grid(1, columns, seed: 6)
      let expected = (0..<columns).map { column in
        (0..<7).reduce(Double(sums[0, column])) { $0 + Double(x[$1, column]) }
      }
      let panels = (Int64(columns) + level.kernels.panel - 1) / level.kernels.panel
      let size = Int(7 * panels * level.kernels.panel)
      let packed = Storage<Float>(count: size, filling: -1)
      let plain = Storage<Float>(count: size, filling: -1)
      for rows in [4..<7, 0..<0, 0..<1, 1..<4] {
        level.kernels.pack_rows(
          Int64(rows.count), Int64(columns), x.base + rows.lowerBound * Int(x.distance),
          x.distance, sums.base, Int64(rows.lowerBound), 7, packed.base)
      }
      level.kernels.pack(7, Int64(columns), x.base, nil, x.distance, 0, panels, plain.base)
      #expect(packed.array == plain.array, "\(level) \(columns) columns")
      expectClose(sums.values, expected, within: 1e-6, "\(level) \(columns) columns")
      #expect(sums.gapsAreWhole, "\(level) \(columns) columns")
    }
  }
}
