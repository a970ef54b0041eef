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

/// Several ranks come to the same as one process, to the bit: numbers, and the sums of losses of every step.
@Suite struct RankBitsTests {
  /// A model and how it is trained.
  struct Case: Sendable, CustomTestStringConvertible {
    var model: String
    var options: [String: String] = [:]
    var optimizer = OptimizerConfiguration()
    /// λ of L2 on the towers.
    var l2 = 0.0
    var balancer: String?
    var dropout = 0.0
    var hasLists = false
    var rows = 64
    var steps = 8
    /// Values that a parted step keeps; −1: the losses have a pass of their own.
    var mostSpanningFloats: Int?

    var testDescription: String {
      ([model] + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        + [balancer ?? "", "\(rows) rows, \(steps) steps"]).filter { !$0.isEmpty }
        .joined(separator: " ")
    }

    func trainer(_ problem: TinyProblem, threads: Int) throws -> Trainer {
      var optimizer = optimizer
      if l2 > 0 { optimizer.l2 = ["towers": l2] }
      let trainer = try problem.trainer(
        model, options, batchSize: rows, threads: threads, optimizer: optimizer, dropout: dropout)
      if let most = mostSpanningFloats { trainer.mostSpanningFloats = most }
      if let balancer {
        trainer.balance(
          by: try BalancerChoice(named: balancer, for: BalancedTasks(TinyProblem.names)))
      }
      return trainer
    }

    /// The bits of some steps; short batches, tasks off and other weights come in between.
    func bits(threads: Int, of group: RankGroup?) throws -> [UInt64] {
      var problem = TinyProblem(rows: 3 * rows, tasks: 3)
      if hasLists { problem = problem.listed(.mean, [[2, 0, 3], [1], [], [3, 1, 3]]) }
      let trainer = try trainer(problem, threads: threads)
      if let group { trainer.join(group) }
      var found: [UInt64] = []
      for step in 0..<steps {
        trainer.isOn[1] = step < steps / 4 || step >= steps / 2
        trainer.weights[0] = step < 3 * steps / 4 ? 1 : 0.25
        trainer.epoch = step / 9
        let batch = problem.batch(
          from: 5 * step % (2 * rows), rows: step % 7 == 6 ? rows / 3 + 1 : rows)
        let hasMoved = trainer.step(batch, rate: 0.01)
        if let error = trainer.rankError { throw error }
        let sums = trainer.sums + trainer.terms
        let numbers = sums.flatMap { [$0.loss, $0.predictions, $0.labels, $0.rows] }
        found.append(
          numbers.reduce(hasMoved ? fnvOffset : 0) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 })
      }
      // Answers follow from running means, too.
      let rows = problem.batch(rows: 20)
      let answers = TinyProblem.names.flatMap {
        trainer.logits($0, rows).map { UInt64($0.bitPattern) }
      }
      return found + [trainer.store.fingerprint] + answers
    }
  }

  /// Steps of the first cases: `RANK_STEPS=200` takes as many as are asked of them, and all shapes.
  private static let asked = ProcessInfo.processInfo.environment["RANK_STEPS"].flatMap { Int($0) }

  static let long: [Case] = [
    Case(model: "mmoe"), Case(model: "ple"), Case(model: "esmm"), Case(model: "csrec"),
    Case(model: "stem-net"), Case(model: "mmoe", balancer: "pcgrad"),
  ].map {
    var long = $0
    long.steps = asked ?? 10
    return long
  }

  static let short: [Case] = [
    Case(model: "mmoe", balancer: "dwa"), Case(model: "mmoe", balancer: "uncertainty"),
    Case(model: "mmoe", balancer: "famo"),
    Case(model: "mmoe", balancer: "famo", mostSpanningFloats: -1),
    Case(model: "mmoe", balancer: "graddrop"),
    Case(model: "mmoe", optimizer: OptimizerConfiguration(clipNorm: 0.05), l2: 0.1),
    Case(model: "mmoe", l2: 0.1), Case(model: "mmoe", l2: 0.1, balancer: "pcgrad"),
    Case(model: "l2-soft", options: ["separate": "true"]),
    Case(model: "l2-soft", optimizer: OptimizerConfiguration(weightDecay: 0.1)),
    Case(model: "l2-soft", l2: 0.1, balancer: "pcgrad"),
    Case(model: "mran", options: ["norm": "batch"]),
    Case(model: "mran", options: ["norm": "batch"], balancer: "pcgrad"),
    Case(model: "hard-sharing", dropout: 0.2),
    Case(model: "mmoe", dropout: 0.2, rows: 1030, steps: 3),
    Case(model: "crossdistil", options: ["base": "mmoe"]),
    Case(model: "mmoe", optimizer: OptimizerConfiguration(tables: .dense)),
    Case(model: "mmoe", optimizer: OptimizerConfiguration(.lamb()), l2: 0.1),
    Case(model: "mmoe", optimizer: OptimizerConfiguration(.adagrad(isRowWise: true))),
    Case(model: "mmoe", hasLists: true), Case(model: "escm2"),
    Case(model: "sparse-sharing", options: ["masks": "random", "warm-up": "0"]),
    Case(model: "csrec", options: ["form": "logistic", "rule": "impact-net", "masks": "random"]),
  ]

  /// Ranks and threads.
  private static let shapes = [(1, 1), (1, 2), (2, 1), (4, 1), (3, 1), (2, 2)]
  private static let cases = long + short
  /// Two ranks for every case and another shape in turn: all of them for each take too long.
  private static let shapesOfCase = cases.indices.map { index in
    asked == nil
      ? [shapes[2], [shapes[0], shapes[3], shapes[4], shapes[1], shapes[5]][index % 5]] : shapes
  }

  @Test(arguments: zip(cases, shapesOfCase))
  func ranksComeToTheSame(_ test: Case, _ shapes: [(Int, Int)]) throws {
    let whole = try test.bits(threads: 1, of: nil)
    for (ranks, threads) in shapes {
      let found = try RankThreads.run(ranks) { try test.bits(threads: threads, of: $0) }
      #expect(found.count == ranks)
      for rank in found.indices {
        let step = zip(found[rank], whole).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(step == nil, "\(ranks) × \(threads), rank \(rank): unlike from this step on")
      }
    }
  }

  /// Rows that are scored are dealt out in whole blocks: all ranks come to the answers of one process, and a
  /// rank answers for its own blocks only.
  @Test(arguments: [(2, 5_000), (3, 3_072), (4, 700)])
  func answersAreDealtOut(_ ranks: Int, _ rows: Int) throws {
    let test = Case(model: "mran", options: ["norm": "batch"], rows: 128)
    let problem = TinyProblem(rows: rows, tasks: 3)
    @Sendable func bits(_ group: RankGroup?) throws -> [UInt32] {
      let trainer = try test.trainer(problem, threads: 1)
      if let group { trainer.join(group) }
      _ = trainer.step(problem.batch(rows: 128), rate: 0.01)
      var found: [UInt32] = []
      var next = 0
      trainer.visitOutputs(for: problem.examples) { first, count, logits in
        #expect(first == next)
        next = first + count
        for logit in logits.compactMap({ $0 }) {
          found += (0..<count).map { logit[$0].bitPattern }
        }
      }
      #expect(next == rows && trainer.rankError == nil)
      return found
    }
    let whole = try bits(nil)
    #expect(whole.count == 3 * rows && Set(whole).count > 2)
    let found = try RankThreads.run(ranks) { group -> ([UInt32], Int) in
      (try bits(group), group.traffic.bytes[.answers] ?? 0)
    }
    #expect(found.allSatisfy { $0.0 == whole })
    // What the formula says, of every task's float of every row.
    #expect(found.reduce(0) { $0 + $1.1 } == 4 * 3 * rows * (ranks - 1))
  }

  /// Models that read and write reviews, whose rows have any number of words.
  @Test(arguments: ["why", "narre", "nrt", "caml"]) func textsComeToTheSame(_ model: String) throws
  {
    let problem = ReviewProblem(tasks: model == "narre" ? ["stars"] : ["stars", "why"])
    @Sendable func bits(_ group: RankGroup?, threads: Int) throws -> [UInt64] {
      let trainer = try problem.trainer(model, batchSize: 64, threads: threads)
      if let group { trainer.join(group) }
      return (0..<4).map { step in
        _ = trainer.step(problem.batch(from: 9 * step, rows: step == 2 ? 37 : 64), rate: 0.01)
        return trainer.sums.reduce(trainer.store.fingerprint) { $0 ^ $1.loss.bitPattern }
      }
    }
    let whole = try bits(nil, threads: 1)
    for ranks in [3] {
      let found = try RankThreads.run(ranks) { try bits($0, threads: 1) }
      #expect(found.allSatisfy { $0 == whole }, "\(ranks) ranks")
    }
  }
}
