import Foundation
import Graph
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// The baselines of the ESMM paper, and what ESMM and they show.
@Suite struct ESMMVariantTests {
  /// BASE sees conversions on clicked rows alone, and its conversion does not teach the click.
  @Test func baseLearnsFromClickedRows() throws {
    let problem = TinyProblem(rows: 200, tasks: 2)
    let labels = problem.examples.labels
    let trainer = try problem.trainer("esmm", ["variant": "base", "separate": "false"])
    let batch = problem.batch(rows: 200)
    let before = trainer.namedGradients(batch)
    let clicks = (0..<200).count { labels[2 * $0] == 1 }
    #expect(trainer.sums.map(\.rows) == [200, Double(clicks)] && clicks < 150)
    for row in 0..<200 where labels[2 * row] == 0 { labels[2 * row + 1] = .nan }
    #expect(trainer.namedGradients(batch) == before)
    trainer.weights = [0, 1]
    for (path, gradient) in trainer.namedGradients(batch) {
      #expect(gradient.contains { $0 != 0 } == !path.hasPrefix("towers.board"), "\(path)")
    }
    // The loss is the mean cross-entropy of the clicked rows' logits.
    let logits = trainer.logits("stripe", batch)
    let sum = (0..<200).filter { labels[2 * $0] == 1 }.reduce(0.0) { sum, row in
      let z = Double(logits[row])
      return sum + log1p(exp(z)) - Double(labels[2 * row + 1]) * z
    }
    #expect(abs(trainer.loss(of: 1) - sum / Double(clicks)) <= 1e-5)
  }

  @Test func baseWithSeparateEmbeddingsIsTwoSingleTasks() throws {
    let problem = TinyProblem(tasks: 2)
    let trainer = try problem.trainer("esmm", ["variant": "base", "separate": "true"])
    trainer.weights = [0, 1]
    for (path, gradient) in trainer.namedGradients(problem.batch(rows: 200)) {
      #expect(gradient.contains { $0 != 0 } == path.contains(".stripe."), "\(path)")
    }
  }

  /// The division's conversion tower says pCTCVR, and what is reported is the ratio.
  @Test func divisionReportsTheRatio() throws {
    let problem = TinyProblem(rows: 200, tasks: 2)
    let trainer = try problem.trainer(
      "esmm", ["variant": "division", "separate": "false", "tower": "8"])
    let esmm = try problem.trainer("esmm", ["tower": "8"])
    esmm.set("towers.stripe.1.bias", to: [-2])
    trainer.set("towers.stripe.1.bias", to: [-2])
    let batch = problem.batch(rows: 200)
    // The same numbers: ESMM reports the towers' own logits.
    let (a, c) = (esmm.logits("board", batch), esmm.logits("stripe", batch))
    let b = trainer.logits("stripe", batch)
    #expect(trainer.logits("board", batch) == a)
    for row in 0..<200 {
      let ratio = (1 + exp(-Double(a[row]))) / (1 + exp(-Double(c[row])))
      #expect(ratio < 1 && abs(1 / (1 + exp(-Double(b[row]))) - ratio) <= 1e-5)
    }
    trainer.gradients(batch)
    let labels = problem.examples.labels
    let expected = (0..<200).reduce(0.0) { sum, row in
      let z = Double(c[row])
      return sum + log1p(exp(z)) - Double(labels[2 * row] * labels[2 * row + 1]) * z
    }
    #expect(abs(trainer.loss(of: 1) - expected / 200) <= 1e-5)
    #expect(trainer.sums[1].rows == 200)
  }

  /// Ratios above 1 are reported next to 1 and in their order.
  @Test func divisionKeepsTheOrderAboveOne() throws {
    let problem = TinyProblem(rows: 64, tasks: 2)
    let trainer = try problem.trainer(
      "esmm", ["variant": "division", "separate": "false", "tower": "8"])
    let batch = problem.batch(rows: 64)
    trainer.set("towers.board.1.bias", to: [-1])
    var last: [Float] = []
    for bias in [Float(-1), 0, 1, 4] {
      trainer.set("towers.stripe.1.bias", to: [bias])
      let logits = trainer.logits("stripe", batch)
      #expect(logits.allSatisfy { $0.isFinite })
      #expect(zip(last, logits).allSatisfy { $0 < $1 }, "\(bias)")
      last = logits
    }
    #expect(last.allSatisfy { $0 >= RatioLogit.most && $0 < 20 })
    let traces = trainer.inspect(batch, schema: problem.input.schema).traces
    #expect(traces.first { $0.name == "above_one" }?.values == [1])
  }

  @Test(arguments: ["base", "division"]) func learnsACheckerboard(variant: String) throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer("esmm", ["variant": variant])
    for step in 0..<400 {
      #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 5e-3))
    }
    #expect(trainer.loss(of: 0) < 0.05 && trainer.loss(of: 1) < 0.05)
  }

  @Test(arguments: ["base", "division"]) func sameBitsOnAnyNumberOfThreads(
    variant: String
  ) throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer("esmm", ["variant": variant], threads: threads)
      for step in 0..<30 {
        #expect(trainer.step(problem.batch(from: step * 13, rows: 256), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    #expect(try fingerprint(threads: 1) == fingerprint(threads: 2))
  }

  /// Observed rates are marked where they can be known, and only there.
  @Test func ratesBesideWhatWasObserved() throws {
    let problem = TinyProblem(rows: 200, tasks: 2)
    let labels = problem.examples.labels
    let trainer = try problem.trainer("esmm")
    let inspection = trainer.inspect(problem.batch(rows: 200), schema: problem.input.schema)
    guard case .bars(let bars)? = inspection.views.first(where: { $0.name == "rates" })?.content
    else {
      Issue.record("no bars")
      return
    }
    let clicks = (0..<200).filter { labels[2 * $0] == 1 }
    let both = clicks.count { labels[2 * $0 + 1] == 1 }
    let marks = Dictionary(uniqueKeysWithValues: bars.bars.map { ($0.name, $0.mark) })
    #expect(marks.count == 9)
    #expect(marks["pCTR, all"] == Float(clicks.count) / 200)
    #expect(marks["pCTR, clicked"] == 1 && marks["pCTR, unclicked"] == 0)
    #expect(marks["pCVR, clicked"] == Float(both) / Float(clicks.count))
    #expect(marks["pCVR, all"] == .some(nil) && marks["pCVR, unclicked"] == .some(nil))
    #expect(marks["pCTCVR, all"] == Float(both) / 200 && marks["pCTCVR, unclicked"] == 0)
    guard
      case .bars(let histogram)? = inspection.views.first(where: { $0.name == "pcvr_unclicked" })?
        .content
    else {
      Issue.record("no histogram")
      return
    }
    #expect(abs(histogram.bars.reduce(0) { $0 + $1.values[0] } - 1) <= 1e-5)
  }
}
