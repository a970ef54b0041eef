import Graph
import Models
import Runs
import Testing
import Training
import TrainingFixtures

/// What must hold of L2 soft sharing beside what holds of every model.
@Suite struct L2SoftSharingTests {
  @Test func withoutAPenaltyTheNetworksAreSingleTasks() throws {
    let problem = TinyProblem(tasks: 2)
    let soft = try problem.trainer("l2-soft", ["separate": "true", "alpha": "0"])
    let single = try problem.trainer("single-task", ["bottom": "64,32"])
    for (path, numbers) in soft.namedNumbers { single.set(Self.singleName(path), to: numbers) }
    for step in 0..<40 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(soft.step(batch, rate: 1e-2) && single.step(batch, rate: 1e-2))
      for task in 0..<2 { #expect(soft.loss(of: task) == single.loss(of: task), "step \(step)") }
    }
    let (found, expected) = (soft.namedNumbers, single.namedNumbers)
    #expect(found.count == expected.count && found.count == 20)
    for (path, numbers) in found { #expect(expected[Self.singleName(path)] == numbers, "\(path)") }
  }

  /// `columns.board.0.weight` is `models.board.bottom.0.weight`.
  private static func singleName(_ path: String) -> String {
    let steps = path.split(separator: ".").map(String.init)
    let rest = steps.dropFirst(2).joined(separator: ".")
    if steps[0] == "towers" { return "models.\(steps[1]).towers.\(steps[1]).\(rest)" }
    return "models.\(steps[1])." + (steps[2] == "embeddings" ? rest : "bottom.\(rest)")
  }

  @Test(arguments: [true, false]) func columnsStartEqualIfAsked(isEqual: Bool) throws {
    let numbers = try TinyProblem(tasks: 3).trainer(
      "l2-soft", ["separate": "true", "same-start": "\(isEqual)"]
    ).namedNumbers
    for part in ["0.weight", "1.weight", "embeddings.row.weight"] {
      let first = try #require(numbers["columns.board.\(part)"])
      #expect(first.contains { $0 != 0 })
      for task in ["stripe", "amount"] {
        #expect((numbers["columns.\(task).\(part)"] == first) == isEqual, "\(task) \(part)")
      }
    }
    #expect(numbers["towers.board.0.weight"] != numbers["towers.stripe.0.weight"])
  }

  /// dθ_k = 2α Σ_j (θ_k − θ_j), which sums to 0 over k; of tables in the rows of the batch.
  @Test(arguments: [1, 2]) func gradientOfThePenalty(threads: Int) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(
      "l2-soft", ["separate": "true", "same-start": "false", "alpha": "0.25"], threads: threads)
    trainer.weights = [0, 0, 0]
    let (gradients, numbers) = (
      trainer.namedGradients(problem.batch(rows: 200)), trainer.namedNumbers
    )
    for part in ["0.weight", "0.bias", "1.weight", "embeddings.row.weight"] {
      let all = try TinyProblem.names.map { try #require(numbers["columns.\($0).\(part)"]) }
      let sum = all[0].indices.map { i in all.reduce(0) { $0 + $1[i] } }
      var total = sum.map { _ in Float(0) }
      for (name, own) in zip(TinyProblem.names, all) {
        let found = try #require(gradients["columns.\(name).\(part)"])
        for i in own.indices {
          #expect(abs(found[i] - 0.5 * (3 * own[i] - sum[i])) <= 1e-5, "\(name) \(part)")
          total[i] += found[i]
        }
      }
      #expect(total.allSatisfy { abs($0) <= 1e-5 }, "\(part)")
    }
    for (path, gradient) in gradients where path.hasPrefix("towers") {
      #expect(gradient.allSatisfy { $0 == 0 }, "\(path)")
    }
  }

  @Test func aStrongPenaltyDrawsTheColumnsTogether() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(
      "l2-soft", ["same-start": "false", "alpha": "1"],
      optimizer: OptimizerConfiguration(.sgd))
    var last = trainer.penalty
    let first = last
    for step in 0..<40 {
      #expect(trainer.step(problem.batch(from: step * 7, rows: 256), rate: 0.02))
      #expect(trainer.penalty < last, "step \(step)")
      last = trainer.penalty
    }
    #expect(first > 100 && last < first / 1000)
  }

  @Test func theStrengthChangesWhileItTrains() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("l2-soft", ["same-start": "false", "alpha": "0.5"])
    #expect(trainer.dials.map(\.name) == ["alpha"] && trainer.dialValues == [0.5])
    trainer.weights = [0, 0]
    let half = trainer.namedGradients(problem.batch(rows: 64))
    trainer.setDial(0, to: 1)
    let whole = trainer.namedGradients(problem.batch(rows: 64))
    let path = "columns.stripe.0.weight"
    #expect(half[path]?.map { 2 * $0 } == whole[path])
    trainer.setDial(0, to: 0)
    #expect(trainer.namedGradients(problem.batch(rows: 64))[path]?.allSatisfy { $0 == 0 } == true)
  }

  /// Rows that the batch does not use move only where whole tables do.
  @Test(arguments: [OptimizerConfiguration.Tables.lazy, .dense])
  func rowsOutsideTheBatch(tables: OptimizerConfiguration.Tables) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer(
      "l2-soft", ["separate": "true", "same-start": "false", "alpha": "0.1"],
      optimizer: OptimizerConfiguration(.sgd, tables: tables))
    trainer.weights = [0, 0]
    let path = "columns.board.embeddings.row.weight"
    let before = try #require(trainer.namedNumbers[path])
    let used = Int(problem.examples.ids[0])
    #expect(trainer.step(problem.batch(rows: 1), rate: 0.1))
    let after = try #require(trainer.namedNumbers[path])
    for row in 0..<4 {
      let moves = before[4 * row] != after[4 * row]
      #expect(moves == (row == used || tables == .dense), "row \(row)")
    }
  }
}
