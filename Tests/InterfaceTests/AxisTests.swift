import Testing

@testable import Interface

@Suite struct AxisTests {
  @Test(arguments: [0.0...1.0, 0.19...0.75, -3...7, 1e-9...2e-9, 0...1e12, 99.5...100.5])
  func theEndsCoverTheValues(range: ClosedRange<Double>) {
    for intervals in 1...12 {
      let axis = Axis(over: range, intervals: intervals)
      #expect(axis.low <= range.lowerBound + 1e-9 * abs(range.lowerBound))
      #expect(axis.high >= range.upperBound - 1e-9 * abs(range.upperBound))
      #expect(axis.ticks == axis.ticks.sorted())
      #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count)
      #expect(axis.share(of: axis.low) == 0)
      #expect(axis.share(of: axis.high) == 1)
    }
  }

  @Test func logarithmicTicksAreDecadesOrTheirParts() {
    #expect(Axis(over: 0.001...10, isLogarithmic: true, intervals: 4).ticks.first == 0.001)
    let near = Axis(over: 0.2...0.9, isLogarithmic: true, intervals: 6)
    #expect(near.ticks.map(near.label) == ["0.2", "0.5", "1"])
    #expect(near.share(of: 0) == nil)
    #expect(near.share(of: -1) == nil)
  }

  @Test func aValueWithoutANumberHasNoPlace() {
    let axis = Axis(over: nil, intervals: 4)
    #expect(axis.share(of: .nan) == nil)
    #expect(axis.share(of: .infinity) == nil)
    #expect(axis.low < axis.high)
  }

  @Test(arguments: [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (2.1, 2.5), (3.0, 5.0), (6.0, 10.0)])
  func stepsAreNice(wish: Double, nice: Double) {
    #expect(niceStep(wish) == nice)
    #expect(niceStep(.nan) == 1)
  }
}
