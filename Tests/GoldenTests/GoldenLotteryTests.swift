import Foundation
import Graph
import Layers
import Models
import Runs
import TestSupport
import Testing

@testable import Training

/// Sparse sharing and CSRec beyond one joint step: masks, ladders, turns, contrasts, conflict rules.
@Suite struct GoldenLottery {
  // MARK: - Sets

  @Test(arguments: try GoldenCase.of("sparse_sharing")) func census(
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
      sets.jaccard(layers: Array(layers)).map(Float.init),
      try telemetry["jaccard"].tensor, "jaccard")
    #expect(abs(sets.overlapRatio - (try telemetry["overlap_ratio"].number)) < 1e-9)
    let census = layers.map(sets.census(of:)).flatMap {
      [$0.all, $0.some, $0.one, $0.none].map(Float.init)
    }
    expectClose(census, try telemetry["census"].tensor, "census")
  }

  @Test(arguments: try GoldenCase.of("csrec_sets")) func derivedSets(_ golden: GoldenCase) throws {
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

  @Test(arguments: try GoldenCase.of("sparse_sharing_imp"))
  func pruning(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let config = try node["config"]
    let pruning = Pruning(
      isGlobal: try config["scope"].text == "global",
      isInterpolated: try config["quantile"].text == "linear", rate: try config["rate"].number)
    try expectRounds(
      pruning, node, trained: try node["batch"]["trained"].list, cutoffs: "cutoffs", skips: false)
  }

  @Test(arguments: try GoldenCase.of("csrec_ladder_layer", "csrec_ladder_global")) func ladder(
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

  @Test(arguments: try GoldenCase.of("sparse_sharing_imp_train")) func search(_ golden: GoldenCase)
    throws
  {
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
        for loss in try round["losses"].numbers {
          #expect(model.trainer.step(model.batch, rate: try config["learning_rate"].number))
          #expect(abs(model.trainer.loss(of: task) - loss) <= 1e-4 * abs(loss) + 1e-5)
        }
        step.masks.set(
          pruning.thinned(step.masks.weights, step.masks.masks(of: task)), of: task)
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

  @Test(arguments: try GoldenCase.of("csrec_ladder_training")) func ladderWithTraining(
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

  @Test(arguments: try GoldenCase.of("sparse_sharing")) func alternating(
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

  // MARK: - Reading cases

  static func set(_ negatives: GoldenNode, in model: GoldenModel) throws {
    for entry in model.trainer.store.givenEntries {
      let path = entry.piece.path.split(separator: ".").map(String.init)
      guard path[0] == "masks", path[2] == "negative" else { continue }
      let numbers = try floats(negatives[path[1]][path[3...].joined(separator: ".")])
      model.trainer.store.set(entry, to: numbers)
    }
  }

  static func sets(_ masks: GoldenNode) throws -> MaskSets {
    MaskSets(
      try masks.names.sorted().map { task in
        try masks[task].names.sorted().map { try floats(masks[task][$0]) }
      })
  }

  static func floats(_ node: GoldenNode) throws -> [Float] {
    try node.numbers.map(Float.init)
  }

  static func plan(_ negative: ContrastPlan.Negative) -> ContrastPlan {
    ContrastPlan(
      form: .difference, negative: negative, keep: 1, resampling: .once, rule: .implicit,
      memory: 0.9, power: 1, ruleTemperature: 1, margin: 0, cap: nil,
      strength: Parameter(index: 0), temperature: Parameter(index: 0))
  }
}
