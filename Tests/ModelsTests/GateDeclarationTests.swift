import Datasets
import Graph
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What every model of the registry that declares gates must keep: they are watched, as wide as
/// declared, shares, and do without any of their experts.
@Suite struct GateDeclarationTests {
  /// Models with gates, and what makes several levels of those that have levels.
  static let cases: [(model: String, options: [String: String])] = [
    ("omoe", ["experts": "3"]), ("mmoe", ["experts": "3"]), ("youtube", ["experts": "3"]),
    ("ple", ["own": "2,1,0", "shared": "2", "levels": "8/4"]), ("ple", ["levels": "8"]),
    ("stem-net", ["own": "1", "shared": "2"]), ("stem-net", ["own": "2", "levels": "8/4"]),
    ("aitm", ["chain": "board,stripe"]),
  ]
  static let problem = TinyProblem(rows: 100, tasks: 3)

  private static func trained(_ index: Int) throws -> Trainer {
    let (model, options) = cases[index]
    let trainer = try problem.trainer(model, options)
    for step in 0..<10 {
      _ = trainer.step(problem.batch(from: step, rows: 80), rate: 0.05)
    }
    return trainer
  }

  /// The weights of a gate, row by row.
  private static func weights(_ gate: GateDeclaration, _ trainer: Trainer) throws -> [[Float]] {
    let executor = trainer.forward(problem.batch(rows: 50))
    let values = try #require(executor.output(gate.watched), "\(gate.watched)")
    let width = executor.plan.outputs.first { $0.name == gate.watched }?.width
    #expect(width == gate.experts.count, "\(gate.watched)")
    return (0..<50).map { row in
      gate.experts.indices.map { values[row * gate.experts.count + $0] }
    }
  }

  @Test func everyModelWithGatesIsHere() throws {
    let declaring = try ConformanceTests.models.filter {
      try !TinyProblem(rows: 10).trainer($0).gateDeclarations.isEmpty
    }
    #expect(Set(declaring) == Set(Self.cases.map(\.model)))
  }

  @Test(arguments: cases.indices) func gatesAreWatchedShares(_ index: Int) throws {
    let trainer = try Self.trained(index)
    #expect(!trainer.gateDeclarations.isEmpty)
    for gate in trainer.gateDeclarations {
      #expect(Set(gate.experts).count == gate.experts.count)
      for row in try Self.weights(gate, trainer) {
        #expect(abs(row.reduce(0, +) - 1) < 1e-5 && row.allSatisfy { $0 >= 0 }, "\(gate.watched)")
      }
    }
  }

  /// Whoever weighs an expert does without it while it is left out; then all is as it was, to the bit.
  @Test(arguments: cases.indices) func eachExpertCanBeLeftOut(_ index: Int) throws {
    let trainer = try Self.trained(index)
    let batch = Self.problem.batch(rows: 50)
    func logits() -> [[Float]] { TinyProblem.names.map { trainer.logits($0, batch) } }
    let before = logits()
    let count = try #require(trainer.expertCount)
    var changed = 0
    for expert in 0..<count {
      trainer.leaveOut(expert)
      if logits() != before { changed += 1 }
      for gate in trainer.gateDeclarations where gate.experts.count > 1 {
        let without = trainer.store.numbers(of: gate.kept).firstIndex(of: 0)
        for row in try Self.weights(gate, trainer) {
          #expect(abs(row.reduce(0, +) - 1) < 1e-5)
          if let without { #expect(row[without] == 0) }
        }
      }
    }
    // A gate of one expert has nothing instead of it.
    #expect(changed >= count - 1, "\(changed) of \(count)")
    trainer.leaveOut(nil)
    #expect(logits() == before)
  }

  /// In the order of the expert's numbers: by level, then by task, the shared ones last.
  @Test func expertsOfAllLevelsAreNumbered() throws {
    let trainer = try Self.trained(3)
    #expect(trainer.expertCount == 2 * (2 + 1 + 0 + 2))
    let gates = trainer.gateDeclarations
    let watched: [Watched] = [
      .gate("board", level: 0), .gate("stripe", level: 0), .gate("amount", level: 0),
      .gate("shared", level: 0), .gate("board", level: 1), .gate("stripe", level: 1),
      .gate("amount", level: 1),
    ]
    #expect(gates.map(\.watched) == watched)
    #expect(gates.map(\.level) == [0, 0, 0, 0, 1, 1, 1])
    #expect(gates.map(\.task) == [0, 1, 2, nil, 0, 1, 2])
    #expect(gates.map(\.experts.count) == [4, 3, 2, 5, 4, 3, 2])
    // Number 2 is the one expert of stripe at level 0: its own gate and the shared one weigh it.
    trainer.leaveOut(2)
    let zeros = gates.map { trainer.store.numbers(of: $0.kept).map { Int($0) } }
    #expect(
      zeros == [
        [1, 1, 1, 1], [0, 1, 1], [1, 1], [1, 1, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1], [1, 1],
      ])
    // Number 9 is the last shared one of level 1.
    trainer.leaveOut(9)
    #expect(trainer.store.numbers(of: gates[6].kept) == [1, 0])
    #expect(trainer.store.numbers(of: gates[3].kept) == [1, 1, 1, 1, 1])
  }
}
