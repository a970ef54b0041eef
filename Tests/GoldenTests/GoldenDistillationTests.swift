import Foundation
import Graph
import Layers
import Objectives
import Tensors
import TestSupport
import Testing

/// The pieces of CrossDistil against their reference: the order of quadruplets, calibration, error
/// correction and what a student learns from.
@Suite struct GoldenDistillation {
  @Test(arguments: try GoldenCase.of("crossdistil_quadruplets"), ["a", "b"]) func quadruplets(
    _ golden: GoldenCase, _ task: String
  ) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers.map(Float.init)
    let scores = try node["inputs"]["scores_\(task)"].numbers
    func run(_ above: Double, _ below: Double) -> (loss: Double, gradient: [Float]) {
      let rows = Quadruplets(scores: scores, labels: labels, own: task == "a" ? 0 : 1)
      return rows.run(betas: (above, below))
    }
    for betas in try node["config"]["betas"].list.map({ try $0.list.map { try $0.number } }) {
      let expected = try node["expect"]["losses"]["beta\(betas[0])_\(betas[1])"]
      let found = run(betas[0], betas[1])
      expectClose(
        [Float(found.loss)], try expected["loss_\(task)"].tensor, "\(betas): loss")
      expectClose(
        found.gradient, try expected["gradient_\(task)"].tensor, "\(betas): gradient")
    }
    let coarse = run(0, 0).loss
    let parts = [run(1, 0).loss - coarse, run(0, 1).loss - coarse, coarse]
    let expected = try node["expect"]["losses"]["beta1.0_1.0"]["parts_\(task)"].tensor
    for (part, expected) in zip(parts, expected.values) {
      #expect(abs(part - expected) <= 1e-5 * max(1, expected))
    }
  }

  /// The optimum of P and Q has no gradient; nothing goes back to the teacher.
  @Test(arguments: try GoldenCase.of("crossdistil_calibration")) func calibration(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let (inputs, expect) = (try node["inputs"], try node["expect"])
    let labels = try inputs["labels"].numbers.map(Float.init)
    let logits = try inputs["teacher_logits"].numbers
    let builder = Builder()
    let platt = PlattScaling(in: builder.shared / "platt")
    let rows = PrimitiveRows(GoldenTensor(shape: [logits.count, 1], values: logits), in: builder)
    let run = PrimitiveRun(rows, builder, labels: labels) { x in
      let calibrated = platt(x)
      return (calibrated, calibrated.loss(task: 0, .crossEntropy))
    }
    run.run(scale: 1 / Float(labels.count))
    let sums = run.executor.lossSums(task: 0, rows: labels.count)
    expectClose([Float(sums.loss / sums.rows)], try expect["loss"].tensor, "loss")
    for name in ["scale", "shift"] {
      expectClose(
        try run.gradient(of: "platt.\(name)"), try expect["gradients"][name].tensor, name)
      try run.set("platt.\(name)", to: expect["optimum"][name])
    }
    #expect(run.executor.tableGradients.isEmpty)
    run.run(scale: 1 / Float(labels.count))
    let best = run.executor.lossSums(task: 0, rows: labels.count)
    expectClose(
      [Float(best.loss / best.rows)], try expect["optimum"]["loss"].tensor, "optimum")
    expectClose(run.output, try expect["calibrated"].tensor, "calibrated")
    for name in ["scale", "shift"] {
      #expect(abs(try run.gradient(of: "platt.\(name)")[0]) <= 1e-6)
    }
  }

  @Test(arguments: try GoldenCase.of("crossdistil_calibration")) func errorCorrection(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers.map(Float.init)
    let calibrated = try node["expect"]["calibrated"].numbers.map(Float.init)
    for margin in try node["config"]["margins"].list.map({ try $0.number }) {
      let expected = try node["expect"]["error_correction"]["margin\(margin)"]
      let found = zip(calibrated, labels).map {
        DistilledLoss.corrected($0, label: $1, margin: Float(margin))
      }
      expectClose(found, try expected["corrected"].tensor, "margin \(margin)")
      let share = Double(zip(found, calibrated).count { $0 != $1 }) / Double(found.count)
      #expect(try share == expected["corrected_share"].number)
    }
  }

  @Test(arguments: try GoldenCase.of("crossdistil_calibration")) func student(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers.map(Float.init)
    let (students, teachers) = (
      try node["inputs"]["student_logits"].numbers, try node["expect"]["calibrated"].numbers
    )
    let names = try node["expect"]["student"].names
    #expect(names.count >= 4)
    for name in names {
      // `alpha0.5_tau2.0_scaled`
      let parts = name.split(separator: "_")
      let builder = Builder()
      func dial(_ name: String, _ start: Double) -> Parameter {
        builder.dial(name, "", in: 0...10, start: start)
      }
      let dials = DistilledLoss.Dials(
        share: dial("alpha", try #require(Double(parts[0].dropFirst(5)))),
        temperature: dial("tau", try #require(Double(parts[1].dropFirst(3)))),
        margin: dial("margin", try node["config"]["student_margin"].number))
      let values = zip(students, teachers).flatMap { [$0, $1] }
      let rows = PrimitiveRows(
        GoldenTensor(shape: [students.count, 2], values: values), in: builder)
      let run = PrimitiveRun(rows, builder, labels: labels) { x in
        let loss = x.columns(0..<1).distilledLoss(
          task: 0, from: x.columns(1..<2), dials: dials, scalesSoft: parts[2] == "scaled")
        return (x, loss)
      }
      run.run(scale: 1 / Float(labels.count))
      let (expected, sums) = (
        try node["expect"]["student"][name],
        run.executor.lossSums(task: 0, rows: labels.count)
      )
      expectClose([Float(sums.loss / sums.rows)], try expected["loss"].tensor, "\(name): loss")
      let gradient = run.inputGradient
      expectClose(
        labels.indices.map { gradient[2 * $0] }, try expected["gradient"].tensor,
        "\(name): gradient")
      #expect(labels.indices.allSatisfy { gradient[2 * $0 + 1] == 0 }, "the teacher is read only")
    }
  }
}

/// Rows with two labels and a teacher's score each.
struct Quadruplets {
  var scores: [Double]
  var labels: [Float]
  var spaces: [Float]?
  var own = 0
  var mostPairs = 1 << 20
  var draw: UInt64 = 0
  var threads = 1

  func run(betas: (above: Double, below: Double)) -> (loss: Double, gradient: [Float]) {
    let builder = Builder()
    let dials = (
      above: builder.dial("above", "", in: 0...1, start: betas.above),
      below: builder.dial("below", "", in: 0...1, start: betas.below)
    )
    let rows = PrimitiveRows(GoldenTensor(shape: [scores.count, 1], values: scores), in: builder)
    let run = PrimitiveRun(rows, builder, labels: labels, spaces: spaces, threads: threads) { x in
      let loss = x.quadrupletLoss(
        of: own, with: 1 - own, at: 0, betas: dials, mostPairs: mostPairs)
      return (x, loss)
    }
    run.draw(draw)
    run.run()
    let sums = run.executor.lossSums(task: 0, rows: scores.count)
    #expect(sums.rows == 1)
    return (sums.loss, run.inputGradient)
  }
}
