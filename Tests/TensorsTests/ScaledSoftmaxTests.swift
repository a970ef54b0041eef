import CKernels
import Foundation
import Tensors
import Testing

/// The softmax of words: its largest logit, what it divides by, and its shares times a number.
@Suite struct ScaledSoftmaxTests {
  @Test(arguments: Level.all, [1.0, 30, 1e4]) func everyShape(_ level: Level, scale: Double) {
    for columns in awkwardExtents + [257, 1000] where columns > 0 {
      for rows in [0, 1, 3] {
        for writes in [false, true] {
          let x = Grid(rows, columns, seed: UInt64(columns), scale: scale)
          let before = x.doubles
          let factors = (0..<rows).map { Float($0) - 0.75 }
          let marks = [Float](repeating: -7, count: rows + 1)
          var (tops, sums) = (marks, marks)
          level.kernels.scaled_softmax(
            Int64(rows), Int64(columns), x.base, x.distance, writes ? factors : nil, &tops, &sums)
          let what = "\(level), \(rows) × \(columns), spread \(scale), writing \(writes)"
          let expected = (0..<rows).map { row in
            Softmax(before[(row * columns)..<((row + 1) * columns)])
          }
          #expect(tops == expected.map { Float($0.top) } + [-7], "\(what)")
          expectClose(sums, expected.map(\.sum) + [-7], within: 4e-6, what)
          let shares = expected.enumerated().flatMap { row, one in
            one.shares.map { $0 * Double(factors[row]) }
          }
          expectClose(x.values, writes ? shares : before, within: writes ? 4e-6 : 0, what)
          let isWhole = x.gapsAreWhole
          #expect(isWhole, "\(what)")
        }
      }
    }
  }

  @Test(arguments: Level.all) func noNumberStaysNone(_ level: Level) {
    for place in [0, 5, 39] {
      var x = (0..<40).map { Float($0) / 10 }
      x[place] = .nan
      var (tops, sums): ([Float], [Float]) = ([0], [0])
      level.kernels.scaled_softmax(1, 40, &x, 40, [1], &tops, &sums)
      #expect(sums[0].isNaN && x.allSatisfy(\.isNaN), "\(level), \(place)")
    }
  }

  private struct Softmax {
    let top: Double
    let sum: Double
    let shares: [Double]

    init(_ x: ArraySlice<Double>) {
      let top = x.max() ?? 0
      let exponentials = x.map { exp($0 - top) }
      let sum = exponentials.reduce(0, +)
      self.top = top
      self.sum = sum
      shares = exponentials.map { $0 / sum }
    }
  }
}
