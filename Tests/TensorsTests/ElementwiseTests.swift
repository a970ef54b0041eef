import CKernels
import Tensors
import Testing

/// What the row kernels of every CPU level do at the edges of numbers.
@Suite struct ElementwiseTests {
  @Test(arguments: Level.all) func sigmoidOfExtremes(_ level: Level) {
    let x = Grid(1, 8, seed: 1)
    let numbers: [Float] = [-1e4, -800, -88, 0, 88, 800, 1e4, .infinity]
    for (place, number) in numbers.enumerated() { x[0, place] = number }
    let y = Grid(1, 8, seed: 2)
    level.kernels.sigmoid(1, 8, x.base, x.distance, y.base, y.distance)
    expectClose(y.values, [0, 0, 0, 0.5, 1, 1, 1, 1], within: 1e-6, "\(level)")
  }

  @Test(arguments: Level.all, [1.0, 30, 1e4]) func softmaxSumsToOne(
    _ level: Level, scale: Double
  ) {
    for columns in awkwardExtents + [130] where columns > 0 {
      let x = Grid(3, columns, gap: 1, seed: 6, scale: scale)
      let y = Grid(3, columns, seed: 7)
      level.kernels.softmax(3, Int64(columns), x.base, x.distance, y.base, y.distance)
      for row in 0..<3 {
        let sum = (0..<columns).reduce(0.0) { $0 + Double(y[row, $1]) }
        #expect(abs(sum - 1) < 1e-6, "\(level) scale \(scale): \(columns) sum to \(sum)")
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
        level.kernels.pack(1, n, x.base, x.distance, 0, panels, packed.base)
        level.kernels.product(
          1, n, 1, one.base, 1, packed.base, y.base, y.distance, nil, Int32(CK_RELU))
        #expect(y[0, place].isNaN, "\(level) product, element \(place) of \(columns)")
      }
    }
  }
}
