import Graph
import Testing

@testable import Models

@Suite struct MTERStartTests {
  /// s⁴ · 2 · 3 · 4 / 16 = 24 gives s = 2, for the factors and for the core that all three share.
  @Test func factorsAndTheSharedCoreBeginAlike() throws {
    var widths = MTER.Configuration()
    (widths.userWidth, widths.itemWidth, widths.featureWidth) = (2, 3, 4)
    func range(_ initialiser: Initialiser) throws -> ClosedRange<Double> {
      guard case .uniform(let range) = initialiser else { throw NotUniform() }
      return range
    }
    let factors = try range(MTERStart.fitted.factors(widths, rating: 24))
    let core = try range(MTERStart.fitted.core(count: 24, widths, rating: 24))
    #expect(factors.lowerBound == 0 && core.lowerBound == 0)
    #expect(abs(factors.upperBound - 2) < 1e-12 && abs(core.upperBound - 2) < 1e-12)
    #expect(try range(MTERStart.unit.factors(widths, rating: 24)) == 0...1)
    #expect(try range(MTERStart.unit.core(count: 24, widths, rating: 24)) == 0...1)
  }

  private struct NotUniform: Error {}
}
