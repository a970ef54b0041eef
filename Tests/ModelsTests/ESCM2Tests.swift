import Datasets
import Layers
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What must hold of ESCM² beside what holds of every model.
@Suite struct ESCM2Tests {
  /// Without the counterfactual loss it is ESMM, to the bit.
  @Test func withoutTheCounterfactualLossItIsESMM() throws {
    let problem = TinyProblem(tasks: 3)
    let escm2 = try problem.trainer("escm2", ["lambda-c": "0", "lambda-g": "1"])
    let esmm = try problem.trainer("esmm")
    #expect(escm2.store.fingerprint == esmm.store.fingerprint)
    for step in 0..<40 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(escm2.step(batch, rate: 1e-2) && esmm.step(batch, rate: 1e-2))
      for task in 0..<3 { #expect(escm2.loss(of: task) == esmm.loss(of: task), "step \(step)") }
    }
    #expect(escm2.store.fingerprint == esmm.store.fingerprint)
  }

  /// The counterfactual loss reads the propensity and does not train it.
  @Test(arguments: ["ips", "dr"]) func thePropensityHasNoGradient(estimator: String) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer(
      "escm2", ["estimator": estimator, "lambda-c": "1", "lambda-g": "0"])
    trainer.weights = [0, 1]
    let gradients = trainer.namedGradients(problem.batch(rows: 200))
    for (path, gradient) in gradients {
      let isClick = path.hasPrefix("towers.board")
      #expect(gradient.contains { $0 != 0 } == !isClick, "\(path)")
    }
    #expect(gradients.keys.contains("towers.imputation.0.weight") == (estimator == "dr"))
  }

  @Test(arguments: ["ips", "dr"]) func learnsACheckerboard(estimator: String) throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer("escm2", ["estimator": estimator])
    let before = (0..<2).map { task -> Double in
      trainer.gradients(problem.batch(rows: 256))
      return trainer.loss(of: task)
    }
    for step in 0..<300 {
      #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 5e-3))
    }
    for task in 0..<2 { #expect(trainer.loss(of: task) < 0.2 * before[task], "\(task)") }
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer("escm2", ["estimator": "dr"], threads: threads)
      for step in 0..<30 {
        #expect(trainer.step(problem.batch(from: step * 13, rows: 256), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1)
    #expect(try fingerprint(threads: 2) == one && fingerprint(threads: 3) == one)
  }

  /// Clip 0 takes the clicked rows out; the strength multiplies; a task that is off ends the term.
  @Test func theDialsChangeItWhileItTrains() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("escm2")
    #expect(trainer.dials.map(\.name) == ["floor", "clip", "lambda_c", "lambda_g"])
    let batch = problem.batch(rows: 200)
    func terms(_ changes: [(Int, Double)]) -> (counterfactual: Double, product: Double) {
      for (place, value) in changes { trainer.setDial(place, to: value) }
      trainer.gradients(batch)
      return (trainer.terms[0].loss, trainer.loss(of: 1))
    }
    let start = terms([])
    let stronger = terms([(2, 1), (3, 1)])
    #expect(start.counterfactual > 0)
    #expect(abs(stronger.counterfactual - 2 * start.counterfactual) <= 1e-5 * start.counterfactual)
    #expect(abs(stronger.product - 2 * start.product) <= 1e-5 * start.product)
    // Every propensity is about a half: a floor of 1 halves the weights, and so does a clip of 1.
    let floored = terms([(0, 1)]).counterfactual
    #expect(abs(floored - terms([(0, 0), (1, 1)]).counterfactual) <= 1e-5 * floored)
    #expect(abs(floored / stronger.counterfactual - 0.5) <= 0.1)
    #expect(terms([(1, 0)]).counterfactual == 0)
    trainer.setDial(1, to: 15)
    trainer.isOn = [true, false]
    trainer.weights = [0, 1]
    let gradients = trainer.namedGradients(batch)
    #expect(gradients["embeddings.row.weight"]?.allSatisfy { $0 == 0 } == true)
  }

  /// Labels outside a sample space change nothing, of whichever task.
  @Test func labelsOutsideASampleSpaceChangeNothing() throws {
    let problem = TinyProblem(rows: 100, tasks: 2)
    let labels = problem.examples.labels
    let inside = Storage<Float>(count: 200, filling: 1)
    for row in 0..<30 { inside[2 * row] = 0 }
    for row in 30..<60 { inside[2 * row + 1] = 0 }
    let trainer = try problem.trainer("escm2", ["estimator": "dr"])
    let batch = problem.batch(rows: 100, spaces: inside)
    let before = trainer.namedGradients(batch)
    let unclicked = (30..<60).count { labels[2 * $0] == 0 }
    #expect(trainer.terms[0].rows == Double(40 + unclicked))
    for row in 0..<30 { labels[2 * row] = .nan }
    for row in 30..<60 { labels[2 * row + 1] = .nan }
    #expect(trainer.namedGradients(batch) == before)
  }

  @Test func anUnknownEstimator() {
    let error = #expect(throws: ModelError.self) {
      try ModelRegistry.check(["estimator": "snips"], of: "escm2")
    }
    #expect(
      error?.description == """
        --set model.estimator: escm2 cannot use this value.
          found: snips
          fix:   give ips or dr
        """)
  }
}
