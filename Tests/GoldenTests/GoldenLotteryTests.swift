import Foundation
import Graph
import Layers
import Models
import TestSupport
import Testing

@testable import Training

/// Sparse sharing and CSRec beyond one joint step: masks, ladders, turns, contrasts, conflict rules.
@Suite struct GoldenLottery {
  static let cases: [GoldenCase] = (try? GoldenCase.all()) ?? []
  static func named(_ prefixes: String...) -> [GoldenCase] {
    cases.filter { one in prefixes.contains { one.name.hasPrefix($0) } }
  }

  @Test func casesAreThere() {
    #expect(Self.named("sparse_sharing_imp").count >= 5)
    #expect(Self.named("csrec_").count >= 17)
  }

  // MARK: - Sets

  @Test(arguments: named("sparse_sharing_2", "sparse_sharing_3")) func census(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let telemetry = try node["expect"]["telemetry"]
    try expectSets(try Self.sets(node["constants"]["masks"]), telemetry)
  }

  private func expectSets(_ sets: MaskSets, _ telemetry: GoldenNode) throws {
    let tasks = sets.masks.indices
    let layers = 0..<sets.layers
    expectClose(
      tasks.flatMap { task in layers.map { Float(sets.density(task: task, layer: $0)) } },
      try telemetry["density"].tensor, "density")
    expectClose(
      tasks.map { Float(sets.density(task: $0)) }, try telemetry["density_total"].tensor, "total")
    expectClose(
      tasks.flatMap { a in tasks.map { Float(sets.jaccard(a, $0, layers: Array(layers))) } },
      try telemetry["jaccard"].tensor, "jaccard")
    #expect(abs(sets.overlapRatio - (try telemetry["overlap_ratio"].number)) < 1e-9)
    let census = layers.map(sets.census(of:)).flatMap {
      [$0.all, $0.some, $0.one, $0.none].map(Float.init)
    }
    expectClose(census, try telemetry["census"].tensor, "census")
  }

  @Test(arguments: named("csrec_sets")) func derivedSets(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let masks = try node["inputs"]["masks"]
    let sets = try Self.sets(masks)
    let paths = try masks["t0"].names
    let expect = try node["expect"]
    for (layer, path) in paths.enumerated() {
      let keepers = sets.keepers(of: layer)
      let count = sets.masks.count
      func whether(_ isIn: (Int) -> Bool) -> [Float] { keepers.map { isIn($0) ? 1 : 0 } }
      #expect(sets.shared(of: layer) == (try Self.floats(expect["shared"][path])))
      #expect(whether { $0 == 0 } == (try Self.floats(expect["dead"][path])))
      #expect(whether { $0 > 1 && $0 < count } == (try Self.floats(expect["partial"][path])))
      let keep = try Self.floats(node["inputs"]["keep"][path])
      let ones = keep.map { _ in Float(1) }
      for task in 0..<count {
        let own = sets.masks[task][layer]
        func negative(_ kind: ContrastPlan.Negative, _ keep: [Float]) -> [Float] {
          Self.plan(kind).mask(own: own, shared: sets.shared(of: layer), keep: keep)
        }
        let kinds = try expect["negative"]
        #expect(negative(.complement, ones) == (try Self.floats(kinds["complement"][path])))
        #expect(negative(.complement, keep) == (try Self.floats(kinds["complement_keep"][path])))
        #expect(
          negative(.ownMinusConflict, ones)
            == (try Self.floats(kinds["own_minus_conflict"]["t\(task)"][path])))
        #expect(
          negative(.randomOwn, keep) == (try Self.floats(kinds["random_own"]["t\(task)"][path])))
      }
      for pair in try expect["jaccard"].names {
        let tasks = pair.split(separator: "-").compactMap { Int($0.dropFirst()) }
        let found = sets.jaccard(tasks[0], tasks[1], layers: [layer])
        #expect(abs(found - (try expect["jaccard"][pair]["layers"][path].number)) < 1e-9)
      }
    }
  }

  // MARK: - Pruning

  @Test(arguments: named("sparse_sharing_imp_").filter { !$0.name.hasSuffix("train") })
  func pruning(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let config = try node["config"]
    let pruning = Pruning(
      isGlobal: try config["scope"].text == "global",
      isInterpolated: try config["quantile"].text == "linear", rate: try config["rate"].number)
    try expectRounds(
      pruning, node, trained: try node["batch"]["trained"].list, cutoffs: "cutoffs", skips: false)
  }

  @Test(arguments: named("csrec_ladder_layer", "csrec_ladder_global")) func ladder(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let config = try node["config"]
    let pruning = Pruning(
      isGlobal: try config["scope"].text == "global", isInterpolated: true,
      rate: try config["prune_rate"].number)
    try expectRounds(
      pruning, node, trained: try node["inputs"]["trained"].list, cutoffs: "thresholds",
      skips: true)
    let scores = try node["inputs"]["validation_auc"].numbers
    let least = try config["min_sparsity"].number
    let sparsities = try node["expect"]["rounds"].list.map { try $0["sparsity"]["total"].number }
    let chosen = Lottery.choice(
      densities: sparsities.map { 1 - $0 }, scores: scores, leastSparsity: least)
    #expect(chosen == (try node["expect"]["chosen_round"].integer))
  }

  /// `skips` says that the first round prunes nothing.
  private func expectRounds(
    _ pruning: Pruning, _ node: GoldenNode, trained: [GoldenNode], cutoffs name: String,
    skips: Bool
  ) throws {
    let rounds = try node["expect"]["rounds"].list
    let paths = try rounds[0]["masks"].names
    var masks = try paths.map { try Self.floats(rounds[0]["masks"][$0]).map { _ in Float(1) } }
    for (place, round) in rounds.enumerated() {
      if !skips || place > 0 {
        let weights = try paths.map { try Self.floats(trained[skips ? place - 1 : place][$0]) }
        for (path, cutoff) in zip(paths, pruning.cutoffs(weights, masks)) {
          let expected = try round[name][path].number
          #expect(abs(cutoff - expected) <= 1e-6 * abs(expected), "round \(place) \(path)")
        }
        masks = pruning.thinned(weights, masks)
      }
      for (path, mask) in zip(paths, masks) {
        #expect(mask == (try Self.floats(round["masks"][path])), "round \(place) \(path)")
      }
    }
  }

  @Test(arguments: named("sparse_sharing_imp_train")) func search(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let config = try node["config"]
    let model = try GoldenModel(
      node, system: "sparse_sharing", optimizer: OptimizerConfiguration(.sgd))
    let step = try #require(model.trainer.lottery)
    let pruning = Pruning(
      isGlobal: try config["scope"].text == "global", isInterpolated: false,
      rate: try config["rate"].number)
    let start = model.trainer.store.copy()
    for (task, definition) in model.tasks.enumerated() {
      model.trainer.restriction = task
      for round in try node["expect"]["rounds"][definition.name].list {
        model.trainer.store.restore(from: start)
        model.trainer.parametersChanged()
        for loss in try round["losses"].numbers {
          #expect(model.trainer.step(model.batch, rate: try config["learning_rate"].number))
          #expect(abs(model.trainer.loss(of: task) - loss) <= 1e-4 * abs(loss) + 1e-5)
        }
        step.masks.set(
          pruning.thinned(step.masks.weights, step.masks.masks(of: task)), of: task)
        model.trainer.parametersChanged()
        for entry in model.trainer.store.givenEntries {
          let path = entry.piece.path.split(separator: ".").map(String.init)
          guard path[0] == "masks", path[1] == definition.name else { continue }
          let expected = try Self.floats(round["masks"][path[2...].joined(separator: ".")])
          #expect(model.trainer.store.numbers(of: entry) == expected, "\(path)")
        }
      }
    }
    try expectSets(step.masks.sets, node["expect"]["telemetry"])
  }

  @Test(arguments: named("csrec_ladder_training")) func ladderWithTraining(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let config = try node["config"]
    let task = try config["task"].integer
    var configuration = CSRec.Configuration()
    configuration.bottomSizes = try config["bottom"].integers
    configuration.towerSizes = try config["tower"].integers
    configuration.embeddingPenalty = try config["l2_embedding"].number
    let chosenSizes = configuration
    let model = try GoldenModel(
      node,
      build: { _, setting, builder in
        CSRec(chosenSizes, input: setting.input, tasks: setting.tasks, builder: builder)
      }, batch: node["inputs"]["train"], ignoresSpaces: true,
      optimizer: OptimizerConfiguration(.sgd, tables: .dense))
    let step = try #require(model.trainer.lottery)
    step.contrasts = false
    model.trainer.restriction = task
    let pruning = Pruning(
      isGlobal: try config["scope"].text == "global", isInterpolated: true,
      rate: try config["prune_rate"].number)
    let start = model.trainer.store.copy()
    var densities: [Double] = []
    let rounds = try node["expect"]["rounds"].list
    for (place, round) in rounds.enumerated() {
      if place > 0 {
        let masks = step.masks.masks(of: task)
        step.masks.set(pruning.thinned(step.masks.weights, masks), of: task)
      }
      densities.append(step.masks.sets.density(task: task))
      #expect(abs(1 - densities[place] - (try round["sparsity"].number)) < 1e-9)
      model.trainer.store.restore(from: start)
      model.trainer.parametersChanged()
      for loss in try round["losses"].numbers {
        #expect(model.trainer.step(model.batch, rate: try config["rate"].number))
        #expect(abs(model.trainer.loss(of: task) - loss) <= 1e-4 * abs(loss) + 1e-5)
      }
      for (name, tensor) in try round["trained"].tensors {
        let entry = try #require(model.trainer.store.entries.first { $0.piece.path == name })
        let numbers = model.trainer.store.numbers(of: entry)
        // The reference drops weights for good; here they stay, unused, behind their mask.
        let kept = try round["masks"].has(name) ? Self.floats(round["masks"][name]) : nil
        let found = kept.map { zip(numbers, $0).map { $0 * $1 } } ?? numbers
        // A bias that three large steps leave near 0 has lost its leading digits.
        let isNear = zip(found, tensor.values).allSatisfy { abs(Double($0) - $1) < 1e-6 }
        if !isNear { expectClose(found, tensor, "\(place) \(name)") }
      }
    }
    let chosen = Lottery.choice(
      densities: densities, scores: try rounds.map { try $0["validation_auc"].number },
      leastSparsity: try config["min_sparsity"].number)
    #expect(chosen == (try node["expect"]["chosen_round"].integer))
  }

  // MARK: - Turns

  @Test(arguments: named("sparse_sharing_2", "sparse_sharing_3")) func alternating(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    model.trainer.alternation = .turns
    let rate = try node["optimisers"]["sgd"]["rate"].number
    #expect(model.trainer.step(model.batch, rate: rate))
    let expect = try node["expect"]["alternating"]
    for (name, tensor) in try expect["parameters"].tensors {
      let entry = try #require(model.trainer.store.entries.first { $0.piece.path == name })
      expectClose(model.trainer.store.numbers(of: entry), tensor, name)
    }
    for (task, step) in zip(model.tasks.indices, try expect["steps"].list) {
      let loss = Double(model.trainer.weights[task]) * model.trainer.loss(of: task)
      #expect(abs(loss - (try step["loss"].number)) <= 1e-5)
    }
  }

  // MARK: - The contrast

  @Test(arguments: named("csrec_step"), ["sgd", "adam"]) func contrastStep(
    _ golden: GoldenCase, optimizer: String
  ) throws {
    let node = try golden.load()
    let rate = try node["config"]["optimisers"][optimizer]["rate"].number
    for threads in [1, 2] {
      try expectTurns(
        node, node["expect"][optimizer], variant: nil, negative: "complement",
        optimizer: optimizer, rate: rate, threads: threads)
    }
  }

  @Test(arguments: named("csrec_negatives")) func negatives(_ golden: GoldenCase) throws {
    let node = try golden.load()
    for kind in ["complement_keep", "own_minus_conflict", "random_own"] {
      let name = kind == "complement_keep" ? "complement" : kind.replacing("_", with: "-")
      try expectTurns(
        node, node["expect"][kind], variant: nil, negative: name, optimizer: "sgd",
        rate: node["config"]["rate"].number, negatives: node["expect"][kind]["negative_masks"])
    }
  }

  @Test(
    arguments: named("csrec_corners"),
    [
      "sparse_sharing", "capped", "adam_per_task", "identical_masks",
    ]) func corners(_ golden: GoldenCase, variant: String) throws
  {
    let node = try golden.load()
    let changes = try node["config"]["variants"][variant]
    let optimizer = changes.has("optimiser") ? try changes["optimiser"].text : "sgd"
    let rate = changes.has("rate") ? try changes["rate"] : try node["config"]["rate"]
    try expectTurns(
      node, node["expect"][variant], variant: changes, negative: "complement",
      optimizer: optimizer, rate: rate.number,
      masks: variant == "identical_masks" ? node["inputs"]["identical_masks"] : nil)
  }

  @Test(arguments: named("csrec_impact")) func conflicts(_ golden: GoldenCase) throws {
    let node = try golden.load()
    try expectTurns(
      node, node["expect"], variant: nil, negative: "complement", optimizer: "sgd",
      rate: node["config"]["rate"].number, batches: node["inputs"]["batches"].list)
  }

  @Test(
    arguments: named("csrec_rules"),
    [
      "implicit", "impact_param", "impact_param_gamma2", "impact_net",
    ]) func conflictRule(_ golden: GoldenCase, kind: String) throws
  {
    let node = try golden.load()
    let config = try node["config"]
    let tasks = try config["tasks"].integer
    var plan = Self.plan(.complement)
    let name = kind.replacing("_gamma2", with: "").replacing("_", with: "-")
    plan.rule = try #require(ContrastPlan.Rule(rawValue: name))
    plan.power = try config["gamma"].has(kind) ? config["gamma"][kind].number : 1
    plan.memory = try config["rho"].number
    plan.ruleTemperature = try config["tau"].number
    let shared = try Self.floats(node["inputs"]["shared"])
    let rule = ConflictRule(plan, tasks: tasks, shared: [shared])
    for (inputs, expect) in zip(
      try node["inputs"]["steps"].list, try node["expect"][kind].list)
    {
      let weights = try Self.floats(inputs["weights"])
      let losses = (try inputs["positive"].numbers, try inputs["negative"].numbers)
      for task in 0..<tasks {
        rule.note(task, positive: losses.0[task], negative: losses.1[task])
        let gradient = try Self.floats(inputs["gradients"].list[task])
        rule.note(task, layer: 0, weights: weights, gradient: gradient, scale: 1)
      }
      expectClose(rule.differences.map(Float.init), try expect["delta"].tensor, "delta")
      for task in 0..<tasks {
        let factors = shared.indices.map { rule.factor(of: task, layer: 0, at: $0) }
        expectClose(factors, try expect["multiplier"].list[task].tensor, "multiplier")
        var applied = shared.map { _ in Float(1) }
        rule.apply(task, layer: 0, to: &applied)
        #expect(plan.rule == .implicit || applied == factors)
        guard plan.rule == .impactParameter else { continue }
        expectClose(rule.impacts[task][0], try expect["impact"].list[task].tensor, "impact")
      }
    }
  }

  private func expectTurns(
    _ node: GoldenNode, _ expect: GoldenNode, variant: GoldenNode?, negative: String,
    optimizer: String, rate: Double, masks: GoldenNode? = nil, negatives: GoldenNode? = nil,
    batches: [GoldenNode]? = nil, threads: Int = 1
  ) throws {
    let configuration = try GoldenSystems.contrastive(
      node["config"], variant, negative: negative)
    let all = try batches ?? [node["inputs"]["batch"]]
    let model = try GoldenModel(
      node,
      build: { _, setting, builder in
        CSRec(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
      }, batch: all[0], masks: masks ?? node["inputs"]["masks"], ignoresSpaces: true,
      optimizer: OptimizerConfiguration(optimizer == "adam" ? .adam() : .sgd, tables: .dense),
      threads: threads)
    let trainer = model.trainer
    let step = try #require(trainer.lottery)
    step.masksChanged(draw: 0)
    if let negatives { try Self.set(negatives, in: model) }
    trainer.parametersChanged()
    let turns = try expect["turns"].list
    for (place, turn) in turns.enumerated() {
      let task = place % model.tasks.count
      let rows = try GoldenBatch(
        all[turn["batch"].integer], model.input, ignoresSpaces: true)
      trainer.restriction = task
      #expect(trainer.step(rows.batch, rate: rate))
      let losses = step.losses[task]
      #expect(abs(losses.positive - (try turn["positive_loss"].number)) < 1e-5)
      #expect(abs(losses.negative - (try turn["negative_loss"].number)) < 1e-5)
      let factors = step.factors[task]
      #expect(abs(factors.positive - (try turn["positive_weight"].number)) < 1e-5)
      #expect(abs(factors.negative - (try turn["negative_weight"].number)) < 1e-5)
      guard turn.has("parameters_after") else { continue }
      try expectParameters(turn["parameters_after"], trainer, "turn \(place)")
    }
    try expectParameters(expect["parameters"], trainer, "end")
  }

  private func expectParameters(
    _ expected: GoldenNode, _ trainer: Trainer, _ what: String
  ) throws {
    for (name, tensor) in try expected.tensors {
      let entry = try #require(trainer.store.entries.first { $0.piece.path == name })
      expectClose(trainer.store.numbers(of: entry), tensor, "\(what) \(name)")
    }
  }

  // MARK: - Reading cases

  private static func set(_ negatives: GoldenNode, in model: GoldenModel) throws {
    for entry in model.trainer.store.givenEntries {
      let path = entry.piece.path.split(separator: ".").map(String.init)
      guard path[0] == "masks", path[2] == "negative" else { continue }
      let numbers = try floats(negatives[path[1]][path[3...].joined(separator: ".")])
      model.trainer.store.set(entry, to: numbers)
    }
  }

  private static func sets(_ masks: GoldenNode) throws -> MaskSets {
    MaskSets(
      try masks.names.sorted().map { task in
        try masks[task].names.sorted().map { try floats(masks[task][$0]) }
      })
  }

  private static func floats(_ node: GoldenNode) throws -> [Float] {
    try node.numbers.map(Float.init)
  }

  private static func plan(_ negative: ContrastPlan.Negative) -> ContrastPlan {
    ContrastPlan(
      form: .difference, negative: negative, keep: 1, resampling: .once, rule: .implicit,
      memory: 0.9, power: 1, ruleTemperature: 1, margin: 0, cap: nil,
      strength: Parameter(index: 0), temperature: Parameter(index: 0))
  }
}
