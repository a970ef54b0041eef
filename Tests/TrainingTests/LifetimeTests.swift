import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Nothing of a run outlives it: parameters and moments are most of what a program holds.
@Suite struct LifetimeTests {
  /// What may still be alive.
  private struct Living {
    weak var trainer: Trainer?
    weak var store: ParameterStore?
    weak var optimizer: Optimizer?
    weak var workspace: Workspace?
    weak var session: TrainingSession?

    var count: Int {
      [trainer, store, optimizer, workspace, session as AnyObject?].count { $0 != nil }
    }
  }

  /// Models and optimisers with every kind of helper: masks, penalties on tables and blocks, clipping.
  private static let cases: [(model: String, options: [String: String], clip: Double?)] = [
    ("mmoe", [:], nil), ("mmoe", [:], 1), ("ple", [:], nil), ("l2-soft", [:], nil),
    ("stem-net", [:], nil), ("mt-fwfm", ["l2": "0.1"], nil), ("cross-stitch", [:], nil),
    ("sparse-sharing", ["masks": "random", "warm-up": "0", "moments": "per-task"], nil),
    ("sparse-sharing", ["masks": "random", "warm-up": "0", "moments": "strict"], nil),
    ("csrec", ["masks": "random", "warm-up": "0"], nil),
  ]

  @Test(arguments: cases.indices) func aTrainerIsLetGo(index: Int) throws {
    let (model, options, clip) = Self.cases[index]
    let problem = TinyProblem()
    var optimizer = OptimizerConfiguration()
    optimizer.clipNorm = clip
    var living = Living()
    do {
      let trainer = try problem.trainer(model, options, optimizer: optimizer)
      // Several plans: all tasks, and without one.
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
      trainer.isOn[1] = false
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
      _ = trainer.forward(problem.batch(rows: 64))
      _ = trainer.penalty
      living = Living(
        trainer: trainer, store: trainer.store, optimizer: trainer.optimizer,
        workspace: trainer.workspace)
      #expect(living.count == 4)
    }
    #expect(living.count == 0, "\(model): \(living)")
  }

  @Test func aBalancedTrainerIsLetGo() throws {
    let problem = TinyProblem()
    weak var store: ParameterStore?
    do {
      let trainer = try problem.trainer("mmoe", isBalanced: true)
      #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
      store = trainer.store
      #expect(store != nil)
    }
    #expect(store == nil)
  }

  /// Fifty runs one after another, as `compare` makes them: when one has ended nothing of it is left.
  @Test func runsAreLetGo() throws {
    let problem = TinyProblem(rows: 256)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 128
    configuration.epochs = 1
    for index in 0..<50 {
      configuration.model = ["mmoe", "ple", "csrec", "stem-net", "l2-soft"][index % 5]
      #expect(
        Self.trainerLives(after: configuration, problem) == false,
        "run \(index), of \(configuration.model)")
    }
  }

  /// Makes a run on this thread and says whether its trainer outlives it; nil without one.
  private static func trainerLives(
    after configuration: TrainingConfiguration, _ problem: TinyProblem
  ) -> Bool? {
    // The session's own thread ends at once: it has no data.
    let session = TrainingSession(configuration) { _ in throw NoData() }
    while !session.hasEnded { Thread.sleep(forTimeInterval: 0.0005) }
    let run = TrainingRun(configuration, session: session)
    Thread.detachNewThread {
      _ = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
      session.close()
    }
    run.main { _ in problem.dataset(held: 20) }
    return run.hadTrainer ? run.trainer != nil : nil
  }

  private struct NoData: Error {}

  /// A session that is closed and let go leaves its thread behind and nothing else.
  @Test func aSessionIsLetGo() throws {
    weak var session: TrainingSession?
    do {
      let run = SessionRun(TrainingConfiguration(), problem: TinyProblem(rows: 256))
      session = run.session
      _ = run.untilEnd()
    }
    // The thread lets go a moment after it has said that it has ended.
    let deadline = ContinuousClock.now + .seconds(5)
    while session != nil, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    #expect(session == nil)
  }
}
