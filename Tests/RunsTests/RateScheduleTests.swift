import Foundation
import Testing

@testable import Runs

/// Rates by hand: half a cosine has the factors 1, ¾, ½, ¼, 0 at the sixths 0, 2, 3, 4, 6.
@Suite("Schedules of the learning rate") struct RateScheduleTests {
  private func factors(_ schedule: RateSchedule, at steps: [Int], of all: Int = 12) -> [Double] {
    steps.map { schedule.factor(at: $0, of: all, stepsPerEpoch: 4) }
  }

  private func expectClose(
    _ found: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isClose = zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    #expect(
      isClose && found.count == expected.count, "\(found) \(expected)",
      sourceLocation: sourceLocation)
  }

  @Test func formulas() {
    expectClose(factors(.constant, at: [0, 5, 11]), [1, 1, 1])
    expectClose(factors(.cosine(), at: [0, 4, 6, 8, 12]), [1, 0.75, 0.5, 0.25, 0])
    expectClose(factors(.cosine(minimum: 0.2), at: [0, 4, 6, 12, 99]), [1, 0.8, 0.6, 0.2, 0.2])
    expectClose(
      factors(.step(factor: 0.5, every: 1), at: [0, 3, 4, 7, 8, 11]), [1, 1, 0.5, 0.5, 0.25, 0.25])
    expectClose(factors(.step(factor: 0.1, every: 2), at: [7, 8, 15, 16]), [1, 0.1, 0.1, 0.01])
    expectClose(factors(.exponential(factor: 0.25), at: [0, 2, 4, 8]), [1, 0.5, 0.25, 0.0625])
    let cycle = RateSchedule.oneCycle(start: 0.2, peak: 0.5, minimum: 0.1)
    // 14 steps: the peak at 6, the end at 13, the last one.
    expectClose(
      factors(cycle, at: [0, 2, 3, 4, 6, 13, 99], of: 14), [0.2, 0.4, 0.6, 0.8, 1, 0.1, 0.1])
    // 13 steps: the end is 12, and half-way down from the peak at 0 is 6.
    expectClose(factors(.oneCycle(peak: 0), at: [0, 6, 12], of: 13), [1, 0.5, 0])
  }

  /// 0.1 of 10 steps is one step, though 3 / 10 / 0.1 is 2.9999999999999996.
  @Test func stepsThatAreNoWholeNumber() {
    let schedule = RateSchedule.step(factor: 0.5, every: 0.1)
    expectClose(
      (0..<8).map { schedule.factor(at: $0, of: 20, stepsPerEpoch: 10) },
      (0..<8).map { pow(0.5, Double($0)) })
  }

  /// A warm-up of W steps rises to where the schedule begins, which goes over the N − W others.
  @Test(arguments: RateSchedule.all) func warmUp(_ schedule: RateSchedule) {
    var configuration = RunConfiguration()
    (configuration.learningRate, configuration.warmUpSteps) = (0.8, 4)
    configuration.rateSchedule = schedule
    let rates = (0..<16).map { configuration.rate(at: $0, of: 16, stepsPerEpoch: 4) }
    let first = 0.8 * schedule.factor(at: 0, of: 12, stepsPerEpoch: 4)
    expectClose(
      rates,
      [0.25, 0.5, 0.75, 1].map { $0 * first }
        + (0..<12).map { 0.8 * schedule.factor(at: $0, of: 12, stepsPerEpoch: 4) })
  }

  @Test func withoutEndOrSteps() {
    for schedule in RateSchedule.all {
      for steps in [-3, 0, 1] {
        for t in [0, 1, 1_000_000] {
          let factor = schedule.factor(at: t, of: steps, stepsPerEpoch: 0)
          #expect(factor.isFinite && factor >= 0, "\(schedule) \(steps) \(t)")
        }
      }
    }
  }

  @Test(arguments: RateSchedule.all) func inFiles(_ schedule: RateSchedule) throws {
    var schedule = schedule
    for (place, option) in schedule.options.enumerated() {
      schedule = schedule.with(0.125 * Double(place + 1), for: option.name)
    }
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(RateSchedule.self, from: data) == schedule)
    #expect(schedule.options.enumerated().allSatisfy { $1.value == 0.125 * Double($0 + 1) })
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RateSchedule.self, from: Data(#"{"kind": "sine"}"#.utf8))
    }
  }

  @Test func times() {
    for (text, seconds) in [
      ("90s", 90.0), ("10m", 600), ("1h30m", 5_400), ("1.5h", 5_400), ("90", 90),
      ("1h2m3s", 3_723), ("600.0s", 600),
    ] {
      #expect(SettingForm.seconds(text) == seconds, "\(text)")
      #expect(SettingForm.seconds(SettingForm.durationText(seconds)) == seconds)
    }
    for text in ["", "0", "0m", "-1m", "m", "10x", "10m5", "1s1m", "1m1m", "nan", "inf", "1e999"] {
      #expect(SettingForm.seconds(text) == nil, "\(text)")
    }
  }

  @Test func whatEndsARunIsAScoreOfATask() throws {
    #expect(try KeepRule(parsingScore: "click:auc") == .score(task: "click", name: "auc"))
    for text in ["balanced", "last", "click", "click:ratio"] {
      #expect(throws: KeepError.self, "\(text)") { try KeepRule(parsingScore: text) }
    }
    let error = StopError(.unknownTask("clik", known: ["click", "buy"]))
    #expect("\(error)".hasPrefix("--stop: no such task"))
    #expect("\(error)".contains("did you mean 'click'?"))
  }
}
