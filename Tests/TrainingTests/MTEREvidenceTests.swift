import Datasets
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What MTER shows beside a feature: words that fit user and item, and what is said most of the item.
@Suite struct MTEREvidenceTests {
  /// Where both are the same words they are one passage, with both of what they are.
  @Test func theSameWordsAreSaidOnce() throws {
    let problem = OpinionProblem()
    let trainer = try problem.trainer()
    let rows = try #require(PairRows(problem.dataset))
    var (joined, apart) = (0, 0)
    for index in 0..<OpinionProblem.users {
      let wish = ExplanationWish(user: .place(index))
      let user = try #require(rows.user(wish.user))
      let question = ExplanationQuestion(trainer, rows, user: user, wish: wish)
      var answers = question.advance()
      while answers == nil { answers = question.advance() }
      guard case .explanation(let view, _)? = answers?.first else { continue }
      for reason in try #require(view.explanation).reasons {
        let texts = reason.evidence.map(\.text)
        #expect(Set(texts).count == texts.count, "\(reason)")
        let sources = reason.evidence.map(\.source)
        joined += sources.count { $0.hasPrefix("words that fit both; said ") }
        apart += sources.count { $0.hasPrefix("said ") }
      }
    }
    #expect(joined > 0 && apart > 0, "\(joined) and \(apart)")
  }
}
