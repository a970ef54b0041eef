import Graph
import Models
import Objectives
import Runs
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
    let trainer = workload.trainer(batchSize: 256, threads: 2)
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
      #expect(trainer.step(batch, rate: 0.01))
    }
    let update = balanced.currentPlan().update(by: balanced.optimizer, isMeasured: false)
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
      #expect(abs(found - wanted) <= 1e-5 * max(1e-9, wanted), "\(found), \(wanted)")
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
}
