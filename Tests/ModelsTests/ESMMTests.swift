import Datasets
import Graph
import Layers
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What must hold of ESMM beside what holds of every model.
@Suite struct ESMMTests {
  /// Without the conversion's loss nothing is left but a click model: same losses, same numbers.
  @Test func withoutTheConversionItIsASingleClickModel() throws {
    let problem = TinyProblem(tasks: 2)
    let alone = TinyProblem(tasks: 1)
    let esmm = try problem.trainer("esmm", ["tower": "24,8"])
    let single = try alone.trainer("single-task", ["bottom": "24", "tower": "8"])
    for (path, numbers) in esmm.namedNumbers { single.set(Self.singleName(path), to: numbers) }
    esmm.isOn = [true, false]
    let before = esmm.namedNumbers
    for step in 0..<60 {
      #expect(esmm.step(problem.batch(from: step * 11, rows: 256), rate: 1e-2))
      #expect(single.step(alone.batch(from: step * 11, rows: 256), rate: 1e-2))
      #expect(abs(esmm.loss(of: 0) - single.loss(of: 0)) <= 1e-5, "step \(step)")
    }
    let (whole, after) = (single.namedNumbers, esmm.namedNumbers)
    #expect(whole.count == 8)
    for (path, numbers) in whole {
      let found = try #require(after.first { Self.singleName($0.key) == path }?.value)
      #expect(zip(found, numbers).allSatisfy { abs($0 - $1) <= 1e-4 }, "\(path)")
    }
    for (path, numbers) in before where path.hasPrefix("towers.stripe") {
      #expect(after[path] == numbers, "\(path)")
    }
  }

  /// `towers.board.0` is the single task's bottom, and what follows its tower.
  private static func singleName(_ path: String) -> String {
    path.replacing("towers.board.0.", with: "bottom.0.")
      .replacing("towers.board.1.", with: "towers.board.0.")
      .replacing("towers.board.2.", with: "towers.board.1.")
  }

  /// The conversion's loss reaches the click's tower: a weight of 0 does not stop it.
  @Test func theConversionsLossTrainsTheClickToo() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("esmm")
    trainer.weights = [0, 1]
    let gradients = trainer.namedGradients(problem.batch(rows: 200))
    #expect(gradients["towers.board.0.weight"]?.contains { $0 != 0 } == true)
    trainer.weights = [1, 0]
    for (path, gradient) in trainer.namedGradients(problem.batch(rows: 200)) {
      #expect(gradient.contains { $0 != 0 } == !path.hasPrefix("towers.stripe"), "\(path)")
    }
  }

  @Test func separateEmbeddingsAreTwice() throws {
    let problem = TinyProblem(tasks: 2)
    let shared = try problem.trainer("esmm")
    let separate = try problem.trainer("esmm", ["separate": "true"])
    func tables(_ trainer: Trainer) -> Int {
      trainer.namedNumbers.filter { $0.key.hasPrefix("embeddings") }.reduce(0) {
        $0 + $1.value.count
      }
    }
    #expect(tables(shared) == 32 && tables(separate) == 64)
    separate.weights = [1, 0]
    let gradients = separate.namedGradients(problem.batch(rows: 200))
    for name in ["row", "column"] {
      #expect(gradients["embeddings.board.\(name).weight"]?.contains { $0 != 0 } == true)
      #expect(gradients["embeddings.stripe.\(name).weight"]?.allSatisfy { $0 == 0 } == true)
    }
  }

  /// The mean of the conversion's loss is over the rows of which both labels together are known.
  @Test func rowsOfTheConversion() throws {
    let problem = TinyProblem(rows: 100, tasks: 2)
    let labels = problem.examples.labels
    let clicks = (0..<100).filter { labels[2 * $0] == 1 }
    let trainer = try problem.trainer("esmm")
    let inside = Storage<Float>(count: 200, filling: 1)
    let batch = problem.batch(rows: 100, spaces: inside)
    let all = trainer.namedGradients(batch)
    #expect(trainer.sums.map(\.rows) == [100, 100])
    #expect(all == trainer.namedGradients(problem.batch(rows: 100)))
    // A conversion that is known where there was a click is known everywhere.
    for row in 0..<100 where labels[2 * row] == 0 {
      inside[2 * row + 1] = 0
      labels[2 * row + 1] = .nan
    }
    #expect(trainer.namedGradients(batch) == all)
    #expect(trainer.sums.map(\.rows) == [100, 100])
    // Clicks whose conversion is not known leave the conversion's mean, not the click's.
    for row in clicks.prefix(10) {
      inside[2 * row + 1] = 0
      labels[2 * row + 1] = .nan
    }
    #expect(trainer.gradients(batch) && trainer.sums.map(\.rows) == [100, 90])
    // A row of which the click is not known leaves both.
    inside[2 * clicks[20]] = 0
    labels[2 * clicks[20]] = .nan
    #expect(trainer.gradients(batch) && trainer.sums.map(\.rows) == [99, 89])
  }

  // MARK: - Which tasks

  @Test func theFirstTwoBinaryTasksUnlessNamed() throws {
    #expect(try conditions([:]) == [nil, 0, nil, nil])
    #expect(try conditions(["click": "buy"]) == [3, nil, nil, nil])
    #expect(try conditions(["conversion": "buy"]) == [nil, nil, nil, 0])
    #expect(try conditions(["conversion": "view"]) == [1, nil, nil, nil])
    #expect(try conditions(["click": "like", "conversion": "view"]) == [1, nil, nil, nil])
  }

  @Test func dataThatDoNotFit() {
    expectError([TaskDefinition(name: "income", kind: .binary)]) {
      """
      --model esmm: the data do not fit, it needs two binary tasks, the click and the conversion.
        found: one binary task: income
        fix:   choose another model, or add a binary task to the schema
      """
    }
    expectError([TaskDefinition(name: "price", kind: .regression)]) {
      """
      --model esmm: the data do not fit, it needs two binary tasks, the click and the conversion.
        found: no binary task
        fix:   choose another model, or add a binary task to the schema
      """
    }
    expectError(Self.tasks, ["click": "watch"]) {
      """
      --set model.click: esmm cannot use this value.
        found: watch
        fix:   give auto or a binary task of the data: view, like, buy
      """
    }
    expectError(Self.tasks, ["click": "like", "conversion": "like"]) {
      """
      --set model.conversion: esmm cannot use this value.
        found: like
        fix:   give auto or another task than the click
      """
    }
  }

  private static let tasks = [
    TaskDefinition(name: "view", kind: .binary), TaskDefinition(name: "like", kind: .binary),
    TaskDefinition(name: "watch", kind: .regression), TaskDefinition(name: "buy", kind: .binary),
  ]

  private struct NotTrained: Error {}

  private func make(
    _ tasks: [TaskDefinition], _ options: [String: String]
  ) throws -> any MultiTaskModel {
    guard case .trained(let make) = try ModelRegistry.entry(named: "esmm").kind else {
      throw NotTrained()
    }
    return try make(options, TinyProblem(rows: 1).input, tasks, Builder())
  }

  private func conditions(_ options: [String: String]) throws -> [Int?] {
    let model = try make(Self.tasks, options)
    return Self.tasks.indices.map { model.condition(of: $0) }
  }

  private func expectError(
    _ tasks: [TaskDefinition], _ options: [String: String] = [:], _ text: () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
      _ = try make(tasks, options)
    }
    #expect(error?.description == text(), sourceLocation: sourceLocation)
  }
}
