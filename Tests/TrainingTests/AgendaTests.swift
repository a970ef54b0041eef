import Foundation
import Ranks
import Runs
import Synchronization
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Two ranks that train one run: rank 0 alone is talked to, and both do what one process does.
@Suite struct AgendaTests {
  /// Sessions of the ranks of one run.
  private static func sessions(_ count: Int, _ configuration: TrainingConfiguration)
    -> [TrainingSession]
  {
    let problem = TinyProblem(rows: 500)
    return ThreadWire.ends(count: count).map { end in
      let seat = RankSeat(rank: end.rank, count: count) { RankGroup(end) }
      return TrainingSession(configuration, threads: ThreadUse(ranks: seat)) { _ in
        problem.dataset()
      }
    }
  }

  private static var paused: TrainingConfiguration {
    var configuration = SessionTests.configuration(epochs: 3)
    configuration.startsPaused = true
    configuration.evaluationInterval = 7
    configuration.schedule = [.init(step: 6, command: .setTaskWeight("board", 0.5))]
    return configuration
  }

  /// What is asked, and behind which step.
  private static let script: [(step: Int, commands: [Command])] = [
    (0, [.setTask("stripe", isOn: false), .step(4)]),
    (4, [.setTaskWeight("board", 2), .setTask("stripe", isOn: true), .evaluate, .step(5)]),
    (9, [.undo, .setLearningRateFactor(0.5), .knockOut(1), .step(3)]),
    (12, [.setTask("nobody", isOn: true), .setBalancer(BalancerSetting("pcgrad")), .step(4)]),
    (16, [.shadow(without: "stripe"), .setTask("stripe", isOn: false), .resume]),
  ]

  /// What was done and what came of it; wall time apart.
  private struct Outcome: Equatable {
    var facts: [String] = []
    var fingerprint: String?
  }

  private static func outcome(_ events: [Event]) -> Outcome {
    // What ranks say to each other is no part of what they train.
    var found = Outcome(
      facts: ResumeTests.facts(events, after: -1).filter { !$0.hasPrefix("2 ranks: ") })
    for case .finished(let summary) in events { found.fingerprint = summary.fingerprint }
    return found
  }

  /// Sends the script to a session whenever it is paused where the script goes on.
  private static func play(_ session: TrainingSession) throws -> [Event] {
    var events: [Event] = []
    for (step, commands) in script {
      let deadline = ContinuousClock.now + .seconds(60)
      var isThere = false
      while !isThere, ContinuousClock.now < deadline {
        events += session.drainEvents()
        if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase,
          snapshot.step == step
        {
          isThere = true
        } else {
          Thread.sleep(forTimeInterval: 0.001)
        }
      }
      try #require(isThere, "no pause at step \(step): \(events)")
      for command in commands { session.send(command) }
    }
    return events + end(of: session)
  }

  private static func end(of session: TrainingSession) -> [Event] {
    SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
  }

  @Test func commandsTakeEffectOnBothAtTheSameStep() throws {
    let alone = TrainingSession(Self.paused) { _ in TinyProblem(rows: 500).dataset() }
    let whole = Self.outcome(try Self.play(alone))
    alone.close()
    let ranks = Self.sessions(2, Self.paused)
    defer { for rank in ranks { rank.close() } }
    let events = try Self.play(ranks[0])
    let first = Self.outcome(events)
    #expect(first == whole)
    let sentences = ResumeTests.facts(events, after: -1).filter { $0.hasPrefix("2 ranks: ") }
    #expect(sentences.count == 1 && sentences[0].contains("what to do next"), "\(sentences)")
    #expect(whole.fingerprint != nil)
    // The other rank has carried out the same and come to the same.
    let others = Self.end(of: ranks[1])
    #expect(Self.outcome(others).fingerprint == whole.fingerprint)
    #expect(Self.changes(others) == Self.changes(events))
    #expect(Self.changes(events).count == 9)
  }

  /// A turn with commands takes no step: behind a pause nothing is trained, from the step that it names on.
  @Test func nothingIsTrainedBehindAPause() throws {
    let ranks = Self.sessions(2, SessionTests.configuration(epochs: 100_000))
    defer { for rank in ranks { rank.close() } }
    let steps = [Command.pause, .setTaskWeight("board", 2)].map { command in
      ranks[0].send(command)
      let events = SessionRun.wait(ranks[0]) { if case .acknowledged = $0 { true } else { false } }
      return events.compactMap { if case .acknowledged(let found) = $0 { found.step } else { nil } }
    }
    #expect(steps[0].count == 1 && steps[0] == steps[1])
  }

  /// Changes of what is trained, with the steps at which they took effect.
  private static func changes(_ events: [Event]) -> [String] {
    events.compactMap {
      guard case .acknowledged(let found) = $0, found.effect.isChange else { return nil }
      return "\(found.effect) at \(found.step): \(found.outcome)"
    }
  }

  /// Whoever closes rank 0 ends all, at the same step, a paused run as well.
  @Test func closingTheFirstEndsAll() {
    let ranks = Self.sessions(3, Self.paused)
    _ = SessionRun.wait(ranks[0]) { if case .prepared = $0 { true } else { false } }
    for session in ranks { session.close() }
    let ended = ranks.map { $0.hasEnded }
    #expect(ended == [true, true, true])
  }

  /// What ranks say before the first step is no part of the steps' traffic.
  @Test func trafficIsThatOfTheSteps() throws {
    let sent = try RankThreads.run(2) { group -> RankTraffic in
      let agendas = RankAgendas(group)
      try group.compare([(name: "rows", value: "7")])
      try agendas.begin()
      for step in 0..<3 { _ = try agendas.agree(at: step) { Agenda() } }
      // Scoring is none of it.
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: 8)
      try group.gather(memory, parts: [0..<4, 4..<8], for: .answers)
      return agendas.traffic
    }
    #expect(sent.allSatisfy { $0.bytes[.answers] == 0 && $0.messages[.answers] == 0 })
    #expect(sent[0].bytes[.agenda] == 48 && sent[0].messages[.agenda] == 3)
    #expect(sent[1].bytes[.agenda] == 0)
  }

  /// What connects ranks is given up behind the results: a launcher that ends the run may hold up whoever
  /// does so.
  @Test func ranksPartBehindTheirResults() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.startsPaused = false
    let hasLeft = Leaving()
    let problem = TinyProblem(rows: 500)
    let ranks = ThreadWire.ends(count: 2).map { end in
      let seat = RankSeat(rank: end.rank, count: 2) {
        RankGroup(WireWithWitness(end, hasLeft))
      }
      return TrainingSession(configuration, threads: ThreadUse(ranks: seat)) { _ in
        problem.dataset()
      }
    }
    for rank in ranks { _ = Self.end(of: rank) }
    let early = hasLeft.ranks.withLock { $0 }
    #expect(early.isEmpty)
    for rank in ranks { rank.close() }
    #expect(hasLeft.ranks.withLock { $0 } == [0, 1])
  }

  /// Scores of rows of which some answers are missing are none, and the run does not end as if it were whole.
  @Test func ranksThatAreLostWhileRowsAreScored() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.startsPaused = false
    let problem = TinyProblem(rows: 500)
    let kept = KeptRun(interval: 1)
    let ranks = ThreadWire.ends(count: 2).map { end in
      let seat = RankSeat(rank: end.rank, count: 2) {
        RankGroup(WireWithoutAnswers(end, saying: "gone while scoring"))
      }
      return TrainingSession(
        configuration, recording: end.rank == 0 ? kept.source() : nil,
        threads: ThreadUse(ranks: seat)
      ) { _ in problem.dataset() }
    }
    defer { for rank in ranks { rank.close() } }
    for rank in ranks {
      let events = Self.end(of: rank)
      guard case .failed(let message) = events.last else {
        Issue.record("\(events)")
        continue
      }
      #expect(message.contains("gone while scoring"))
      #expect(!events.contains { if case .evaluated = $0 { true } else { false } })
    }
    // 500 rows are 8 steps, behind the last of which there are no scores: it is not kept.
    #expect(kept.newest.saved.map(\.step).max() == 7)
  }

  /// What is not rank 0's clock decides nothing.
  @Test func agendaIsOfTheFirst() throws {
    let steps = try RankThreads.run(3) { group -> [Agenda] in
      let agendas = RankAgendas(group)
      return try (0..<40).map { step in
        try agendas.agree(at: step) {
          var agenda = Agenda()
          agenda.takesStep = step % 3 != 0
          agenda.isLate = step == 39
          agenda.keepsWatched = step % 5 == 1
          if step % 10 == 4 {
            agenda.tickets = [
              CommandTicket(id: UInt64(step), command: .setTask("a\(step)", isOn: false))
            ]
          }
          return agenda
        }
      }
    }
    #expect(steps[1] == steps[0] && steps[2] == steps[0])
    #expect(steps[0][14].tickets.map(\.id) == [14] && steps[0][39].isLate && !steps[0][38].isLate)
  }

  @Test func ranksAtDifferentStepsSayWhichOnes() {
    #expect(throws: RankError.self) {
      _ = try RankThreads.run(2) { group in
        try RankAgendas(group).agree(at: group.wire.rank) { Agenda() }
      }
    }
  }
}

/// The ranks that have left.
private final class Leaving: Sendable { let ranks = Mutex<Set<Int>>([]) }

/// A wire that notes who leaves it.
private final class WireWithWitness: Wire {
  private let wire: ThreadWire
  private let leaving: Leaving
  var rank: Int { wire.rank }
  var count: Int { wire.count }

  init(_ wire: ThreadWire, _ leaving: Leaving) { (self.wire, self.leaving) = (wire, leaving) }

  func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) throws(RankError)
    -> WireRequest
  { try wire.send(bytes, to: other, tag: tag) }

  func receive(into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32)
    throws(RankError) -> WireRequest
  { try wire.receive(into: bytes, from: other, tag: tag) }

  func wait(for request: WireRequest) throws(RankError) { try wire.wait(for: request) }
  func isDone(_ request: WireRequest) throws(RankError) -> Bool { try wire.isDone(request) }

  func leave() {
    leaving.ranks.withLock { _ = $0.insert(rank) }
    wire.leave()
  }
}
