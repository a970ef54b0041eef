import CKernels
import Foundation
import Tensors
import Testing

/// The hyperbolic tangent where its digits are easily lost, at every CPU level.
@Suite struct TanhTests {
  /// Every digit of a small x: 2σ(2x) − 1 has none left at 1e-8.
  @Test(arguments: Level.all) func relativeErrorOverAllSizes(_ level: Level) {
    let x = stride(from: -20.0, to: 2, by: 0.01).map { Float(pow(10, $0)) }
    let y = tanh(x + x.map { -$0 }, level)
    for (index, number) in x.enumerated() {
      let expected = Foundation.tanh(Double(number))
      #expect(abs(Double(y[index]) - expected) <= 2e-7 * expected, "\(level), tanh \(number)")
      #expect(y[x.count + index] == -y[index], "\(level), tanh −\(number)")
    }
  }

  @Test(arguments: Level.all) func ends(_ level: Level) {
    let y = tanh([0, .infinity, -.infinity, 1e30, .nan, .leastNonzeroMagnitude], level)
    #expect(y[0] == 0 && y[1] == 1 && y[2] == -1 && y[3] == 1 && y[4].isNaN)
    #expect(y[5] >= 0 && y[5] <= .leastNonzeroMagnitude)
  }

  private func tanh(_ x: [Float], _ level: Level) -> [Float] {
    var y = [Float](repeating: 0, count: x.count)
    let count = Int64(x.count)
    level.kernels.tanh(1, count, x, count, &y, count)
    return y
  }
}
