import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A step that stops between forward and backward, so that somebody may look at the losses: what it
/// shows, and that it moves every number as one that does not stop.
@Suite struct PartedStepTests {
  /// Looks at the losses before the gradients, and leaves them.
  private final class Looking: BalanceStage {
    var needs: StageNeeds = .lossesFirst
    var seen: [[LossSums]] = []
    var noted: [[LossSums]] = []
    var isParted: [Bool] = []

    func visit(_ archive: inout Archive) {}

    func needs(in turn: TurnState) -> StageNeeds { needs }

    func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
      guard let first = turn.first else { return }
      isParted.append(first.isParted)
      seen.append(
        turn.active.indices.filter { turn.active[$0] }.map {
          first.lossSums(task: $0, rows: turn.batch.rows)
        })
    }

    func note(_ turn: TurnState) {
      noted.append(turn.active.indices.filter { turn.active[$0] }.map { turn.sums[$0] })
    }
  }

  private static let models = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return entry.name
  }

  /// Every model, those whose lanes meet among them: the same bits, from the losses that it has shown.
  @Test(
    arguments: models.map { ($0, [:]) } + [
      ("mran", ["norm": "batch"]), ("mmoe", ["balance": "0.1"]),
    ], [1, 3])
  func theBitsAreThose(_ model: (name: String, options: [String: String]), threads: Int) throws {
    let problem = TinyProblem(tasks: 3)
    let trainers = try (0..<3).map { _ in
      try problem.trainer(model.name, model.options, threads: threads)
    }
    let (parted, apart) = (Looking(), Looking())
    trainers[1].stages.balance = parted
    trainers[2].stages.balance = apart
    // No memory for a batch: the losses come of a forward pass of their own.
    trainers[2].plans.mostSpanningFloats = -1
    for step in 0..<3 {
      for trainer in trainers {
        #expect(trainer.step(problem.batch(from: step * 16, rows: 200), rate: 0.01))
      }
    }
    let plain = trainers[0].fingerprint
    #expect(trainers.allSatisfy { $0.fingerprint == plain }, "\(model.name)")
    #expect(parted.isParted.allSatisfy { $0 } && !apart.isParted.contains(true))
    #expect(parted.seen.count >= 3 && parted.seen == parted.noted && apart.seen == parted.seen)
  }

  /// Lanes of several blocks, each of which goes forward before any goes backward.
  @Test func blocksKeepTheirValues() throws {
    let workload = Workload(
      name: "wide", summary: "one wide layer",
      input: .init(vocabularies: [7, 11], embeddingWidth: 4, denseCount: 3), taskCount: 2,
      balancer: nil
    ) { input, tasks, builder in
      var choice = HardSharing.Configuration()
      choice.bottomSizes = [9_000, 24]
      choice.towerSizes = [8]
      return HardSharing(choice, input: input, tasks: tasks, builder: builder)
    }
    let examples = workload.examples(count: 250, seed: 3)
    let (plain, parted) = (
      workload.trainer(batchSize: 250, threads: 2), workload.trainer(batchSize: 250, threads: 2)
    )
    parted.stages.balance = Looking()
    plain.keepsWatched = true
    parted.keepsWatched = true
    let plan = parted.trainingExecutor().plan
    #expect(plan.spanningFloats > 250 * 9_000)
    for _ in 0..<2 {
      for trainer in [plain, parted] {
        #expect(trainer.step(examples.batch(from: 0, rows: 250), rate: 0.01))
      }
    }
    // Behind the parting blocks are added from the last one on: sums are the same but for rounding,
    // which turns the first steps of Adam round where a gradient is next to nothing.
    for entry in plain.store.entries {
      let (left, right) = (plain.store.numbers(of: entry), parted.store.numbers(of: entry))
      let apart = zip(left, right).count { abs($0 - $1) > 1e-4 }
      #expect(
        left.count == right.count && apart * 200 <= left.count, "\(entry.piece.path): \(apart)")
    }
  }

  /// What is watched is copied from the first part.
  @Test func watchedValuesAreThose() throws {
    let problem = TinyProblem(tasks: 3)
    let trainers = try (0..<2).map { _ in try problem.trainer("mmoe") }
    trainers[1].stages.balance = Looking()
    let gates = try trainers.map { trainer -> [Float] in
      trainer.keepsWatched = true
      #expect(trainer.step(problem.batch(rows: 200), rate: 0.01))
      let gate = try #require(trainer.trainingExecutor().plan.outputs.first)
      let values = try #require(trainer.watched(gate.name))
      return (0..<200 * values.width).map { values.values[$0] }
    }
    #expect(gates[0] == gates[1] && Set(gates[0]).count > 200)
  }
}
