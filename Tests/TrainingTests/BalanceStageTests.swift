import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What a balancer is given of a turn, and that it may be changed while the model trains.
@Suite struct BalanceStageTests {
  /// Writes down what it sees and weighs every task alike.
  private final class Witness: BalanceStage {
    var gram: [Double] = []
    var squares: [Double] = []
    var active: [[Bool]] = []
    var noted = 0
    var weights: [Float]?

    func visit(_ archive: inout Archive) {}

    func sees(in turn: TurnState) -> BalanceNeeds { [.gradients, .products] }

    func note(_ turn: TurnState) { noted += 1 }

    func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
      active.append(turn.active)
      let tasks = gradients.taskCount
      gram = [Double](repeating: 0, count: tasks * tasks)
      squares = [Double](repeating: 0, count: tasks)
      gradients.addGram(to: &gram)
      for array in 0..<gradients.count where gradients.isShared(array) {
        for task in 0..<tasks {
          squares[task] += gradients.norms(of: array)[task] * gradients.norms(of: array)[task]
        }
      }
      if let weights { gradients.weigh(all: weights) }
    }
  }

  /// Goes by the losses alone.
  private final class Doubling: BalanceStage {
    func visit(_ archive: inout Archive) {}

    func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {
      for task in turn.active.indices { scales[task] *= 2 }
    }
  }

  /// The dot products of the tasks' shared gradients, from gradients that are computed task by task.
  private func products(_ trainer: Trainer, _ batch: Batch) -> [Double] {
    let shared = trainer.store.entries.filter { $0.owner == .shared }
    let gradients = trainer.tasks.indices.map { task -> [Float] in
      trainer.gradients(batch, of: task)
      return shared.flatMap { trainer.gradient(of: $0, batch: batch) }
    }
    return gradients.flatMap { a in
      gradients.map { b in zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    }
  }

  @Test(arguments: ["hard-sharing", "mmoe", "cross-stitch"], [1, 2])
  func theGramMatrixIsThatOfTheTasksGradients(
    _ model: String, threads: Int
  ) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model, threads: threads)
    let batch = problem.batch(rows: 200)
    let expected = products(trainer, batch)
    let witness = Witness()
    trainer.stages.balance = witness
    #expect(trainer.step(batch, rate: 0.01))
    #expect(witness.gram.count == 9 && witness.noted == 1)
    for (found, wanted) in zip(witness.gram, expected) {
      #expect(abs(found - wanted) <= 1e-4 * max(1e-3, abs(wanted)), "\(found), \(wanted)")
    }
    for task in 0..<3 {
      let diagonal = witness.gram[4 * task]
      #expect(abs(witness.squares[task] - diagonal) <= 1e-5 * max(1e-6, diagonal))
    }
  }

  /// Weights of 1 are the sum, up to rounding; a weight of 0 takes a task's part away from what is
  /// shared and leaves its own parameters alone.
  @Test func weightsAreThoseOfTheTasks() throws {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 200)
    func change(_ weights: [Float]?, without task: Int? = nil) throws -> [String: [Float]] {
      let trainer = try problem.trainer("hard-sharing", optimizer: OptimizerConfiguration(.sgd))
      if let weights {
        let witness = Witness()
        witness.weights = weights
        trainer.stages.balance = witness
      }
      if let task { trainer.weights[task] = 0 }
      #expect(trainer.step(batch, rate: 0.5))
      return trainer.namedNumbers
    }
    func expectClose(
      _ a: [String: [Float]], _ b: [String: [Float]], _ isMeant: (String) -> Bool
    ) {
      for (path, numbers) in a where isMeant(path) {
        let other = b[path] ?? []
        #expect(zip(numbers, other).allSatisfy { abs($0 - $1) < 1e-6 }, "\(path)")
      }
    }
    let sum = try change(nil)
    expectClose(try change([1, 1, 1]), sum) { _ in true }
    let without = try change([1, 0, 1])
    expectClose(without, try change(nil, without: 1)) { !$0.contains("stripe") }
    expectClose(without, sum) { $0.contains("stripe") }
  }

  /// One that goes by losses has one backward pass, and a balancer that is taken away leaves no trace.
  @Test func aBalancerIsChangedWhileTheModelTrains() throws {
    let problem = TinyProblem(tasks: 3)
    func run(_ choices: [Int: BalancerChoice?]) throws -> (print: UInt64, sections: [Int]) {
      let trainer = try problem.trainer("mmoe", threads: 2)
      var sections: [Int] = []
      for step in 0..<12 {
        if let choice = choices[step] { trainer.balance(by: choice) }
        #expect(trainer.step(problem.batch(from: step * 16, rows: 80), rate: 0.01))
        sections.append(trainer.trainingExecutor().sectionCount)
      }
      return (trainer.store.fingerprint, sections)
    }
    let plain = try run([:])
    let meta = BalancerChoice(MetaBalance())
    let changed = try run([4: meta, 8: nil])
    #expect(changed.sections == [1, 1, 1, 1, 3, 3, 3, 3, 1, 1, 1, 1])
    #expect(changed.print != plain.print)
    #expect(try run([4: meta, 8: nil]).print == changed.print)
    let doubled = try run([0: BalancerChoice { _ in Doubling() }])
    #expect(doubled.sections == [Int](repeating: 1, count: 12) && doubled.print != plain.print)
  }

  /// Terms beside the losses, and arrays that lie across: every model can be balanced.
  @Test(arguments: ["mran", "aitm", "escm2", "ple", "cross-stitch", "l2-soft", "csrec"])
  func everyModelIsBalanced(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let prints = try [1, 3].map { threads in
      let trainer = try problem.trainer(model, threads: threads, isBalanced: true)
      for step in 0..<6 {
        trainer.isOn = [true, step != 3, true]
        #expect(trainer.step(problem.batch(from: step * 16, rows: 80), rate: 0.01))
      }
      return trainer.store.fingerprint
    }
    #expect(prints[0] == prints[1])
  }

  /// In turns there is one task to balance at a time.
  @Test func turnsAreOneTasks() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("hard-sharing")
    let witness = Witness()
    trainer.stages.balance = witness
    trainer.alternation = .turns
    trainer.isOn = [true, false, true]
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
    #expect(witness.active == [[true, false, false], [false, false, true]])
  }
}
