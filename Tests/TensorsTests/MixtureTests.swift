import CKernels
import Tensors
import Testing

/// Masks and mixtures of every CPU level against plain loops in Double.
@Suite struct MixtureTests {
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

  @Test(arguments: Level.all, [UInt64(1), 2]) func mixture(_ level: Level, seed: UInt64) {
    for (experts, width) in Self.shapes(seed: seed) {
      let g = Grid(5, experts, gap: 1, seed: seed)
      let f = Grid(5, experts * width, gap: 2, seed: seed + 1)
      for accumulates in [false, true] {
        let out = Grid(5, width, seed: seed + 2)
        let mixed = Reference.mixture(g.doubles, f.doubles, experts: experts)
        let expected = zip(mixed, out.doubles).map { accumulates ? $0 + $1 : $0 }
        level.kernels.mixture(
          5, Int64(experts), Int64(width), g.base, g.distance, f.base, f.distance, out.base,
          out.distance, accumulates ? 1 : 0)
        let what = "\(level) \(experts) experts of \(width), seed \(seed)"
        expectClose(out.values, expected, within: 1e-6, what)
        #expect(out.gapsAreWhole, "\(what)")
      }
    }
  }

  @Test(arguments: Level.all, [UInt64(1), 2]) func mixtureBackward(_ level: Level, seed: UInt64) {
    for (experts, width) in Self.shapes(seed: seed) {
      for (wantsG, wantsF, accumulates) in [
        (true, true, false), (true, true, true), (true, false, false), (false, true, true),
      ] {
        let g = Grid(5, experts, gap: 1, seed: seed)
        let f = Grid(5, experts * width, gap: 2, seed: seed + 1)
        let up = Grid(5, width, gap: 4, seed: seed + 2)
        let dg = Grid(5, experts, seed: seed + 3)
        let df = Grid(5, experts * width, seed: seed + 4)
        let expected = Self.gradients(g, f, up, dg, df, accumulates: accumulates)
        level.kernels.mixture_backward(
          5, Int64(experts), Int64(width), g.base, g.distance, f.base, f.distance, up.base,
          up.distance, wantsG ? dg.base : nil, dg.distance, accumulates ? 1 : 0,
          wantsF ? df.base : nil, df.distance, accumulates ? 1 : 0)
        let what = "\(level) \(experts) experts of \(width), seed \(seed)"
        expectClose(dg.values, wantsG ? expected.g : dg.doubles, within: 1e-6, "\(what) gates")
        expectClose(df.values, wantsF ? expected.f : df.doubles, within: 1e-6, "\(what) experts")
        #expect(dg.gapsAreWhole && df.gapsAreWhole, "\(what)")
      }
    }
  }

  private static func shapes(seed: UInt64) -> [(Int, Int)] {
    let random = RandomSource(seed: seed, .test)
    return [(1, 1), (2, 15), (3, 16), (8, 17), (4, 64)]
      + (0..<4).map { (draw: UInt64) in
        (1 + random.index(below: 12, draw, 0), 1 + random.index(below: 70, draw, 1))
      }
  }

  private static func gradients(
    _ g: Grid, _ f: Grid, _ up: Grid, _ dg: Grid, _ df: Grid, accumulates: Bool
  ) -> (g: [Double], f: [Double]) {
    var gates = accumulates ? dg.doubles : dg.doubles.map { _ in 0 }
    var experts = accumulates ? df.doubles : df.doubles.map { _ in 0 }
    let width = up.columns
    for row in 0..<g.rows {
      for e in 0..<g.columns {
        for h in 0..<width {
          let d = Double(up[row, h])
          gates[row * g.columns + e] += d * Double(f[row, e * width + h])
          experts[row * f.columns + e * width + h] += d * Double(g[row, e])
        }
      }
    }
    return (gates, experts)
  }
}
