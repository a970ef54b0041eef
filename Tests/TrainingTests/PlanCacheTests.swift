import Graph
import Models
import Objectives
import Testing
import TrainingFixtures

@testable import Training

/// Plans of many sets of tasks, and stores that count what is written to them.
@Suite struct PlanCacheTests {
  /// Eight tasks on made data.
  private func trainer() -> (trainer: Trainer, workload: Workload) {
    let workload = Workload(
      name: "eight", summary: "eight tasks",
      input: .init(vocabularies: [5, 7], embeddingWidth: 4, denseCount: 1), taskCount: 8,
      balancer: nil
    ) { input, tasks, builder in
      HardSharing(HardSharing.Configuration(), input: input, tasks: tasks, builder: builder)
    }
    return (workload.trainer(batchSize: 64, threads: 2), workload)
  }

  /// All 255 sets of eight tasks, twice: of their plans and updates no more live than the cache keeps.
  @Test func allSetsOfEightTasksKeepMemoryFlat() throws {
    let (trainer, workload) = trainer()
    let examples = workload.examples(count: 64, seed: 1)
    var plans: [Weak<Executor>] = []
    for set in Array(1..<256) + Array(1..<256) {
      trainer.isOn = (0..<8).map { set >> $0 & 1 == 1 }
      #expect(trainer.step(examples.batch(from: 0, rows: 64), rate: 0.01))
      plans.append(Weak(trainer.trainingExecutor()))
      #expect(trainer.plans.count <= trainer.plans.most)
    }
    let living = Set(plans.compactMap { $0.object.map(ObjectIdentifier.init) })
    #expect(living.count == trainer.plans.most && trainer.plans.most == 18)
  }

  /// The plan that was not used for longest is given up, not the one that was made first.
  @Test func aPlanInUseStays() throws {
    let (trainer, _) = trainer()
    let all = trainer.isOn
    let plan = trainer.trainingExecutor()
    for set in 1..<40 {
      trainer.isOn = (0..<8).map { set >> $0 & 1 == 1 }
      _ = trainer.trainingExecutor()
      trainer.isOn = all
      let isKept = trainer.trainingExecutor() === plan
      #expect(isKept, "after \(set)")
    }
  }

  /// A plan that was given up and is made anew goes on as if it had been kept.
  @Test func aPlanMadeAnewComesToTheSame() throws {
    let problem = TinyProblem(tasks: 3)
    let prints = try [nil, 1].map { most in
      let trainer = try problem.trainer("mmoe", threads: 2)
      if let most { trainer.plans.most = most }
      for step in 0..<24 {
        trainer.isOn = [true, step % 3 != 1, step % 4 != 2]
        #expect(trainer.step(problem.batch(from: step * 16, rows: 80), rate: 0.01))
      }
      return trainer.store.fingerprint
    }
    #expect(prints[0] == prints[1])
  }

  /// The tasks of a step in turns are not thrown out by one another.
  @Test func turnsKeepTheirPlans() throws {
    let (trainer, workload) = trainer()
    let examples = workload.examples(count: 64, seed: 1)
    trainer.alternation = .turns
    var plans: Set<ObjectIdentifier> = []
    for _ in 0..<2 {
      for task in 0..<8 {
        trainer.state.enter(0, of: task)
        plans.insert(ObjectIdentifier(trainer.currentPlan()))
      }
      #expect(trainer.step(examples.batch(from: 0, rows: 64), rate: 0.01))
    }
    #expect(plans.count == 8 && trainer.plans.count == 8)
  }

  // MARK: - Stores count their own writes

  /// Whoever writes to a store is counted, so that answers follow without anybody saying so.
  @Test func answersFollowWhatIsWritten() throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try problem.trainer("hard-sharing")
    let (store, batch) = (trainer.store, problem.batch(rows: 64))
    let entry = try #require(store.entries.first { $0.piece.path == "bottom.0.weight" })
    let (numbers, copy) = (store.numbers(of: entry), store.copy())
    var seen = [trainer.logits("board", batch)]
    func expectNews(_ change: () -> Void) {
      let version = store.version
      change()
      #expect(store.version > version)
      seen.append(trainer.logits("board", batch))
    }
    expectNews { store.set(entry, to: numbers.map { 2 * $0 }) }
    expectNews { store.change(entry.parameter) { $0[0] = 5 } }
    expectNews { store.restore(from: copy) }
    expectNews { _ = trainer.step(batch, rate: 0.1) }
    #expect(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] == seen[3] && seen[3] != seen[4])
    let version = store.version
    _ = (store.base(of: entry.parameter)[0], store.fingerprint, trainer.forward(batch))
    #expect(store.version == version && ParameterStore(copyOf: store).version == 0)
  }
}

/// Does not keep what it names alive.
private struct Weak<Object: AnyObject> {
  weak var object: Object?

  init(_ object: Object) { self.object = object }
}
