import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Everything that a visit saves, with bytes of its own.
func saved(_ visit: (inout Archive) throws(ArchiveError) -> Void) throws -> [Archive.Entry] {
  var archive = Archive.saving()
  try visit(&archive)
  return archive.entries.map { $0.detached() }
}

/// Puts entries back; all of them must be asked for.
func load(
  _ entries: [Archive.Entry], _ visit: (inout Archive) throws(ArchiveError) -> Void
) throws {
  var archive = Archive.loading(entries)
  try visit(&archive)
  try archive.finish()
}

/// The names of entries that two archives do not have alike: same place, shape and bytes.
func differences(_ left: [Archive.Entry], _ right: [Archive.Entry]) -> [String] {
  let names = left.map(\.name)
  guard names == right.map(\.name) else {
    return Set(names).symmetricDifference(right.map(\.name)).sorted() + ["the order"]
  }
  return zip(left, right).compactMap { a, b in
    let isSame =
      a.kind == b.kind && a.shape == b.shape
      && a.withBytes { Array($0) } == b.withBytes { Array($0) }
    return isSame ? nil : a.name
  }
}

/// A run of a few steps that can be made as often as wanted.
struct ArchiveScript {
  var problem = TinyProblem(rows: 512, tasks: 3)
  var model = "hard-sharing"
  /// Of small layers by default.
  var options = ["bottom": "6,4", "tower": "3"]
  var optimizer = OptimizerConfiguration()
  /// The share of hidden units that are dropped.
  var dropout = 0.0
  /// Bytes above which tables grow.
  var growsAbove = GrowingTable.usualBound
  /// What it begins with; nil: gradients are added.
  var balancer: BalancerSetting?
  /// What a person does before a step of this number.
  var interventions: [Int: @Sendable (Trainer) throws -> Void] = [:]

  /// Steps before it is saved, which is within an epoch.
  static let half = 3
  /// Steps of the whole.
  static let whole = 7

  /// The defaults of any model.
  init(model: String, options: [String: String] = [:], optimizer: OptimizerConfiguration = .init())
  {
    (self.model, self.options, self.optimizer) = (model, options, optimizer)
  }

  /// Hard sharing in small layers.
  init(optimizer: OptimizerConfiguration = .init()) { self.optimizer = optimizer }

  func tasks() -> BalancedTasks {
    BalancedTasks(problem.tasks)
  }

  func make(threads: Int = 1) throws -> Trainer {
    let trainer = try problem.trainer(
      model, options, batchSize: 32, threads: threads, optimizer: optimizer,
      dropout: dropout, growingAbove: growsAbove)
    if let balancer { try trainer.balance(by: balancer, for: tasks()) }
    return trainer
  }

  /// Goes on until a step; an epoch has two of them.
  func go(_ trainer: Trainer, to end: Int, from first: Int = 0) throws {
    for step in trainer.step..<end {
      try interventions[step]?(trainer)
      if step % 2 == 0 { trainer.epoch = step / 2 }
      #expect(trainer.step(problem.batch(from: first + 24 * step, rows: 24), rate: 0.02))
    }
  }

  /// Another course, which leaves its traces in everything.
  func stray(_ trainer: Trainer) throws {
    for dial in trainer.dials.indices {
      trainer.setDial(dial, to: (trainer.dials[dial].start + trainer.dials[dial].most) / 2)
    }
    trainer.weights[0] = 0.25
    trainer.epoch = 9
    for step in 0..<4 {
      trainer.isOn[1] = step > 1
      _ = trainer.step(problem.batch(from: 300 + 24 * step, rows: 24), rate: 0.3)
    }
    trainer.restriction = 0
    trainer.alternation = .batches
    (trainer.keptStep, trainer.isOn[1]) = (2, false)
  }

  /// Saves the run on its way and goes on from there: with a trainer that is new, and with one that
  /// has trained otherwise, which has two threads.
  func check() throws {
    let trainer = try make()
    try go(trainer, to: Self.half)
    let middle = try saved(trainer.visit)
    try go(trainer, to: Self.whole)
    let end = try saved(trainer.visit)
    for strays in [false, true] {
      let other = try make(threads: strays ? 2 : 1)
      if strays { try stray(other) }
      try load(middle, other.visit)
      #expect(try differences(saved(other.visit), middle) == [], "\(model), strayed: \(strays)")
      try go(other, to: Self.whole)
      #expect(try differences(saved(other.visit), end) == [], "\(model), strayed: \(strays)")
      #expect(other.fingerprint == trainer.fingerprint)
    }
  }
}
