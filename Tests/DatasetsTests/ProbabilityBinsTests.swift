import Tensors
import Testing

@testable import Datasets

@Suite("Bounds from counts") struct ProbabilityBinsTests {
  /// Probabilities of many shapes: spread, few distinct, all in one bin, mostly tiny, with 0 and 1.
  private func probabilities(_ shape: Int, seed: UInt64) -> [Double] {
    let draw = RandomSource(seed: seed, .test)
    let count = 2 + draw.index(below: 400, 0)
    return (0..<UInt64(count)).map { i in
      let u = draw.uniform(1, i)
      return switch shape {
      case 0: u
      case 1: Double(draw.index(below: 3, 2, i)) / 7
      case 2: 0.25 + u * ProbabilityBins.width
      case 3: u * u * u * 1e-3
      default: [0, 1, u][draw.index(below: 3, 3, i)]
      }
    }
  }

  @Test("the exact area and entropy lie within the error", arguments: 0..<5)
  func within(shape: Int) {
    for seed in 1...UInt64(40) {
      let all = probabilities(shape, seed: seed)
      var bins = ProbabilityBins()
      for p in all { bins.add(p) }
      #expect(bins.count == all.count)
      #expect(abs(bins.mean - all.reduce(0, +) / Double(all.count)) < 1e-12)
      let (bound, exact) = (bins.bound, expectedAUC(all))
      #expect(bound.area.isNaN == exact.isNaN, "shape \(shape) seed \(seed)")
      if !exact.isNaN {
        #expect(abs(bound.area - exact) <= bound.areaError, "shape \(shape) seed \(seed)")
      }
      let entropies = all.map { p in
        p <= 0 || p >= 1 ? 0 : -p * naturalLogarithm(p) - (1 - p) * naturalLogarithm(1 - p)
      }
      let entropy = entropies.reduce(0, +) / Double(all.count)
      let loss = bound.logLoss ?? (.nan, .nan)
      #expect(abs(loss.value - entropy) <= loss.error, "shape \(shape) seed \(seed)")
    }
  }

  @Test("errors are small where probabilities are spread, and honest where they are not")
  func sizes() {
    var (spread, narrow) = (ProbabilityBins(), ProbabilityBins())
    for i in 0..<20_000 {
      spread.add((Double(i) + 0.5) / 20_000)
      narrow.add(0.25 + Double(i) / 20_000 * ProbabilityBins.width)
    }
    #expect(spread.bound.areaError < 1e-7)
    // One bin, of width w about p = 1/4: n² / 8 · w − n² / 12 · w or the like, over n² · p (1 − p).
    let most = ProbabilityBins.width / 12 / (0.25 * 0.75)
    #expect(abs(narrow.bound.areaError - most) < most / 50)
    #expect(abs(narrow.bound.area - 0.5) > most / 2)
  }

  @Test("order and pieces do not change a bit") func pieces() {
    let all = probabilities(0, seed: 3)
    var (whole, first, second) = (ProbabilityBins(), ProbabilityBins(), ProbabilityBins())
    for p in all { whole.add(p) }
    for (place, p) in all.reversed().enumerated() {
      if place % 3 == 0 { first.add(p) } else { second.add(p) }
    }
    second.add(first)
    #expect(whole.bound.area == second.bound.area && whole.mean == second.mean)
    #expect(whole.bound.areaError == second.bound.areaError)
  }

  @Test("errors are printed with two digits and never too small") func printed() {
    #expect(TruthText.error(0).json() == "0.0e+00")
    for error in [1.04e-7, 9.96e-5, 0.5, 3.149e-9, 9.999e-3] {
      let text = TruthText.error(error).json()
      #expect(Double(text).map { $0 >= error && $0 < 1.12 * error } == true, "\(text)")
    }
    #expect(TruthText.error(.nan).json() == "null")
  }
}
