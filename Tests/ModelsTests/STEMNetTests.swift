import Graph
import Models
import Runs
import Testing
import Training
import TrainingFixtures

/// What must hold of STEM-Net beside what holds of every model.
@Suite struct STEMNetTests {
  /// With one level a task's loss reaches its own tables and the shared ones, and no others.
  @Test(arguments: [0, 1, 2]) func aTaskMovesItsOwnTablesAndTheSharedOnes(_ task: Int) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("stem-net")
    trainer.weights = (0..<3).map { $0 == task ? 1 : 0 }
    let gradients = trainer.namedGradients(problem.batch(rows: 256))
    for (path, gradient) in gradients {
      let steps = path.split(separator: ".").map(String.init)
      let isOthers = TinyProblem.names.enumerated().contains {
        $0.offset != task && steps.contains($0.element)
      }
      #expect(gradient.contains { $0 != 0 } == !isOthers, "\(path)")
    }
  }

  /// Their outputs are read all the same: without another task's expert answers change.
  @Test func otherTasksExpertsAreRead() throws {
    let problem = TinyProblem(rows: 100, tasks: 2)
    let trainer = try problem.trainer("stem-net")
    for _ in 0..<10 { #expect(trainer.step(problem.batch(rows: 100), rate: 1e-2)) }
    #expect(trainer.expertCount == 2 + 4)
    let batch = problem.batch(rows: 100)
    let before = trainer.logits("board", batch)
    trainer.leaveOut(1)
    #expect(trainer.logits("board", batch) != before)
    trainer.leaveOut(nil)
    #expect(trainer.logits("board", batch) == before)
  }

  /// Through the shared state of a second level a task's loss reaches the others' tables.
  @Test func aSecondLevelLetsTasksReachEachOther() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("stem-net", ["levels": "12/8"])
    trainer.weights = [1, 0]
    let gradients = trainer.namedGradients(problem.batch(rows: 256))
    #expect(gradients["embeddings.stripe.row.weight"]?.contains { $0 != 0 } == true)
    #expect(gradients["levels.1.experts.stripe.0.0.weight"]?.allSatisfy { $0 == 0 } == true)
    #expect(gradients["levels.0.gates.shared.0.weight"]?.contains { $0 != 0 } == true)
    // Experts of different levels have nothing to do with each other: each is left out by itself.
    #expect(trainer.expertCount == 2 * (2 + 4))
  }

  @Test func oneSetOfTablesMoreThanTasks() throws {
    let problem = TinyProblem(rows: 10, tasks: 3)
    let (stem, hard) = (try problem.trainer("stem-net"), try problem.trainer("hard-sharing"))
    func tables(_ trainer: Trainer) -> Int {
      trainer.namedNumbers.filter { $0.key.hasPrefix("embeddings") }.reduce(0) {
        $0 + $1.value.count
      }
    }
    #expect(tables(stem) == 4 * tables(hard))
  }

  /// At first a gate weighs all experts alike.
  @Test(arguments: ["16", "16/8"]) func gateSplit(_ levels: String) throws {
    let problem = TinyProblem(rows: 100, tasks: 3)
    let trainer = try problem.trainer("stem-net", ["levels": levels, "own": "2"])
    let views = trainer.inspect(problem.batch(rows: 100), schema: problem.input.schema).views
    #expect(views.count == levels.split(separator: "/").count)
    for view in views {
      guard case .bars(let bars) = view.content else {
        Issue.record("\(view.name) has no bars")
        continue
      }
      #expect(bars.parts == ["own", "other tasks", "shared"])
      #expect(bars.bars.map(\.name) == TinyProblem.names)
      for bar in bars.bars {
        for (share, expected) in zip(bar.values, [0.2, 0.4, 0.4] as [Float]) {
          #expect(abs(share - expected) < 0.05)
        }
        #expect(abs(bar.values.reduce(0, +) - 1) <= 1e-5)
      }
    }
  }

  @Test func gateDropoutAndBalanceGoWithSeveralLevels() throws {
    let problem = TinyProblem(tasks: 2)
    func fingerprint(threads: Int) throws -> UInt64 {
      let trainer = try problem.trainer(
        "stem-net", ["levels": "12/8", "gate-dropout": "0.2", "balance": "0.1"],
        threads: threads)
      for step in 0..<20 {
        #expect(trainer.step(problem.batch(from: step * 13, rows: 256), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1)
    for threads in [2, 4] { #expect(try fingerprint(threads: threads) == one) }
  }
}
