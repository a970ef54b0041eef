import Datasets
import Foundation
import Graph
import Layers
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What must hold of MT-FwFM beside what holds of every model.
@Suite struct MTFwFMTests {
  /// r = 1 and w = 0, the start: ½ (‖Σ v‖² − Σ ‖v‖²), the factorisation machine's square.
  @Test func pairWeightsOfOneAreAFactorisationMachine() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mt-fwfm")
    for row in 0..<problem.rows {
      let vectors = problem.vectors(row, trainer)
      let sum = (0..<problem.width).map { k in vectors.reduce(0) { $0 + $1[k] } }
      let square = sum.reduce(0) { $0 + $1 * $1 }
      let own = vectors.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
      let expected = (square - own) / 2
      for task in problem.tasks {
        let found = Double(trainer.logits(task.name, problem.batch())[row])
        #expect(abs(found - expected) <= 1e-6 + 1e-5 * abs(expected))
      }
    }
  }

  /// One type is FwFM: Φ = w0 + Σ ⟨v, w⟩ + Σ r ⟨v, v⟩, written out.
  @Test(arguments: [1, 3]) func everyTypeIsAFieldWeightedMachine(types: Int) throws {
    let problem = FieldProblem(tasks: types)
    let trainer = try problem.trainer("mt-fwfm")
    problem.disturb(trainer)
    let numbers = trainer.namedNumbers
    for task in problem.tasks {
      func own(_ name: String) throws -> [Double] {
        try #require(numbers["types.\(task.name).\(name)"]).map(Double.init)
      }
      let (w, r) = (try own("linear.weight"), try own("pairs.weight"))
      let bias = try own("bias")[0]
      for row in 0..<problem.rows {
        let v = problem.vectors(row, trainer)
        let x = v.flatMap { $0 } + [Double(problem.dense[row])]
        let first = zip(x, w).reduce(0) { $0 + $1.0 * $1.1 }
        let pairs = (0..<3).flatMap { i in ((i + 1)..<3).map { (i, $0) } }
        let second = zip(pairs, r).reduce(0) { sum, pair in
          sum + pair.1 * zip(v[pair.0.0], v[pair.0.1]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let found = Double(trainer.logits(task.name, problem.batch())[row])
        #expect(abs(found - (bias + first + second)) <= 1e-5)
      }
    }
  }

  @Test func tiedTypesCannotBeToldApart() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mt-fwfm")
    problem.disturb(trainer)
    #expect(trainer.logits("a", problem.batch()) != trainer.logits("b", problem.batch()))
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("types.a.") {
      trainer.set(path.replacing("types.a.", with: "types.b."), to: numbers)
    }
    #expect(trainer.logits("a", problem.batch()) == trainer.logits("b", problem.batch()))
  }

  /// A row moves the embeddings and its own type, the penalty included.
  @Test func aRowOfOneTypeLeavesTheOthersAlone() throws {
    let problem = FieldProblem(tasks: 3)
    let trainer = try problem.trainer("mt-fwfm", ["l2": "0.5"])
    problem.disturb(trainer)
    for row in 0..<problem.rows { problem.route(row, to: 1) }
    let gradients = trainer.namedGradients(problem.batch())
    for (path, gradient) in gradients {
      let isOther = path.hasPrefix("types.") && !path.hasPrefix("types.b.")
      #expect(gradient.contains { $0 != 0 } == !isOther, "\(path)")
    }
  }

  /// The mean is over all rows: a type's bias gets Σ (σ(z) − y) / B of its own rows.
  @Test func theMeanRunsOverTheRowsOfAllTypes() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mt-fwfm", ["l2": "0"])
    problem.disturb(trainer)
    for row in 0..<problem.rows { problem.route(row, to: row < 5 ? 0 : 1) }
    let gradients = trainer.namedGradients(problem.batch())
    for (type, rows) in [("a", 0..<5), ("b", 5..<problem.rows)] {
      let z = trainer.logits(type, problem.batch())
      let expected = rows.reduce(0.0) { sum, row in
        let p = 1 / (1 + exp(-Double(z[row])))
        return sum + p - Double(problem.label(row, type == "a" ? 0 : 1))
      }
      let found = try #require(gradients["types.\(type).bias"])
      #expect(abs(Double(found[0]) - expected / Double(problem.rows)) <= 1e-6)
    }
    #expect(trainer.sums.map(\.rows) == [5, Double(problem.rows - 5)])
  }

  /// The strength is a dial: at 0 the penalty is gone, and nothing else changes.
  @Test func thePenaltyIsADial() throws {
    let problem = FieldProblem(tasks: 2)
    let (with, without) = (
      try problem.trainer("mt-fwfm", ["l2": "0.25"]), try problem.trainer("mt-fwfm", ["l2": "0"])
    )
    #expect(with.dials.map(\.name) == ["l2"] && with.dialValues == [0.25])
    let plain = without.namedGradients(problem.batch())
    #expect(with.namedGradients(problem.batch()) != plain)
    #expect(with.terms.allSatisfy { $0.loss > 0 } && without.terms.allSatisfy { $0.loss == 0 })
    with.setDial(0, to: 0)
    #expect(with.namedGradients(problem.batch()) == plain)
    #expect(with.terms.allSatisfy { $0.loss == 0 })
  }

  /// Two fields in each other's place, with their pairs' weights: the same answers.
  @Test func fieldsMaySwapPlaces() throws {
    let (problem, swapped) = (FieldProblem(tasks: 1), FieldProblem(tasks: 1, order: [2, 1, 0]))
    let (one, other) = (try problem.trainer("mt-fwfm"), try swapped.trainer("mt-fwfm"))
    problem.disturb(one)
    for (path, numbers) in one.namedNumbers {
      switch path {
      case "types.a.linear.weight":
        let parts = (0..<3).map { Array(numbers[$0 * 4..<$0 * 4 + 4]) }
        other.set(path, to: parts[2] + parts[1] + parts[0] + numbers[12...])
      case "types.a.pairs.weight":
        // (0,1) (0,2) (1,2) of fields 2, 1, 0 are the pairs (1,2) (0,2) (0,1).
        other.set(path, to: [numbers[2], numbers[1], numbers[0]])
      default: other.set(path, to: numbers)
      }
    }
    let expected = one.logits("a", problem.batch())
    for (a, b) in zip(other.logits("a", swapped.batch()), expected) {
      #expect(abs(a - b) <= 1e-5)
    }
  }

  /// V·e + T(F·e + n + P + 1).
  @Test(arguments: [1, 2, 3]) func parameterCount(types: Int) throws {
    let trainer = try FieldProblem(tasks: types).trainer("mt-fwfm")
    let count = trainer.namedNumbers.values.reduce(0) { $0 + $1.count }
    #expect(count == 3 * 5 * 4 + types * (3 * 4 + 1 + 3 + 1))
  }

  // MARK: - What it shows

  @Test(arguments: [1, 2, 3]) func views(types: Int) throws {
    let problem = FieldProblem(tasks: types)
    let trainer = try problem.trainer("mt-fwfm")
    trainer.set("types.a.pairs.weight", to: [2, -1, 0.5])
    trainer.set("types.a.linear.weight", to: [3, 4] + [Float](repeating: 0, count: 11))
    let shown = trainer.inspect(problem.batch(), schema: problem.input.schema).views
    let names = problem.tasks.map(\.name)
    let differences = [[], ["a.b"], ["a.b", "a.c", "b.c"]][types - 1]
    #expect(
      shown.map(\.name) == names.map { "pairs.\($0)" } + differences.map { "difference.\($0)" }
        + ["strength"])
    guard case .matrix(let own) = shown[0].content else {
      Issue.record("pairs are a matrix")
      return
    }
    #expect(own[0, 1] == 2 && own[1, 0] == 2 && own[0, 2] == -1 && own[2, 1] == 0.5)
    #expect(own[1, 1].isNaN && own.rows == ["f0", "f1", "f2"])
    guard case .bars(let strength) = shown[shown.count - 1].content else {
      Issue.record("strengths are bars")
      return
    }
    #expect(strength.parts == names && strength.bars.map { $0.values[0] } == [5, 0, 0])
    guard types > 1, case .matrix(let difference) = shown[types].content else { return }
    #expect(difference[0, 1] == 1 && difference[2, 0] == -2 && difference[0, 0].isNaN)
  }
}
