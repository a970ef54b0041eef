import Foundation
import Graph
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// The numbers that a lottery shows, from masks and scores made by hand.
@Suite struct LotteryViewTests {
  private let problem = TinyProblem(rows: 256, tasks: 3)
  private let names = TinyProblem.names

  /// A lottery that trains together, with all weights kept: layers of 9 · 3 and 3 · 2.
  private func joint(
    _ model: String, _ options: [String: String] = [:]
  ) throws -> (trainer: Trainer, lottery: Lottery) {
    let trainer = try problem.trainer(
      model,
      ["masks": "random", "warm-up": "0", "rate": "0", "bottom": "3,2", "tower": "none"]
        .merging(options) { $1 })
    // Units of so small a network are easily dead; with weights of one sign some rows reach the end.
    for layer in try #require(trainer.lotteryPlan).layers {
      let entry = try #require(trainer.store.entries.first { $0.parameter == layer.weight })
      trainer.store.set(entry, to: trainer.store.numbers(of: entry).map(abs))
    }
    return (trainer, try #require(Lottery(trainer, tasks: names, epochs: 1)))
  }

  private func view(_ name: String, _ views: [ModelView]) throws -> ModelView.Content {
    let found = try #require(views.first { $0.name == name }, "\(name)")
    #expect(found.subject == .masks)
    return found.content
  }

  private func matrix(_ name: String, _ views: [ModelView]) throws -> ModelView.Matrix {
    guard case .matrix(let matrix) = try view(name, views) else { throw NoMatrix() }
    return matrix
  }

  private struct NoMatrix: Error {}

  /// A mask of a layer that keeps some places.
  private func mask(_ count: Int, keeping places: [Int]) -> [Float] {
    (0..<count).map { places.contains($0) ? 1 : 0 }
  }

  // board keeps 0, 1, 2 and 23; stripe 1, 2, 3; amount 2, 4. Of the second layer all, none, none.
  private func setMasks(_ lottery: Lottery) {
    for (task, places) in [[0, 1, 2, 23], [1, 2, 3], [2, 4]].enumerated() {
      lottery.step.masks.set(
        [mask(27, keeping: places), mask(6, keeping: task == 0 ? Array(0..<6) : [])], of: task)
    }
  }

  @Test func densitiesAndOverlaps() throws {
    let (_, lottery) = try joint("sparse-sharing")
    setMasks(lottery)
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    let density = try matrix("density", views)
    #expect(density.rows == names && density.columns == ["layer 0", "layer 1", "all"])
    let expected: [Float] = [
      4 / 27, 1, 10 / 33, 3 / 27, 0, 3 / 33, 2 / 27, 0, 2 / 33,
    ]
    #expect(zip(density.values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    // board and stripe share 2 of 11, board and amount 1 of 11, stripe and amount 1 of 4.
    let overlap = try matrix("overlap", views)
    let pairs: [Float] = [1, 2 / 11, 1 / 11, 2 / 11, 1, 1 / 4, 1 / 11, 1 / 4, 1]
    #expect(overlap.rows == names && overlap.columns == names)
    #expect(zip(overlap.values, pairs).allSatisfy { abs($0 - $1) < 1e-6 })
    // One of the twelve weights that anyone keeps is kept by all.
    let note = try #require(views.first { $0.name == "overlap" }).note
    #expect(note.hasSuffix("All of any: 8 %."), "\(note)")
  }

  @Test func nearlyEqualMasksAreWarnedOf() throws {
    let (_, lottery) = try joint("sparse-sharing")
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    let note = try #require(views.first { $0.name == "overlap" }).note
    #expect(note.contains("All of any: 100 %. Above .90"))
  }

  /// Weights are stored as [inputs, outputs]; a row of the picture is an output.
  @Test func bitmapsAndCounts() throws {
    let (_, lottery) = try joint("sparse-sharing")
    setMasks(lottery)
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    guard case .bitmap(let first) = try view("bitmap.0", views),
      case .bitmap(let second) = try view("bitmap.1", views),
      case .bars(let census) = try view("census", views)
    else { throw NoMatrix() }
    #expect(first.rows == 3 && first.columns == 9 && first.whole == (3, 9))
    // Input i and output o lie at 3 i + o: 0 → (0, 0), 1 → (1, 0), 2 → (2, 0), 3 → (0, 1), 4 → (1, 1),
    // 23 → (2, 7).
    let kinds = Dictionary(
      uniqueKeysWithValues: first.cells.enumerated().filter { $0.element != 0 }.map {
        ($0.offset, Int($0.element))
      })
    #expect(kinds == [0: 3, 9: 2, 18: 1, 1: 4, 10: 5, 25: 3])
    #expect(
      first.kinds.map(\.name) == [
        "none", "all", "some", "only board", "only stripe", "only amount",
      ])
    #expect(first.kinds.map(\.count) == [21, 1, 1, 2, 1, 1])
    #expect(first.kinds.map(\.series) == [nil, 3, 4, 0, 1, 2])
    #expect(second.cells.allSatisfy { $0 == 3 } && second.whole == (2, 3))
    #expect(census.parts == ["all", "some", "one", "none"])
    #expect(census.bars.map(\.name) == ["layer 0", "layer 1"])
    let shares: [Float] = [1 / 27, 1 / 27, 4 / 27, 21 / 27]
    #expect(zip(census.bars[0].values, shares).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(census.bars[1].values == [0, 0, 1, 0])
  }

  /// Of a layer with more than 96 units or inputs every so manieth is given.
  @Test func largeBitmapsAreThinned() throws {
    let (_, lottery) = try joint("sparse-sharing", ["bottom": "192,2"])
    var mask = [Float](repeating: 0, count: 9 * 192)
    // Input 4, outputs 10 and 11: the row of output 10 is given, that of 11 is not.
    (mask[4 * 192 + 10], mask[4 * 192 + 11]) = (1, 1)
    for task in 0..<3 {
      lottery.step.masks.set(
        [task == 1 ? mask : mask.map { _ in 0 }, .init(repeating: 1, count: 384)], of: task)
    }
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    guard case .bitmap(let bitmap) = try view("bitmap.0", views) else { throw NoMatrix() }
    #expect(bitmap.rows == 96 && bitmap.columns == 9 && bitmap.whole == (192, 9))
    #expect(bitmap.cells.enumerated().filter { $0.element != 0 }.map(\.offset) == [5 * 9 + 4])
    #expect(bitmap.kinds[4].count == 2)
  }

  @Test func theSearchAsCurvesAndTable() throws {
    let trainer = try problem.trainer(
      "sparse-sharing",
      ["warm-up": "0", "rounds": "1", "rate": "0.5", "bottom": "3,2", "tower": "2"])
    let lottery = try #require(Lottery(trainer, tasks: names, epochs: 1))
    for (place, score) in [0.61237, 0.5, .nan].enumerated() {
      if place == 2 {
        let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
        guard case .table(let table) = try view("rungs", views) else { throw NoMatrix() }
        #expect(table.current == 1)
      }
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
      _ = lottery.epochEnded([score, score, -1])
    }
    for score in [0.7, -1.25, -3] {
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
      _ = lottery.epochEnded([0.1, score, score])
    }
    #expect(lottery.isJoint)
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    guard case .curves(let curves) = try view("ladder", views),
      case .table(let table) = try view("rungs", views)
    else { throw NoMatrix() }
    #expect(curves.axis == "density" && curves.curves.map(\.name) == names)
    // 33 weights, of which 17 or 16 are left, by the cutoff's rounding.
    let sparse = lottery.ladder[1].density
    #expect(abs(sparse - 0.5) < 0.03)
    #expect(curves.curves[0].x == [Float(sparse), 1])
    #expect(curves.curves[0].y == [0.5, Float(0.61237)])
    #expect(curves.curves[2].y == [-3, -1.25])
    let left = "\(Int((100 * sparse).rounded())) %"
    #expect(table.columns == ["task", "round", "left", "score", ""] && table.current == nil)
    #expect(
      table.rows == [
        ["board", "0", "100 %", "0.6124", "chosen"], ["board", "1", left, "0.5000", ""],
        ["stripe", "0", "100 %", "-", ""], ["stripe", "1", left, "0.7000", "chosen"],
        ["amount", "0", "100 %", "-1.2500", "chosen"], ["amount", "1", left, "-3.0000", ""],
      ])
  }

  // MARK: - Gradients

  /// Opposite signs over weights that both keep and both would move.
  @Test func signConflictByHand() {
    let survey = GradientSurvey(gradients: [
      [[1, -2, 0, 3, 5], [2, 2]], [[-1, -2, 4, 3, -5], [-1, 1]], [[0, 0, 0, 0, 0], [0, 0]],
    ])
    let sets = MaskSets([
      [[1, 1, 1, 1, 0], [1, 1]], [[1, 1, 1, 1, 1], [1, 0]], [[1, 1, 1, 1, 1], [1, 1]],
    ])
    // Both keep and move places 0, 1 and 3 of the first layer and 0 of the second; 0 and 0 disagree.
    #expect(survey.conflict(0, 1, sets) == 0.5)
    #expect(survey.conflict(1, 0, sets) == 0.5)
    #expect(survey.conflict(0, 0, sets) == 0)
    #expect(survey.conflict(0, 2, sets).isNaN)
    let more = MaskSets([
      [[0, 1, 1, 1, 1], [0, 0]], [[1, 1, 1, 1, 1], [1, 0]], [[1, 1, 1, 1, 1], [1, 1]],
    ])
    #expect(survey.conflict(0, 1, more) == Float(1.0 / 3))
  }

  @Test func normsByKeeper() {
    let survey = GradientSurvey(gradients: [[[3, 4, 1, 2, 2, 7]], [[1, 1, 1, 1, 1, 1]]])
    let sets = MaskSets([[[1, 1, 1, 0, 0, 0]], [[1, 1, 0, 1, 1, 0]]])
    #expect(survey.norms(of: 0, sets) == [5, 1, Float(8).squareRoot(), 7])
    #expect(survey.norms(of: 1, sets) == [Float(2).squareRoot(), Float(2).squareRoot(), 1, 1])
  }

  /// The survey has the gradients of each task's own loss.
  @Test func conflictsOfARunAreThoseOfItsGradients() throws {
    let (trainer, lottery) = try joint("sparse-sharing")
    setMasks(lottery)
    lottery.step.masks.set([mask(27, keeping: Array(5..<27)), mask(6, keeping: [0, 1])], of: 1)
    lottery.step.masks.set([mask(27, keeping: Array(0..<20)), mask(6, keeping: [1, 2])], of: 2)
    let batch = problem.batch(rows: 100)
    let views = lottery.inspect(tasks: names, batch: batch).views
    let (conflict, norms) = (
      try matrix("sign_conflict", views), try matrix("gradient_norms", views)
    )
    #expect(norms.rows == names && norms.columns == ["all", "own", "others'", "nobody's"])
    let plan = try #require(trainer.lotteryPlan)
    let gradients = try (0..<3).map { task in
      trainer.gradients(batch, of: task)
      return try plan.layers.map { layer -> [Float] in
        let entry = try #require(trainer.store.entries.first { $0.parameter == layer.weight })
        let rows = trainer.gradient(of: entry, batch: batch)  // [outputs, inputs]
        return (0..<rows.count).map {
          rows[$0 % layer.outputs * layer.inputs + $0 / layer.outputs]
        }
      }
    }
    let survey = GradientSurvey(gradients: gradients)
    let sets = lottery.step.masks.sets
    for a in 0..<3 {
      #expect(Array(norms.values[(4 * a)..<(4 * a + 4)]) == survey.norms(of: a, sets))
      for b in 0..<3 {
        let (found, expected) = (conflict[a, b], survey.conflict(a, b, sets))
        #expect(a == b ? found.isNaN : found == expected || found.isNaN && expected.isNaN)
      }
    }
    #expect(conflict[1, 2] > 0 && conflict[1, 2] < 1)
    #expect(norms[1, 1] > 0)
  }

  // MARK: - The contrast

  /// The impact of a weight is that of ℓ⁺, whatever the contrast multiplies its gradient by.
  @Test func impactsDoNotDependOnTheContrast() throws {
    func impacts(_ lambda: String) throws -> (impacts: [Float], factor: Double) {
      let (trainer, _) = try joint(
        "csrec",
        ["rule": "impact-param", "form": "logistic", "lambda": lambda, "rho": "0.75", "tau": "0.5"])
      trainer.restriction = 1
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
      let step = try #require(trainer.lottery)
      return (try #require(step.rule).impacts[1][0], step.factors[1].positive)
    }
    let (plain, strong) = (try impacts("0"), try impacts("2"))
    #expect(plain.factor == 1 && strong.factor > 1.5)
    let largest = plain.impacts.max() ?? 0
    #expect(largest > 0)
    #expect(zip(plain.impacts, strong.impacts).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    // (1 − ρ) |w ∂ℓ⁺/∂w| after one turn.
    let (trainer, _) = try joint("csrec", ["lambda": "0"])
    trainer.gradients(problem.batch(rows: 64), of: 1)
    let layer = try #require(trainer.lotteryPlan).layers[0]
    let entry = try #require(trainer.store.entries.first { $0.parameter == layer.weight })
    let gradient = trainer.gradient(of: entry, batch: problem.batch(rows: 64))
    let weights = trainer.store.numbers(of: entry)
    for (at, impact) in plain.impacts.enumerated() {
      let place = at % layer.outputs * layer.inputs + at / layer.outputs
      let expected = 0.25 * abs(weights[place] * gradient[place])
      #expect(abs(impact - expected) <= 1e-4 * largest, "weight \(at)")
    }
  }

  /// Bars of how many shared weights follow a task by how much.
  @Test func ownershipOfSharedWeights() throws {
    let (trainer, lottery) = try joint("csrec", ["rule": "impact-param"])
    trainer.isOn[2] = false
    for place in 0..<2 {
      #expect(trainer.step(problem.batch(from: 64 * place, rows: 64), rate: 0.05))
    }
    let views = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).views
    guard case .bars(let bars) = try view("ownership", views) else { throw NoMatrix() }
    #expect(bars.parts == ["≤ 25 %", "≤ 50 %", "≤ 75 %", "more"])
    #expect(bars.bars.map(\.name) == names)
    let rule = try #require(lottery.step.rule)
    for task in 0..<3 {
      var counts: [Float] = [0, 0, 0, 0]
      for (layer, count) in [27, 6].enumerated() {
        for at in 0..<count {
          // Two tasks are on: their factors sum to 2.
          let share = rule.factor(of: task, layer: layer, at: at) / 2
          counts[share <= 0.25 ? 0 : share <= 0.5 ? 1 : share <= 0.75 ? 2 : 3] += 1
        }
      }
      #expect(zip(bars.bars[task].values, counts).allSatisfy { abs($0 - $1 / 33) < 1e-6 })
      #expect(task == 2 || counts.filter { $0 > 0 }.count > 1)
    }
    // Nothing that anyone moves is the third one's.
    #expect(bars.bars[2].values[0] > 0 && bars.bars[2].values[2...] == [0, 0])
  }

  @Test func lossesMarginsAndSizes() throws {
    let (trainer, lottery) = try joint("csrec", ["form": "hinge", "margin": "0.4"])
    #expect(lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).traces.isEmpty)
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    let traces = lottery.inspect(tasks: names, batch: problem.batch(rows: 64)).traces
    let losses = lottery.step.losses
    #expect(traces.map(\.name) == ["contrast", "margin", "magnitude"])
    #expect(
      traces[0].series == ["board +", "board −", "stripe +", "stripe −", "amount +", "amount −"])
    #expect(
      traces[0].values == losses.flatMap { [Float($0.positive), Float($0.negative)] })
    #expect(traces[1].series == names)
    #expect(traces[1].values == losses.map { Float($0.negative - $0.positive) })
    let sizes = lottery.step.masks.weights.map { layer in
      layer.reduce(0) { $0 + abs($1) } / Float(layer.count)
    }
    #expect(traces[2].series == ["layer 0", "layer 1"] && traces[2].values == sizes)
    // Of the positive losses one is that of the task itself, and the negative network is another one.
    #expect(losses.allSatisfy { $0.positive != $0.negative })
  }
}
