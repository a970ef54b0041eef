import Foundation
import Runs
import Testing

@testable import Watching

/// What watchers cost the process that trains, in counts: a busy machine changes none of them upwards.
@Suite(.serialized) struct ServingCostTests {
  /// What a run is that takes many steps and says much, with so many who read it, after some time.
  private func counts(
    watchers: Int, views: WantedViews = WantedViews(), seconds: Double = 0.6
  ) throws -> (counts: ServingCounts, told: [Told], passed: Double) {
    let served = try ServedFolder()
    let links = try (0..<watchers).map { _ in try served.attached() }
    for link in links { link.show(views) }
    var told = links.map { _ in Told() }
    let start = ContinuousClock.now
    var step = 0
    while (ContinuousClock.now - start) / .seconds(1) < seconds {
      for _ in 0..<20 {
        for task in 0..<3 { served.run.loses(1, task: task, step: step) }
        step += 1
      }
      served.run.shows(step: step)
      if step.isMultiple(of: 100) { served.run.happens(.noticed("n", step: step)) }
      for (index, link) in links.enumerated() { told[index].read(link) }
      usleep(10_000)
    }
    let counts = served.server.counts
    return (counts, told, (ContinuousClock.now - start) / .seconds(1))
  }

  /// What one watcher was told.
  private struct Told {
    var bins = 0
    var steps = 0
    var snapshots = 0
    var events = 0

    mutating func read(_ link: RemoteLink) {
      let newest = link.drainLosses()
      bins += newest.count
      steps += newest.reduce(0) { $0 + $1.count }
      snapshots += link.takeSnapshot() == nil ? 0 : 1
      events += link.drainEvents().count
    }
  }

  /// Five get what is put into bytes once: neither frames nor snapshots nor events are made for each.
  @Test func whatIsToldIsMadeOnceForAll() throws {
    let (counts, told, passed) = try counts(watchers: 5)
    #expect(told.allSatisfy { $0.steps > 0 && $0.snapshots > 0 && $0.events > 0 }, "\(told)")
    #expect(counts.lossFrames <= counts.looks && counts.snapshots <= counts.looks)
    let seen = told.map(\.events).max() ?? 0
    // Who comes late asks for a part that others know already.
    #expect(counts.events <= 2 * (seen + 2), "\(counts) \(told)")
    // A look comes every 90 ms where five watch; greetings and wishes are looks, too.
    #expect(Double(counts.looks) <= passed / 0.09 + 5 * 4, "\(counts) in \(passed) s")
  }

  /// However many steps a second there are, a look tells few bins.
  @Test func aLookTellsFewBins() throws {
    let (counts, told, _) = try counts(watchers: 1)
    let most = 3 * WatchLimits().binsOfLook
    #expect(told[0].steps > 1_000 || told[0].bins < told[0].steps, "\(told)")
    #expect(told[0].bins <= (counts.looks + 1) * most)
    var busy = LossHistory(capacity: WatchLimits().binsOfLook)
    busy.add((0..<1_000).map { LossBin(task: 0, step: $0) })
    #expect(LossFrame(busy.drain()).frame.count <= 5 + 64 * LossBinCoding.bytesPerBin)
  }

  /// Who wants two snapshots a second and no losses gets no more, and five such cost as one.
  @Test func whoWantsLittleIsToldLittle() throws {
    var views = WantedViews()
    views.snapshotsPerSecond = 2
    views.losses = false
    let (counts, told, passed) = try counts(watchers: 5, views: views, seconds: 1.1)
    // Before its wishes are known each has been told one snapshot and the losses so far.
    let most = Int(passed * 2) + 3
    #expect(told.allSatisfy { (1...most).contains($0.snapshots) }, "\(told) in \(passed) s")
    #expect(counts.snapshots <= most + 5, "\(counts)")
    #expect(told.allSatisfy { $0.steps <= 3 * 400 }, "\(told)")
  }

  @Test(arguments: [(1, 50), (2, 60), (5, 90), (16, 90)])
  func moreWatchersAreLookedAtMoreSlowly(watchers: Int, milliseconds: Int) {
    #expect(WatchLimits().millisecondsOfLook(watchers: watchers) == milliseconds)
  }

  @Test func aLookOfOwnLengthStays() {
    var limits = WatchLimits()
    limits.millisecondsOfLook = 200
    #expect(limits.millisecondsOfLook(watchers: 5) == 200)
  }
}
