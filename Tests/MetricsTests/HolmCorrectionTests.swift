import Metrics
import Testing

@Suite("Holm's correction") struct HolmCorrectionTests {
  @Test("by hand: the smallest by all, the next by one less, never falling") func byHand() {
    // Sorted .01, .02, .022, .5 times 4, 3, 2, 1: .04, .06, .044 → .06, .5.
    #expect(near(holmCorrected([0.022, 0.01, 0.5, 0.02]), [0.06, 0.04, 0.5, 0.06]))
  }

  @Test("one test, none, and probabilities that pass 1") func edges() {
    #expect(holmCorrected([0.3]) == [0.3] && holmCorrected([]).isEmpty)
    #expect(near(holmCorrected([0.6, 0.9]), [1, 1]))
    #expect(near(holmCorrected([0.2, 0.2]), [0.4, 0.4]))
  }

  private func near(_ found: [Double], _ wanted: [Double]) -> Bool {
    found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 }
  }
}
