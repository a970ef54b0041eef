import Foundation
import Ranks
import Runs
import Testing

@testable import Training

/// Which rank is slow, and what is said of it.
@Suite struct RankTimesTests {
  private func windows(_ milliseconds: [Double], talk: Double = 4) -> [RankTimes.Window] {
    milliseconds.map { .init(own: 1e-3 * $0, talk: 1e-3 * talk) }
  }

  /// Ranks with as many lanes are compared with the middle one, of two with the quicker one.
  @Test func usualIsTheMiddle() {
    #expect(RankTimes.usual(2, own: [12, 11, 19, 10], lanes: [2, 2, 2, 2]) == 11)
    #expect(RankTimes.usual(0, own: [9, 6], lanes: [4, 4]) == 6)
    #expect(RankTimes.usual(0, own: [9], lanes: [8]) == 9)
    #expect(RankTimes.usual(0, own: [], lanes: []) == 0)
  }

  /// 8 lanes of 3 ranks are 2, 3 and 3: who has three may take half as much longer than who has two.
  @Test func moreLanesMayTakeLonger() {
    let lanes = [2, 3, 3]
    #expect(RankTimes.usual(1, own: [10, 15, 15], lanes: lanes) == 15)
    #expect(RankTimes.usual(0, own: [10, 15, 15], lanes: lanes) == 15)
    var times = RankTimes(lanes: lanes)
    for _ in 0..<9 { #expect(times.note(windows([10, 15, 15])).isEmpty) }
    #expect(times.snapshot?.slow == [])
    #expect(times.note(windows([10, 15, 19])).isEmpty && times.snapshot?.slow == [2])
  }

  /// Shown at once; named when it stays so, once; and taken back when it is as quick as the others.
  @Test func theSlowOneIsNamedOnce() {
    var times = RankTimes(lanes: [2, 2, 2, 2])
    #expect(times.snapshot == nil)
    var said: [String] = []
    for _ in 0..<4 { said += times.note(windows([12, 12, 18.9, 12])) }
    #expect(said.isEmpty && times.snapshot?.slow == [2])
    for _ in 0..<8 { said += times.note(windows([12, 12, 18.9, 12])) }
    #expect(
      said == [
        "rank 2 is slow: a step takes it 18.9 ms by itself, where 12 ms are usual; the others wait "
          + "for it"
      ])
    for _ in 0..<8 { said += times.note(windows([12, 12, 14, 12])) }
    #expect(said.count == 2 && said.last == "rank 2 is slow no more")
    #expect(times.snapshot?.slow == [])
  }

  /// One bad window between good ones, or a good one between bad ones, says nothing.
  @Test func aMomentIsNoTrend() {
    var times = RankTimes(lanes: [1, 1])
    var said: [String] = []
    for window in 0..<40 { said += times.note(windows(window % 5 == 4 ? [9, 9] : [9, 12])) }
    #expect(said.isEmpty)
  }

  @Test func itsMachineIsNamed() {
    var times = RankTimes(lanes: [1, 1], hosts: ["left", "right"])
    var said: [String] = []
    for _ in 0..<5 { said += times.note(windows([30, 20])) }
    #expect(said.count == 1 && said[0].hasPrefix("rank 0 on left is slow: a step takes it 30 ms"))
    #expect(times.snapshot?.ranks[1].host == "right")
  }

  /// Over threads: a rank that works longer between its messages is the slow one, on every rank's list, and
  /// the others' waiting is talk and not their own time.
  @Test func theRankThatWorksLongerIsFound() throws {
    let found = try RankThreads.run(3) { group -> RanksSnapshot? in
      let agendas = RankAgendas(group)
      try agendas.begin()
      var snapshot: RanksSnapshot?
      for step in 0..<8 {
        _ = try agendas.agree(at: step) {
          var agenda = Agenda()
          agenda.takesStep = true
          return agenda
        }
        snapshot = agendas.snapshot ?? snapshot
        let start = ContinuousClock.now
        Thread.sleep(forTimeInterval: group.wire.rank == 1 ? 0.25 : 0.05)
        let number = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        defer { number.deallocate() }
        number.initialize(to: 1)
        try group.sum(number, stride: 1, laneCount: 1, count: 1, into: number)
        agendas.stepTaken(ContinuousClock.now - start)
        #expect(agendas.takeNews().isEmpty)
      }
      return snapshot
    }
    for snapshot in found {
      let ranks = try #require(snapshot).ranks
      #expect(snapshot?.slow == [1])
      #expect(ranks[1].ownSeconds >= 0.25 && ranks[1].talkShare < 0.3)
      #expect(ranks[0].ownSeconds < 0.2 && ranks[0].talkSeconds > 0.1)
      // Sleeping longer than asked is what a busy machine does: own and talk are a step's time together.
      #expect(ranks[0].ownSeconds + ranks[0].talkSeconds >= 0.25)
    }
    #expect(Set(found.map { $0?.ranks.map(\.ownSeconds) }).count == 1)
  }

  /// However many steps are taken, nothing is told before a second of them is over.
  @Test func aWindowLastsASecond() throws {
    let found = try RankThreads.run(2) { group -> Bool in
      let agendas = RankAgendas(group)
      try agendas.begin()
      for step in 0..<20 {
        _ = try agendas.agree(at: step) {
          var agenda = Agenda()
          agenda.takesStep = true
          return agenda
        }
        agendas.stepTaken(.milliseconds(50))
      }
      return agendas.snapshot == nil
    }
    #expect(found == [true, true])
  }

  /// What is waited for behind a step that was not taken is nobody's talk.
  @Test func aPauseIsNoTalk() throws {
    let found = try RankThreads.run(2) { group -> Double? in
      let agendas = RankAgendas(group)
      try agendas.begin()
      var share: Double?
      for step in 0..<12 {
        let agenda = try agendas.agree(at: step) {
          var agenda = Agenda()
          agenda.takesStep = step != 3
          if step == 3 { Thread.sleep(forTimeInterval: 1.5) }
          return agenda
        }
        share = share ?? agendas.snapshot?.talkShare
        guard agenda.takesStep else { continue }
        let start = ContinuousClock.now
        Thread.sleep(forTimeInterval: 0.15)
        agendas.stepTaken(ContinuousClock.now - start)
      }
      return share
    }
    #expect(found.allSatisfy { ($0 ?? 1) < 0.4 })
  }
}
