import Metrics
import Testing

@Suite("Standard error of the AUC") struct AUCErrorTests {
  private func estimate(_ predictions: [Double], _ labels: [Double]) -> AUC.Estimate {
    var auc = AUC()
    return auc.estimate(LabelledRows(predictions: predictions, labels: labels))
  }

  @Test("by hand: unequal classes and a tie") func byHand() {
    // Positives 3, 1; negatives 2, 1, 0. Placements of the positives: 1 and (1 + ½) / 3 = ½;
    // of the negatives: ½, ½ + ¼ = ¾, 1. The area is ¾ either way.
    let found = estimate([3, 2, 1, 1, 0], [1, 0, 1, 0, 0])
    #expect(abs(found.area - 0.75) < 1e-15)
    // Positives: 2 · ¹⁄₁₆ / (2 · 1) = ¹⁄₁₆. Negatives: (¹⁄₁₆ + 0 + ¹⁄₁₆) / (3 · 2) = ¹⁄₄₈.
    #expect(abs(found.standardError - (1.0 / 16 + 1.0 / 48).squareRoot()) < 1e-15)
  }

  @Test("exchanging the classes and turning the scores round changes nothing") func symmetry() {
    let found = estimate([3, 2, 1, 1, 0], [1, 0, 1, 0, 0])
    let turned = estimate([-3, -2, -1, -1, 0], [0, 1, 0, 1, 1])
    #expect(abs(found.area - turned.area) < 1e-15)
    #expect(abs(found.standardError - turned.standardError) < 1e-15)
  }

  @Test("a perfect order has no error; one row of a class has none to tell") func edges() {
    let perfect = estimate([4, 3, 2, 1], [1, 1, 0, 0])
    #expect(perfect.area == 1 && perfect.standardError == 0)
    #expect(estimate([4, 3, 2], [1, 0, 0]).standardError.isNaN)
    #expect(estimate([4, 3], [1, 1]).standardError.isNaN)
    #expect(estimate([4, 3], [1, 1]).area.isNaN)
  }

  @Test("it is the spread of areas over draws of the rows") func spread() {
    // s ~ U(0, 1) for negatives and √U for positives: areas of 400 draws against their mean error.
    var random = SplitMix(state: 7)
    var areas: [Double] = []
    var errors: [Double] = []
    for _ in 0..<400 {
      let labels = (0..<120).map { $0 % 3 == 0 ? 1.0 : 0.0 }
      let scores = labels.map { label in
        let u = random.uniform()
        return label > 0.5 ? u.squareRoot() : u
      }
      let found = estimate(scores, labels)
      areas.append(found.area)
      errors.append(found.standardError)
    }
    let mean = areas.reduce(0, +) / 400
    let squares = areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / 399).squareRoot()
    let error = errors.reduce(0, +) / 400
    #expect(abs(mean - 2.0 / 3) < 0.01, "seed 7: \(mean)")
    #expect(abs(error / deviation - 1) < 0.1, "seed 7: \(error) against \(deviation)")
  }
}

/// A small generator with a printed seed (SplitMix64).
private struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
  }
}
