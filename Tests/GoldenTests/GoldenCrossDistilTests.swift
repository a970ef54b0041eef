import Graph
import Layers
import Metrics
import Models
import Objectives
import Runs
import TestSupport
import Testing
import Training

/// CrossDistil against its reference: losses, gradients and steps by the trainer itself.
@Suite struct GoldenCrossDistil {
  /// The model of a case, on a shared bottom.
  private static func model(
    _ golden: GoldenNode, teacher: String, betas: (Double, Double)? = nil, batch: GoldenNode,
    corrects: Bool = true, threads: Int = 1
  ) throws -> GoldenModel {
    try GoldenModel(
      golden,
      build: { config, setting, builder in
        var configuration = CrossDistil.Configuration()
        configuration.teacher = teacher
        configuration.teacherEpochs = 0
        configuration.hardSharing.bottomSizes = try config["bottom"].integers
        configuration.hardSharing.towerSizes = try config["tower"].integers
        configuration.share = try config["alpha"].number
        configuration.temperature = try config["tau"].number
        configuration.margin = try config["margin"].number
        configuration.scalesSoft = try config["scale_tau"].flag
        configuration.corrects = corrects
        configuration.calibrationRate = 1
        if config.has("beta1") {
          configuration.fineAbove = try betas?.0 ?? config["beta1"].number
          configuration.fineBelow = try betas?.1 ?? config["beta2"].number
        }
        return CrossDistil(
          configuration, input: setting.input, tasks: setting.tasks, builder: builder)
      }, batch: batch, ignoresSpaces: true, optimizer: OptimizerConfiguration(.sgd),
      threads: threads)
  }

  private static func values(_ name: Watched, _ model: GoldenModel) throws -> [Float] {
    let executor = model.trainer.forward(model.batch)
    let values = try #require(executor.output(name))
    return (0..<model.batch.rows).map { values[$0] }
  }

  /// Small gradients stand for zero: a relation does not see a constant.
  private static func expectGradient(
    _ found: [Float], _ expected: GoldenTensor, _ name: String
  ) {
    let tolerance = GoldenDeviation.Tolerance(absolute: 1e-6)
    let deviation = GoldenDeviation(
      of: found.map(Double.init), from: expected.values, within: tolerance)
    #expect(deviation.isWithinTolerance, "\(name): \(deviation)")
  }

  @Test(arguments: try GoldenCase.of("crossdistil_model", "crossdistil_pairs"))
  func answersAndGradients(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let (batch, expect) = (try node["inputs"]["batch"], try node["expect"])
    let model = try Self.model(node, teacher: "joint", batch: batch)
    for (task, definition) in model.tasks.enumerated() {
      let name = definition.name
      let watched: [(Watched, String)] = [
        (.logit(name), "student_logits"), (.part("teachers", .logit(name)), "teacher_logits"),
        (.part("calibrated", .logit(name)), "calibrated"),
      ]
      for (seen, key) in watched {
        expectClose(
          try Self.values(seen, model), try expect[key].list[task].tensor, "\(seen)")
      }
      let margin = Float(try node["config"]["margin"].number)
      let corrected = try Self.values(.part("calibrated", .logit(name)), model).enumerated().map {
        row, odds in
        DistilledLoss.corrected(
          odds, label: model.batch.labels?[row * model.tasks.count + task] ?? .nan, margin: margin)
      }
      expectClose(corrected, try expect["corrected"].list[task].tensor, "corrected \(name)")
    }
    #expect(model.trainer.gradients(model.batch))
    let losses = try expect["losses"]
    let sum = try losses["rank"].number + losses["calibration"].number + losses["student"].number
    #expect(abs(model.loss - sum) <= 1e-5 * sum)
    // What is stopped is stopped: the three gradients add up.
    for entry in model.trainer.store.entries {
      let parts = try ["rank", "calibration", "student"].map {
        try expect["gradients"][$0][entry.piece.path].tensor
      }
      let whole = parts[0].values.indices.map { place in
        parts.reduce(0) { $0 + $1.values[place] }
      }
      Self.expectGradient(
        model.trainer.gradient(of: entry, batch: model.batch),
        GoldenTensor(shape: parts[0].shape, values: whole), entry.piece.path)
    }
  }

  /// One step of the trainer is three: each from what the one before has left.
  @Test(arguments: try GoldenCase.of("crossdistil_model", "crossdistil_pairs"), [1, 2])
  func turns(_ golden: GoldenCase, threads: Int) throws {
    let node = try golden.load()
    let expected = try node["expect"]["sequential"]
    let model = try Self.model(
      node, teacher: "alternating", batch: node["inputs"]["batch"], threads: threads)
    let trainer = model.trainer
    #expect(trainer.step(model.batch, rate: try node["config"]["rate"].number))
    let (tasks, others) = (model.tasks.count, model.tasks.count - 1)
    func terms(_ isWanted: (Int) -> Bool) -> Double {
      trainer.terms.enumerated().reduce(0) {
        isWanted($1.offset % (others + 1)) ? $0 + $1.element.loss / $1.element.rows : $0
      }
    }
    let found = [
      "rank": terms { $0 < others }, "calibration": terms { $0 == others },
      "student": (0..<tasks).reduce(0) { $0 + trainer.loss(of: $1) },
    ]
    for (turn, loss) in found {
      let expected = try expected[turn]["loss"].number
      #expect(abs(loss - expected) <= 1e-5 * expected, "\(turn): \(loss), expected \(expected)")
    }
    for entry in trainer.store.entries {
      let path = entry.piece.path
      expectClose(
        trainer.store.numbers(of: entry),
        try expected["student"]["parameters"][path].tensor, path)
    }
  }

  @Test(arguments: try GoldenCase.of("crossdistil_static_teacher"), [true, false])
  func aStaticTeacher(_ golden: GoldenCase, corrects: Bool) throws {
    let node = try golden.load()
    let expected = try node["expect"][corrects ? "corrected" : "uncorrected"]
    let batches = try node["inputs"]["batches"].list
    let model = try Self.model(node, teacher: "static", batch: batches[0], corrects: corrects)
    let trainer = model.trainer
    for (inputs, expected) in zip(batches, try expected["steps"].list) {
      let rows = try GoldenBatch(inputs, model.input, ignoresSpaces: true)
      for (task, definition) in model.tasks.enumerated() {
        let seen = try expected["teacher"]["t\(task)"]
        for (name, key) in [("teachers", "teacher_logits"), ("calibrated", "calibrated")] {
          let values = try #require(
            trainer.forward(rows.batch).output(.part(name, .logit(definition.name))))
          expectClose(
            (0..<rows.batch.rows).map { values[$0] }, try seen[key].tensor, "\(name) \(task)")
        }
      }
      #expect(trainer.gradients(rows.batch))
      for (path, gradient) in try expected["gradients"].tensors {
        let entry = try #require(trainer.store.entries.first { $0.piece.path == path })
        Self.expectGradient(trainer.gradient(of: entry, batch: rows.batch), gradient, path)
      }
      #expect(trainer.step(rows.batch, rate: try node["config"]["rate"].number))
      let loss = model.tasks.indices.reduce(0) { $0 + trainer.loss(of: $1) }
      #expect(try abs(loss - expected["loss"].number) <= 1e-5 * loss)
    }
    for entry in trainer.store.entries {
      let path = entry.piece.path
      // The teacher stands still.
      let after =
        path.hasPrefix("static.")
        ? try node["parameters"][path].tensor : try expected["parameters_after"][path].tensor
      expectClose(trainer.store.numbers(of: entry), after, path)
    }
  }

  /// L⁺ is linear in β₁ and β₂, so three pairs of them give its parts.
  @Test(arguments: try GoldenCase.of("crossdistil_model", "crossdistil_pairs"))
  func relations(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let batch = try node["inputs"]["batch"]
    func ranks(_ betas: (Double, Double)) throws -> [Double] {
      let model = try Self.model(node, teacher: "joint", betas: betas, batch: batch)
      #expect(model.trainer.gradients(model.batch))
      let others = model.tasks.count - 1
      // By task its K − 1 orders, then its calibration.
      return (0..<model.tasks.count).flatMap { task in
        (0..<others).map { model.trainer.terms[task * (others + 1) + $0].loss * Double(others) }
      }
    }
    let coarse = try ranks((0, 0))
    let (above, below) = (try ranks((1, 0)), try ranks((0, 1)))
    let expected = try node["expect"]["rank_parts"].list.flatMap { try $0.numbers }
    #expect(expected.count == 3 * coarse.count)
    for place in coarse.indices {
      let parts = [above[place] - coarse[place], below[place] - coarse[place], coarse[place]]
      for (found, expected) in zip(parts, expected[(3 * place)...]) {
        #expect(abs(found - expected) <= 1e-5 * max(1, expected), "pair \(place)")
      }
    }
  }

  @Test(arguments: try GoldenCase.of("crossdistil_pairs")) func multiAUC(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try Self.model(node, teacher: "joint", batch: node["inputs"]["batch"])
    let labels = try node["inputs"]["batch"]["labels"].numbers
    let names = model.tasks.map(\.name)
    for who in ["teacher", "student"] {
      let expected = try node["expect"]["\(who)_multi_auc"]
      for (own, name) in names.enumerated() {
        let logit = Watched.logit(name)
        let watched: Watched = who == "teacher" ? .part("teachers", logit) : logit
        let scores = try Self.values(watched, model).map(Double.init)
        var sum = 0.0
        for (other, partner) in names.enumerated() where other != own {
          let classes = scores.indices.map {
            MultiAUC.cell(
              own: labels[$0 * names.count + own] == 1, other: labels[$0 * names.count + other] == 1
            )
          }
          let found = MultiAUC.of(scores, classes: classes)
          #expect(try abs(found - expected["pairs"][name][partner].number) <= 1e-12)
          sum += found
        }
        #expect(try abs(sum / Double(names.count - 1) - expected["task"][name].number) <= 1e-12)
      }
    }
  }
}
