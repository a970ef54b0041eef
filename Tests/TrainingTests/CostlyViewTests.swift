import Testing

@testable import Training

/// When a view that is costly to make is made anew.
@Suite struct CostlyViewTests {
  private let start = ContinuousClock.now

  @Test func nothingIsFreshAtFirst() {
    let view = CostlyView<Int>(every: .seconds(60))
    #expect(view.fresh(at: 0, isIdle: true) == nil && view.fresh(at: 0, isIdle: false) == nil)
  }

  /// While the run trains it stays for its interval; an idle run has what is of its parameters.
  @Test func aViewStaysWhileTheRunTrains() {
    var view = CostlyView<Int>(every: .seconds(60))
    view.keep(7, at: 3, since: .now)
    #expect(view.fresh(at: 3, isIdle: true) == 7 && view.fresh(at: 3, isIdle: false) == 7)
    #expect(view.fresh(at: 4, isIdle: false) == 7)
    #expect(view.fresh(at: 4, isIdle: true) == nil)
  }

  @Test func itsIntervalEnds() {
    var view = CostlyView<Int>(every: .zero)
    view.keep(7, at: 3, since: .now)
    let made = ContinuousClock.now
    // It took next to nothing, so the next one may come soon.
    while view.fresh(at: 4, isIdle: false) != nil, ContinuousClock.now - made < .seconds(20) {}
    #expect(view.fresh(at: 4, isIdle: false) == nil && view.fresh(at: 3, isIdle: false) == 7)
  }

  /// What took a second is made once in 200.
  @Test func whatTookLongStaysLong() {
    var view = CostlyView<Int>(every: .zero)
    view.keep(7, at: 3, since: start - .seconds(1))
    let made = ContinuousClock.now
    while ContinuousClock.now - made < .milliseconds(20) {}
    #expect(view.fresh(at: 4, isIdle: false) == 7)
  }
}
