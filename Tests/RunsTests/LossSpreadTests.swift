import Testing

@testable import Runs

/// Quantiles of losses in five numbers.
@Suite struct LossSpreadTests {
  private func spread(_ losses: [Float]) -> LossSpread {
    losses.enumerated().reduce(into: LossSpread()) { sum, loss in
      sum.merge(LossSpread(loss.element), counts: (loss.offset, 1))
    }
  }

  @Test func fewLossesAreKeptAsTheyAre() {
    let five = spread([0.5, 0.1, 0.9, 0.3, 0.7])
    #expect((0..<5).map { five[$0] } == [0.1, 0.3, 0.5, 0.7, 0.9])
    #expect(five.kept == 5 && five[5] == .infinity)
    #expect(LossSpread().kept == 0 && LossSpread().quantile(0.5).isNaN)
    #expect(LossSpread(2).quantile(0.1) == 2 && LossSpread(2).quantile(0.9) == 2)
    // Two losses stand at a quarter and at three quarters.
    let two = spread([4, 2])
    #expect(two.quantile(0.25) == 2 && two.quantile(0.5) == 3 && two.quantile(0.75) == 4)
    #expect(two.quantile(0.1) == 2 && two.quantile(1) == 4)
  }

  /// 1…10: the tenths lie at 0.05, 0.15 …, so a tenth of the losses lies half way from 1 to 2.
  @Test func tenLossesInTwoHalves() {
    var sum = spread([1, 3, 5, 7, 9])
    sum.merge(spread([2, 4, 6, 8, 10]), counts: (5, 5))
    #expect((0..<5).map { sum[$0] } == [1.5, 3.5, 5.5, 7.5, 9.5])
    #expect(sum.quantile(0.1) == 1.5 && sum.quantile(0.5) == 5.5 && sum.quantile(0.9) == 9.5)
  }

  /// A spread of many losses is not moved by one as if it were one of few.
  @Test func countsAreWeights() {
    var many = spread([1, 1, 1, 1, 1])
    many.merge(LossSpread(100), counts: (1_000, 1))
    #expect((0..<4).map { many[$0] } == [1, 1, 1, 1] && many[4] < 2)
    var few = spread([1, 1, 1, 1, 1])
    few.merge(LossSpread(100), counts: (5, 5))
    #expect(few[0] == 1 && few[2] > 2 && few[3] > 80 && few[4] == 100)
  }

  /// Of about normal losses the tenths lie a little too far out: hardly in a ladder, clearly one by one.
  @Test func tenthsOfNormalLosses() {
    var state = UInt64(11)
    func normal() -> Float {
      (0..<12).reduce(-6) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Float(state >> 40) / Float(1 << 24)
      }
    }
    var widths: (ladder: Double, single: Double, exact: Double) = (0, 0, 0)
    for _ in 0..<40 {
      let losses = (0..<1_000).map { _ in normal() }
      var ladder = SpreadLadder()
      for loss in losses { ladder.add(LossSpread(loss), count: 1) }
      let single = spread(losses)
      let sorted = losses.sorted()
      widths.ladder += ladder.total.quantile(0.9) - ladder.total.quantile(0.1)
      widths.single += single.quantile(0.9) - single.quantile(0.1)
      widths.exact += Double(sorted[899] + sorted[900] - sorted[99] - sorted[100]) / 2
    }
    #expect((1.005...1.035).contains(widths.ladder / widths.exact), "\(widths)")
    #expect((1.055...1.08).contains(widths.single / widths.exact), "\(widths)")
  }

  @Test func nothingChangesNothing() {
    var sum = spread([3, 1])
    sum.merge(LossSpread(), counts: (2, 0))
    #expect(sum == spread([1, 3]))
    var empty = LossSpread()
    empty.merge(sum, counts: (0, 2))
    #expect(empty == sum)
  }

  /// Losses in any order: the tenths of many are within a twentieth of the range of the true ones.
  @Test(arguments: [7, 64, 1_000, 9_999]) func laddersKeepTenths(count: Int) {
    var state = UInt64(count)
    var ladder = SpreadLadder()
    var losses: [Float] = []
    for _ in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      losses.append(Float(state >> 40) / Float(1 << 24))
      ladder.add(LossSpread(losses[losses.count - 1]), count: 1)
    }
    #expect(ladder.count == count)
    losses.sort()
    for share in [0.1, 0.5, 0.9] {
      let exact = Double(losses[Int(share * Double(count))])
      #expect(abs(ladder.total.quantile(share) - exact) < (count < 10 ? 0.2 : 0.05))
    }
    #expect((0..<4).allSatisfy { ladder.total[$0] <= ladder.total[$0 + 1] })
    ladder.removeAll()
    #expect(ladder.count == 0 && ladder.total == LossSpread())
  }
}
