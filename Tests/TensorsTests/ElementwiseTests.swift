import CKernels
import Foundation
import Tensors
import Testing

/// The passes over rows of every CPU level against plain loops in Double.
@Suite struct ElementwiseTests {
  @Test(arguments: Level.all, [UInt64(1), 2]) func rectifier(_ level: Level, seed: UInt64) {
    forEachShape(seed: seed) { rows, columns, what in
      let x = Grid(rows, columns, gap: 1, seed: seed)
      let y = Grid(rows, columns, seed: seed + 1)
      let n = Int64(columns)
      level.kernels.relu(Int64(rows), n, x.base, x.distance, y.base, y.distance)
      #expect(y.values == Reference.relu(x.values), "\(level) \(what)")
      for accumulates in [false, true] {
        let dy = Grid(rows, columns, gap: 2, seed: seed + 2)
        let dx = Grid(rows, columns, seed: seed + 3)
        let expected = zip(zip(x.doubles, dy.doubles), dx.doubles).map {
          ($0.0 > 0 ? $0.1 : 0) + (accumulates ? $1 : 0)
        }
        level.kernels.relu_backward(
          Int64(rows), n, y.base, y.distance, dy.base, dy.distance, dx.base, dx.distance,
          accumulates ? 1 : 0)
        expectClose(dx.values, expected, within: 1e-6, "\(level) backward \(what)")
        #expect(y.gapsAreWhole && dx.gapsAreWhole, "\(level) \(what)")
      }
    }
  }

  @Test(arguments: Level.all, [UInt64(1), 2]) func sigmoid(_ level: Level, seed: UInt64) {
    forEachShape(seed: seed) { rows, columns, what in
      let x = Grid(rows, columns, gap: 1, seed: seed, scale: 8)
      let y = Grid(rows, columns, seed: seed + 1)
      let n = Int64(columns)
      level.kernels.sigmoid(Int64(rows), n, x.base, x.distance, y.base, y.distance)
      expectClose(
        y.values, Reference.sigmoid(x.doubles), within: 1e-6, "\(level) \(what)")
      for accumulates in [false, true] {
        let dy = Grid(rows, columns, gap: 2, seed: seed + 2)
        let dx = Grid(rows, columns, seed: seed + 3)
        let expected = zip(zip(y.doubles, dy.doubles), dx.doubles).map {
          $0.1 * $0.0 * (1 - $0.0) + (accumulates ? $1 : 0)
        }
        level.kernels.sigmoid_backward(
          Int64(rows), n, y.base, y.distance, dy.base, dy.distance, dx.base, dx.distance,
          accumulates ? 1 : 0)
        expectClose(dx.values, expected, within: 1e-6, "\(level) backward \(what)")
        #expect(y.gapsAreWhole && dx.gapsAreWhole, "\(level) \(what)")
      }
    }
  }

  @Test(arguments: Level.all) func sigmoidOfExtremes(_ level: Level) {
    let x = Grid(1, 8, seed: 1)
    let numbers: [Float] = [-1e4, -800, -88, 0, 88, 800, 1e4, .infinity]
    for (place, number) in numbers.enumerated() { x[0, place] = number }
    let y = Grid(1, 8, seed: 2)
    level.kernels.sigmoid(1, 8, x.base, x.distance, y.base, y.distance)
    expectClose(y.values, [0, 0, 0, 0.5, 1, 1, 1, 1], within: 1e-6, "\(level)")
  }

  @Test(arguments: Level.all, [1.0, 30, 1e4]) func softmax(_ level: Level, scale: Double) {
    forEachShape(seed: UInt64(scale)) { rows, columns, what in
      guard columns > 0 else { return }
      let x = Grid(rows, columns, gap: 1, seed: 6, scale: scale)
      let y = Grid(rows, columns, seed: 7)
      level.kernels.softmax(
        Int64(rows), Int64(columns), x.base, x.distance, y.base, y.distance)
      expectClose(
        y.values, Reference.softmax(x.doubles, width: columns), within: 1e-6,
        "\(level) \(what) scale \(scale)")
      for row in 0..<rows {
        let sum = (0..<columns).reduce(0.0) { $0 + Double(y[row, $1]) }
        #expect(abs(sum - 1) < 1e-6, "\(level) \(what) scale \(scale): row \(row) sums to \(sum)")
      }
      #expect(y.gapsAreWhole, "\(level) \(what)")
    }
  }

  @Test(arguments: Level.all, [UInt64(1), 2]) func softmaxBackward(_ level: Level, seed: UInt64) {
    forEachShape(seed: seed) { rows, columns, what in
      let y = Grid(rows, columns, gap: 1, seed: seed)
      let dy = Grid(rows, columns, gap: 2, seed: seed + 1)
      for accumulates in [false, true] {
        let dx = Grid(rows, columns, seed: seed + 2)
        let before = dx.doubles
        let expected = (0..<rows).flatMap { row -> [Double] in
          let own = (0..<columns).map { (Double(y[row, $0]), Double(dy[row, $0])) }
          let dot = own.reduce(0) { $0 + $1.0 * $1.1 }
          return own.enumerated().map {
            $1.0 * ($1.1 - dot) + (accumulates ? before[row * columns + $0] : 0)
          }
        }
        level.kernels.softmax_backward(
          Int64(rows), Int64(columns), y.base, y.distance, dy.base, dy.distance, dx.base,
          dx.distance, accumulates ? 1 : 0)
        expectClose(dx.values, expected, within: 1e-5, "\(level) \(what)")
        #expect(dx.gapsAreWhole, "\(level) \(what)")
      }
    }
  }

  /// What is no number stays no number, or a run would go on with weights that are lost.
  @Test(arguments: Level.all) func notANumberPasses(_ level: Level) {
    for columns in [1, 5, 16, 37] {
      for place in [0, columns / 2, columns - 1] {
        let x = Grid(1, columns, seed: 1)
        x[0, place] = .nan
        let y = Grid(1, columns, seed: 2)
        let n = Int64(columns)
        level.kernels.relu(1, n, x.base, x.distance, y.base, y.distance)
        #expect(y[0, place].isNaN, "\(level) relu, element \(place) of \(columns)")
        level.kernels.sigmoid(1, n, x.base, x.distance, y.base, y.distance)
        #expect(y[0, place].isNaN, "\(level) sigmoid, element \(place) of \(columns)")
        level.kernels.softmax(1, n, x.base, x.distance, y.base, y.distance)
        let isLost = y.values.allSatisfy { $0.isNaN }
        #expect(isLost, "\(level) softmax, element \(place) of \(columns)")
        let one = Grid(1, 1, seed: 3)
        one[0, 0] = 1
        let packed = Storage<Float>(count: 128 * (columns / 16 + 1), filling: 0)
        let panels = (n - 1) / level.kernels.panel + 1
        level.kernels.pack(1, n, x.base, nil, x.distance, 0, panels, packed.base)
        level.kernels.product(
          1, n, 1, one.base, 1, packed.base, y.base, y.distance, nil, Int32(CK_RELU))
        #expect(y[0, place].isNaN, "\(level) product, element \(place) of \(columns)")
      }
    }
  }

  private func forEachShape(seed: UInt64, _ body: (Int, Int, String) -> Void) {
    let random = RandomSource(seed: seed, .test)
    let drawn = (0..<6).map { (draw: UInt64) in
      (random.index(below: 9, draw, 0), random.index(below: 130, draw, 1))
    }
    for (rows, columns) in awkwardExtents.map({ (3, $0) }) + [(0, 5), (1, 1)] + drawn {
      body(rows, columns, "\(rows) × \(columns) seed \(seed)")
    }
  }
}
