import Foundation
import Tensors
import Testing

@testable import Objectives

/// That every balancer of the registry keeps the rules of all.
@Suite struct BalancerRegistryTests {
  static let names = BalancerRegistry.entries.map(\.about.name)

  @Test func namesAreDifferentAndPapersAreNamed() {
    #expect(Set(Self.names).count == Self.names.count)
    for entry in BalancerRegistry.entries {
      #expect(!entry.about.paper.isEmpty && !entry.about.summary.isEmpty)
      let own = ["equal", "fixed"].contains(entry.about.name)
      #expect(own || ["doi:", "arXiv:", "https://"].contains { entry.about.paper.contains($0) })
      #expect(Set(entry.options.map(\.name)).count == entry.options.count)
    }
  }

  /// One task is the identity; what goes by lengths is a multiple of it.
  @Test(arguments: names) func oneTaskIsTheIdentity(_ name: String) throws {
    for problem in BalancerProblem.all(tasks: 1...1) {
      let weights = try problem.weights(name)
      let size = length(problem.gradients[0])
      let expected: Double =
        switch name {
        case "cagrad": 1.5 / 1.25
        case "fairgrad": pow(size, -4.0 / 3)
        case "stch": 1 / problem.losses[0]
        default: 1
        }
      guard name != "db-mtl", name != "nash" else { continue }
      #expect(abs(weights.shared[0] - expected) < 1e-9 * expected, "\(problem)")
    }
    var unit = BalancerProblem(seed: 3, tasks: 1)
    unit.gradients = [[0.25, 0, 0]]
    #expect(try abs(unit.weights("nash").shared[0] - 4) < 1e-9)
    unit.gradients = [[4, 0, 0]]
    #expect(try abs(unit.weights("nash").shared[0] - 0.25) < 1e-9)
  }

  /// Of a task that is off nothing is seen and nothing moves.
  @Test(arguments: names) func whatIsOffStandsStill(_ name: String) throws {
    let problem = BalancerProblem(seed: 5, tasks: 3)
    var (small, both) = (problem, problem.step)
    small.gradients.remove(at: 1)
    small.losses.remove(at: 1)
    let pair = small.step
    both.select([true, false, true])
    both.losses = pair.losses
    for i in 0..<2 { for j in 0..<2 { both.gram[i, j] = pair.gram[i, j] } }
    #expect(both.tasks == [0, 2])
    var balancer = try BalancerRegistry.make(name, for: problem.tasks)
    var (scratch, weights) = (BalancerScratch(tasks: 3), BalancerWeights(tasks: 3))
    for number in 0..<3 {
      both.number = number
      balancer.weigh(both, scratch: &scratch, weights: &weights)
      balancer.learn(both, scratch: &scratch)
      balancer.lookAgain(both.losses.map { 0.9 * $0 * $0 }, both, scratch: &scratch)
    }
    #expect(weights.shared.count == 2 && weights.shared.allSatisfy(\.isFinite))
    // A balancer of two tasks alone comes to the same, but for draws that go by the task's index.
    guard name != "random" else { return }
    var alone = try BalancerRegistry.make(name, for: small.tasks)
    var same = BalancerWeights(tasks: 2)
    var step = pair
    for number in 0..<3 {
      step.number = number
      alone.weigh(step, scratch: &scratch, weights: &same)
      alone.learn(step, scratch: &scratch)
      alone.lookAgain(step.losses.map { 0.9 * $0 * $0 }, step, scratch: &scratch)
    }
    #expect(agree(weights.shared, same.shared, within: 1e-12), "\(weights) \(same)")
    #expect(agree(weights.own, same.own, within: 1e-12))
  }

  /// What is remembered of a task that is off waits for it, whatever the others do.
  @Test func memoriesOfTasksThatAreOffWait() {
    var problem = BalancerProblem(seed: 5, tasks: 2)
    var step = problem.step
    var scratch = BalancerScratch(tasks: 2)
    var means = DynamicWeightAverage().memory(of: problem.tasks)
    var learned = FAMO().memory(of: problem.tasks)
    var craft = GradCraft().memory(of: problem.tasks)
    var first = GradNorm().memory(of: problem.tasks)
    var (excess, uncertainty) = (
      ExcessMTL().memory(of: problem.tasks), UncertaintyWeights().memory(of: problem.tasks)
    )
    var weights = BalancerWeights(tasks: 2)
    func pass() {
      step.sums = step.tasks.map { 1 + Double($0) }
      weights.reset(to: step.count)
      DynamicWeightAverage().weigh(step, memory: &means, scratch: &scratch, weights: &weights)
      DynamicWeightAverage().learn(step, memory: &means, scratch: &scratch)
      FAMO().lookAgain(step.losses.map { $0 * $0 }, step, memory: &learned, scratch: &scratch)
      GradCraft().weigh(step, memory: &craft, scratch: &scratch, weights: &weights)
      GradNorm().learn(step, memory: &first, scratch: &scratch)
      ExcessMTL().weigh(step, memory: &excess, scratch: &scratch, weights: &weights)
      UncertaintyWeights().learn(step, memory: &uncertainty, scratch: &scratch)
    }
    pass()
    step.epoch = 1
    pass()
    let kept = (
      means.last[1], learned.values[1], craft[1], first.first[1], excess.baseline[1],
      uncertainty.scale.values[1]
    )
    problem.losses[0] *= 0.5
    for epoch in 1...3 {
      step.select([true, false])
      (step.losses, step.epoch) = ([problem.losses[0]], epoch)
      step.gram[0, 0] = 2
      pass()
    }
    #expect(means.last[1] == kept.0 && means.lastEpoch[1] == 1 && means.lastEpoch[0] == 2)
    #expect(learned.values[1] == kept.1 && craft[1] == kept.2 && first.first[1] == kept.3)
    #expect(excess.baseline[1] == kept.4 && uncertainty.scale.values[1] == kept.5)
  }

  /// Memory is a value: a copy goes its own way, and comes to the same from the same.
  @Test(arguments: names) func aCopyRemembersTheSame(_ name: String) throws {
    let problem = BalancerProblem(seed: 6, tasks: 3)
    var balancer = try BalancerRegistry.make(name, for: problem.tasks)
    var (scratch, weights) = (BalancerScratch(tasks: 3), BalancerWeights(tasks: 3))
    var step = problem.step
    func go(_ balancer: inout any Balancing, _ number: Int) -> BalancerWeights {
      step.number = number
      step.epoch = number
      balancer.weigh(step, scratch: &scratch, weights: &weights)
      balancer.weigh(array: 0, problem.gradients.map(length), step, weights: &weights)
      balancer.weigh(step, scratch: &scratch, weights: &weights)
      balancer.learn(step, scratch: &scratch)
      balancer.lookAgain(problem.losses.map { $0 * 0.5 }, step, scratch: &scratch)
      return weights
    }
    _ = go(&balancer, 0)
    var copy = balancer
    #expect(copy.remembersSame(as: balancer))
    let first = (1...3).map { go(&balancer, $0) }
    let second = (1...3).map { go(&copy, $0) }
    #expect(first == second)
    #expect(copy.remembersSame(as: balancer))
  }

  @Test(arguments: names) func choicesAreReadBack(_ name: String) throws {
    let entry = try BalancerRegistry.entry(named: name)
    let tasks = BalancedTasks(["click", "like"])
    let defaults = try BalancerRegistry.make(name, for: tasks)
    let texts = Dictionary(uniqueKeysWithValues: defaults.choices.map { ($0.name, $0.value) })
    for option in entry.options { #expect(texts[option.name] == option.defaultValue) }
    let again = try BalancerRegistry.make(name, setting: texts, for: tasks)
    #expect(again.choices.map(\.value) == defaults.choices.map(\.value))
    for option in entry.options {
      let error = #expect(throws: BalancerError.self) {
        try BalancerRegistry.make(name, setting: [option.name: "no such"], for: tasks)
      }
      #expect(error?.description.contains("no such") == true, "\(name) \(option.name)")
    }
  }

  @Test func errorsNameWhatIsNear() throws {
    let tasks = BalancedTasks(["click", "like"])
    func words(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "nothing thrown"
    }
    #expect(
      words { _ = try BalancerRegistry.make("pcgard", for: tasks) }
        .contains("did you mean 'pcgrad'?"))
    #expect(
      words { _ = try BalancerRegistry.make("metabalance", setting: ["relux": "1"], for: tasks) }
        .contains("did you mean 'balancer.relax'?"))
    #expect(
      words { _ = try BalancerRegistry.make("metabalance", setting: ["target": "buy"], for: tasks) }
        .contains("one of click, like"))
    #expect(
      words { _ = try BalancerRegistry.make("fixed", setting: ["weights": "1,2,3"], for: tasks) }
        .contains("3 numbers for 2 tasks"))
    for inner in ["metabalance", "graddrop", "db-mtl", "cr-mogm"] where Self.names.contains(inner) {
      #expect(
        words { _ = try BalancerRegistry.make("cr-mogm", setting: ["inner": inner], for: tasks) }
          .contains("it smooths the weights"))
    }
  }

  @Test func liveChoicesKeepTheMemory() throws {
    let problem = BalancerProblem(seed: 8, tasks: 3)
    var balancer = try BalancerRegistry.make("uncertainty", for: problem.tasks)
    var (scratch, weights) = (BalancerScratch(tasks: 3), BalancerWeights(tasks: 3))
    balancer.weigh(problem.step, scratch: &scratch, weights: &weights)
    balancer.learn(problem.step, scratch: &scratch)
    let before = balancer
    try balancer.set("rate", to: "0.5")
    #expect(balancer.remembersSame(as: before))
    #expect(throws: BalancerError.notLive(balancer: "uncertainty", option: "form")) {
      try balancer.set("form", to: "regression")
    }
    var smoothed = try BalancerRegistry.make(
      "cr-mogm", setting: ["inner": "upgrad", "epsilon": "0.5"], for: problem.tasks)
    try smoothed.set("epsilon", to: "0.25")
    try smoothed.set("keep", to: "0.5")
    #expect(smoothed.choices.map(\.value) == ["upgrad", "0.5", "first", "0.25"])
  }
}
