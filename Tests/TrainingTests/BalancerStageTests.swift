import Graph
import Objectives
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Every balancer of the registry in the trainer: what it moves, on any number of threads, and that it
/// may be changed between two steps.
@Suite struct BalancerStageTests {
  static let names = BalancerRegistry.entries.map(\.about.name)

  private func tasks(_ count: Int) -> BalancedTasks {
    BalancedTasks((0..<count).map { "task\($0)" })
  }

  private func balance(
    _ trainer: Trainer, _ name: String, _ options: [String: String] = [:]
  ) throws {
    try trainer.balance(
      by: BalancerSetting(name, options: options), for: BalancedTasks(trainer.tasks.map(\.name)))
  }

  /// The same bits on 1 and 3 threads, with a task that is off for a while.
  @Test(arguments: names, ["hard-sharing", "ple"]) func threadsDoNotMatter(
    _ name: String, _ model: String
  ) throws {
    let problem = TinyProblem(tasks: 3)
    let prints = try [1, 3].map { threads in
      let trainer = try problem.trainer(model, threads: threads)
      try balance(trainer, name)
      for step in 0..<6 {
        trainer.isOn = [true, step < 2 || step > 3, true]
        trainer.epoch = step / 2
        #expect(trainer.step(problem.batch(from: step * 16, rows: 80), rate: 0.01), "\(name)")
      }
      #expect(trainer.store.isFinite)
      return trainer.store.fingerprint
    }
    #expect(prints[0] == prints[1])
  }

  /// Given weights are those of the tasks, up to rounding; equal ones are the plain step, to the bit.
  @Test func givenWeightsAreTheTasks() throws {
    let problem = TinyProblem(tasks: 3)
    func trained(_ change: (Trainer) throws -> Void) throws -> Trainer {
      let trainer = try problem.trainer("mmoe", optimizer: OptimizerConfiguration(.sgd))
      try change(trainer)
      for step in 0..<3 {
        #expect(trainer.step(problem.batch(from: step * 64, rows: 64), rate: 0.3))
      }
      return trainer
    }
    let plain = try trained { _ in }
    let equal = try trained { try balance($0, "equal") }
    #expect(equal.store.fingerprint == plain.store.fingerprint)
    let fixed = try trained { try balance($0, "fixed", ["weights": "1,0.25,2"]) }
    let weighted = try trained { $0.weights = [1, 0.25, 2] }
    #expect(fixed.store.fingerprint == weighted.store.fingerprint)
    #expect(fixed.store.fingerprint != plain.store.fingerprint)
  }

  /// A gradient balancer sees ω_k·g_k: Nash's direction does not know ω, the plain sum does.
  @Test func nashDoesNotKnowTheTasksWeights() throws {
    let problem = TinyProblem(tasks: 2)
    func step(_ weights: [Float]) throws -> Trainer {
      let trainer = try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd))
      try balance(trainer, "nash")
      trainer.weights = weights
      #expect(trainer.step(problem.batch(rows: 200), rate: 0.5))
      return trainer
    }
    let (even, uneven) = (try step([1, 1]), try step([1, 8]))
    for entry in even.store.entries where entry.owner == .shared {
      let pairs = zip(even.store.numbers(of: entry), uneven.store.numbers(of: entry))
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(entry.piece.path)")
    }
    let ratio = try #require(uneven.balancing).weights.shared
    let plain = try #require(even.balancing).weights.shared
    #expect(abs(ratio[1] * 8 / ratio[0] - plain[1] / plain[0]) < 1e-3 * plain[1] / plain[0])
  }

  /// What a task alone moves takes its own gradient, whatever the shared ones are weighed by.
  @Test(arguments: ["pcgrad", "cagrad", "mgda", "nash", "aligned", "metabalance", "graddrop"])
  func towersTakePlainGradients(_ name: String) throws {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 200)
    let plain = try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd))
    let balanced = try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd))
    try balance(balanced, name)
    #expect(plain.step(batch, rate: 0.5) && balanced.step(batch, rate: 0.5))
    var differences = 0
    for entry in plain.store.entries {
      let pairs = zip(plain.store.numbers(of: entry), balanced.store.numbers(of: entry))
      let isSame = pairs.allSatisfy { abs($0 - $1) < 1e-6 }
      if case .task = entry.owner { #expect(isSame, "\(name): \(entry.piece.path)") }
      differences += isSame ? 0 : 1
    }
    #expect(differences > 0, "\(name) did nothing")
  }

  /// A change between two steps: live choices keep the memory, another balancer begins anew, and what
  /// does not exist changes nothing.
  @Test func changesBetweenSteps() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("hard-sharing")
    let batch = problem.batch(rows: 100)
    try balance(trainer, "uncertainty", ["rate": "0.5"])
    for _ in 0..<3 { #expect(trainer.step(batch, rate: 0.01)) }
    let learned = try #require(trainer.balancing).weights
    #expect(learned.own.contains { abs($0 - 1) > 0.1 })
    let stage = try #require(trainer.stages.balance as? BalancerStage)
    let memory = stage.balancer
    try balance(trainer, "uncertainty", ["rate": "0"])
    #expect(trainer.stages.balance === stage && stage.balancer.remembersSame(as: memory))
    #expect(throws: BalancerError.self) { try balance(trainer, "uncertainty", ["rate": "-1"]) }
    #expect(throws: BalancerError.self) { try balance(trainer, "no such") }
    #expect(trainer.stages.balance === stage && stage.balancer.remembersSame(as: memory))
    #expect(stage.balancer.choices.contains { $0.name == "rate" && $0.value == "0" })
    // What is not live begins anew.
    try balance(trainer, "uncertainty", ["form": "regression"])
    #expect(trainer.stages.balance !== stage)
    try balance(trainer, "pcgrad")
    #expect(trainer.step(batch, rate: 0.01))
    #expect(trainer.balancing?.about.name == "pcgrad")
    try balance(trainer, "equal")
    #expect(trainer.balancing == nil)
    #expect(trainer.step(batch, rate: 0.01) && trainer.store.isFinite)
  }

  /// Without rows of its own a task does not take part: it has no loss that could be weighed.
  @Test(arguments: ["geometric", "famo", "pcgrad", "nash", "stch"]) func tasksWithoutRowsWait(
    _ name: String
  ) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("hard-sharing")
    try balance(trainer, name)
    var batch = problem.batch(rows: 64)
    let spaces = (0..<256 * 2).map { Float($0 % 2 == 0 ? 1 : 0) }
    spaces.withUnsafeBufferPointer { spaces in
      batch.spaces = spaces.baseAddress
      #expect(trainer.step(batch, rate: 0.01))
      #expect(trainer.balancing?.tasks == [0])
    }
    #expect(trainer.store.isFinite)
  }

  /// Of CrossDistil the teachers' turn descends from terms: nothing weighs these, the student's losses
  /// only.
  @Test(arguments: ["pcgrad", "fixed", "db-mtl"]) func turnsOfTermsAreLeftAlone(
    _ name: String
  ) throws {
    let problem = TinyProblem(tasks: 2)
    let batch = problem.batch(rows: 200)
    let sgd = OptimizerConfiguration(.sgd)
    let plain = try problem.trainer(
      "crossdistil", ["teacher": "alternating"], optimizer: sgd)
    let balanced = try problem.trainer(
      "crossdistil", ["teacher": "alternating"], optimizer: sgd)
    try balance(balanced, name, name == "fixed" ? ["weights": "3"] : [:])
    #expect(plain.step(batch, rate: 0.5) && balanced.step(batch, rate: 0.5))
    var (same, moved) = (0, 0)
    for entry in plain.store.entries {
      let isSame = plain.store.numbers(of: entry) == balanced.store.numbers(of: entry)
      if entry.piece.path.hasPrefix("teacher") {
        #expect(isSame, "\(entry.piece.path)")
        same += 1
      } else {
        moved += isSame ? 0 : 1
      }
    }
    #expect(same > 0 && moved > 0)
  }

  /// Terms that a model minimises for a task have its weight.
  @Test func givenWeightsAreOfTermsToo() throws {
    let problem = TinyProblem(tasks: 3)
    func trained(_ change: (Trainer) throws -> Void) throws -> UInt64 {
      let trainer = try problem.trainer("mt-fwfm", optimizer: OptimizerConfiguration(.sgd))
      try change(trainer)
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.3))
      return trainer.store.fingerprint
    }
    let fixed = try trained { try balance($0, "fixed", ["weights": "1,0.25,2"]) }
    let weighted = try trained { $0.weights = [1, 0.25, 2] }
    #expect(fixed == weighted)
  }

  /// A task that counts nothing is as one that is off, for what is shared.
  @Test(arguments: ["famo", "geometric", "mgda", "nash"]) func mutedTasksDoNotTakePart(
    _ name: String
  ) throws {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 200)
    let (muted, off) = (
      try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd)),
      try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd))
    )
    try balance(muted, name)
    try balance(off, name)
    muted.weights[1] = 0
    off.isOn[1] = false
    #expect(muted.step(batch, rate: 0.1) && off.step(batch, rate: 0.1))
    for entry in muted.store.entries where entry.owner == .shared {
      let pairs = zip(muted.store.numbers(of: entry), off.store.numbers(of: entry))
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 }, "\(entry.piece.path)")
    }
  }

  @Test func whatCannotBeIsRefusedByName() throws {
    let problem = TinyProblem(tasks: 2)
    let alone = BalancingContext(try problem.trainer("single-task"), model: "single-task")
    #expect(
      alone.error(BalancerSetting("pcgrad"))
        == .refused(balancer: "pcgrad", .nothingShared(model: "single-task")))
    #expect(alone.error(BalancerSetting("uncertainty")) == nil)
    let trainer = try problem.trainer("hard-sharing")
    trainer.alternation = .turns
    let turns = BalancingContext(trainer, model: "hard-sharing")
    #expect(
      turns.error(BalancerSetting("dwa")) == .refused(balancer: "dwa", .turns("turns")))
    #expect(turns.error(.equal) == nil)
    #expect(turns.error(BalancerSetting("fixed", options: ["weights": "2"])) == nil)
    #expect(turns.error(BalancerSetting("pcgrat"))?.sentence.contains("did you mean") == true)
  }
}
