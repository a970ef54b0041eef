import Datasets
import Foundation
import Layers
import Models
import Testing
import Training
import TrainingFixtures

/// What must hold of AITM beside what holds of every model.
@Suite struct AITMTests {
  /// The first step knows nothing of the second one's column.
  @Test func informationFlowsForwardOnly() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("aitm", ["calibrator": "0"])
    let batch = problem.batch(rows: 200)
    trainer.weights = [1, 0]
    for (path, gradient) in trainer.namedGradients(batch) where path.contains(".stripe.") {
      #expect(gradient.allSatisfy { $0 == 0 }, "\(path)")
    }
    trainer.weights = [0, 1]
    let gradients = trainer.namedGradients(batch)
    #expect(gradients["columns.board.0.weight"]?.contains { $0 != 0 } == true)
    #expect(gradients["towers.board.0.weight"]?.allSatisfy { $0 == 0 } == true)
    let before = (trainer.logits("board", batch), trainer.logits("stripe", batch))
    let column = try #require(trainer.namedNumbers["columns.stripe.0.weight"])
    trainer.set("columns.stripe.0.weight", to: column.map { -$0 })
    #expect(trainer.logits("board", batch) == before.0)
    #expect(trainer.logits("stripe", batch) != before.1)
  }

  /// Only a later step above an earlier one costs something.
  @Test(arguments: [Float(-30), 30]) func theCalibratorCountsRises(bias: Float) throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("aitm", ["tower": "8"])
    trainer.set("towers.board.1.bias", to: [0])
    trainer.set("towers.stripe.1.bias", to: [bias])
    trainer.weights = [0, 0]
    let batch = problem.batch(rows: 200)
    let gradients = trainer.namedGradients(batch)
    #expect(trainer.terms.count == 1 && trainer.terms[0].rows == 200)
    let expected = trainer.logits("board", batch).reduce(0.0) { sum, z in
      sum + (bias > 0 ? 0.6 * Double(1 - 1 / (1 + exp(-z))) : 0)
    }
    #expect(abs(trainer.terms[0].loss - expected) <= 1e-4 * expected)
    #expect(gradients["towers.board.1.bias"]?.contains { $0 < 0 } == (bias > 0))
  }

  @Test func theCalibratorsStrengthChangesWhileItTrains() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("aitm")
    #expect(trainer.dials.map(\.name) == ["calibrator"])
    trainer.gradients(problem.batch(rows: 200))
    let start = trainer.terms[0].loss
    trainer.setDial(0, to: 1.2)
    trainer.gradients(problem.batch(rows: 200))
    #expect(start > 0 && abs(trainer.terms[0].loss - 2 * start) <= 1e-5 * start)
    // Without one of the two tasks there is nothing to compare.
    trainer.isOn = [true, false]
    trainer.weights = [0, 1]
    let gradients = trainer.namedGradients(problem.batch(rows: 200))
    #expect(gradients["towers.board.0.weight"]?.allSatisfy { $0 == 0 } == true)
  }

  /// Fewer rows are predicted above the step before, the stronger the calibrator is.
  @Test func theCalibratorLowersViolations() throws {
    func violations(_ strength: String) throws -> Double {
      let problem = TinyProblem(tasks: 2)
      let trainer = try problem.trainer("aitm", ["calibrator": strength])
      for step in 0..<200 {
        #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 5e-3))
      }
      let traces = trainer.inspect(problem.batch(rows: 256), schema: problem.input.schema).traces
      let trace = try #require(traces.first { $0.name == "violation_rate" })
      #expect(trace.series == ["stripe"])
      return Double(trace.values[0])
    }
    #expect(try violations("2") < violations("0"))
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer("aitm", threads: threads)
      for step in 0..<30 {
        #expect(trainer.step(problem.batch(from: step * 13, rows: 256), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1)
    #expect(try fingerprint(threads: 2) == one && fingerprint(threads: 3) == one)
  }

  // MARK: - Which tasks

  @Test func theBinaryTasksInOrderUnlessNamed() throws {
    #expect(try later([:]) == ["like", "buy"])
    #expect(try later(["chain": "buy,view"]) == ["view"])
    #expect(try later(["chain": "like,buy,view"]) == ["buy", "view"])
  }

  @Test func dataThatDoNotFit() {
    expectError([TaskDefinition(name: "income", kind: .binary)]) {
      """
      --model aitm: the data do not fit, it needs two binary tasks or more that follow each other.
        found: one binary task: income
        fix:   choose another model, or add a binary task to the schema
      """
    }
    for chain in ["view", "view,view", "view,watch", "view,share"] {
      expectError(Self.tasks, ["chain": chain]) {
        """
        --set model.chain: aitm cannot use this value.
          found: \(chain)
          fix:   give auto or at least two different binary tasks of the data: view,like,buy
        """
      }
    }
    expectError(Self.tasks, ["chain": "view,,like"]) {
      """
      --set model.chain: aitm cannot use this value.
        found: view,,like
        fix:   give names of tasks with commas between them, or auto
      """
    }
  }

  private static let tasks = [
    TaskDefinition(name: "view", kind: .binary), TaskDefinition(name: "like", kind: .binary),
    TaskDefinition(name: "watch", kind: .regression), TaskDefinition(name: "buy", kind: .binary),
  ]

  /// The tasks that read another, in the order of the chain.
  private func later(_ options: [String: String]) throws -> [String] {
    let builder = Builder()
    let configuration = try AITM.Configuration(setting: options, of: "aitm")
    try AITM.check(configuration, of: "aitm", for: Self.tasks)
    _ = AITM(
      configuration, input: TinyProblem(rows: 1).input, tasks: Self.tasks, builder: builder)
    return builder.specifications.flatMap(\.pieces).compactMap { piece in
      let steps = piece.path.split(separator: ".").map(String.init)
      return steps[0] == "attention" && steps[2] == "query" ? steps[1] : nil
    }
  }

  private func expectError(
    _ tasks: [TaskDefinition], _ options: [String: String] = [:], _ text: () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
      guard case .trained(let make) = try ModelRegistry.entry(named: "aitm").kind else { return }
      _ = try make(options, TinyProblem(rows: 1).input, tasks, Builder())
    }
    #expect(error?.description == text(), sourceLocation: sourceLocation)
  }
}
