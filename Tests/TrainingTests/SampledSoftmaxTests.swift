import Testing
import TrainingFixtures

@testable import Training

/// Models of texts whose softmax is over some words while they learn.
@Suite struct SampledSoftmaxTests {
  private static let sizes = [
    "caml": ["word": "8", "hidden": "16", "factors": "3", "concepts": "2"],
    "nrt": ["width": "6", "word": "8", "hidden": "16", "layers": "8"],
    "why": ["word": "8", "hidden": "16", "encoder": "4", "adversarial": "false"],
  ]

  /// Answers are of all words, whatever it learns by; steps differ.
  @Test(arguments: ["caml", "nrt", "why"])
  func `only steps read the sample`(_ name: String) throws {
    let problem = ReviewProblem()
    let options = try #require(Self.sizes[name])
    func trainer(_ sampled: String) throws -> Trainer {
      let all = options.merging(["sampled": sampled]) { $1 }
      return try problem.trainer(name, all, batchSize: 16)
    }
    let (whole, some) = (try trainer("0"), try trainer("6"))
    func answers(_ trainer: Trainer) -> [[Float]] {
      trainer.outputs(for: problem.dataset.validation)
    }
    #expect(answers(whole) == answers(some))
    for trainer in [whole, some] {
      let hasMoved = trainer.step(problem.batch(from: 0, rows: 16), rate: 0.01)
      #expect(hasMoved)
    }
    #expect(answers(whole) != answers(some))
    #expect(some.loss(of: 1) != whole.loss(of: 1))
    let first = said(some, problem)
    for step in 1..<40 {
      let hasMoved = some.step(problem.batch(from: step % 2 * 16, rows: 16), rate: 0.03)
      #expect(hasMoved)
    }
    let last = said(some, problem)
    #expect(last < 0.9 * first, "\(name): \(first) to \(last)")
  }

  /// −ln p of the texts that were learned from, by all words.
  private func said(_ trainer: Trainer, _ problem: ReviewProblem) -> Float {
    trainer.outputs(for: problem.dataset.training)[1].prefix(32).reduce(0, +) / 32
  }
}
