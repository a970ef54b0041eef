import Graph
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What systems must have in common where one is a special case of the other.
@Suite struct IdentityTests {
  @Test func hardSharingOfOneTaskIsSingleTaskBitForBit() throws {
    let problem = TinyProblem(tasks: 1)
    let (hard, single) = (try problem.trainer("hard-sharing"), try problem.trainer("single-task"))
    #expect(hard.store.fingerprint == single.store.fingerprint)
    for step in 0..<60 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(hard.step(batch, rate: 1e-2) && single.step(batch, rate: 1e-2))
      #expect(hard.loss(of: 0) == single.loss(of: 0), "step \(step)")
    }
    #expect(hard.store.fingerprint == single.store.fingerprint)
  }

  @Test func omoeOfOneTaskIsMMoEBitForBit() throws {
    let problem = TinyProblem(tasks: 1)
    let (one, multi) = (try problem.trainer("omoe"), try problem.trainer("mmoe"))
    multi.set("gates.board.weight", to: try #require(one.namedNumbers["gates.shared.weight"]))
    for step in 0..<60 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(one.step(batch, rate: 1e-2) && multi.step(batch, rate: 1e-2))
      #expect(one.loss(of: 0) == multi.loss(of: 0), "step \(step)")
    }
  }

  @Test func tiedGatesAreOMoE() throws {
    let problem = TinyProblem(tasks: 3)
    let (one, multi) = (try problem.trainer("omoe"), try problem.trainer("mmoe"))
    let gate = try #require(one.namedNumbers["gates.shared.weight"])
    for task in problem.tasks { multi.set("gates.\(task.name).weight", to: gate) }
    let batch = problem.batch(rows: 200)
    for task in problem.tasks {
      #expect(one.logits(task.name, batch) == multi.logits(task.name, batch))
    }
    // The shared gate's gradient is the sum of the tied ones'.
    let (shared, own) = (one.namedGradients(batch), multi.namedGradients(batch))
    let sum = problem.tasks.reduce([Float](repeating: 0, count: gate.count)) { sum, task in
      zip(sum, own["gates.\(task.name).weight"] ?? []).map { $0 + $1 }
    }
    expectEqual(try #require(shared["gates.shared.weight"]), sum)
  }

  @Test(arguments: ["omoe", "mmoe"]) func oneExpertIsHardSharing(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let mixture = try problem.trainer(model, ["experts": "1", "expert": "24,8"])
    let hard = try problem.trainer("hard-sharing", ["bottom": "24,8"])
    for (path, numbers) in mixture.namedNumbers {
      hard.set(path.replacing("experts.0", with: "bottom"), to: numbers)
    }
    let batch = problem.batch(rows: 200)
    for task in problem.tasks {
      expectEqual(hard.logits(task.name, batch), mixture.logits(task.name, batch))
    }
    let (plain, mixed) = (hard.namedGradients(batch), mixture.namedGradients(batch))
    for (path, gradient) in plain {
      expectEqual(mixed[path.replacing("bottom", with: "experts.0")] ?? [], gradient)
    }
  }

  /// Gate weights of 0 give every expert the same share: with equal experts that is any one of
  /// them, and else their mean, seen through a linear tower.
  @Test func zeroGatesAreThePlainMean() throws {
    let problem = TinyProblem(tasks: 2)
    let mixture = try problem.trainer(
      "mmoe", ["experts": "4", "expert": "12"])
    for task in problem.tasks {
      let gate = try #require(mixture.namedNumbers["gates.\(task.name).weight"])
      mixture.set("gates.\(task.name).weight", to: gate.map { _ in 0 })
    }
    let batch = problem.batch(rows: 50)
    let executor = mixture.forward(batch)
    for task in problem.tasks {
      let gates = try #require(executor.output(.gate(task.name)))
      #expect((0..<200).allSatisfy { gates[$0] == 0.25 })
    }
    // One wide expert layer of the mean: tower(¼ Σ_e f_e) with the experts' units side by side.
    let wide = try problem.trainer("hard-sharing", ["bottom": "48"])
    try copyAsMean(from: mixture, to: wide, experts: 4, width: 12)
    for task in problem.tasks {
      expectEqual(mixture.logits(task.name, batch), wide.logits(task.name, batch))
    }
  }

  /// A gate that is sure of one expert leaves the others out, and their gradient too.
  @Test func aSureGateChoosesOneExpert() throws {
    let problem = TinyProblem(tasks: 1)
    let mixture = try problem.trainer("mmoe", ["experts": "3", "expert": "12"])
    // Weights [experts, inputs]: the embeddings are small, so the dense input is set to 1.
    for row in 0..<problem.examples.count { problem.examples.dense[row] = 1 }
    let inputs = problem.input.width
    var gate = [Float](repeating: 0, count: 3 * inputs)
    gate[1 * inputs + inputs - 1] = 500
    mixture.set("gates.board.weight", to: gate)
    let batch = problem.batch(rows: 64)
    let weights = try #require(mixture.forward(batch).output(.gate("board")))
    for row in 0..<64 {
      #expect(weights[3 * row] == 0 && weights[3 * row + 1] == 1 && weights[3 * row + 2] == 0)
    }
    let gradients = mixture.namedGradients(batch)
    for (path, gradient) in gradients where path.hasPrefix("experts.") {
      #expect(gradient.contains { $0 != 0 } == path.hasPrefix("experts.1."), "\(path)")
    }
  }

  /// Only task k's loss: the gates and towers of the others have no gradient.
  @Test(arguments: [0, 1]) func aTaskTouchesOnlyItsOwnGate(task: Int) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("mmoe")
    trainer.isOn = [task == 0, task == 1]
    let gradients = trainer.namedGradients(problem.batch(rows: 200))
    for entry in trainer.store.entries {
      let isTouched = gradients[entry.piece.path]?.contains { $0 != 0 }
      #expect(isTouched == (entry.owner != .task(1 - task)), "\(entry.piece.path)")
    }
  }

  /// Sets a hard-sharing net to the mean of a mixture's experts.
  private func copyAsMean(
    from mixture: Trainer, to wide: Trainer, experts: Int, width: Int
  ) throws {
    let numbers = mixture.namedNumbers
    func all(_ name: String) -> [Float] {
      (0..<experts).flatMap { numbers["experts.\($0).0.\(name)"] ?? [] }
    }
    wide.set("bottom.0.weight", to: all("weight"))
    wide.set("bottom.0.bias", to: all("bias"))
    for (path, own) in numbers where !path.hasPrefix("experts") && !path.hasPrefix("gates") {
      guard path.hasPrefix("towers"), path.hasSuffix("0.weight") else {
        wide.set(path, to: own)
        continue
      }
      // [outputs, width] becomes [outputs, experts · width], each a share of the weight.
      let rows = stride(from: 0, to: own.count, by: width).map { Array(own[$0..<($0 + width)]) }
      let shared = rows.flatMap { row in (0..<experts).flatMap { _ in row.map { $0 / 4 } } }
      wide.set(path, to: shared)
    }
  }

  private func expectEqual(
    _ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let allowed = 1e-5 * (expected.map(abs).max() ?? 0)
    #expect(
      found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= allowed },
      sourceLocation: sourceLocation)
  }
}
