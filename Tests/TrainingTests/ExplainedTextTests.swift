import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What is said of texts where a user and an item are explained.
@Suite struct ExplainedTextTests {
  @Test func textsAreCalledWhatTheyAre() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer(
      "caml", ["word": "8", "hidden": "16", "factors": "3", "concepts": "2"], batchSize: 16)
    let rows = try #require(PairRows(problem.dataset))
    let held = problem.dataset.validation
    let wish = ExplanationWish(
      user: .named("\(held.ids[1])"), item: .named("\(held.ids[0])"))
    let question = ExplanationQuestion(trainer, rows, user: held.ids[1], wish: wish)
    var found: ExplanationView?
    for _ in 0..<1_000 where found == nil {
      if case .explanation(let view, _)? = question.advance()?.first { found = view }
    }
    let view = try #require(found)
    #expect(view.truth?.source == "validation row: in small letters")
    let evidence = try #require(view.explanation).reasons.flatMap(\.evidence)
    #expect(!evidence.isEmpty)
    // These data have no times.
    #expect(evidence.allSatisfy { $0.source.hasSuffix(", last in the file first") })
    #expect(evidence.allSatisfy { !$0.text.hasSuffix("…") })
  }
}
