import Foundation
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A run that is read from elsewhere: neither reader takes anything from the other.
@Suite struct WatchedRunTests {
  @Test func bothReadersGetEveryStep() {
    let bins = LossBins(tasks: 2)
    bins.open(to: .screen)
    bins.open(to: .watchers)
    var counts: [LossBins.Reader: [Int]] = [.screen: [0, 0], .watchers: [0, 0]]
    var sums = counts
    func drain(_ reader: LossBins.Reader) {
      let drained = bins.drain(for: reader)
      #expect(drained.count <= 2 * LossBins.capacity)
      for bin in drained {
        #expect(bin.firstStep == counts[reader]?[bin.task])
        counts[reader]?[bin.task] += bin.count
        sums[reader]?[bin.task] += Int(bin.sum)
      }
    }
    for step in 0..<5_000 {
      for task in 0..<2 { bins.add(Float(step % 7 + task), task: task, step: step) }
      if step % 10 == 3 { drain(.screen) }
      if step % 1_701 == 5 { drain(.watchers) }
    }
    drain(.watchers)
    drain(.screen)
    #expect(counts == [.screen: [5_000, 5_000], .watchers: [5_000, 5_000]])
    #expect(sums[.screen] == sums[.watchers])
    #expect(bins.drain(for: .watchers).isEmpty && bins.drain().isEmpty)
  }

  /// Nothing is put by for who does not read.
  @Test func nothingIsKeptForNobody() {
    let bins = LossBins(tasks: 1)
    bins.open(to: .screen)
    bins.add(1, task: 0, step: 0)
    #expect(bins.drain().count == 1)
    bins.open(to: .watchers)
    #expect(bins.drain(for: .watchers).isEmpty)
    bins.add(2, task: 0, step: 1)
    #expect(bins.drain(for: .watchers).count == 1)
    #expect(bins.drain().map(\.firstStep) == [1])
  }

  @Test func theNewestIsReadByBoth() {
    let latest = Latest<Int>()
    #expect(latest.value(after: 0) == nil)
    latest.publish(5)
    #expect(latest.take() == 5 && latest.take() == nil && latest.peek() == 5)
    let first = latest.value(after: 0)
    #expect(first?.value == 5 && first?.number == 1)
    #expect(latest.value(after: 1) == nil)
    latest.publish(6)
    #expect(latest.value(after: 1)?.value == 6)
    #expect(latest.take() == 6)
  }

  @Test func ofVeryManyEventsTheNewestAreKept() {
    var history = EventHistory(capacity: 4)
    let run = Event.prepared(
      RunDescription(
        model: "m", modelTitle: "M", data: "d", tasks: [], categoricalColumns: [],
        trainingRows: 1, validationRows: 1, testRows: 1, parameterCount: 1, batchSize: 1,
        stepsPerEpoch: 1, epochs: 1, seed: 1))
    history.append(run)
    for step in 1..<6 { history.append(.noticed("n", step: step)) }
    // Six came; two were let go when the fifth came.
    let (events, next) = history.events(from: 0, most: 1_000)
    #expect(next == 6)
    let notes = (2..<6).map { Event.noticed("n", step: $0) }
    #expect(events == [run, .dropped(1)] + notes)
    #expect(history.events(from: 1, most: 1_000).events == [.dropped(1)] + notes)
    #expect(history.events(from: 4, most: 1_000).events == Array(notes.suffix(2)))
    let some = [history.events(from: 0, most: 1), history.events(from: 3, most: 2)]
    #expect(some[0].events == [run, .dropped(1), notes[0]] && some[0].next == 3)
    #expect(some[1].events == Array(notes[1...2]) && some[1].next == 5)
    #expect(history.events(from: 6, most: 1_000).events.isEmpty)
  }

  /// A session that both its screen and a watcher read, and that shows what the watcher wants.
  @Test func aSessionIsReadTwice() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.startsPaused = true
    let run = SessionRun(configuration)
    run.session.openToWatchers()
    run.waitForPause()
    let before = run.session.snapshot(after: 0)
    #expect(before?.snapshot.gates.isEmpty == true)
    var wanted = WantedViews()
    wanted.gates = true
    run.session.showElsewhere(wanted)
    let deadline = ContinuousClock.now + .seconds(20)
    var gates = 0
    while gates == 0, ContinuousClock.now < deadline {
      gates = run.session.snapshot(after: 0)?.snapshot.gates.count ?? 0
      Thread.sleep(forTimeInterval: 0.002)
    }
    #expect(gates > 0)
    run.session.showElsewhere(nil)
    run.session.send(.resume)
    let own = run.untilEnd()
    let (elsewhere, next) = run.session.events(from: 0, most: 1_000)
    #expect(elsewhere.count == own.count && next == own.count)
    // Of the description only sets could be written in another order.
    let both = try [elsewhere, own].map { try ValueCoding.encoded(Array($0.dropFirst())) }
    #expect(both[0] == both[1])
    let shown: Int = run.session.drainLosses().reduce(0) { $0 + $1.count }
    let again: Int = run.session.drainLossesElsewhere().reduce(0) { $0 + $1.count }
    #expect(shown > 0 && shown == again)
  }
}
