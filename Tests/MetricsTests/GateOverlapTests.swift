import Metrics
import Testing

@Suite struct GateOverlapTests {
  @Test func byHand() {
    let a: [Float] = [1, 0, 0.25, 0.75]
    let b: [Float] = [0.5, 0.5, 0.75, 0.25]
    #expect(gateOverlap(a, b, rows: 2, experts: 2) == 0.5)
    #expect(gateOverlap(a, b, rows: 1, experts: 2) == 0.5)
    #expect(gateOverlap(a, a, rows: 2, experts: 2) == 1)
  }

  @Test func gatesWithoutACommonExpert() {
    #expect(gateOverlap([1, 0, 0], [0, 0.5, 0.5], rows: 1, experts: 3) == 0)
    #expect(gateOverlap([], [], rows: 0, experts: 3).isNaN)
  }
}
