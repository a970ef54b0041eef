import Foundation
import Graph
import Models
import Testing
import Training
import TrainingFixtures

/// What must hold of PLE beside what holds of every model.
@Suite struct PLETests {
  /// Without experts of its own and with one level it is MMoE.
  @Test func sharedExpertsAloneAreMMoE() throws {
    let problem = TinyProblem(tasks: 3)
    let ple = try problem.trainer("ple", ["own": "0", "shared": "4", "levels": "24,8"])
    let mmoe = try problem.trainer("mmoe", ["experts": "4", "expert": "24,8"])
    for (path, numbers) in ple.namedNumbers { mmoe.set(Self.mixtureName(path), to: numbers) }
    #expect(Set(ple.namedNumbers.keys.map(Self.mixtureName)) == Set(mmoe.namedNumbers.keys))
    for step in 0..<20 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(ple.step(batch, rate: 1e-2) && mmoe.step(batch, rate: 1e-2))
      for task in 0..<3 {
        #expect(abs(ple.loss(of: task) - mmoe.loss(of: task)) <= 1e-5, "step \(step)")
      }
    }
  }

  /// `levels.0.experts.shared.1.0.weight` is `experts.1.0.weight`.
  private static func mixtureName(_ path: String) -> String {
    path.replacing("levels.0.experts.shared.", with: "experts.")
      .replacing("levels.0.gates.", with: "gates.")
  }

  @Test func oneSharedExpertIsHardSharing() throws {
    let problem = TinyProblem(tasks: 2)
    let ple = try problem.trainer("ple", ["own": "0", "shared": "1", "levels": "24,8"])
    let hard = try problem.trainer("hard-sharing", ["bottom": "24,8"])
    for (path, numbers) in ple.namedNumbers {
      hard.set(path.replacing("levels.0.experts.shared.0", with: "bottom"), to: numbers)
    }
    let batch = problem.batch(rows: 200)
    for task in problem.tasks {
      let (found, expected) = (ple.logits(task.name, batch), hard.logits(task.name, batch))
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
    }
  }

  /// At one level a task's loss never reaches another's experts; at two it does, through the shared
  /// gate of the first.
  @Test(arguments: ["16", "16/8"]) func whoseExpertsALossReaches(levels: String) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("ple", ["levels": levels])
    trainer.weights = [1, 0]
    let gradients = trainer.namedGradients(problem.batch(rows: 200))
    let isDeep = levels.contains("/")
    for (path, gradient) in gradients where path.contains("experts.stripe") {
      let isReached = isDeep && path.hasPrefix("levels.0.")
      #expect(gradient.contains { $0 != 0 } == isReached, "\(path)")
    }
    let last = isDeep ? 1 : 0
    #expect(gradients["levels.\(last).gates.board.weight"] != nil)
    #expect(gradients["levels.\(last).gates.shared.weight"] == nil)
    #expect((gradients["levels.0.gates.shared.weight"] != nil) == isDeep)
  }

  @Test func gatesHaveTheirLengthsAndSumToOne() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("ple", ["own": "1,3", "shared": "2", "levels": "16/8"])
    let executor = trainer.forward(problem.batch(rows: 50))
    let widths: [Watched: Int] = [
      .gate("board", level: 0): 3, .gate("stripe", level: 0): 5, .gate("shared", level: 0): 6,
      .gate("board", level: 1): 3, .gate("stripe", level: 1): 5,
    ]
    let outputs = executor.plan.outputs.filter { if case .gate = $0.name { true } else { false } }
    #expect(Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.width) }) == widths)
    for output in outputs {
      let values = try #require(executor.output(output.name))
      for row in 0..<50 {
        let sum = (0..<output.width).reduce(Float(0)) { $0 + values[row * output.width + $1] }
        #expect(abs(sum - 1) <= 1e-5)
      }
    }
  }

  /// ω_k(t) = ω_k γ_k^t, t in epochs or in steps.
  @Test(arguments: ["epoch", "step"]) func weightsDecay(unit: String) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("ple", ["gamma": "1,0.5", "gamma-unit": unit])
    let batch = problem.batch(rows: 64)
    trainer.weights = [2, 3, 4]
    func weights() throws -> [Float] {
      let traces = trainer.inspect(batch, schema: problem.input.schema).traces
      return try #require(traces.first { $0.name == "weights" }).values
    }
    #expect(try weights() == [2, 3, 4])
    let tower = "towers.stripe.1.bias"
    let whole = try #require(trainer.namedGradients(batch)[tower])
    if unit == "epoch" { trainer.epoch = 2 }
    let faded = try #require(trainer.namedGradients(batch)[tower])
    let factor: Float = unit == "epoch" ? 4 : 1
    #expect(abs(whole[0] - factor * faded[0]) <= 1e-6 * abs(whole[0]))
    for _ in 0..<3 { #expect(trainer.step(batch, rate: 0)) }
    #expect(try weights() == (unit == "epoch" ? [2, 0.75, 1] : [2, 0.375, 0.5]))
  }

  @Test func withoutADecayTheyStay() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("ple")
    trainer.epoch = 7
    #expect(trainer.step(problem.batch(rows: 64), rate: 1e-2))
    let traces = trainer.inspect(problem.batch(rows: 64), schema: problem.input.schema).traces
    #expect(traces.first { $0.name == "weights" }?.values == [1, 1])
  }

  @Test func whatTheGatesShow() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("ple", ["own": "1,3", "shared": "2", "levels": "16/8"])
    let views = trainer.inspect(problem.batch(rows: 50), schema: problem.input.schema).views
    #expect(views.map(\.name) == ["gates.0", "gates.1", "shared_gate.0"])
    for view in views {
      guard case .bars(let bars) = view.content else {
        Issue.record("\(view.name): no bars")
        continue
      }
      // Gates start almost even: 1 of 3, 3 of 5, and 1, 3 and 2 of 6.
      let expected: [[Float]] =
        view.name == "shared_gate.0"
        ? [[1 / 6], [3 / 6], [2 / 6]] : [[1 / 3, 2 / 3], [3 / 5, 2 / 5]]
      for (bar, expected) in zip(bars.bars, expected) {
        #expect(zip(bar.values, expected).allSatisfy { abs($0 - $1) <= 0.02 }, "\(bar)")
      }
      #expect(bars.bars.count == expected.count)
    }
  }

  @Test(arguments: ["-1", "0.5,", "x", "1;2", "nan"]) func badGammas(_ gamma: String) {
    let error = #expect(throws: ModelError.self) {
      try ModelRegistry.check(["gamma": gamma], of: "ple")
    }
    #expect(
      error?.description == """
        --set model.gamma: ple cannot use this value.
          found: \(gamma)
          fix:   give numbers of 0 or more, as in 1,0.95
        """)
  }
}
