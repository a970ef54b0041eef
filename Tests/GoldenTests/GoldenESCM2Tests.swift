import Foundation
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import TestSupport
import Testing
import Training

/// What ESCM² shows of itself, against its reference, and what its estimators promise.
@Suite struct GoldenESCM2 {
  @Test(arguments: try GoldenCase.of("escm2")) func propensities(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let traces = model.trainer.inspect(model.batch, schema: model.input.schema).traces
    let rate = try #require(traces.first { $0.name == "clip_rate" })
    expectClose(rate.values, try telemetry["clip_rate"].tensor, "clip_rate")
    let size = try #require(traces.first { $0.name == "effective_sample_size" })
    expectClose(
      [size.values[0]], try telemetry["effective_sample_size"].tensor, "effective_sample_size")
    let executor = model.trainer.forward(model.batch)
    let logits = try #require(executor.output(.logit("t0")))
    let clip = Float(try node["config"]["clip"].number)
    let inverse = (0..<model.batch.rows).map { min(1 + exp(-logits[$0]), clip) }
    expectClose(inverse, try telemetry["inverse_propensity"].tensor, "inverse_propensity")
    guard telemetry.has("imputed") else { return }
    let imputed = try #require(executor.output(.value("imputed")))
    expectClose(
      Array(UnsafeBufferPointer(start: imputed, count: model.batch.rows)),
      try telemetry["imputed"].tensor, "imputed")
  }

  /// With the true propensities the mean over draws of clicks is the risk on all rows: of ℓ for IPS,
  /// and for DR of ℓ and (ℓ − ê)².
  @Test(arguments: [false, true]) func truePropensitiesAreUnbiased(isRobust: Bool) throws {
    let (rows, draws) = (400, 200)
    let random = RandomSource(seed: 5, stream: 1)
    // Conversions are likelier where clicks are: the clicked rows are no fair sample.
    let a = (0..<rows).map { 1.5 * random.normal(UInt64($0), 0) - 0.5 }
    let b = (0..<rows).map { random.normal(UInt64($0), 1) }
    let c = (0..<rows).map { random.normal(UInt64($0), 2) }
    let converts = (0..<rows).map {
      random.uniform(UInt64($0), 3) < Self.sigmoid(1.5 * a[$0] + 0.5 * b[$0])
    }
    let losses = (0..<rows).map { log1p(exp(b[$0])) - (converts[$0] ? b[$0] : 0) }
    let rest = (0..<rows).map { losses[$0] - Self.sigmoid(c[$0]) }
    let truth =
      (losses.reduce(0, +) + (isRobust ? rest.reduce(0) { $0 + $1 * $1 } : 0)) / Double(rows)
    var estimates: [Double] = []
    var naive = 0.0
    for draw in 0..<draws {
      let clicks = (0..<rows).map {
        random.uniform(UInt64($0), UInt64(10 + draw)) < Self.sigmoid(a[$0])
      }
      estimates.append(
        try Self.estimate(a, b, isRobust ? c : nil, clicks: clicks, converts: converts).loss)
      let clicked = (0..<rows).filter { clicks[$0] }
      naive += clicked.reduce(0) { $0 + losses[$1] } / Double(clicked.count) / Double(draws)
    }
    let mean = estimates.reduce(0, +) / Double(draws)
    let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    let error = (variance / Double(draws)).squareRoot()
    #expect(abs(mean - truth) <= 4 * error, "\(mean), expected \(truth) ± \(error)")
    // The bound would catch the bias of the clicked rows' own mean.
    if !isRobust { #expect(abs(naive - truth) > 4 * error) }
  }

  /// ê = ℓ makes DR the mean of ê, and its gradient by the conversion 0.
  @Test func aTrueImputationIsTheMeanOfItself() throws {
    let a = [-2.0, 0, 1, -4]
    let b = [-1.0, -2, 0.3, -0.5]
    let losses = b.map { log1p(exp($0)) }
    let c = losses.map { log($0 / (1 - $0)) }
    let clicks = [true, true, false, true]
    let found = try Self.estimate(
      a, b, c, clicks: clicks, converts: [false, false, true, false])
    #expect(abs(found.loss - losses.reduce(0, +) / 4) <= 1e-5)
    for row in 0..<4 where clicks[row] {
      // d/db of y(ℓ − e)v + y(ℓ − e)²v is y v σ(b) at ℓ = e; that of a is 0.
      let expected = (1 + exp(-a[row])) * Self.sigmoid(b[row]) / 4
      #expect(abs(Double(found.gradient[3 * row + 1]) - expected) <= 1e-4 * expected)
    }
    #expect((0..<4).allSatisfy { found.gradient[3 * $0] == 0 })
    #expect(found.gradient[3 * 2 + 1] == 0)
  }

  private static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  /// The loss and the gradient by (a, b, c) of rows.
  private static func estimate(
    _ a: [Double], _ b: [Double], _ c: [Double]?, clicks: [Bool], converts: [Bool]
  ) throws -> (loss: Double, gradient: [Float]) {
    let builder = Builder()
    let third = c ?? a.map { _ in 0 }
    let values = a.indices.flatMap { [a[$0], b[$0], third[$0]] }
    let rows = PrimitiveRows(GoldenTensor(shape: [a.count, 3], values: values), in: builder)
    let dials = CounterfactualLoss.Dials(
      strength: builder.dial("strength", "", in: 0...1, start: 1),
      floor: builder.dial("floor", "", in: 0...1, start: 1e-6),
      clip: builder.dial("clip", "", in: 0...1e6, start: 1e6))
    let labels = zip(clicks, converts).flatMap { [$0 ? 1 : 0, $1 ? 1 : 0] as [Float] }
    let run = PrimitiveRun(rows, builder, labels: labels) { x in
      let loss = x.columns(1..<2).counterfactualLoss(
        at: 1, given: (x.columns(0..<1), 0), conversion: 1,
        imputed: c == nil ? nil : x.columns(2..<3), dials: dials)
      return (x, loss)
    }
    run.run(scale: 1 / Float(a.count))
    let sums = run.executor.lossSums(task: 1, rows: a.count)
    #expect(sums.rows == Double(a.count))
    return (sums.loss / sums.rows, run.inputGradient)
  }
}
