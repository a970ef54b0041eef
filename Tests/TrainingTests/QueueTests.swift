import Foundation
import Runs
import Tensors
import Testing

@testable import Training

/// What crosses from the engine's thread to whoever watches.
@Suite struct QueueTests {
  /// A million losses, drained at random moments: every step is in one bin, and no extreme is lost.
  @Test func lossBinsLoseNothing() {
    let random = RandomSource(seed: 4, .test)
    let bins = LossBins(tasks: 2)
    var total = [LossBin(task: 0, step: 0), LossBin(task: 1, step: 0)]
    var expected = total
    var next = [0, 0]
    func drain() {
      let drained = bins.drain()
      #expect(drained.count <= 2 * LossBins.capacity)
      for bin in drained {
        #expect(bin.firstStep == next[bin.task] && bin.lastStep >= bin.firstStep)
        next[bin.task] = bin.lastStep + 1
        total[bin.task].merge(bin)
      }
    }
    for step in 0..<500_000 {
      for task in 0..<2 {
        let place = UInt64(2 * step + task)
        let draw = random.bits(place)
        // Sums of small whole numbers are exact in any order.
        let loss = draw % 1_000 == 0 ? Float.nan : Float(draw >> 40 & 1_023)
        bins.add(loss, task: task, step: step)
        expected[task].add(loss, step: step)
      }
      if random.bits(UInt64(step), 1) % 20_000 == 0 { drain() }
    }
    drain()
    for (task, bin) in expected.enumerated() {
      // Quantiles of what was merged otherwise differ a little: a tenth of 0...1,023, to 4 %.
      #expect(abs(total[task].spread.quantile(0.1) - 102) < 40)
      #expect(abs(total[task].spread.quantile(0.9) - 921) < 40)
      total[task].spread = bin.spread
    }
    #expect(total == expected)
    #expect(bins.drain().isEmpty)
  }

  @Test func eventsAreBoundedAndSayWhatWasDropped() {
    let queue = EventQueue()
    for epoch in 0..<70_000 { queue.append(.epochEnded(epoch: epoch, step: 0)) }
    let events = queue.drain()
    #expect(events.count == 65_537)
    #expect(events.first == .epochEnded(epoch: 0, step: 0))
    #expect(events.last == .dropped(70_000 - 65_536))
    #expect(queue.drain().isEmpty)
    queue.append(.epochEnded(epoch: 1, step: 1))
    #expect(queue.drain() == [.epochEnded(epoch: 1, step: 1)])
  }

  @Test func theNewestValueReplacesTheOthers() {
    let place = Latest<Int>()
    #expect(place.take() == nil)
    place.publish(1)
    place.publish(2)
    #expect(place.peek() == 2 && place.take() == 2 && place.take() == nil)
  }

  @Test func commandsKeepTheirOrderAndWakeTheEngine() {
    let inbox = CommandInbox()
    #expect([inbox.send(.pause).id, inbox.send(.resume).id] == [1, 2])
    #expect(inbox.count == 2)
    #expect(inbox.drain().map(\.command) == [.pause, .resume])
    #expect(inbox.drain().isEmpty)
    inbox.ring()
    let start = ContinuousClock.now
    inbox.wait(seconds: 30)
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}

@Suite struct SmoothedLossTests {
  @Test func correctedForItsStart() {
    var loss = SmoothedLoss()
    #expect(loss.value.isNaN)
    loss.add(3)
    #expect(abs(loss.value - 3) < 1e-12)
    for _ in 0..<35 { loss.add(1) }
    // Half of the weight is newer than 35 steps, seen from a start that is corrected for.
    #expect(loss.value > 1 && loss.value < 1.1)
  }
}

@Suite struct EpochShuffleTests {
  @Test func everyRowOnceAndAnotherOrderEachEpoch() {
    let shuffle = EpochShuffle(count: 1_000, seed: 3)
    shuffle.shuffle(epoch: 1)
    let first = shuffle.order.array
    shuffle.shuffle(epoch: 2)
    let second = shuffle.order.array
    #expect(first.sorted() == Array(0..<1_000) && second.sorted() == Array(0..<1_000))
    #expect(first != second)
    let again = EpochShuffle(count: 1_000, seed: 3)
    again.shuffle(epoch: 2)
    #expect(again.order.array == second)
    let other = EpochShuffle(count: 1_000, seed: 4)
    other.shuffle(epoch: 2)
    #expect(other.order.array != second)
  }
}
