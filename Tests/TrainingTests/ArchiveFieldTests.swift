import Graph
import Models
import Objectives
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Every stored property of what has state is either visited or known not to be state.
///
/// Whoever adds one comes here, and decides.
@Suite struct ArchiveFieldTests {
  private func names(_ value: Any) -> Set<String> {
    Set(Mirror(reflecting: value).children.compactMap(\.label))
  }

  /// Expects exactly these properties: `visited` by the type's visit, `fixed` by configuration or made
  /// anew before they are read.
  private func expect(
    _ value: Any, visited: Set<String>, fixed: Set<String>,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(visited.isDisjoint(with: fixed), sourceLocation: location)
    let (found, known) = (names(value), visited.union(fixed))
    #expect(
      found == known,
      "new: \(found.subtracting(known).sorted()), gone: \(known.subtracting(found).sorted())",
      sourceLocation: location)
  }

  @Test func trainers() throws {
    let trainer = try ArchiveScript(model: "mmoe").make()
    expect(
      trainer, visited: ["store", "state", "stages", "optimizers", "sources"],
      fixed: [
        "model", "tasks", "workspace", "exchange", "roles", "declared", "plans", "answers",
      ])
    expect(
      trainer.state,
      visited: [
        "turn", "restriction", "weights", "step", "keptStep", "epoch", "hasTrained", "brokenTerm",
        "program",
      ], fixed: ["keepsWatched", "single", "scales", "draws"])
    expect(
      trainer.state.turn, visited: ["isOn", "active", "task", "turn", "sums", "terms"],
      fixed: ["termOwners", "step", "epoch", "batch", "first", "again", "isLooking"])
    expect(
      trainer.stages, visited: ["model", "balance"], fixed: ["site", "isBalanced", "penalties"])
    expect(trainer.state.program, visited: ["alternation"], fixed: ["turns"])
    expect(
      trainer.store, visited: ["dense", "tables", "growing", "givens"],
      fixed: ["specifications", "offsets", "averages", "segments", "version", "ownerCount"])
  }

  @Test func optimizers() throws {
    let trainer = try ArchiveScript(model: "mmoe").make()
    expect(trainer.optimizers, visited: ["common", "own"], fixed: ["held"])
    expect(
      trainer.optimizer,
      visited: ["steps", "firstMoments", "secondMoments", "means", "tableMoments"],
      fixed: ["configuration", "store", "penalties", "tableDistances", "workspace", "arrays"])
  }

  @Test func balancers() throws {
    var script = ArchiveScript()
    script.balancer = BalancerSetting("excess")
    let stage = try #require(script.make().stages.balance as? BalancerStage)
    expect(
      stage, visited: ["balancer", "weights", "weighed", "step", "entries"],
      fixed: [
        "scratch", "arrayWeights", "arrayNorms", "factors", "isPresent", "products", "floats",
        "arrays",
      ])
    // Of a step its age is visited; the rest is filled anew.
    expect(
      stage.step, visited: ["age"],
      fixed: [
        "tasks", "losses", "taskWeights", "gram", "sums", "number", "epoch", "draws",
      ])
    let entries = try #require(
      Mirror(reflecting: stage).children.first { $0.label == "entries" }?.value as? EntryBalance?)
    expect(
      try #require(entries), visited: ["dense", "tables"],
      fixed: ["tasks", "store", "starts", "zeros", "gradients", "sums", "remembers"])
    let tasks = script.tasks()
    expect(RunningBalancer(FAMO(), for: tasks), visited: ["memory", "choice"], fixed: ["tasks"])
    expect(
      FAMO().memory(of: tasks), visited: ["values", "first", "second", "updates"], fixed: [])
    expect(
      DynamicWeightAverage().memory(of: tasks),
      visited: ["epoch", "first", "sums", "counts", "last", "lastEpoch", "secondLast"], fixed: [])
    expect(
      ExcessMTL().memory(of: tasks), visited: ["logarithms", "baseline", "steps"], fixed: [])
    expect(GradNorm().memory(of: tasks), visited: ["values", "first"], fixed: [])
    expect(MetaBalance().memory(of: tasks), visited: ["norms"], fixed: ["tasks"])
    expect(SmoothTchebycheff().memory(of: tasks), visited: ["means", "nadir"], fixed: [])
    expect(UncertaintyWeights().memory(of: tasks), visited: ["scale", "isRegression"], fixed: [])
    expect(GradVac().memory(of: tasks), visited: ["values"], fixed: ["count"])
    expect(
      try BalancerRegistry.make("cr-mogm", for: tasks), visited: ["inner", "smoothed", "own"],
      fixed: [])
  }

  @Test func lotteries() throws {
    let course = try ArchiveLotteryTests.Course("csrec", ["rule": "impact-net"])
    expect(
      course.lottery,
      visited: [
        "stage", "ladder", "chosen", "epochsInStage", "best", "rewindPoint", "draws", "remarks",
        "wasOn",
      ], fixed: ["phase", "plan", "trainer", "step", "tasks", "jointEpochs", "pruning"])
    expect(
      course.lottery.step, visited: ["losses", "factors", "capped", "rule", "contrasts"],
      fixed: ["masks", "plan", "maskVersion", "site"])
    expect(
      try #require(course.lottery.step.rule),
      visited: ["seen", "isOn", "differences", "impacts", "shared"], fixed: ["plan", "tasks"])
    expect(
      MaskWatch(course.lottery, tasks: ["a", "b"]), visited: ["history", "margins"],
      fixed: ["lottery", "tasks", "known", "survey", "map"])
    expect(MarginCourse(), visited: ["steps", "margins", "distance"], fixed: [])
    expect(
      Lottery.Rung(task: 0, round: 0, density: 1, score: 0, masks: []),
      visited: ["task", "round", "density", "score", "masks"], fixed: [])
  }
}
