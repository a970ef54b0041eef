import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Whatever a balancer remembers goes on.
@Suite struct ArchiveBalancerTests {
  static let names = BalancerRegistry.entries.map(\.about.name).filter { $0 != "equal" }

  /// Options with which a few steps are enough to have something to remember.
  private static let early: [String: [String: String]] = [
    "excess": ["warmup": "1"], "stch": ["warmup": "0"],
  ]

  private func setting(_ name: String) throws -> BalancerSetting {
    let known = Set(try BalancerRegistry.entry(named: name).options.map(\.name))
    return BalancerSetting(
      name, options: (Self.early[name] ?? [:]).filter { known.contains($0.key) })
  }

  /// With whole tables what is remembered of every entry counts rows that rest, too.
  static let cases = names.flatMap { name in
    let sees = (try? BalancerRegistry.entry(named: name))?.sees ?? []
    return (sees.contains(.entries) ? OptimizerConfiguration.Tables.allCases : [.lazy]).map {
      (name, $0)
    }
  }

  @Test(arguments: cases) func everyBalancerGoesOn(
    _ name: String, _ tables: OptimizerConfiguration.Tables
  ) throws {
    var script = ArchiveScript(optimizer: OptimizerConfiguration(tables: tables))
    script.balancer = try setting(name)
    try script.check()
  }

  /// A task that was off for a while has a memory that stands still.
  @Test(arguments: names) func memoriesStandStillWithTheirTask(_ name: String) throws {
    var script = ArchiveScript()
    script.balancer = try setting(name)
    script.interventions = [2: { $0.isOn[0] = false }, 5: { $0.isOn[0] = true }]
    try script.check()
  }

  @Test(arguments: names) func smoothedBalancersGoOn(_ name: String) throws {
    let inner = try BalancerRegistry.make(name, for: ArchiveScript().tasks())
    guard inner.givesTaskWeights, name != "cr-mogm" else { return }
    var script = ArchiveScript()
    script.balancer = BalancerSetting(
      "cr-mogm", options: try setting(name).options.merging(["inner": name]) { $1 })
    try script.check()
  }

  /// A balancer that was chosen, changed or dropped on the way is the one that goes on.
  @Test func theChosenBalancerGoesOn() throws {
    var script = ArchiveScript()
    let tasks = script.tasks()
    script.interventions = [
      1: { try $0.balance(by: BalancerSetting("metabalance"), for: tasks) },
      2: { trainer in
        try trainer.setBalancer("relax", to: "0.3")
        try trainer.setBalancer("target", to: "stripe")
      },
    ]
    try script.check()
    script.balancer = BalancerSetting("gradnorm")
    script.interventions = [2: { try $0.balance(by: .equal, for: tasks) }]
    try script.check()
  }

  /// What is shown of the newest step comes back too.
  @Test func theReportComesBack() throws {
    var script = ArchiveScript()
    script.balancer = BalancerSetting("fairgrad")
    let trainer = try script.make()
    try script.go(trainer, to: 3)
    let other = try script.make()
    try load(saved(trainer.visit), other.visit)
    let (left, right) = try (#require(trainer.balancing), #require(other.balancing))
    #expect(left.tasks == [0, 1, 2] && left.weights.shared != [1, 1, 1])
    #expect(left.tasks == right.tasks && left.weights == right.weights)
    #expect(left.about == right.about)
  }
}
