import Graph
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// The course of a lottery, and what its masks keep apart.
@Suite struct LotteryTests {
  private static let names = ["board", "stripe"]

  /// Sets what a lottery would have found.
  private func random(_ extra: [String: String] = [:]) -> [String: String] {
    ["masks": "random", "warm-up": "0", "bottom": "16,8"].merging(extra) { $1 }
  }

  private func lottery(_ trainer: Trainer, epochs: Int = 1) throws -> Lottery {
    try #require(Lottery(trainer, tasks: Self.names, epochs: epochs))
  }

  private func step(_ trainer: Trainer, _ problem: TinyProblem, _ count: Int = 3) {
    for place in 0..<count {
      #expect(trainer.step(problem.batch(from: place * 64, rows: 64), rate: 0.01))
    }
  }

  // MARK: - The search

  @Test(arguments: ["global", "layer"]) func everyRoundDropsItsShare(_ scope: String) throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer(
      "sparse-sharing", ["scope": scope, "rounds": "4", "rate": "0.3", "bottom": "16,8"])
    let lottery = try lottery(trainer)
    let layers = lottery.step.masks.weights.map(\.count)
    #expect(lottery.epochs == 1 + 2 * 5 + 1)
    for _ in 0..<(lottery.epochs - 1) {
      step(trainer, problem)
      _ = lottery.epochEnded([0.5, 0.5])
    }
    #expect(lottery.isJoint && lottery.ladder.count == 10)
    for task in 0..<2 {
      let rungs = lottery.ladder.filter { $0.task == task }
      var left = scope == "global" ? [layers.reduce(0, +)] : layers
      for (round, rung) in rungs.enumerated() {
        #expect(rung.round == round)
        let kept = rung.masks.map { layer in layer.count { $0 != 0 } }
        let found = scope == "global" ? [kept.reduce(0, +)] : kept
        for (found, left) in zip(found, left) { #expect(abs(found - left) <= 1) }
        left = found.map { $0 - Int((0.3 * Double($0)).rounded()) }
      }
      for (wide, narrow) in zip(rungs, rungs.dropFirst()) {
        for (wide, narrow) in zip(wide.masks, narrow.masks) {
          #expect(zip(wide, narrow).allSatisfy { $0 != 0 || $1 == 0 })
        }
      }
    }
  }

  @Test func aRoundBeginsFromTheWarmUpsNumbers() throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer(
      "sparse-sharing", ["rounds": "2", "bottom": "16,8", "warm-up": "2"])
    let lottery = try lottery(trainer)
    var warm: [String: [Float]] = [:]
    for score in [0.7, 0.6] {
      step(trainer, problem)
      if score == 0.7 { warm = trainer.namedNumbers }
      _ = lottery.epochEnded([score, score])
    }
    // The better one of the two epochs of the warm-up counts.
    #expect(lottery.stage == .search(task: 0, round: 0))
    #expect(trainer.namedNumbers == warm)
    step(trainer, problem)
    #expect(trainer.namedNumbers != warm)
    _ = lottery.epochEnded([0.5, 0.5])
    #expect(lottery.stage == .search(task: 0, round: 1))
    #expect(trainer.namedNumbers == warm)
  }

  @Test func theFirstBestMaskThatIsSparseEnoughIsChosen() {
    let densities = [1, 0.8, 0.5, 0.3]
    func choice(_ scores: [Double], least: Double) -> Int? {
      Lottery.choice(densities: densities, scores: scores, leastSparsity: least)
    }
    #expect(choice([0.9, 0.8, 0.8, 0.7], least: 0.4) == 2)
    #expect(choice([0.9, 0.8, 0.8, 0.7], least: 0) == 0, "the dense mask was tried as well")
    #expect(choice([0.9, 0.8, .nan, 0.7], least: 0.4) == 3)
    #expect(choice([0.9, 0.8, 0.8, 0.7], least: 0.9) == 3)
  }

  @Test func aTaskThatIsOffIsNotSearched() throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer("sparse-sharing", ["rounds": "1", "bottom": "16,8"])
    trainer.isOn[0] = false
    let lottery = try lottery(trainer)
    step(trainer, problem)
    _ = lottery.epochEnded([0.5, 0.5])
    #expect(lottery.stage == .search(task: 1, round: 0))
    for _ in 0..<2 {
      step(trainer, problem)
      _ = lottery.epochEnded([0.5, 0.5])
    }
    #expect(lottery.isJoint)
    #expect(lottery.step.masks.masks(of: 0).joined().allSatisfy { $0 == 1 })
  }

  @Test func aTaskThatIsSwitchedOffInItsSearchIsLeftDense() throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer(
      "sparse-sharing", ["rounds": "2", "warm-up": "0", "bottom": "16,8"])
    let lottery = try lottery(trainer)
    step(trainer, problem)
    _ = lottery.epochEnded([0.5, 0.5])
    #expect(lottery.stage == .search(task: 0, round: 1))
    #expect(!lottery.tasksChanged())
    trainer.isOn[0] = false
    #expect(lottery.tasksChanged() && lottery.stage == .search(task: 1, round: 0))
    #expect(lottery.step.masks.masks(of: 0).joined().allSatisfy { $0 == 1 })
  }

  /// The shares of the weights that all keep are those of the tasks that are on.
  @Test(arguments: ["impact-param", "impact-net"]) func sharesOfTheTasksThatAreOn(
    _ rule: String
  ) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("csrec", random(["rate": "0", "rule": rule]))
    trainer.isOn[2] = false
    for place in 0..<4 {
      #expect(trainer.step(problem.batch(from: place * 64, rows: 64), rate: 0.01))
    }
    let found = try #require(trainer.lottery?.rule)
    let shares = (0..<2).map { found.factor(of: $0, layer: 0, at: 0) }
    #expect(abs(shares[0] + shares[1] - 2) < 1e-5 && shares[0] != 1, "\(shares)")
  }

  // MARK: - What a step moves

  @Test func fullMasksAreHardSharingInTurns() throws {
    let problem = TinyProblem()
    let masked = try problem.trainer("sparse-sharing", ["bottom": "16,8"])
    let plain = try problem.trainer("hard-sharing", ["bottom": "16,8"])
    plain.alternation = .turns
    #expect(masked.alternation == .turns)
    step(masked, problem, 8)
    step(plain, problem, 8)
    #expect(masked.namedNumbers == plain.namedNumbers)
  }

  @Test(arguments: ["difference", "logistic", "hinge"]) func withoutContrastItIsSparseSharing(
    _ form: String
  ) throws {
    let problem = TinyProblem()
    let plain = try problem.trainer("sparse-sharing", random(["rounds": "3", "rate": "0.2"]))
    let contrasted = try problem.trainer(
      "csrec", random(["rounds": "3", "rate": "0.2", "lambda": "0", "form": form]))
    for trainer in [plain, contrasted] {
      let lottery = try lottery(trainer)
      #expect(lottery.isJoint && lottery.step.contrasts)
      step(trainer, problem, 8)
    }
    #expect(plain.namedNumbers == contrasted.namedNumbers)
  }

  @Test(arguments: ["sparse-sharing", "csrec"]) func strictTurnsMoveNothingOutsideTheirMasks(
    _ model: String
  ) throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer(model, random(["moments": "strict", "rate": "0.3"]))
    let lottery = try lottery(trainer)
    trainer.restriction = 1
    step(trainer, problem, 5)
    // Momentum of the second task would move its weights in the first one's turns.
    trainer.restriction = 0
    let before = lottery.step.masks.weights
    let plan = try #require(trainer.lotteryPlan)
    step(trainer, problem, 5)
    var moved = 0
    for (place, layer) in plan.layers.enumerated() {
      let after = lottery.step.masks.weights[place]
      let own = lottery.step.masks.masks(of: 0)[place]
      for at in own.indices {
        let isOutside =
          own[at] == 0 && layer.negatives.allSatisfy { trainer.store.base(of: $0)[at] == 0 }
        if isOutside { #expect(after[at] == before[place][at]) }
        moved += after[at] == before[place][at] ? 0 : 1
      }
    }
    #expect(moved > 0)
  }

  @Test func sharedMomentsMoveWhatAnotherTaskHasMoved() throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer("sparse-sharing", random(["rate": "0.3"]))
    let lottery = try lottery(trainer)
    trainer.restriction = 1
    step(trainer, problem, 5)
    trainer.restriction = 0
    let before = lottery.step.masks.weights
    step(trainer, problem, 1)
    let masks = (0..<2).map { lottery.step.masks.masks(of: $0) }
    let after = lottery.step.masks.weights
    var drifted = false
    for layer in before.indices {
      for at in before[layer].indices where after[layer][at] != before[layer][at] {
        let (own, other) = (masks[0][layer][at], masks[1][layer][at])
        if own == 0, other == 1 { drifted = true }
      }
    }
    #expect(drifted)
  }

  @Test(arguments: ["implicit", "impact-param", "impact-net"]) func sameBitsOnAnyThreads(
    _ rule: String
  ) throws {
    let problem = TinyProblem()
    let prints = try [1, 2, 4].map { threads in
      let trainer = try problem.trainer(
        "csrec", random(["rule": rule, "keep": "0.5", "resample": "step"]), threads: threads)
      let lottery = try lottery(trainer)
      for place in 0..<6 {
        #expect(trainer.step(problem.batch(from: place * 160, rows: 160), rate: 0.01))
        lottery.stepTaken()
      }
      return trainer.store.fingerprint
    }
    #expect(Set(prints).count == 1)
  }

  @Test func factorsOfAnImpactSumToTheNumberOfTasks() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("csrec", random(["rule": "impact-param", "rate": "0.1"]))
    let lottery = try #require(
      Lottery(trainer, tasks: TinyProblem.names, epochs: 1))
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
    let rule = try #require(lottery.step.rule)
    for (layer, shared) in rule.shared.enumerated() {
      for at in shared.indices {
        let sum = (0..<3).reduce(Float(0)) { $0 + rule.factor(of: $1, layer: layer, at: at) }
        #expect(abs(sum - 3) < 1e-4)
      }
    }
  }

  /// A look at gradients changes nothing that the next step does.
  @Test(arguments: ["implicit", "impact-param"]) func lookingLeavesNoTrace(_ rule: String) throws {
    let problem = TinyProblem()
    let prints = try [false, true].map { looks in
      let trainer = try problem.trainer("csrec", random(["rule": rule, "rate": "0.2"]))
      let lottery = try lottery(trainer)
      for place in 0..<4 {
        step(trainer, problem, 1)
        guard looks, place < 3 else { continue }
        let before = (0..<2).map { trainer.loss(of: $0) }
        let batch = problem.batch(from: 512, rows: 100)
        let found = lottery.inspect(tasks: Self.names, batch: batch)
        #expect(found.views.contains { $0.name == "sign_conflict" })
        #expect(found.views.contains { $0.name == "ownership" } == (rule != "implicit"))
        #expect((0..<2).map { trainer.loss(of: $0) } == before)
      }
      return trainer.store.fingerprint
    }
    #expect(prints[0] == prints[1])
  }

  // MARK: - In a session

  @Test func phasesOfARunAreEvents() throws {
    var configuration = TrainingConfiguration()
    configuration.model = "sparse-sharing"
    configuration.modelOptions = ["rounds": "1", "bottom": "16,8"]
    configuration.batchSize = 250
    configuration.epochs = 2
    configuration.threads = 1
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let phases = events.compactMap {
      if case .phaseBegan(let phase, let step) = $0 { (phase.title, step) } else { nil }
    }
    #expect(
      phases.map(\.0) == [
        "warm-up", "pruning board", "pruning board", "pruning stripe", "pruning stripe",
        "joint training",
      ])
    #expect(phases.map(\.1) == [0, 4, 8, 12, 16, 20])
    let summary = try #require(run.summary(of: events))
    #expect(summary.step == 28 && summary.bestStep > 20)
    let snapshot = try #require(run.session.takeSnapshot())
    #expect(snapshot.trainingPhase?.title == "joint training" && snapshot.totalSteps == 28)
  }

  @Test func masksAreShownAndARunawayIsToldOf() throws {
    var configuration = TrainingConfiguration()
    configuration.model = "csrec"
    configuration.modelOptions = random(["form": "difference", "cap": "0.5", "rate": "0.2"])
    configuration.batchSize = 250
    configuration.epochs = 3
    configuration.threads = 1
    var views = WantedViews()
    views.subjects = [.masks]
    let run = SessionRun(configuration, views: views)
    let events = run.untilEnd()
    let notes = events.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
    #expect(notes.count == 2 && notes.allSatisfy { $0.contains("has run away to the cap") })
    let shown = try #require(run.session.takeSnapshot()).views
    let names = shown.map(\.name)
    for name in [
      "sign_conflict", "gradient_norms", "density", "overlap", "bitmap.0", "bitmap.1", "census",
      "contrast", "margin",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(Set(names).count == names.count)
    guard case .bitmap(let bitmap) = shown.first(where: { $0.name == "bitmap.0" })?.content else {
      Issue.record("no bitmap")
      return
    }
    #expect(bitmap.kinds.map(\.count).reduce(0, +) == bitmap.whole.rows * bitmap.whole.columns)
    #expect(bitmap.cells.count == bitmap.rows * bitmap.columns)
  }
}
