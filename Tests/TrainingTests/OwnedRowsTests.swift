import Foundation
import Models
import Objectives
import Ranks
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Graph
@testable import Training

/// Ranks that keep rows of tables by parts come to the same as one process that keeps all, to the bit: sums of
/// losses, answers, and the numbers once they are together.
@Suite struct OwnedRowsTests {
  /// A trainer whose tables all grow.
  static func trainer(
    _ test: RankBitsTests.Case, _ problem: TinyProblem, threads: Int = 1
  ) throws -> Trainer {
    let trainer = try problem.trainer(
      test.model, test.options, batchSize: test.rows, threads: threads, optimizer: test.optimizer,
      dropout: test.dropout, growingAbove: 0)
    if let most = test.mostSpanningFloats { trainer.mostSpanningFloats = most }
    if let balancer = test.balancer {
      trainer.balance(
        by: try BalancerChoice(named: balancer, for: BalancedTasks(TinyProblem.names)))
    }
    return trainer
  }

  static func problem(_ test: RankBitsTests.Case) -> TinyProblem {
    let problem = TinyProblem(rows: 3 * test.rows, tasks: 3)
    return test.hasLists ? problem.listed(.mean, [[2, 0, 3], [1], [], [3, 1, 3]]) : problem
  }

  /// What one rank has seen, and the numbers once they are together.
  struct Found: Sendable, Equatable {
    var bits: [UInt64] = []
    var answers: [UInt32] = []
    var fingerprint: UInt64 = 0
    /// By table, how many rows were kept here before.
    var kept: [Int] = []
  }

  static func found(
    _ test: RankBitsTests.Case, threads: Int, _ group: RankGroup?, head: Int = 0
  ) throws -> Found {
    let problem = problem(test)
    let trainer = try trainer(test, problem, threads: threads)
    if let group { trainer.join(group, keepingHead: head) }
    var found = Found()
    for step in 0..<test.steps {
      trainer.isOn[1] = step < test.steps / 4 || step >= test.steps / 2
      trainer.epoch = step / 9
      let batch = problem.batch(
        from: 5 * step % (2 * test.rows), rows: step % 7 == 6 ? test.rows / 3 + 1 : test.rows)
      let hasMoved = trainer.step(batch, rate: 0.01)
      if let error = trainer.rankError { throw error }
      let numbers = (trainer.sums + trainer.terms).flatMap {
        [$0.loss, $0.predictions, $0.labels, $0.rows]
      }
      found.bits.append(
        numbers.reduce(hasMoved ? fnvOffset : 0) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 })
    }
    trainer.visitOutputs(for: problem.examples) { _, count, logits in
      for logit in logits.compactMap({ $0 }) {
        found.answers += (0..<count).map { logit[$0].bitPattern }
      }
    }
    // Ranks without a block of their own have fetched nothing for what is asked next.
    let rows = problem.batch(from: 3, rows: 20)
    for task in TinyProblem.names {
      found.answers += trainer.logits(task, rows).map(\.bitPattern)
    }
    found.kept = trainer.store.growing.compactMap { $0?.count }
    trainer.bringRowsHome { _ in }
    found.fingerprint = trainer.store.fingerprint
    if let error = trainer.rankError { throw error }
    return found
  }

  static let cases: [RankBitsTests.Case] = [
    .init(model: "mmoe", steps: 20), .init(model: "ple"), .init(model: "esmm"),
    .init(model: "csrec"), .init(model: "stem-net"), .init(model: "mmoe", balancer: "dwa"),
    .init(model: "mmoe", balancer: "uncertainty"), .init(model: "mmoe", balancer: "famo"),
    .init(model: "mmoe", balancer: "famo", mostSpanningFloats: -1),
    .init(model: "mran", options: ["norm": "batch"]),
    .init(model: "mmoe", dropout: 0.2, rows: 1030, steps: 3), .init(model: "escm2"),
    .init(model: "crossdistil", options: ["base": "mmoe"]),
    .init(model: "mmoe", optimizer: OptimizerConfiguration(.adagrad(isRowWise: true))),
    .init(model: "mmoe", hasLists: true),
  ]

  @Test(arguments: cases.indices) func ranksComeToTheSame(_ index: Int) throws {
    let test = Self.cases[index]
    let whole = try Self.found(test, threads: 1, nil)
    let (ranks, threads, head) = [(2, 1, 0), (3, 1, 0), (4, 1, 1), (2, 2, 2)][index % 4]
    let found = try RankThreads.run(ranks) {
      try Self.found(test, threads: threads, $0, head: head)
    }
    for rank in found.indices {
      let step = zip(found[rank].bits, whole.bits).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(step == nil, "\(test): rank \(rank) of \(ranks): unlike from this step on")
      #expect(found[rank].answers == whole.answers, "rank \(rank)")
    }
    #expect(found[0].fingerprint == whole.fingerprint)
    // Everybody keeps the head, and each row behind it is kept once.
    for table in whole.kept.indices {
      let all = found.reduce(0) { $0 + $1.kept[table] }
      let heads = min(head, whole.kept[table])
      #expect(all == whole.kept[table] + (ranks - 1) * heads, "\(found.map { $0.kept[table] })")
    }
    #expect(head > 0 || found.allSatisfy { $0.kept != whole.kept })
  }

  /// Records of any number come to rank 0 in messages of some of them, those of each rank in their order.
  @Test(arguments: [1, 2, 3, 100]) func recordsComeToTheFirst(_ atOnce: Int) throws {
    let counts = [5, 0, 7, 4]
    let found = try RankThreads.run(4) { group -> [[UInt32]] in
      let exchange = StepExchange(group)
      let rank = group.wire.rank
      var read: [[UInt32]] = [[], [], [], []]
      exchange.collect(counts[rank], bytes: 8, inMessagesOf: 8 * atOnce) { number, record in
        record.storeBytes(of: UInt32(rank), as: UInt32.self)
        record.storeBytes(of: UInt32(number), toByteOffset: 4, as: UInt32.self)
      } read: { record in
        read[Int(record.load(as: UInt32.self))].append(
          record.load(fromByteOffset: 4, as: UInt32.self))
      }
      #expect(exchange.failure == nil)
      return read
    }
    #expect(found[0] == [[], [], Array(0..<7), Array(0..<4)])
    #expect(found[1...].allSatisfy { $0.allSatisfy(\.isEmpty) })
  }

  /// A number that is none on one rank is none for all of them, whose next step depends on it.
  @Test func whatOneRankKeepsIsFiniteForAll() throws {
    let test = RankBitsTests.Case(model: "mmoe")
    let problem = Self.problem(test)
    let found = try RankThreads.run(3) { group -> [Bool] in
      let trainer = try Self.trainer(test, problem)
      trainer.join(group, keepingHead: 0)
      _ = trainer.step(problem.batch(rows: 64), rate: 0.01)
      let before = trainer.isFinite
      let table = try #require(trainer.store.growing.compactMap(\.self).first)
      if table.share.keeps(1) {
        let slot = Int(table.slots.base[1]) - 1
        table.values.base[slot * table.width] = .nan
      }
      return [before, trainer.isFinite, trainer.store.isFinite]
    }
    #expect(found.allSatisfy { $0[0] && !$0[1] })
    #expect(found.filter { !$0[2] }.count == 1, "one of them alone has the number")
  }
}
