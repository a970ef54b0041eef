import Graph
import Layers
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Dropout behind the hidden layers of an MLP, from the builder to the trainer.
@Suite struct DropoutTrainingTests {
  private let problem = TinyProblem(rows: 512, tasks: 2)

  private func trainer(dropout: Double, threads: Int = 1) throws -> Trainer {
    try problem.trainer(
      "hard-sharing", ["bottom": "6,4", "tower": "3"], threads: threads, dropout: dropout)
  }

  private func fingerprint(dropout: Double, threads: Int = 1) throws -> UInt64 {
    let trainer = try trainer(dropout: dropout, threads: threads)
    for step in 0..<4 {
      #expect(trainer.step(problem.batch(from: 32 * step, rows: 256), rate: 0.02))
    }
    return trainer.fingerprint
  }

  @Test func threadsDropTheSame() throws {
    let alone = try fingerprint(dropout: 0.3)
    for threads in [2, 4] { #expect(try fingerprint(dropout: 0.3, threads: threads) == alone) }
    #expect(try fingerprint(dropout: 0.4) != alone)
  }

  /// Nothing of a share of 0 is in a trace, and nothing of another in one that only answers.
  @Test func onlyTrainingDrops() throws {
    #expect(try fingerprint(dropout: 0) != fingerprint(dropout: 0.3))
    func shares(_ dropout: Double, isTraining: Bool) throws -> [Double] {
      let trainer = try trainer(dropout: dropout)
      let (graph, _, _) = Trainer.trace(trainer.model, problem.tasks, isTraining: isTraining)
      return graph.nodes.compactMap { ($0.operation as? Dropout)?.share }
    }
    #expect(try shares(0, isTraining: true) == [])
    #expect(try shares(0.3, isTraining: false) == [])
    // Two layers of the bottom, and one of each tower; none behind a logit.
    #expect(try shares(0.3, isTraining: true) == [0.3, 0.3, 0.3, 0.3])
  }

  /// Stacked experts and columns drop behind each layer, all of them in one operation; towers apart.
  @Test(arguments: [
    ("mmoe", ["experts": "3", "expert": "6,4", "tower": "3"], [18, 12, 3, 3]),
    ("cross-stitch", ["columns": "6,4", "tower": "3"], [12, 8, 3, 3]),
  ])
  func stacksDrop(_ model: String, _ options: [String: String], _ widths: [Int]) throws {
    func trained(_ dropout: Double, threads: Int = 1) throws -> UInt64 {
      let trainer = try problem.trainer(model, options, threads: threads, dropout: dropout)
      let (graph, _, _) = Trainer.trace(trainer.model, problem.tasks, isTraining: true)
      let found = graph.nodes.filter { $0.operation is Dropout }.map(\.width)
      #expect(found == (dropout > 0 ? widths : []))
      #expect(trainer.step(problem.batch(from: 0, rows: 256), rate: 0.02))
      return trainer.fingerprint
    }
    #expect(try trained(0.3) == trained(0.3, threads: 3) && trained(0.3) != trained(0))
  }

  /// No two layers drop by the same draws, nor does a tower drop what another one does.
  @Test func layersDrawApart() throws {
    let (graph, _, _) = Trainer.trace(
      try trainer(dropout: 0.3).model, problem.tasks, isTraining: true)
    let numbers = graph.nodes.compactMap { ($0.operation as? Dropout)?.number }
    #expect(numbers == [0, 1, 2, 3])
  }

  /// The configuration's share reaches the model that a run trains.
  @Test func aRunDrops() throws {
    let dataset = problem.dataset()
    var configuration = RunConfiguration()
    configuration.model = "hard-sharing"
    let entry = try ModelRegistry.entry(named: configuration.model)
    func count() throws -> Int? {
      guard let trainer = try Trainer(configuration, entry, dataset: dataset) else { return nil }
      return Trainer.trace(trainer.model, problem.tasks, isTraining: true).graph.nodes
        .count { $0.operation is Dropout }
    }
    #expect(try count() == 0)
    configuration.dropout = 0.1
    #expect((try count() ?? 0) > 0)
  }
}
