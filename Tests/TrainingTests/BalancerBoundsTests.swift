import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What gradients that are kept apart write and read: no memory but their own, no penalty, no forward
/// pass but the step's.
@Suite struct BalancerBoundsTests {
  /// Two tasks on a table that a batch touches in more rows than fit beside another array by chance.
  private func wide(_ balancer: String?) throws -> (trainer: Trainer, batch: Batch, examples: Any) {
    let workload = Workload(
      name: "wide", summary: "one wide table",
      input: .init(vocabularies: [4_000], embeddingWidth: 16, denseCount: 1), taskCount: 2,
      balancer: nil
    ) { input, tasks, builder in
      HardSharing(HardSharing.Configuration(), input: input, tasks: tasks, builder: builder)
    }
    let trainer = workload.trainer(
      batchSize: 256, threads: 2, optimizer: OptimizerConfiguration(.sgd))
    if let balancer {
      try trainer.balance(by: BalancerSetting(balancer), for: BalancedTasks(["t0", "t1"]))
    }
    let examples = workload.examples(count: 256, seed: 3)
    return (trainer, examples.batch(from: 0, rows: 256), examples)
  }

  /// A task that trains alone has room for its sums, and moves as without a balancer.
  @Test(arguments: ["pcgrad", "metabalance", "graddrop", "mgda"]) func oneTaskAloneHasRoom(
    _ balancer: String
  ) throws {
    let (plain, batch, kept) = try wide(nil)
    let (balanced, _, _) = try wide(balancer)
    for trainer in [plain, balanced] {
      trainer.isOn = [true, false]
      #expect(trainer.step(batch, rate: 0.3))
    }
    let isSummed = balanced.stages.needs(in: balanced.state.turn).contains(.summedGradient)
    let update = balanced.currentPlan().update(by: balanced.optimizer, isMeasured: isSummed)
    let table = try #require(update.loop.body.tables.first)
    #expect(table.touchedRows > 200 && table.room >= table.touchedFloats)
    let numbers = plain.namedNumbers
    for (path, found) in balanced.namedNumbers {
      let pairs = zip(found, numbers[path] ?? [])
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(path)")
    }
    withExtendedLifetime(kept) {}
  }

  /// Writes down ‖g_k‖² of the tables, by the norms and by the products.
  private final class TableWitness: BalanceStage {
    var squares: [Double] = []
    var diagonal: [Double] = []

    func visit(_ archive: inout Archive) {}

    func sees(in turn: TurnState) -> BalanceNeeds { [.gradients, .products] }

    func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
      for array in gradients.arrays.count..<gradients.count where gradients.isShared(array) {
        for task in 0..<gradients.taskCount {
          let norm = gradients.norms(of: array)[task]
          squares.append(norm * norm)
          diagonal.append(gradients.products(of: array)[task * (gradients.taskCount + 1)])
        }
      }
    }
  }

  /// A penalty on all parameters is no task's gradient.
  @Test func normsAreWithoutPenalties() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("mran")
    #expect(trainer.turn("l2", to: 0.5))
    let witness = TableWitness()
    trainer.stages.balance = witness
    #expect(trainer.step(problem.batch(rows: 200), rate: 0.01))
    #expect(!witness.squares.isEmpty && witness.diagonal.contains { $0 > 0 })
    for (found, wanted) in zip(witness.squares, witness.diagonal) {
      #expect(abs(found - wanted) <= 1e-4 * max(1e-9, wanted), "\(found), \(wanted)")
    }
  }

  /// A second look at the losses leaves running averages those of the step's own forward pass.
  @Test(arguments: ["mran", "mmoe"]) func lookingAgainLeavesAverages(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let options = ["mran": ["norm": "batch"], "mmoe": ["balance": "0.1"]][model] ?? [:]
    let averages = try ["equal", "famo"].map { balancer in
      let trainer = try problem.trainer(model, options)
      try trainer.balance(
        by: BalancerSetting(balancer), for: BalancedTasks(trainer.tasks.map(\.name)))
      // The first forward pass is before any weight counts.
      #expect(trainer.step(problem.batch(rows: 200), rate: 0.1))
      let store = trainer.store
      return store.specifications.indices.flatMap { index -> [Float] in
        guard case .average(let count, _) = store.specifications[index].kind else { return [] }
        let base = store.base(of: Parameter(index: index))
        return (0..<count).map { base[$0] }
      }
    }
    #expect(!averages[0].isEmpty && averages[0] == averages[1])
  }

  /// With nothing dropped GradDrop is the sum, also of what is nobody's: AITM's calibrator.
  @Test func whatIsNobodysReachesTables() throws {
    let problem = TinyProblem(tasks: 3)
    let numbers = try ["equal", "graddrop"].map { balancer in
      let trainer = try problem.trainer("aitm", optimizer: OptimizerConfiguration(.sgd))
      #expect(trainer.turn("calibrator", to: 2))
      try trainer.balance(
        by: BalancerSetting(balancer, options: balancer == "equal" ? [:] : ["leak": "1"]),
        for: BalancedTasks(trainer.tasks.map(\.name)))
      #expect(trainer.step(problem.batch(rows: 200), rate: 0.5))
      return trainer.namedNumbers
    }
    for (path, plain) in numbers[0] {
      let pairs = zip(plain, numbers[1][path] ?? [])
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 }, "\(path)")
    }
  }

  /// The weights of a report are those of its tasks, also where one of them has no rows.
  @Test func weightsNameTheirTasks() throws {
    let problem = TinyProblem(rows: 64, tasks: 3)
      .counting((0..<64 * 3).map { $0 % 3 == 0 ? 0 : 1 })
    for name in BalancerRegistry.entries.map(\.about.name) where name != "equal" {
      let trainer = try problem.trainer("hard-sharing")
      try trainer.balance(
        by: BalancerSetting(name), for: BalancedTasks(trainer.tasks.map(\.name)))
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
      let report = try #require(trainer.balancing)
      #expect(report.weights.own.count == report.tasks.count, "\(name)")
      #expect(report.weights.shared.count == report.tasks.count, "\(name)")
    }
  }

  /// A gradient that is looked at is the task's, and the balancer remembers nothing of it.
  @Test(arguments: ["uncertainty", "geometric"]) func lookingMovesNoBalancer(_ name: String) throws
  {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 100)
    func trainer(_ name: String) throws -> Trainer {
      let trainer = try problem.trainer("hard-sharing")
      try trainer.balance(
        by: BalancerSetting(name), for: BalancedTasks(trainer.tasks.map(\.name)))
      return trainer
    }
    func seen(_ trainer: Trainer) -> [[Float]] {
      var found: [[Float]] = []
      trainer.look(at: 1, batch) { _ in
        found = trainer.store.entries.filter { $0.owner == .shared }
          .map { trainer.gradient(of: $0, batch: batch) }
      }
      return found
    }
    let (plain, balanced, unseen) = (try trainer("equal"), try trainer(name), try trainer(name))
    #expect(seen(plain) == seen(balanced))
    for trainer in [balanced, unseen] { #expect(trainer.step(batch, rate: 0.01)) }
    let before = try #require(balanced.balancing)
    _ = seen(balanced)
    let after = try #require(balanced.balancing)
    #expect(after.tasks == [0, 1, 2] && after.weights == before.weights)
    for trainer in [balanced, unseen] { #expect(trainer.step(batch, rate: 0.01)) }
    #expect(balanced.store.fingerprint == unseen.store.fingerprint)
  }

  /// What takes turns later is refused in its joint warm-up too.
  @Test func aWarmUpIsNoJointTraining() throws {
    let trainer = try TinyProblem().trainer("sparse-sharing")
    trainer.alternation = .joint
    let context = BalancingContext(trainer, model: "sparse-sharing")
    #expect(
      context.error(BalancerSetting("pcgrad")) == .refused(balancer: "pcgrad", .turns("turns")))
  }

  /// A command makes all plans of the next step.
  @Test func stepsArePreparedWhole() throws {
    let problem = TinyProblem(tasks: 3)
    let taught = try problem.trainer("crossdistil", ["teacher": "alternating"])
    taught.prepareStep()
    let plans = taught.plans.count
    #expect(plans > 1)
    #expect(taught.step(problem.batch(rows: 64), rate: 0.01) && taught.plans.count == plans)
    let turns = try problem.trainer("hard-sharing")
    turns.alternation = .turns
    turns.isOn = [true, false, true]
    turns.prepareStep()
    #expect(turns.plans.count == 2 && turns.state.turn.active == [true, false, true])
    #expect(turns.step(problem.batch(rows: 64), rate: 0.01) && turns.plans.count == 2)
  }

  /// A teacher that is no number is not told as the loss of its student in the step before.
  @Test func aBrokenTeacherIsNoStudentsLoss() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("crossdistil", ["teacher": "alternating"])
    let batch = problem.batch(rows: 64)
    #expect(trainer.step(batch, rate: 0.01) && trainer.loss(of: 0).isFinite)
    let teacher = try #require(
      trainer.store.entries.first { $0.piece.path.hasPrefix("teachers.stripe") })
    trainer.store.set(
      teacher, to: trainer.store.numbers(of: teacher).map { _ in Float.nan })
    #expect(!trainer.step(batch, rate: 0.01))
    let bins = LossBins(tasks: 2)
    var record = LossRecord(bins, trainer: trainer)
    let found = record.divergence()
    #expect(found.task == "stripe" && !found.loss.isFinite)
    #expect(bins.drain().isEmpty)
  }
}
