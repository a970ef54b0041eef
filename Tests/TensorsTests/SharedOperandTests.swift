import CKernels
import Tensors
import Testing

/// Kernels whose rows share an operand: stitches by a matrix, sums weighted by column.
@Suite struct SharedOperandTests {
  @Test(arguments: Level.all, [false, true]) func stitch(_ level: Level, byUnit: Bool) {
    for (columns, width) in [(1, 1), (2, 15), (3, 16), (2, 33), (4, 17)] {
      let x = Grid(5, columns * width, gap: 3, seed: 1)
      let a = Grid(1, columns * columns * (byUnit ? width : 1), seed: 2)
      let y = Grid(5, columns * width, seed: 3)
      level.kernels.stitch(
        5, Int64(columns), Int64(width), a.base, byUnit ? 1 : 0, x.base, x.distance, y.base,
        y.distance)
      let expected = Reference.stitch(x.doubles, a.doubles, columns: columns, width: width)
      expectClose(y.values, expected, within: 1e-6, "\(level) \(columns) × \(width)")
      #expect(y.gapsAreWhole)
    }
  }

  @Test(arguments: Level.all, [false, true]) func stitchBackward(_ level: Level, byUnit: Bool) {
    for (columns, width) in [(1, 1), (2, 15), (3, 16), (2, 33), (4, 17)] {
      for accumulates in [false, true] {
        let x = Grid(9, columns * width, gap: 3, seed: 1)
        let units = byUnit ? width : 1
        let a = Grid(1, columns * columns * units, seed: 2)
        let dy = Grid(9, columns * width, seed: 3)
        let dx = Grid(9, columns * width, seed: 4)
        let da = Grid(1, columns * columns * units, seed: 5)
        var (dxs, das) = (dx.doubles, da.doubles)
        if !accumulates { (dxs, das) = (dxs.map { _ in 0 }, das.map { _ in 0 }) }
        for row in 0..<9 {
          for k in 0..<columns {
            for j in 0..<columns {
              for h in 0..<width {
                let entry = (k * columns + j) * units + h % units
                let d = Double(dy[row, k * width + h])
                dxs[(row * columns + j) * width + h] += Double(a[0, entry]) * d
                das[entry] += Double(x[row, j * width + h]) * d
              }
            }
          }
        }
        level.kernels.stitch_backward(
          9, Int64(columns), Int64(width), a.base, byUnit ? 1 : 0, x.base, x.distance, dy.base,
          dy.distance, dx.base, dx.distance, accumulates ? 1 : 0, da.base, accumulates ? 1 : 0)
        let what = "\(level) \(columns) × \(width), by unit \(byUnit), adds \(accumulates)"
        expectClose(dx.values, dxs, within: 1e-6, "\(what) columns")
        expectClose(da.values, das, within: 1e-5, "\(what) matrix")
        #expect(dx.gapsAreWhole && da.gapsAreWhole, "\(what)")
        // Rows of the matrix one by one, and the columns alone, to the bit.
        let byRow = Grid(1, columns * columns * units, seed: 5)
        for k in 0..<columns {
          level.kernels.stitch_weights(
            9, Int64(columns), Int64(width), byUnit ? 1 : 0, x.base, x.distance,
            dy.base + k * width, dy.distance, byRow.base + k * columns * units, accumulates ? 1 : 0)
        }
        #expect(byRow.values == da.values && byRow.gapsAreWhole, "\(what) row by row")
        let alone = Grid(9, columns * width, seed: 4)
        level.kernels.stitch_backward(
          9, Int64(columns), Int64(width), a.base, byUnit ? 1 : 0, x.base, x.distance, dy.base,
          dy.distance, alone.base, alone.distance, accumulates ? 1 : 0, nil, accumulates ? 1 : 0)
        #expect(alone.values == dx.values, "\(what) columns alone")
      }
    }
  }

  @Test(arguments: Level.all, [false, true]) func weightedSums(_ level: Level, adds: Bool) {
    for columns in awkwardExtents {
      let x = Grid(4, columns, gap: 2, seed: 1)
      let weights = Grid(1, columns, seed: 2)
      let out = Grid(4, columns, seed: 3)
      let line = Grid(1, columns, seed: 4)
      let byColumn = (0..<(4 * columns)).map { at -> Double in
        let (row, column) = (at / max(1, columns), at % max(1, columns))
        return (adds ? Double(out[row, column]) : 0)
          + Double(weights[0, column]) * Double(x[row, column])
      }
      let byNumber = (0..<columns).map {
        (adds ? Double(line[0, $0]) : 0) + 0.75 * Double(x[0, $0])
      }
      level.kernels.scale_columns(
        4, Int64(columns), x.base, x.distance, weights.base, out.base, out.distance, adds ? 1 : 0)
      level.kernels.add_scaled(Int64(columns), 0.75, x.base, line.base, adds ? 1 : 0)
      expectClose(out.values, byColumn, within: 1e-6, "\(level) \(columns) columns")
      expectClose(line.values, byNumber, within: 1e-6, "\(level) \(columns) numbers")
      #expect(out.gapsAreWhole && line.gapsAreWhole, "\(level) \(columns)")
    }
  }
}
