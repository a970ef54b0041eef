import Foundation
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Graph
@testable import Training

/// What training comes to, to the bit, for every model and every way of sharing the steps.
///
/// The bits depend on the processor's instructions, so none are kept with the sources. `FINGERPRINTS`
/// names a file: if there is none the numbers of 200 steps are written to it, else they must be the
/// same. So a change that is to change nothing is held against the commit before it. Without the
/// variable a few steps must come to the same on any number of threads.
@Suite struct FingerprintTests {
  /// A model and how it is trained.
  struct Case: Sendable, CustomStringConvertible {
    let model: String
    var options: [String: String] = [:]
    var optimizer = OptimizerConfiguration()
    var isBalanced = false
    /// Whether masks are searched for, epoch after epoch.
    var isSearched = false
    let description: String

    init(
      _ model: String, _ options: [String: String] = [:], _ words: String = "",
      optimizer: OptimizerConfiguration = OptimizerConfiguration(), isBalanced: Bool = false,
      isSearched: Bool = false
    ) {
      self.model = model
      self.options = options
      self.optimizer = optimizer
      self.isBalanced = isBalanced
      self.isSearched = isSearched
      let choices = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      description = ([model] + choices + [words]).filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  static let cases: [Case] = models + optimizers + lotteries + factorisations

  /// Models of users and items, on made ratings.
  private static let factorisations = [
    Case("pmf"), Case("bpr-mf"), Case("rank-and-rate"),
    Case("rank-and-rate", ["interaction": "plain", "activation": "relu", "negatives": "2"]),
    Case("rank-and-rate", [:], "dense tables", optimizer: OptimizerConfiguration(tables: .dense)),
    Case(
      "mter", OpinionProblem.small, optimizer: OptimizerConfiguration(.projectedAdagrad())),
    Case(
      "mter", OpinionProblem.small, "every step",
      optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: true))),
  ]

  private static let models = ModelRegistry.entries.compactMap { entry -> Case? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return Case(entry.name)
  }

  private static let optimizers = [
    Case("mmoe", [:], "clip", optimizer: OptimizerConfiguration(clipNorm: 0.05)),
    Case("mmoe", [:], "dense tables", optimizer: OptimizerConfiguration(tables: .dense)),
    Case("l2-soft", [:], "decay", optimizer: OptimizerConfiguration(weightDecay: 0.1)),
    Case("mmoe", [:], "sgd", optimizer: OptimizerConfiguration(.sgd)),
    Case(
      "mmoe", [:], "row-wise", optimizer: OptimizerConfiguration(.adagrad(isRowWise: true))),
    Case(
      "mmoe", [:], "projected",
      optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: true))),
    Case("mran", ["norm": "batch"]),
    Case("ple", ["gamma": "0.99", "gamma-unit": "step"]),
    Case("l2-soft", ["separate": "true"]),
    Case("mmoe", [:], "balanced", isBalanced: true),
    Case("hard-sharing", [:], "balanced", isBalanced: true),
    Case(
      "mmoe", [:], "balanced clip", optimizer: OptimizerConfiguration(clipNorm: 0.05),
      isBalanced: true),
  ]

  private static let lotteries: [Case] = {
    let drawn = ["masks": "random", "warm-up": "0", "bottom": "16,8", "rounds": "2"]
    func lottery(_ model: String, _ more: [String: String], isSearched: Bool = false) -> Case {
      Case(model, drawn.merging(more) { $1 }, isSearched: isSearched)
    }
    let shared = ["turns", "batches", "epochs"].flatMap { alternation in
      ["shared", "strict", "per-task"].map {
        lottery("sparse-sharing", ["alternation": alternation, "moments": $0])
      }
    }
    let contrasted = ["difference", "logistic", "hinge"].flatMap { form in
      ["implicit", "impact-param", "impact-net"].map {
        lottery("csrec", ["form": form, "rule": $0, "resample": "step", "keep": "0.5"])
      }
    }
    let search = ["masks": "search", "warm-up": "1"]
    return shared + contrasted + [
      lottery("csrec", ["moments": "strict"]), lottery("csrec", ["moments": "per-task"]),
      lottery("csrec", ["alternation": "joint"]),
      lottery("sparse-sharing", ["alternation": "joint"]),
      lottery("sparse-sharing", search, isSearched: true),
      lottery("csrec", search, isSearched: true), lottery("lt4rec", search, isSearched: true),
    ]
  }()

  // MARK: - A run

  /// What the parameters, losses and steps of a run come to; one in ten steps is taken in.
  ///
  /// `rows` are those of a batch; every seventh is short.
  static func bits(of one: Case, threads: Int, steps: Int, rows: Int = 96) throws -> String {
    let kinds = try ModelRegistry.entry(named: one.model).kinds
    if kinds.contains(.tuples) { return try saidBits(of: one, threads: threads, steps: steps) }
    guard kinds.contains(.binary) else {
      return try ratedBits(of: one, threads: threads, steps: steps, rows: rows)
    }
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(
      one.model, one.options, batchSize: rows, threads: threads, optimizer: one.optimizer,
      isBalanced: one.isBalanced)
    let lottery = Lottery(trainer, tasks: TinyProblem.names, epochs: 1)
    let own = trainer.alternation
    var found = fnvOffset
    for step in 0..<steps {
      if one.isSearched {
        if step % max(1, steps / 20) == 0, step > 0 {
          _ = lottery?.epochEnded([0.5, 0.6, -Double(step % 7)], mean: Double(step % 3))
        }
      } else {
        share(trainer, 8 * step / steps, own)
      }
      trainer.epoch = step / 9
      let batch = problem.batch(from: step * 5 % (996 - rows), rows: step % 7 == 6 ? 33 : rows)
      let hasMoved = trainer.step(batch, rate: 0.01)
      lottery?.stepTaken()
      let losses = (0..<3).map { Float(trainer.loss(of: $0)) } + [hasMoved ? 1 : 0]
      found = fnv1a(littleEndian: losses, from: found)
      if step % 10 == 9 { found = fold(trainer, found) }
    }
    return hexadecimal(fold(trainer, found))
  }

  /// The same of a model of users and items.
  private static func ratedBits(
    of one: Case, threads: Int, steps: Int, rows: Int
  ) throws -> String {
    let problem = try RatingProblem.of(one.model)
    let trainer = try problem.trainer(
      one.model, one.options, batchSize: rows, threads: threads, optimizer: one.optimizer)
    var found = fnvOffset
    for step in 0..<steps {
      let part = 4 * step / steps
      trainer.isOn = problem.tasks.indices.map { problem.tasks.count == 1 || part != $0 + 1 }
      let batch = problem.batch(from: step * 5 % (496 - rows), rows: step % 7 == 6 ? 33 : rows)
      let hasMoved = trainer.step(batch, rate: 0.01)
      let losses = problem.tasks.indices.map { Float(trainer.loss(of: $0)) } + [hasMoved ? 1 : 0]
      found = fnv1a(littleEndian: losses, from: found)
      if step % 10 == 9 { found = fold(trainer, found) }
    }
    return hexadecimal(fold(trainer, found))
  }

  /// The same of a model of what is said of features.
  private static func saidBits(of one: Case, threads: Int, steps: Int) throws -> String {
    let problem = OpinionProblem()
    let trainer = try problem.trainer(
      one.options, threads: threads, optimizer: one.optimizer)
    var found = fnvOffset
    for step in 0..<steps {
      let part = 4 * step / steps
      trainer.isOn = problem.tasks.indices.map { part != $0 + 1 }
      let hasMoved = trainer.step(problem.batch(from: step % 40, rows: 8), rate: 0.1)
      let losses = problem.tasks.indices.map { Float(trainer.loss(of: $0)) } + [hasMoved ? 1 : 0]
      found = fnv1a(littleEndian: losses, from: found)
      if step % 10 == 9 { found = fold(trainer, found) }
    }
    return hexadecimal(fold(trainer, found))
  }

  /// Tasks on and off, weights, and turns, one after another.
  private static func share(_ trainer: Trainer, _ part: Int, _ own: Alternation) {
    trainer.isOn = [true, part != 1 && part != 4, part != 3]
    trainer.weights = part == 2 ? [0.5, 2, 1] : [1, 1, 1]
    trainer.alternation = [own, own, own, .turns, .turns, .batches, .epochs, .joint][part]
    trainer.restriction = part == 7 ? 1 : nil
  }

  private static func fold(_ trainer: Trainer, _ bits: UInt64) -> UInt64 {
    let halves = [trainer.store.fingerprint].flatMap { [$0 >> 32, $0 & 0xFFFF_FFFF] }
    let numbers =
      halves.map { Float(bitPattern: UInt32($0)) } + trainer.optimizer.steps.map(Float.init)
    return fnv1a(littleEndian: numbers, from: bits)
  }

  // MARK: - The same bits

  /// The rows of a batch whose pieces begin inside blocks.
  private static let cutRows = 200

  /// A number of threads for every case, in turn: all of them for each took too long.
  private static let threads = cases.indices.map { [3, 4, 8, 16][$0 % 4] }

  @Test(arguments: zip(cases, threads)) func sameBitsOnAnyNumberOfThreads(
    _ one: Case, threads: Int
  ) throws {
    guard recording == nil else { return }
    let first = try Self.bits(of: one, threads: 1, steps: 16, rows: Self.cutRows)
    #expect(try Self.bits(of: one, threads: threads, steps: 16, rows: Self.cutRows) == first)
  }

  /// What the comparison above rests on.
  @Test func itsBatchesAreCutInsideBlocks() throws {
    let trainer = try TinyProblem(tasks: 3).trainer("mmoe", batchSize: Self.cutRows, threads: 3)
    let plan = trainer.trainingExecutor().plan
    for threads in [3, 4, 8, 16] {
      let pieces = RowPieces(rows: Self.cutRows, blockRows: plan.blockRows, threads: threads)
      let isCut = (0..<pieces.count).contains { number in
        let (lane, rows) = pieces.piece(number)
        let start = Lanes.range(of: lane, rows: Self.cutRows, sections: 1).lowerBound
        return (rows.lowerBound - start) % plan.blockRows != 0
      }
      #expect(isCut, "\(threads) threads, blocks of \(plan.blockRows) rows")
    }
    #expect(plan.schedule == .pieces)
  }

  private var recording: String? { ProcessInfo.processInfo.environment["FINGERPRINTS"] }

  @Test func nothingHasChanged() throws {
    guard let recording else {
      print("skipped: FINGERPRINTS names no file to hold the bits of training against")
      return
    }
    let lines = try Self.cases.flatMap { one in
      try [1, 2, 3].map { "\(try Self.bits(of: one, threads: $0, steps: 200)) \($0) \(one)" }
    }
    guard let before = try? String(contentsOfFile: recording, encoding: .utf8) else {
      return try lines.joined(separator: "\n").write(
        toFile: recording, atomically: true, encoding: .utf8)
    }
    let known = before.split(separator: "\n").map(String.init)
    for line in lines { #expect(known.contains(line), "not as before: \(line)") }
    #expect(known.count == lines.count)
  }
}
