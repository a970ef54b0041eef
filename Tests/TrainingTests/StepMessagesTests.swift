import Ranks
import Testing
import TrainingFixtures

@testable import Graph
@testable import Training

/// What ranks send each other is what the formula of ``StepMessages`` says: counted over threads.
@Suite struct StepMessagesTests {
  /// What was sent in some steps, by purpose, and what the formula says of all ranks together.
  private struct Sent {
    var traffic: RankTraffic
    var bytes: [RankPurpose: Int] = [:]
    var messages: [RankPurpose: Int] = [:]

    mutating func expect(_ step: StepMessages, ranks: Int) {
      for purpose in RankPurpose.allCases where purpose != .agenda {
        bytes[purpose, default: 0] += step.bytes(for: purpose, ranks: ranks)
        messages[purpose, default: 0] += step.messages(for: purpose, ranks: ranks)
      }
    }
  }

  /// Full and short batches, one of which is watched; every step is compared with what was foretold.
  private static func sent(
    _ group: RankGroup, _ trainer: Trainer, keepingHead head: Int? = nil,
    _ batch: (_ rows: Int) -> Batch
  ) -> Sent {
    if let head { trainer.join(group, keepingHead: head) } else { trainer.join(group) }
    var sent = Sent(traffic: group.traffic)
    for (step, rows) in [64, 61, 37, 64, 9].enumerated() {
      trainer.epoch = step / 2
      trainer.keepsWatched = step == 3
      let batch = batch(rows)
      sent.expect(trainer.stepMessages(of: batch), ranks: group.wire.count)
      _ = trainer.step(batch, rate: 0.01)
    }
    sent.traffic = group.traffic
    return sent
  }

  private func compare(_ found: [Sent]) {
    for purpose in RankPurpose.allCases {
      let bytes = found.reduce(0) { $0 + $1.traffic.bytes[purpose, default: 0] }
      let messages = found.reduce(0) { $0 + $1.traffic.messages[purpose, default: 0] }
      for rank in found {
        #expect(bytes == rank.bytes[purpose, default: 0], "bytes of \(purpose)")
        #expect(messages == rank.messages[purpose, default: 0], "messages of \(purpose)")
      }
    }
  }

  private static let cases: [RankBitsTests.Case] = [
    .init(model: "mmoe"), .init(model: "ple"), .init(model: "esmm"), .init(model: "csrec"),
    .init(model: "stem-net"), .init(model: "mmoe", balancer: "pcgrad"),
    .init(model: "mmoe", balancer: "famo"),
    .init(model: "mmoe", balancer: "famo", mostSpanningFloats: -1),
    .init(model: "mran", options: ["norm": "batch"]),
    .init(model: "mran", options: ["norm": "batch"], balancer: "pcgrad"),
    .init(model: "crossdistil", options: ["base": "mmoe"]), .init(model: "mmoe", hasLists: true),
    .init(model: "mmoe", l2: 0.1),
  ]

  @Test(arguments: cases.indices) func bytesAndMessagesAreThoseOfTheFormula(_ index: Int) throws {
    let test = Self.cases[index]
    var problem = TinyProblem(rows: 128, tasks: 3)
    if test.hasLists { problem = problem.listed(.mean, [[2, 0, 3], [1], [], [3, 1, 3]]) }
    let ended = problem
    let found = try RankThreads.run(2 + index % 3) { group in
      Self.sent(group, try test.trainer(ended, threads: 1)) { ended.batch(rows: $0) }
    }
    compare(found)
    #expect(found.allSatisfy { $0.traffic.total.messages > 0 && $0.traffic.total.time > .zero })
    // Who begins first computes while something is under way: looked-up rows, and dense sums unless they are
    // measured.
    #expect(found.contains { $0.traffic.hiddenInSteps > .zero })
    for purpose in [RankPurpose.lookups, .dense] where test.balancer == nil && test.options.isEmpty
    {
      #expect(found.contains { $0.traffic.hidden[purpose, default: .zero] > .zero }, "\(purpose)")
    }
  }

  /// Rows of tables that ranks keep by parts go to who looks them up, and their gradients come back.
  @Test(arguments: [(2, 0), (3, 0), (4, 1)]) func rowsThatAreKeptByPartsAreCounted(
    _ ranks: Int, _ head: Int
  ) throws {
    for test in OwnedRowsTests.cases where test.rows == 64 && test.balancer != "famo" {
      let problem = OwnedRowsTests.problem(test)
      let found = try RankThreads.run(ranks) { group in
        let trainer = try OwnedRowsTests.trainer(test, problem)
        return Self.sent(group, trainer, keepingHead: head) { problem.batch(rows: $0) }
      }
      compare(found)
      #expect(found.allSatisfy { ($0.bytes[.rows] ?? 0) > 0 }, "\(test)")
    }
  }

  /// By hand: two ranks with 4 rows each in one lane of one column, whose table is 4 wide.
  @Test func rowsByHand() throws {
    let test = RankBitsTests.Case(model: "hard-sharing", rows: 64)
    let problem = TinyProblem(rows: 64, tasks: 3)
    let found = try RankThreads.run(2) { group -> (Int, Int, [[Int]]) in
      let trainer = try OwnedRowsTests.trainer(test, problem)
      trainer.join(group, keepingHead: 0)
      let messages = trainer.stepMessages(of: problem.batch(rows: 64))
      let own = trainer.store.growing.compactMap { table in
        table.map { table in (0..<4).filter { table.share.keeps($0) } }
      }
      return (
        messages.bytes(for: .rows, ranks: 2), messages.bytes(for: .lookups, ranks: 2), own
      )
    }
    // 64 rows have all four ids of both columns in either half: a rank gets the ids that it does not keep.
    let foreign = found.reduce(0) { $0 + $1.2.reduce(0) { $0 + 4 - $1.count } }
    #expect(found.allSatisfy { $0.0 == 4 * 4 * foreign } && foreign == 8)
    // A row's gradient goes to the other rank where that one keeps the id.
    let owners = found.map(\.2)
    let sent = (0..<64).reduce(0) { sum, row in
      (0..<2).reduce(sum) { sum, column in
        let id = Int(problem.examples.ids[2 * row + column])
        return sum + (owners[row < 32 ? 1 : 0][column].contains(id) ? 1 : 0)
      }
    }
    #expect(found.allSatisfy { $0.1 == 4 * 4 * sent } && sent > 0)
  }

  /// Tasks that take a turn one after another in a step send what each turn has.
  @Test func turnsAreCounted() throws {
    let test = RankBitsTests.Case(
      model: "sparse-sharing", options: ["masks": "random", "warm-up": "0"])
    let problem = TinyProblem(rows: 128, tasks: 3)
    let found = try RankThreads.run(2) { group in
      Self.sent(group, try test.trainer(problem, threads: 1)) { problem.batch(rows: $0) }
    }
    compare(found)
  }

  /// Rows with any number of words: what is looked up of them is counted in words.
  @Test(arguments: ["why", "narre"]) func wordsAreCounted(_ model: String) throws {
    let problem = ReviewProblem(tasks: model == "narre" ? ["stars"] : ["stars", "why"])
    let found = try RankThreads.run(2) { group in
      Self.sent(group, try problem.trainer(model, batchSize: 64, threads: 1)) {
        problem.batch(from: 0, rows: $0)
      }
    }
    compare(found)
  }

  /// By hand: 64 rows of two fields of width 4, which are padded to a vector of 16, in 4 lanes; 3 losses.
  @Test func aStepByHand() throws {
    let problem = TinyProblem(rows: 128, tasks: 3)
    let trainer = try problem.trainer("mmoe", batchSize: 64)
    let messages = trainer.stepMessages(of: problem.batch(rows: 64))
    let dense = trainer.store.dense.count
    let bytes = RankPurpose.allCases.map { messages.bytes(for: $0, ranks: 5) }
    #expect(bytes == [4 * 2 * 4 * dense, 4 * 4 * 16 * 64, 4 * 32 * 3 * 4, 4 * 16, 0, 0, 0, 0])
    let pieces = (dense + 16383) / 16384
    let counts = RankPurpose.allCases.map { messages.messages(for: $0, ranks: 5) }
    #expect(counts == [8 * pieces, 20, 20, 4, 0, 0, 0, 0])
    #expect(RankPurpose.allCases.allSatisfy { messages.bytes(for: $0, ranks: 1) == 0 })
  }

  /// A sum of many pieces, of which the last is short.
  @Test(arguments: [(0, 0), (1, 1), (16_384, 1), (16_385, 2), (33_000, 3)])
  func sumsGoInPieces(_ floats: Int, _ pieces: Int) {
    #expect(RankGroup.pieces(of: floats) == pieces)
  }
}
