import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Single steps: tasks that are off, clipping, tables, and losses that are no numbers.
@Suite struct TrainerTests {
  static let models = ["single-task", "hard-sharing", "omoe", "mmoe"]

  /// Everything of a task, to the bit: its numbers and both moments.
  private func frozen(_ trainer: Trainer, task: Int) -> [String: [Float]] {
    var all: [String: [Float]] = [:]
    let store = trainer.store
    let optimizer = trainer.optimizer
    for entry in store.entries where entry.owner == .task(task) {
      let path = entry.piece.path
      all[path] = store.numbers(of: entry)
      let place = entry.parameter.index
      if let moments = optimizer.tableMoments[place] {
        all["\(path) m"] = moments.first.array
        all["\(path) v"] = moments.second.array
      } else {
        let (m, v) = (optimizer.firstMoments.base, optimizer.secondMoments.base)
        all["\(path) m"] = store.numbers(of: entry, in: UnsafePointer(m + store.offsets[place]))
        all["\(path) v"] = store.numbers(of: entry, in: UnsafePointer(v + store.offsets[place]))
      }
    }
    return all
  }

  @Test(arguments: models) func aTaskThatIsOffStandsStill(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer(model)
    func steps(_ count: Int, from first: Int) {
      for step in first..<(first + count) {
        #expect(trainer.step(problem.batch(from: step * 7, rows: 250), rate: 1e-2))
      }
    }
    steps(20, from: 0)
    let before = frozen(trainer, task: 1)
    let shared = trainer.store.fingerprint
    trainer.isOn = [true, false, true]
    steps(30, from: 20)
    #expect(frozen(trainer, task: 1) == before)
    #expect(trainer.store.fingerprint != shared)
    #expect(trainer.loss(of: 1).isNaN && trainer.loss(of: 0).isFinite)
    #expect(trainer.optimizer.steps == [50, 50, 20, 50])
    trainer.isOn = [true, true, true]
    steps(10, from: 50)
    #expect(trainer.optimizer.steps == [60, 60, 30, 60])
    let after = frozen(trainer, task: 1)
    for (path, numbers) in before { #expect(after[path] != numbers, "\(model): \(path)") }
  }

  /// What is shared follows the tasks that are on, as it would without the other one: the same
  /// shared numbers as under a loss weight of 0, to rounding.
  @Test(arguments: models) func sharedParametersFollowTheOtherTasks(_ model: String) throws {
    let problem = TinyProblem(tasks: 3)
    let (off, weighed) = (try problem.trainer(model), try problem.trainer(model))
    off.isOn = [true, false, true]
    weighed.weights = [1, 0, 1]
    for step in 0..<30 {
      let batch = problem.batch(from: step * 7, rows: 250)
      #expect(off.step(batch, rate: 1e-3) && weighed.step(batch, rate: 1e-3))
    }
    for entry in off.store.entries where entry.owner != .task(1) {
      let (a, b) = (off.store.numbers(of: entry), weighed.store.numbers(of: entry))
      let close = zip(a, b).allSatisfy { abs($0 - $1) < 2e-4 }
      #expect(close, "\(model): \(entry.piece.path)")
    }
  }

  @Test func clippingScalesTheWholeGradient() throws {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 250)
    func change(clip: Double?) throws -> [Double] {
      let trainer = try problem.trainer(
        "mmoe", optimizer: OptimizerConfiguration(.sgd, clipNorm: clip))
      let before = trainer.namedNumbers
      #expect(trainer.step(batch, rate: 1))
      let after = trainer.namedNumbers
      return before.keys.sorted().flatMap { path in
        zip(before[path] ?? [], after[path] ?? []).map { Double($0) - Double($1) }
      }
    }
    func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    // With a rate of 1, SGD's change is the gradient that was applied.
    let whole = try change(clip: nil)
    #expect(norm(whole) > 0.1)
    let clipped = try change(clip: 0.05)
    #expect(abs(norm(clipped) - 0.05) < 1e-4 * 0.05)
    let factor = 0.05 / norm(whole)
    #expect(zip(clipped, whole).allSatisfy { abs($0 - factor * $1) < 1e-7 })
    let loose = try change(clip: 1_000)
    #expect(zip(loose, whole).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  /// Adam over whole tables, against the formula in Double with the engine's own gradients.
  @Test(arguments: [OptimizerConfiguration.Tables.dense, .lazy], [nil, 0.02])
  func adamOfTables(_ tables: OptimizerConfiguration.Tables, clip: Double?) throws {
    let problem = TinyProblem(rows: 64, tasks: 2)
    // A batch of few rows leaves ids out.
    for place in 0..<128 { problem.examples.ids[place] %= place < 32 ? 2 : 4 }
    let trainer = try problem.trainer(
      "hard-sharing", ["bottom": "8", "tower": "4"],
      optimizer: OptimizerConfiguration(tables: tables, clipNorm: clip))
    var reference = AdamReference(trainer, isLazy: tables == .lazy)
    for step in 0..<12 {
      let batch = problem.batch(from: step % 2 == 0 ? 0 : 40, rows: step % 2 == 0 ? 16 : 20)
      reference.step(trainer.namedGradients(batch), rate: 1e-2, clip: clip)
      #expect(trainer.step(batch, rate: 1e-2))
    }
    for (path, numbers) in trainer.namedNumbers {
      let expected = reference.numbers[path] ?? []
      for (a, b) in zip(numbers, expected) where abs(Double(a) - b) > 2e-5 {
        Issue.record("\(tables), clip \(clip ?? .infinity): \(path): \(a), expected \(b)")
        break
      }
    }
  }

  @Test func aLossThatIsNoNumberChangesNothing() throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try problem.trainer("mmoe")
    #expect(trainer.step(problem.batch(rows: 64), rate: 1e-2))
    let before = (trainer.store.fingerprint, trainer.optimizer.steps, trainer.step)
    problem.examples.labels[7] = .nan
    #expect(!trainer.step(problem.batch(rows: 64), rate: 1e-2))
    #expect((trainer.store.fingerprint, trainer.optimizer.steps, trainer.step) == before)
    #expect(trainer.loss(of: 1).isNaN && trainer.loss(of: 0).isFinite)
    trainer.isOn = [true, false]
    #expect(trainer.step(problem.batch(rows: 64), rate: 1e-2))
  }

  /// A weight that is lost far below must show in the loss, through every layer above.
  @Test(arguments: models) func aLostWeightShowsInTheLoss(_ model: String) throws {
    let problem = TinyProblem(rows: 64)
    for entry in try problem.trainer(model).store.entries {
      let trainer = try problem.trainer(model)
      trainer.set(entry.piece.path, to: [Float](repeating: .nan, count: entry.piece.count))
      #expect(!trainer.gradients(problem.batch(rows: 64)), "\(model): \(entry.piece.path)")
      #expect(trainer.store.firstNotFinite == entry.piece.path)
    }
  }
}

/// Adam in Double on named arrays.
private struct AdamReference {
  var numbers: [String: [Double]]
  private var moments: [String: [(m: Double, v: Double)]]
  private let isLazy: Bool
  private var count = 0.0

  init(_ trainer: Trainer, isLazy: Bool) {
    numbers = trainer.namedNumbers.mapValues { $0.map(Double.init) }
    moments = numbers.mapValues { $0.map { _ in (0, 0) } }
    self.isLazy = isLazy
  }

  mutating func step(_ gradients: [String: [Float]], rate: Double, clip: Double?) {
    count += 1
    let squares = gradients.values.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
    let scale = clip.map { min(1, $0 / squares.squareRoot()) } ?? 1
    for (path, gradient) in gradients {
      for (at, g) in gradient.enumerated() {
        // A row that no id of the batch has: its gradient is exactly 0.
        if isLazy, path.hasPrefix("embeddings"), g == 0 { continue }
        let g = Double(g) * scale
        let m = 0.9 * (moments[path]?[at].m ?? 0) + 0.1 * g
        let v = 0.999 * (moments[path]?[at].v ?? 0) + 0.001 * g * g
        moments[path]?[at] = (m, v)
        let root = (v / (1 - pow(0.999, count))).squareRoot() + 1e-8
        let change = rate * m / (1 - pow(0.9, count)) / root
        numbers[path]?[at] -= change
      }
    }
  }

  private func pow(_ base: Double, _ count: Double) -> Double {
    (0..<Int(count)).reduce(1) { power, _ in power * base }
  }
}
