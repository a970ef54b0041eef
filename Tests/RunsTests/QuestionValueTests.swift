import Runs
import Testing

/// What answers to questions say, by hand.
@Suite struct QuestionValueTests {
  /// A score that falls without an expert costs, an error that falls without it is a gain.
  @Test func whatATaskLosesWithoutAnExpert() {
    let auc = KnockOutMatrix.Line(
      task: "click", score: "auc", higherIsBetter: true, full: 0.75, without: [0.5, 1],
      firstChoices: [0.25, 0.75])
    #expect([0, 1].map { auc.change(without: $0) } == [-0.25, 0.25])
    #expect([0, 1].map { auc.cost(without: $0) } == [0.25, -0.25])
    let rmse = KnockOutMatrix.Line(
      task: "watch", score: "rmse", higherIsBetter: false, full: 2, without: [1.5, 3],
      firstChoices: [.nan, .nan])
    #expect([0, 1].map { rmse.change(without: $0) } == [-0.5, 1])
    #expect([0, 1].map { rmse.cost(without: $0) } == [-0.5, 1])
    #expect(rmse.change(without: 2).isNaN && rmse.cost(without: -1).isNaN)
  }

  /// A view answers the wish that it was made for, whether or not the data know the names, and the same
  /// pair by its names; not what is asked anew.
  @Test func whatAViewAnswers() {
    let unknown = ExplanationWish(user: .named("nobody"), item: .named("nothing"))
    let empty = ExplanationView(wish: unknown, step: 1)
    #expect(empty.answers(unknown) && !empty.answers(ExplanationWish(user: .named("nobody"))))
    var view = ExplanationView(wish: ExplanationWish(asking: 2), step: 1)
    view.user = .init(name: "u3", place: 2, count: 9, rows: 1)
    view.item = .init(name: "i4", place: 3, count: 9, rows: 1)
    let named = ExplanationWish(user: .named("u3"), item: .named("i4"), asking: 2)
    #expect(view.answers(named) && view.answers(ExplanationWish(user: .place(2), asking: 2)))
    #expect(!view.answers(ExplanationWish(user: .named("u3"), item: .named("i4"), asking: 3)))
    #expect(!view.answers(ExplanationWish(user: .place(3), asking: 2)))
    #expect(!view.answers(ExplanationWish(user: .named("u4"), item: .named("i4"), asking: 2)))
  }

  /// Each gate has its own ranking, the largest first; equals stay in the order of the data.
  @Test func columnsAreRankedByWhatTheyChange() {
    let ranking = SegmentRanking(
      gates: ["click", "like"], step: 100, rows: 64,
      columns: [
        .init(name: "hour", isNumeric: true, values: 8, divergence: [0.125, 0.5]),
        .init(name: "device", isNumeric: false, values: 2, divergence: [0.25, 0]),
        .init(name: "slot", isNumeric: false, values: 10, divergence: [0.125, 0.75]),
        .init(name: "new", isNumeric: false, values: 2, divergence: []),
      ])
    #expect(ranking.columns(for: "click").map(\.column.name) == ["device", "hour", "slot"])
    #expect(ranking.columns(for: "click").map(\.divergence) == [0.25, 0.125, 0.125])
    #expect(ranking.columns(for: "like").map(\.column.name) == ["slot", "hour", "device"])
    #expect(ranking.columns(for: "none").isEmpty)
  }
}
