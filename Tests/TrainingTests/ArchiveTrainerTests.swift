import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A trainer that is saved, put back and goes on takes the steps that it would have taken, to the bit.
@Suite struct ArchiveTrainerTests {
  static let models = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return entry.name
  }

  @Test(arguments: models) func everyModelGoesOn(_ model: String) throws {
    try ArchiveScript(model: model).check()
  }

  @Test(arguments: ["alternating", "joint", "static"], ["1", "2"])
  func everyTeacherGoesOn(_ teaching: String, epochs: String) throws {
    // The teacher's epochs are over before the run is saved, or not before it has gone on.
    try ArchiveScript(
      model: "crossdistil", options: ["teacher": teaching, "teacher-epochs": epochs]
    ).check()
  }

  /// Every rule with its defaults, and those whose options have them remember more.
  static let rules: [OptimizerConfiguration.Rule] =
    OptimizerConfiguration.Rule.all + [
      .adagrad(initial: 0.1, isRowWise: true), .gradientDescent(momentum: 0.9, isNesterov: true),
      .rmsprop(momentum: 0.5, isCentered: true), .projectedAdagrad(isEveryStep: true),
    ]

  @Test(arguments: rules, OptimizerConfiguration.Tables.allCases)
  func everyRuleGoesOn(
    _ rule: OptimizerConfiguration.Rule, _ tables: OptimizerConfiguration.Tables
  ) throws {
    var optimizer = OptimizerConfiguration(rule, tables: tables)
    try ArchiveScript(model: "l2-soft", optimizer: optimizer).check()
    (optimizer.clipNorm, optimizer.weightDecay) = (0.5, 0.01)
    try ArchiveScript(optimizer: optimizer).check()
  }

  /// Of tables that grow, the rows that there are come back, with what lies beside them.
  @Test(arguments: rules) func growingTablesGoOn(_ rule: OptimizerConfiguration.Rule) throws {
    var script = ArchiveScript(model: "mmoe", optimizer: OptimizerConfiguration(rule))
    script.growsAbove = 0
    try script.check()
  }

  /// What is dropped follows from the step alone.
  @Test func droppedUnitsGoOn() throws {
    var script = ArchiveScript()
    script.dropout = 0.4
    try script.check()
  }

  /// Tasks switched off and on, their weights, a dial, a task that trains alone, turns.
  @Test func whatAPersonHasSetGoesOn() throws {
    var script = ArchiveScript(model: "mmoe", options: ["gate-dropout": "0.3"])
    script.interventions = [
      1: { trainer in
        trainer.isOn[2] = false
        trainer.weights[0] = 3
        trainer.alternation = .turns
        #expect(trainer.turn("temperature", to: 2))
      },
      2: { $0.restriction = 1 },
      5: { $0.restriction = nil },
      6: { $0.isOn[2] = true },
    ]
    try script.check()
  }

  /// A dial keeps what it was set to, rounded, at both ends of its range; nothing else is one.
  @Test(arguments: models) func dialsAtTheirEndsComeBack(_ model: String) throws {
    let script = ArchiveScript(model: model)
    let (trainer, other) = (try script.make(), try script.make())
    for end in [\Dial.least, \.most] {
      for (index, dial) in trainer.dials.enumerated() {
        trainer.setDial(index, to: dial[keyPath: end])
      }
      try load(saved(trainer.visit), other.visit)
      #expect(other.dialValues == trainer.dialValues)
    }
    for (index, dial) in trainer.dials.enumerated() where Float(dial.least) > -.infinity {
      trainer.setDial(index, to: Double(Float(dial.least).nextDown))
      #expect(throws: ArchiveError.self) { try load(saved(trainer.visit), other.visit) }
      trainer.setDial(index, to: dial.least)
    }
  }

  @Test func aTrainerIsNotSavedTwiceInOneArchive() throws {
    let entries = try saved(ArchiveScript().make().visit)
    #expect(Set(entries.map(\.name)).count == entries.count)
    #expect(entries.allSatisfy { $0.count == $0.shape.reduce(1, *) })
  }

  /// The fingerprint is that of the learned numbers, and besides of whatever is given.
  @Test func theFingerprintIsOfAllThatAnswersFollowFrom() throws {
    let script = ArchiveScript(model: "mmoe")
    let trainer = try script.make()
    let (whole, learned) = (trainer.fingerprint, trainer.store.fingerprint)
    #expect(whole != learned)
    #expect(trainer.turn("temperature", to: 2))
    #expect(trainer.fingerprint != whole && trainer.store.fingerprint == learned)
    #expect(trainer.turn("temperature", to: 1))
    #expect(trainer.fingerprint == whole)
  }

  /// Arrays have different names, and nothing lies between them that could be lost.
  @Test(arguments: models) func arraysAreAllThereIs(_ model: String) throws {
    let script = ArchiveScript(model: model)
    let trainer = try script.make()
    let store = trainer.store
    let all = store.entries + store.givenEntries
    #expect(Set(all.map(\.piece.path)).count == all.count)
    try script.go(trainer, to: 3)
    let other = try script.make()
    other.store.dense.base.update(repeating: 0, count: other.store.dense.count)
    try load(saved(store.visit), other.store.visit)
    for (left, right) in zip(
      store.copy(.everything).memory, other.store.copy(.everything).memory
    ) {
      #expect(left.array.map(\.bitPattern) == right.array.map(\.bitPattern))
    }
  }
}
