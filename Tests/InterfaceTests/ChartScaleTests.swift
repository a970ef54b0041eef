import Runs
import Testing

@testable import Interface

/// Axes whose round values lie on whole rows.
@Suite struct FittingAxisTests {
  /// Every tick of a linear axis lies on a row, all at the same distance, and the range is covered.
  @Test(arguments: [0.0...1.0, 0.19...0.75, -3...7, 1e-9...2e-9, 0...1e12, 99.5...100.5, 2...2])
  func ticksLieOnRowsAtEvenDistances(range: ClosedRange<Double>) {
    for rows in 3...40 {
      let axis = Axis(fitting: range, rows: rows)
      #expect(axis.low <= range.lowerBound + 1e-6 * abs(axis.high - axis.low))
      #expect(axis.high >= range.upperBound - 1e-6 * abs(axis.high - axis.low))
      let places = axis.ticks.compactMap { axis.share(of: $0) }.map { $0 * Double(rows - 1) }
      #expect(places.count >= 2)
      #expect(places.allSatisfy { abs($0 - $0.rounded()) < 1e-3 })
      let gaps = Set(zip(places, places.dropFirst()).map { Int(($1 - $0).rounded()) })
      #expect(gaps.count == 1)
      #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count)
    }
  }

  /// Little of the height is given away to round values.
  @Test func theRangeTakesMostOfTheHeight() {
    var noise = Noise(seed: 12)
    for _ in 0..<500 {
      let low = noise.share()
      let high = low + 0.001 + abs(noise.share())
      let axis = Axis(fitting: low...high, rows: 24)
      #expect((high - low) / (axis.high - axis.low) > 0.7)
    }
  }

  @Test func aFitByHand() {
    // Nine rows over 0...0.8: a row is a tenth, a label stands on every fifth row.
    let axis = Axis(fitting: 0...0.8, rows: 9)
    #expect(axis.low == 0 && abs(axis.high - 0.8) < 0.2)
    #expect(axis.ticks.first == 0)
    #expect(abs(axis.value(at: 0.5) - (axis.low + axis.high) / 2) < 1e-12)
  }

  @Test func logarithmicAxesEndAtTheValues() throws {
    let axis = Axis(fitting: 0.07...9, rows: 24, isLogarithmic: true)
    #expect(axis.low == 0.07 && axis.high == 9)
    #expect(axis.ticks == [0.1, 0.2, 0.5, 1, 2, 5].map { $0 } || axis.ticks == [0.1, 1])
    let near = Axis(fitting: 0.105...0.145, rows: 12, isLogarithmic: true)
    #expect(near.ticks.count >= 2 && near.ticks.allSatisfy { (0.105...0.145).contains($0) })
    #expect(near.ticks.map(near.label).allSatisfy { Double($0) != nil })
    for (tick, label) in zip(near.ticks, near.ticks.map(near.label)) {
      #expect(abs((Double(label) ?? .nan) - tick) < 1e-9)
    }
    let middle = try #require(axis.share(of: axis.value(at: 0.25)))
    #expect(abs(middle - 0.25) < 1e-9)
  }
}

/// Which values a chart has room for.
@Suite struct ValueSpanTests {
  @Test func quantilesOfWeightedValues() {
    var values = WeightedValues()
    #expect(values.range(from: 0.02, to: 0.98) == nil && values.all == nil)
    for value in 1...100 { values.add(Double(value)) }
    values.add(.nan)
    values.add(5, weight: 0)
    #expect(values.all == 1...100)
    #expect(values.range(from: 0.02, to: 0.98) == 2...98)
    // One heavy value is most of the steps.
    values.add(40, weight: 10_000)
    #expect(values.range(from: 0.02, to: 0.98) == 40...40)
  }

  /// Against sorting, for any values and weights.
  @Test(arguments: [1, 2, 33, 500, 4_000]) func quantilesAreThoseOfASortedList(count: Int) {
    var noise = Noise(seed: UInt64(count))
    var values = WeightedValues()
    var list: [(value: Double, weight: Double)] = []
    for index in 0..<count {
      // Spikes far away must not make the intervals coarse.
      let value = index % 97 == 0 ? 1e9 * noise.share() : noise.share()
      list.append((value, 1 + abs(noise.share())))
      values.add(value, weight: list[index].weight)
    }
    list.sort { $0.value < $1.value }
    let total = list.reduce(0) { $0 + $1.weight }
    func exact(_ share: Double) -> Double {
      var sum = 0.0
      return list.first {
        sum += $0.weight
        return sum >= share * total
      }?.value ?? .nan
    }
    let found = values.range(from: 0.1, to: 0.9)
    let neighbours = 3 * 2.0 / Double(count) + 1e-9
    #expect(abs((found?.lowerBound ?? .nan) - exact(0.1)) <= neighbours)
    #expect(abs((found?.upperBound ?? .nan) - exact(0.9)) <= neighbours)
  }

  private func finder(_ span: ValueSpan, spike: Double) -> SpanFinder {
    var finder = SpanFinder(span, isLogarithmic: false)
    for step in 0..<1_000 {
      let loss = step == 0 ? spike : 0.1 + 0.1 * Double(step % 101) / 100
      finder.add(loss: loss, weight: 1, isSettled: step >= 100)
      finder.add(drawn: loss)
    }
    return finder
  }

  @Test func theStartIsLeftOutWhereItTakesTooMuchRoom() throws {
    let steep = try #require(finder(.typical, spike: 0.76).range)
    #expect(steep.upperBound < 0.21 && steep.lowerBound > 0.09)
    let everything = try #require(finder(.everything, spike: 0.76).range)
    #expect(everything == 0.1...0.76)
    // Where all takes little more room, nothing is left out.
    let flat = try #require(finder(.typical, spike: 0.25).range)
    #expect(flat.upperBound >= 0.25)
    #expect(finder(.fixed(0.3...0.4), spike: 9).range == 0.3...0.4)
  }

  @Test func singleValuesAreShownUnlessTheyAreFarAway() throws {
    var near = finder(.typical, spike: 0.76)
    near.add(point: 0.24, isSettled: true)
    #expect(try #require(near.range).contains(0.24))
    var far = finder(.typical, spike: 0.76)
    far.add(point: 2.4, isSettled: true)
    #expect(try #require(far.range).upperBound < 0.21)
    var early = finder(.typical, spike: 0.76)
    early.add(point: 0.7, isSettled: false)
    #expect(try #require(early.range).upperBound < 0.21)
  }
}

/// How far a run has come at a step.
@Suite struct StepMeasureTests {
  private func measure(_ unit: StepUnit) -> StepMeasure {
    var measure = StepMeasure()
    measure.unit = unit
    measure.stepsPerEpoch = 4
    measure.stepRows = 10
    measure.trainingRows = 33
    measure.clock.note(step: 2, seconds: 1)
    measure.clock.note(step: 6, seconds: 3)
    return measure
  }

  @Test func unitsByHand() {
    #expect(measure(.step).value(of: 7) == 7)
    #expect(measure(.epoch).value(of: 6) == 1.5)
    // Three whole batches and one of three rows.
    #expect([0, 3, 4, 5, 8].map(measure(.examples).value) == [0, 30, 33, 43, 66])
    #expect([0, 1, 2, 4, 6, 8].map(measure(.time).value) == [0, 0.5, 1, 2, 3, 4])
  }

  /// A step on several batches sees the rows of all of them.
  @Test func accumulatedBatchesAreOneStep() {
    var description = Fixture.description()
    (description.batchSize, description.accumulate) = (16, 3)
    description.trainingRows = 1_000
    description.stepsPerEpoch = 21
    let measure = StepMeasure(.examples, of: description, clock: StepClock())
    #expect([1, 20, 21, 22].map(measure.value) == [48, 960, 1_000, 1_048])
  }

  @Test(arguments: StepUnit.allCases) func stepsAreFoundAgain(unit: StepUnit) {
    let measure = measure(unit)
    for step in 0...40 {
      #expect(measure.step(of: measure.value(of: Double(step)), in: 0...40) == step)
    }
    #expect(measure.step(of: -5, in: 3...9) == 3 && measure.step(of: 1e9, in: 3...9) == 9)
  }

  @Test func clocksAreBoundedAndTrue() {
    var clock = StepClock()
    #expect(clock.seconds(at: 10) == 0)
    for step in 1...50_000 { clock.note(step: step, seconds: Double(step) * 0.25) }
    #expect(clock.ticks.count <= StepClock.capacity)
    for step in [1.0, 77, 12_345, 49_999, 50_000, 60_000] {
      #expect(abs(clock.seconds(at: step) - step * 0.25) < 1e-6)
    }
    // What is late or goes back changes nothing.
    clock.note(step: 40_000, seconds: 1)
    clock.note(step: 60_000, seconds: 1)
    #expect(abs(clock.seconds(at: 50_000) - 12_500) < 1e-6)
  }

  @Test func ticksAreRoundAndEven() {
    let steps = StepAxis(.step, over: 0...1_560, isLogarithmic: false, least: 1)
    #expect(steps.ticks(about: 3).map(\.label) == ["0", "1k"])
    #expect(steps.ticks(about: 4).map(\.label) == ["0", "500", "1k", "1.5k"])
    #expect(steps.share(of: 780) == 0.5 && steps.place(of: 1_560, among: 101) == 100)
    let time = StepAxis(.time, over: 0...95, isLogarithmic: false, least: 0.1)
    #expect(time.ticks(about: 4).map(\.label) == ["0:00", "0:30", "1:00", "1:30"])
    let decades = StepAxis(.step, over: 0...10_000, isLogarithmic: true, least: 1)
    #expect(decades.low == 1 && decades.share(of: 100) == 0.5 && decades.value(at: 0.25) == 10)
    #expect(decades.ticks(about: 5).map(\.label) == ["1", "10", "100", "1k", "10k"])
    let epochs = StepAxis(.epoch, over: 0...2, isLogarithmic: false, least: 0.1)
    #expect(epochs.ticks(about: 4).map(\.label) == ["0", "0.5", "1", "1.5", "2"])
  }
}

/// Which way a loss goes in the last tenth of its steps.
@Suite struct LossTrendTests {
  private func trend(_ loss: (Int, inout Noise) -> Double, steps: Int = 2_000) -> LossTrend? {
    var noise = Noise(seed: 31)
    var series = LossSeries()
    for step in 0..<steps {
      var bin = LossBin(task: 0, step: step)
      bin.add(Float(loss(step, &noise)), step: step)
      series.push(bin)
    }
    return LossTrend(of: series)
  }

  @Test func arrowsByHand() {
    #expect(trend { step, _ in 1 - Double(step) / 4_000 } == .falls)
    #expect(trend { step, _ in 1 + Double(step) / 4_000 } == .rises)
    #expect(trend { _, _ in 0.3 } == .level)
    // Noise alone is no direction, and what fell before the last tenth is past.
    #expect(trend { _, noise in 0.1 + 0.03 * noise.share() } == .level)
    #expect(trend { step, noise in (step < 1_700 ? 1 : 0.1) + 0.001 * noise.share() } == .level)
    #expect(trend({ _, _ in 1 }, steps: 20) == nil)
    #expect(LossTrend(of: LossSeries()) == nil)
  }

  /// A slow rise below the noise of single steps shows, from where it can be told from it.
  @Test func aRiseInNoiseIsSeen() {
    let rise = trend { step, noise in
      0.1 + (step < 1_800 ? 0 : Double(step - 1_800) * 0.0002) + 0.03 * noise.share()
    }
    #expect(rise == .rises)
  }
}
