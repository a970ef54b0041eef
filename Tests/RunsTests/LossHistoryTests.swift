import Testing

@testable import Runs

/// Losses of any number of steps in bounded room.
@Suite struct LossHistoryTests {
  private func bin(_ step: Int, _ loss: Float, task: Int = 0) -> LossBin {
    var bin = LossBin(task: task, step: step)
    bin.add(loss, step: step)
    return bin
  }

  @Test func fewBinsStayAsTheyAre() {
    var history = LossHistory(capacity: 4)
    let bins = [bin(0, 3, task: 1), bin(0, 1), bin(1, 2)]
    history.add(bins)
    #expect(history.bins == [bins[1], bins[2], bins[0]])
    #expect(!history.isEmpty)
    #expect(history.drain() == [bins[1], bins[2], bins[0]])
    #expect(history.isEmpty && history.bins.isEmpty)
  }

  /// Five bins in room for three: the first two become one.
  @Test func neighboursAreMerged() {
    var history = LossHistory(capacity: 3)
    for (step, loss) in [Float(4), 1, 7, 2, 9].enumerated() { history.add([bin(step, loss)]) }
    let spans = history.bins.map { [$0.firstStep, $0.lastStep] }
    #expect(spans == [[0, 2], [3, 3], [4, 4]] || spans == [[0, 1], [2, 3], [4, 4]])
    #expect(history.bins.map(\.count).reduce(0, +) == 5)
    #expect(history.bins[0].minimum == 1)
  }

  @Test(arguments: [2, 3, 16, 17]) func everyStepIsInOneBin(capacity: Int) {
    var history = LossHistory(capacity: capacity)
    for step in 0..<1_000 { history.add([bin(step, step == 777 ? 50 : 1, task: step % 2)]) }
    for task in 0..<2 {
      let bins = history.bins.filter { $0.task == task }
      #expect(bins.count <= capacity)
      #expect(bins.map(\.count).reduce(0, +) == 500)
      #expect(bins.first?.firstStep == task && bins.last?.lastStep == 998 + task)
      #expect(zip(bins, bins.dropFirst()).allSatisfy { $0.lastStep < $1.firstStep })
    }
    #expect(history.bins.map(\.maximum).max() == 50)
  }

  /// A course that is read late is as fine at its beginning as at its end.
  @Test func allStepsAreEquallyFine() {
    var history = LossHistory(capacity: 64)
    history.add((0..<1_000).map { bin($0, Float($0)) })
    let bins = history.bins
    #expect(bins.count > 32 && bins.count <= 64)
    #expect(bins.dropLast().allSatisfy { $0.count == 16 })
    #expect(bins.map(\.firstStep) == bins.indices.map { 16 * $0 })
    #expect(history.drain() == bins)
    // What comes behind is fine again.
    history.add([bin(1_000, 1), bin(1_001, 2)])
    #expect(history.bins.map(\.count) == [1, 1])
  }

  @Test func tasksThatCannotBeAreLeftOut() {
    var history = LossHistory(capacity: 4)
    history.add([LossBin(task: -1, step: 0), LossBin(task: 1 << 40, step: 0)])
    #expect(history.bins.isEmpty)
  }
}

/// What several who watch one run want together.
@Suite struct WantedViewsTests {
  @Test func wishesAreJoined() {
    let all = CodingFixtures.wanted
    #expect(WantedViews().joined(with: all).example == all.example)
    var both = WantedViews().joined(with: all)
    #expect(both.snapshotsPerSecond == 10)
    both.snapshotsPerSecond = all.snapshotsPerSecond
    #expect(both == all)
    both = all.joined(with: WantedViews())
    both.snapshotsPerSecond = all.snapshotsPerSecond
    #expect(both == all)
  }

  /// Of what there can be only one, the first one's wish holds as a whole.
  @Test func theFirstWishHolds() {
    var own = WantedViews()
    (own.example, own.exampleOrder, own.segmentColumn) = (9, .disagreement, "age")
    own.subjects = [.model]
    let both = own.joined(with: CodingFixtures.wanted)
    #expect(both.example == 9 && both.exampleOrder == .disagreement)
    #expect(both.exampleChange == nil && both.exampleWithout == nil && both.exampleSorting == 0)
    #expect(both.segmentColumn == "age" && both.gates && both.masks && both.gradients)
    #expect(both.subjects == [.model, .masks])
    #expect(both.maskWindow == CodingFixtures.wanted.maskWindow)
  }

  @Test func numbersThatNobodyWantsAreLeftOut() {
    #expect(CodingFixtures.wanted.limited == CodingFixtures.wanted)
    var wild = CodingFixtures.wanted
    (wild.example, wild.exampleWithout, wild.exampleSorting) = (-1, Int.max, Int.min)
    wild.maskWindow?.rows = Int.max
    wild.maskPlace?.column = -5
    wild.snapshotsPerSecond = .nan
    wild.explanation = ExplanationWish(
      user: .place(-3), item: .named(String(repeating: "x", count: 500)), asking: -1)
    let limited = wild.limited
    #expect(
      limited.explanation
        == ExplanationWish(user: .place(0), item: .named(String(repeating: "x", count: 400))))
    #expect(limited.example == nil && limited.exampleWithout == nil)
    #expect(limited.exampleSorting == 0 && limited.maskWindow == nil && limited.maskPlace == nil)
    #expect(limited.snapshotsPerSecond == 0)
    wild.snapshotsPerSecond = 1e9
    #expect(wild.limited.snapshotsPerSecond == 10)
    wild.maskWindow = CodingFixtures.wanted.maskWindow
    wild.maskWindow?.task = -2
    #expect(wild.limited.maskWindow == nil)
  }
}
