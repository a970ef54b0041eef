import Models
import Testing
import Training
import TrainingFixtures

/// What must hold of cross-stitch with embeddings of each column's own, and of sluice networks.
@Suite struct SluiceTests {
  /// One subspace, the last layer alone, and no penalty: cross-stitch, bit for bit.
  @Test func withoutItsPartsItIsCrossStitch() throws {
    let problem = TinyProblem(tasks: 3)
    let plain = try problem.trainer("cross-stitch", ["columns": "16,16"])
    let sluice = try problem.trainer(
      "cross-stitch", ["columns": "16,16", "sluice": "true", "subspaces": "1"])
    sluice.set("layers.weight", to: [0, 1, 0, 1, 0, 1])
    let batch = problem.batch(rows: 200)
    for task in problem.tasks {
      #expect(plain.logits(task.name, batch) == sluice.logits(task.name, batch))
    }
    let (expected, found) = (plain.namedGradients(batch), sluice.namedGradients(batch))
    #expect(found.count == expected.count + 1 && sluice.penalty == 0)
    for (path, gradient) in expected {
      let largest = gradient.map(abs).max() ?? 0
      #expect(
        zip(gradient, found[path] ?? []).allSatisfy { abs($0 - $1) <= 1e-5 * largest }, "\(path)")
    }
  }

  /// With stitches that pass on nothing, a column's loss moves its own embeddings and no others.
  @Test func columnsWithEmbeddingsOfTheirOwn() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("cross-stitch", ["separate": "true", "own": "1"])
    let batch = problem.batch(rows: 200)
    trainer.weights = [1, 0]
    for (path, gradient) in trainer.namedGradients(batch) where path.hasPrefix("embeddings.") {
      #expect(gradient.contains { $0 != 0 } == path.contains(".board."), "\(path)")
    }
    let paths = trainer.store.entries.map(\.piece.path).filter { $0.hasPrefix("embeddings.") }
    #expect(paths.contains { $0.contains(".stripe.") } && paths.count % 2 == 0)
    for _ in 0..<3 { #expect(trainer.step(batch, rate: 1e-2)) }
  }

  /// λ Σ ‖W_1ᵀ W_2‖² and its gradient, against differences.
  @Test(arguments: [2, 4]) func orthogonalityOfSubspaces(count: Int) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer(
      "cross-stitch",
      ["columns": "8,8", "sluice": "true", "subspaces": "\(count)", "orthogonality": "0.5"])
    trainer.weights = [0, 0]
    let batch = problem.batch(rows: 64)
    let gradients = trainer.namedGradients(batch)
    let numbers = trainer.namedNumbers
    #expect(abs(trainer.penalty - Self.penalty(numbers, parts: count)) <= 1e-5 * trainer.penalty)
    for path in ["columns.board.0.weight", "columns.stripe.1.weight"] {
      let own = try #require(numbers[path])
      for place in stride(from: 0, to: own.count, by: 5) {
        let ends = [Float(1e-2), -1e-2].map { step -> Double in
          var moved = numbers
          moved[path]?[place] += step
          return Self.penalty(moved, parts: count)
        }
        let found = Double(try #require(gradients[path])[place])
        #expect(abs((ends[0] - ends[1]) / 2e-2 - found) <= 1e-2 * max(1, abs(found)), "\(path)")
      }
    }
  }

  /// Half the sum over columns' weights [outputs, inputs], with λ = 0.5.
  private static func penalty(_ numbers: [String: [Float]], parts: Int) -> Double {
    numbers.filter { $0.key.hasPrefix("columns.") && $0.key.hasSuffix(".weight") }.values
      .reduce(0) { sum, weight in
        let (outputs, inputs) = (8, weight.count / 8)
        var inner = 0.0
        for a in 0..<outputs {
          for b in 0..<a where a / (outputs / parts) != b / (outputs / parts) {
            let product = (0..<inputs).reduce(0.0) {
              $0 + Double(weight[a * inputs + $1]) * Double(weight[b * inputs + $1])
            }
            inner += product * product
          }
        }
        return sum + 0.5 * inner
      }
  }

  @Test func theStrengthHoldsSubspacesApart() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer(
      "cross-stitch", ["columns": "16,16", "sluice": "true", "orthogonality": "1"])
    #expect(trainer.dials.map(\.name) == ["orthogonality"])
    let before = trainer.penalty
    for step in 0..<100 {
      #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 5e-3))
    }
    #expect(trainer.penalty < 0.1 * before)
  }

  @Test func learnsACheckerboardOnAnyNumberOfThreads() throws {
    func run(threads: Int) throws -> (UInt64, Double) {
      let problem = TinyProblem()
      let trainer = try problem.trainer(
        "cross-stitch", ["columns": "32,32", "sluice": "true", "orthogonality": "0.01"],
        threads: threads)
      for step in 0..<200 {
        #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 5e-3))
      }
      return (trainer.store.fingerprint, trainer.loss(of: 0))
    }
    let (one, two) = (try run(threads: 1), try run(threads: 2))
    #expect(one.0 == two.0 && one.1 < 0.1)
  }

  @Test func whatItShows() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("cross-stitch", ["columns": "16,16", "sluice": "true"])
    let views = trainer.inspect(problem.batch(rows: 50), schema: problem.input.schema).views
    #expect(views.map(\.name) == ["stitches.0", "stitches.1", "layers"])
    guard case .matrix(let stitches)? = views.first?.content,
      case .matrix(let layers)? = views.last?.content
    else {
      Issue.record("no matrices")
      return
    }
    #expect(stitches.rows == ["board.0", "board.1", "stripe.0", "stripe.1"])
    #expect(layers.values == [0.5, 0.5, 0.5, 0.5])
  }

  @Test(arguments: ["16,8", "15,15"]) func layersThatDoNotFit(columns: String) {
    let error = #expect(throws: ModelError.self) {
      _ = try TinyProblem(rows: 1).trainer(
        "cross-stitch", ["columns": columns, "sluice": "true"])
    }
    #expect(
      error?.description == """
        --set model.columns: cross-stitch cannot use this value.
          found: \(columns)
          fix:   give a sluice network layers of one size that 2 subspaces divide, as in 32,32
        """)
  }
}
