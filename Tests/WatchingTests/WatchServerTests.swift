import Foundation
import Runs
import Testing

@testable import Watching

/// Who serves a run, and those who watch it.
@Suite(.serialized) struct WatchServerTests {
  @Test func whoAttachesLateSeesAllThatWas() throws {
    let served = try ServedFolder()
    #expect(served.run.isOpen)
    for step in 0..<5 {
      served.run.happens(.noticed("n", step: step))
      served.run.loses(Float(step), step: step)
    }
    let first = try served.attached()
    var bins: [LossBin] = []
    _ = seconds {
      bins += first.drainLosses()
      return bins.count == 5
    }
    served.run.loses(9, step: 5)
    served.run.shows(step: 6)
    let second = try served.attached()
    var events: [Event] = []
    var late: [LossBin] = []
    var step = 0
    #expect(
      seconds {
        events += second.drainEvents()
        late += second.drainLosses()
        step = second.takeSnapshot()?.step ?? step
        return events.count == 5 && late.count == 6 && step == 6
      } != nil)
    #expect(events == (0..<5).map { .noticed("n", step: $0) })
    #expect(late.map(\.firstStep) == Array(0..<6) && late.map(\.sum) == [0, 1, 2, 3, 4, 9])
    #expect(
      seconds {
        bins += first.drainLosses(); return bins.count == 6
      } != nil)
    #expect(bins == late)
  }

  /// Within 200 ms, five at once; the machine may be busy, so the best of several is looked at.
  @Test func newsComeSoon() throws {
    let served = try ServedFolder()
    let links = try (0..<5).map { _ in try served.attached() }
    var best = Double.infinity
    for round in 1...5 {
      served.run.shows(step: round)
      served.run.happens(.noticed("n", step: round))
      var seen = Set<Int>()
      let took = seconds {
        for (index, link) in links.enumerated() where link.takeSnapshot()?.step == round {
          seen.insert(index)
        }
        return seen.count == links.count
      }
      best = min(best, took ?? .infinity)
    }
    #expect(best < 0.2)
    for link in links { #expect(link.drainEvents().count == 5) }
  }

  @Test func snapshotsConflateAndLossesDoNotGetLost() throws {
    var limits = WatchLimits()
    limits.waitingBins = 64
    let served = try ServedFolder(limits)
    let link = try served.attached()
    #expect(seconds { served.run.shown.isEmpty } != nil)
    // It reads nothing while far more is said than a socket holds.
    for step in 0..<40_000 {
      served.run.loses(1, step: step)
      if step % 100 == 0 { served.run.shows(step: step) }
      if step % 4_000 == 0 { usleep(60_000) }
    }
    served.run.shows(step: 40_000)
    var (count, next, newest, gaps) = (0, 0, 0, 0)
    #expect(
      seconds {
        for bin in link.drainLosses() {
          if bin.firstStep != next { gaps += 1 }
          next = bin.lastStep + 1
          count += bin.count
        }
        newest = link.takeSnapshot()?.step ?? newest
        return count == 40_000 && newest == 40_000
      } != nil)
    #expect(gaps == 0)
    #expect(link.drainEvents().isEmpty)
  }

  /// Who takes nothing for a while gets everything later; who takes nothing for long is let go.
  @Test func whoStopsLosesNothing() throws {
    let served = try ServedFolder()
    let slow = try served.attached()
    let text = String(repeating: "x", count: 2_000)
    for step in 0..<2_000 {
      served.run.happens(.noticed(text, step: step))
      if step % 500 == 0 { usleep(60_000) }
    }
    // One who comes then, too.
    let late = try served.attached()
    for link in [slow, late] {
      var steps: [Int] = []
      #expect(
        seconds {
          for case .noticed(_, let step) in link.drainEvents() { steps.append(step) }
          return steps.count == 2_000
        } != nil)
      #expect(steps == Array(0..<2_000))
    }
  }

  @Test func whoStaysStoppedIsToldSoAndMayAttachAgain() throws {
    var limits = WatchLimits()
    limits.secondsOfPatience = 0.2
    let served = try ServedFolder(limits)
    let slow = try served.attached()
    let text = String(repeating: "x", count: 2_000)
    for step in 0..<2_000 { served.run.happens(.noticed(text, step: step)) }
    usleep(350_000)
    var said: [Event] = []
    #expect(
      seconds {
        said += slow.drainEvents()
        if case .failed = said.last { return true }
        return false
      } != nil)
    guard case .failed(let message)? = said.last else { return }
    #expect(message.contains("fell too far behind"))
    #expect(said.count < 2_000)
    let again = try served.attached()
    #expect(seconds { !again.drainEvents().isEmpty } != nil)
  }

  @Test func commandsNeedControl() throws {
    let served = try ServedFolder()
    let watching = try served.attached()
    let steering = try served.attached(control: true)
    #expect(!watching.hasControl && steering.hasControl)
    let refused = watching.send(.pause)
    guard case .acknowledged(let answer)? = watching.drainEvents().first else {
      Issue.record("no answer")
      return
    }
    #expect(answer.id == refused.id && answer.command == .pause && answer.outcome != .applied)
    let command = Command.setTask("buy it now", isOn: false)
    let ticket = steering.send(command)
    var answers: [Event] = []
    var others: [Event] = []
    #expect(
      seconds {
        answers += steering.drainEvents()
        others += watching.drainEvents()
        return !answers.isEmpty && !others.isEmpty
      } != nil)
    #expect(served.run.commands == [command])
    func id(_ events: [Event]) -> UInt64? {
      guard case .acknowledged(let answer)? = events.first else { return nil }
      return answer.id
    }
    // The sender knows it by its own number, the others by the run's.
    #expect(id(answers) == ticket.id && id(others) == 101)
  }

  @Test func whatIsShownElsewhereIsAsked() throws {
    let served = try ServedFolder()
    let first = try served.attached()
    var views = WantedViews()
    (views.gates, views.example) = (true, 3)
    first.show(views)
    #expect(seconds { served.run.shown == [views] } != nil)
    let second = try served.attached()
    var others = WantedViews()
    (others.masks, others.example, others.maskPlace) = (
      true, 8, MaskPlace(layer: -1, row: 0, column: 0)
    )
    second.show(others)
    views.masks = true
    #expect(seconds { served.run.shown.last == views } != nil)
    first.close()
    second.close()
    #expect(seconds { served.run.shown.last == .some(nil) } != nil)
  }

  @Test func theEndIsTold() throws {
    let served = try ServedFolder()
    let link = try served.attached()
    let cut = try served.attached()
    served.run.happens(.failed(message: "no data"))
    #expect(seconds { cut.drainEvents().count == 1 } != nil)
    served.server.close()
    served.server.close()
    #expect(!FileManager.default.fileExists(atPath: served.path + "/socket"))
    #expect(seconds { link.drainEvents() == [.failed(message: "no data")] } != nil)
    usleep(10_000)
    #expect(link.drainEvents().isEmpty)
    #expect(throws: WatchError.nobody(folder: served.path)) { try served.attached() }
  }

  @Test func aRunThatGoesAwayIsSaid() throws {
    let served = try ServedFolder()
    let link = try served.attached(control: true)
    served.run.shows(step: 12)
    #expect(seconds { link.takeSnapshot()?.step == 12 } != nil)
    served.server.close()
    var events: [Event] = []
    #expect(
      seconds {
        events += link.drainEvents(); return !events.isEmpty
      } != nil)
    guard case .failed(let message)? = events.first else { return }
    #expect(message.contains("has ended") && message.contains("12"))
    let ticket = link.send(.evaluate)
    guard case .acknowledged(let answer)? = link.drainEvents().first else { return }
    #expect(answer.id == ticket.id && answer.outcome != .applied)
  }
}
