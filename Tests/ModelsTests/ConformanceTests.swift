import Datasets
import Graph
import Metrics
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What every model of the registry that is trained by steps must do.
@Suite struct ConformanceTests {
  static let models = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return entry.name
  }

  /// Models that need two binary tasks, and in which the label of the first says which rows count
  /// for the second.
  static let conditional: Set = ["esmm", "escm2"]
  /// Models that need two binary tasks.
  static let paired = conditional.union(["aitm", "crossdistil"])
  /// AITM's calibrator holds labels to be nested, and these are not; MRAN's penalties count
  /// whatever the weights of the tasks are.
  static func options(_ model: String) -> [String: String] {
    switch model {
    case "aitm": ["calibrator": "0"]
    case "mran": ["l2": "0", "score-l2": "0"]
    default: [:]
    }
  }
  /// Tasks whose rows are their own business.
  static let independent = models.flatMap { model in
    (conditional.contains(model) ? [2] : [0, 1, 2]).map { (model, $0) }
  }

  @Test func thereAreModels() {
    #expect(
      Set(Self.models).isSuperset(of: ["single-task", "hard-sharing", "omoe", "mmoe", "esmm"]))
    #expect(Set(ModelRegistry.entries.map(\.name)).count == ModelRegistry.entries.count)
  }

  @Test(arguments: models) func oneLogitATask(_ model: String) throws {
    for count in (Self.paired.contains(model) ? 2 : 1)...3 {
      let problem = TinyProblem(rows: 64, tasks: count)
      let trainer = try problem.trainer(model, Self.options(model))
      let executor = trainer.forward(problem.batch(rows: 37))
      let logits = executor.plan.outputs.filter {
        if case .logit = $0.name { true } else { false }
      }
      #expect(logits.map(\.name) == TinyProblem.names.prefix(count).map { .logit($0) })
      #expect(logits.allSatisfy { $0.width == 1 })
      for task in problem.tasks {
        #expect(trainer.logits(task.name, problem.batch(rows: 37)).allSatisfy { $0.isFinite })
      }
    }
  }

  /// With many rows no unit is dead for all of them, so a gradient of 0 is a part left out.
  @Test(arguments: models) func everyParameterHasAGradient(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model), batchSize: 1_024)
    let gradients = trainer.namedGradients(problem.batch(rows: 1_024))
    #expect(!gradients.isEmpty)
    for (path, gradient) in gradients {
      #expect(gradient.contains { $0 != 0 }, "\(model): \(path) has no gradient")
    }
  }

  @Test(arguments: models) func taskParametersNameTheirTask(_ model: String) throws {
    let problem = TinyProblem(rows: 16, tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model))
    var owned = Set<Int>()
    for entry in trainer.store.entries {
      let steps = entry.piece.path.split(separator: ".").map(String.init)
      switch entry.owner {
      case .shared:
        // A shared array may be named after a task that it stands for, as cross-stitch's columns
        // are, if the other tasks learn it too.
        for (place, name) in TinyProblem.names.enumerated() where steps.contains(name) {
          trainer.isOn = (0..<3).map { $0 != place }
          #expect(trainer.trainingExecutor().reaches(entry.parameter, in: 0), "\(steps)")
        }
      case .task(let place):
        owned.insert(place)
        #expect(steps.contains(TinyProblem.names[place]), "\(steps)")
      }
    }
    #expect(owned == [0, 1, 2])
  }

  @Test(arguments: models) func learnsACheckerboard(_ model: String) throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer(model, Self.options(model))
    for step in 0..<400 {
      let batch = problem.batch(from: step % 4 * 256, rows: 256)
      #expect(trainer.step(batch, rate: 5e-3))
    }
    let fresh = TinyProblem(rows: 500, seed: 2)
    for task in [0, 1] {
      let answers = trainer.logits(TinyProblem.names[task], fresh.batch(rows: 500))
      var rows = LabelledRows()
      for (row, answer) in answers.enumerated() {
        let labels = fresh.examples.labels.base + 2 * row
        if let condition = trainer.condition(of: task), labels[condition] == 0 { continue }
        rows.append(prediction: Double(answer), label: Double(labels[task]))
      }
      var auc = AUC()
      #expect(auc(rows) > 0.95, "\(model), \(TinyProblem.names[task])")
    }
  }

  /// Whole batches, a size that is a multiple of nothing, and a short batch now and then.
  @Test(arguments: models, [256, 333]) func sameBitsOnAnyNumberOfThreads(
    _ model: String, batchSize: Int
  ) throws {
    func fingerprint(threads: Int, seed: UInt64) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer(
        model, Self.options(model), batchSize: batchSize, threads: threads, seed: seed)
      for step in 0..<20 {
        let rows = step % 5 == 4 ? 77 : batchSize
        #expect(trainer.step(problem.batch(from: step * 13, rows: rows), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1, seed: 1)
    #expect(try fingerprint(threads: 1, seed: 1) == one)
    #expect(try fingerprint(threads: 2, seed: 1) == one)
    #expect(try fingerprint(threads: 3, seed: 1) == one)
    #expect(try fingerprint(threads: 1, seed: 2) != one)
  }

  /// A loss weight of 0 takes a task out of every gradient, its own tower's too.
  ///
  /// What belongs to a task but is read by others, as PLE's first experts, learns from them then,
  /// and stands still when the task is off.
  @Test(arguments: models) func weightZeroLeavesATaskOut(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model))
    trainer.weights = [1, 0, 1]
    let batch = problem.batch(rows: 200)
    let weighed = trainer.namedGradients(batch)
    trainer.weights = [1, 1, 1]
    trainer.isOn = [true, false, true]
    let without = trainer.namedGradients(batch)
    var isReadByOthers = Set<String>()
    for entry in trainer.store.entries where entry.owner == .task(1) {
      let path = entry.piece.path
      if trainer.trainingExecutor().reaches(entry.parameter, in: 0) {
        isReadByOthers.insert(path)
        #expect(weighed[path]?.contains { $0 != 0 } == true, "\(path)")
        #expect(without[path]?.allSatisfy { $0 == 0 } == true, "\(path)")
      } else {
        #expect(weighed[path]?.allSatisfy { $0 == 0 } == true, "\(path)")
      }
    }
    for (path, gradient) in weighed where !isReadByOthers.contains(path) {
      let other = try #require(without[path])
      let largest = gradient.map(abs).max() ?? 0
      #expect(
        zip(gradient, other).allSatisfy { abs($0 - $1) <= 1e-5 * largest }, "\(model): \(path)")
    }
  }

  /// ∇L = Σ ω_k ∇L_k.
  @Test(arguments: models) func gradientsAddUp(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model))
    let batch = problem.batch(rows: 200)
    let weights: [Float] = [2, 0.5, 1]
    trainer.weights = weights
    let together = trainer.namedGradients(batch)
    var sums = together.mapValues { $0.map { _ in 0.0 } }
    for task in 0..<3 {
      trainer.weights = (0..<3).map { $0 == task ? weights[$0] : 0 }
      for (path, gradient) in trainer.namedGradients(batch) {
        sums[path] = zip(sums[path] ?? [], gradient).map { $0 + Double($1) }
      }
    }
    for (path, gradient) in together {
      let largest = gradient.map(abs).max() ?? 0
      for (a, b) in zip(gradient, sums[path] ?? [])
      where abs(Double(a) - b) > 1e-5 * Double(largest) {
        Issue.record("\(model): \(path): \(a), expected \(b)")
        break
      }
    }
  }

  /// A task alone has the gradient that weights of 0 leave it; what the others own stands still.
  @Test(arguments: models, [0, 1, 2]) func aTaskAlone(_ model: String, task: Int) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model))
    let batch = problem.batch(rows: 200)
    trainer.weights = (0..<3).map { $0 == task ? 1 : 0 }
    let weighed = trainer.namedGradients(batch)
    trainer.isOn = (0..<3).map { $0 == task }
    let alone = trainer.namedGradients(batch)
    let before = trainer.namedNumbers
    #expect(trainer.step(batch, rate: 1e-2))
    let after = trainer.namedNumbers
    for entry in trainer.store.entries {
      let path = entry.piece.path
      let (found, expected) = (try #require(alone[path]), try #require(weighed[path]))
      if entry.owner == .shared || entry.owner == .task(task) {
        let largest = expected.map(abs).max() ?? 0
        #expect(
          zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * largest }, "\(model): \(path)")
      } else {
        #expect(found.allSatisfy { $0 == 0 } && before[path] == after[path], "\(model): \(path)")
      }
    }
  }

  /// Turning δ_ik to 0 takes row i out of task k only; its label then means nothing.
  @Test(arguments: independent) func rowsOutsideASampleSpace(
    _ model: String, task: Int
  ) throws {
    let problem = TinyProblem(rows: 100, tasks: 3)
    let inside = Storage<Float>(count: 300, filling: 1)
    for row in 0..<50 { inside[3 * row + task] = 0 }
    let trainer = try problem.trainer(model, Self.options(model))
    let batch = problem.batch(rows: 100, spaces: inside)
    let before = trainer.namedGradients(batch)
    #expect(trainer.sums.map(\.rows) == (0..<3).map { $0 == task ? 50 : 100 })
    for row in 0..<50 { problem.examples.labels[3 * row + task] = .nan }
    #expect(trainer.namedGradients(batch) == before)
    for row in 0..<100 { inside[3 * row + task] = 0 }
    #expect(trainer.gradients(batch))
    #expect(trainer.loss(of: task) == 0 && trainer.sums[task].rows == 0)
  }

  @Test(arguments: models) func answersFollowTheirRows(_ model: String) throws {
    let problem = TinyProblem(rows: 300)
    let trainer = try problem.trainer(model, Self.options(model))
    let order = Storage((0..<300).map { Int32(($0 * 7 + 3) % 300) })
    var batch = problem.batch(rows: 300)
    let plain = trainer.logits("board", batch)
    batch.index = UnsafePointer(order.base)
    #expect(trainer.logits("board", batch) == order.array.map { plain[Int($0)] })
  }

  @Test(arguments: models) func fitsAFewRowsByHeart(_ model: String) throws {
    let problem = TinyProblem(rows: 64, tasks: 3)
    let trainer = try problem.trainer(model, Self.options(model), batchSize: 64)
    for _ in 0..<600 { #expect(trainer.step(problem.batch(rows: 64), rate: 1e-2)) }
    for task in 0..<3 { #expect(trainer.loss(of: task) < 0.01, "\(model), task \(task)") }
  }
}
