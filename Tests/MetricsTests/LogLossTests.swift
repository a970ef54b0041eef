import Foundation
import Metrics
import Testing

@Suite struct LogLossTests {
  @Test func `is undefined without rows`() {
    #expect(LogLoss.ofLogits(LabelledRows()).isNaN)
    #expect(LogLoss.ofProbabilities(LabelledRows()).isNaN)
  }

  @Test func `of a coin is the logarithm of two`() {
    let rows = LabelledRows(predictions: [0, 0], labels: [0, 1])
    #expect(abs(LogLoss.ofLogits(rows) - log(2)) < 1e-15)
    #expect(abs(LogLoss.ofProbabilities(Sigmoid.of(rows)) - log(2)) < 1e-15)
  }

  @Test func `of extreme logits is finite and exact`() {
    func loss(_ logit: Double, _ label: Double) -> Double {
      LogLoss.ofLogits(LabelledRows(predictions: [logit], labels: [label]))
    }
    #expect(loss(800, 1) == 0)
    #expect(loss(800, 0) == 800)
    #expect(loss(-800, 0) == 0)
    #expect(loss(-800, 1) == 800)
    #expect(loss(.infinity, 1) == 0)
    #expect(loss(-.infinity, 0) == 0)
    #expect(loss(40, 1) > 0)
    #expect(loss(800, 0.5) == 400)
    #expect(loss(.nan, 1).isNaN)
  }

  @Test func `from logits and from probabilities is the same`() {
    let logits = stride(from: -6.0, through: 6, by: 0.25).map { $0 }
    let labels = logits.indices.map { Double($0 % 3 == 0 ? 1 : 0) }
    let rows = LabelledRows(predictions: logits, labels: labels)
    let direct = LogLoss.ofLogits(rows)
    #expect(abs(direct - LogLoss.ofProbabilities(Sigmoid.of(rows))) < 1e-14)
  }

  @Test func `of certain probabilities is finite, of impossible ones undefined`() {
    func loss(_ probability: Double, _ label: Double) -> Double {
      LogLoss.ofProbabilities(LabelledRows(predictions: [probability], labels: [label]))
    }
    #expect(loss(1, 0).isFinite && loss(1, 0) > 36)
    #expect(loss(0, 1).isFinite && loss(0, 1) > 36)
    #expect(loss(1, 1) < 1e-15)
    #expect(loss(1.1, 1).isNaN)
    #expect(loss(.nan, 1).isNaN)
  }

  @Test func `skips rows outside the sample space`() {
    let rows = LabelledRows(predictions: [0, 500], labels: [1, 0], space: [1, 0])
    #expect(rows.count == 1)
    #expect(abs(LogLoss.ofLogits(rows) - log(2)) < 1e-15)
  }

  @Test func `sigmoid saturates quietly`() {
    #expect(Sigmoid.of(0) == 0.5)
    #expect(Sigmoid.of(800) == 1)
    #expect(Sigmoid.of(-800) == 0)
    #expect(Sigmoid.of(-700) > 0)
  }
}
