import Runs
import Terminal
import Testing

@testable import Interface

/// The page of facts about the data: every number where it belongs, and all of it within reach.
@Suite struct FactsPageTests {
  private static let facts = DataFacts(
    tasks: [
      DataFacts.TaskFacts(
        task: "click", kind: .binary,
        training: .init(rows: 1_000, positives: 250, mean: 0.25, deviation: 0.433),
        validation: .init(rows: 100, positives: 0, mean: 0, deviation: 0),
        test: .init(rows: 90, positives: 90, mean: 1, deviation: 0)),
      DataFacts.TaskFacts(
        task: "watch", kind: .regression,
        training: .init(rows: 777, mean: 41.5, deviation: 12.25),
        validation: .init(rows: 0), test: .init(rows: 66, mean: 2_345.5, deviation: 0)),
    ], notices: ["n one"], roles: ["r one"])

  private func lines(_ columns: Int = 76) -> [String] {
    FactTable(tasks: Self.facts.tasks, columns: columns).lines.map { $0.map(\.text).joined() }
  }

  @Test func everyNumberStandsInItsColumn() {
    #expect(
      lines() == [
        "  task  split              rows   positives  rate or mean  deviation",
        "● click training          1,000         250        25.00%           ",
        "        validation          100           0         0.00%           ",
        "        test                 90          90       100.00%           ",
        "◆ watch training            777                   41.5000    12.2500",
        "        validation            0                         -          -",
        "        test                 66                      2346     0.0000",
      ])
  }

  /// What nothing can be learned from, or scored on, stands out.
  @Test func whatIsOnlyOneClassStandsOut() {
    let roles = FactTable(tasks: Self.facts.tasks, columns: 76).lines.map { $0.last?.style.role }
    #expect(roles == [.dim, .plain, .warning, .warning, .plain, .warning, .warning])
  }

  @Test(arguments: [(0.31, "31.00%"), (0.000412, "0.0412%"), (0, "0.00%"), (Double.nan, "-")])
  func rates(share: Double, text: String) {
    #expect(rateText(share) == text)
  }

  @Test func theKeyGoesThereAndBack() {
    var app = Fixture.app()
    app.press("5d")
    #expect(app.view(Size(rows: 24, columns: 80)).text.contains("rate or mean"))
    app.press("d")
    #expect(app.view(Size(rows: 24, columns: 80)).text.contains("last action"))
    app.press("d", .escape)
    #expect(!app.tasks.showsFacts)
    app.press("5d15")
    #expect(app.screenName == "tasks" && !app.tasks.showsFacts)
    app.press("1")
    _ = app.execute("facts")
    #expect(app.screenName == "tasks" && app.tasks.showsFacts)
    var early = App()
    early.press(":facts", .enter)
    #expect(early.control.message?.text == "the data are still being read")
  }

  /// Scrolling reaches the last line and goes no further, at every size.
  @Test(arguments: [(24, 80), (16, 60), (40, 120), (60, 200)])
  func everythingIsWithinReach(rows: Int, columns: Int) {
    var app = Fixture.app()
    _ = app.update(.size(Size(rows: rows, columns: columns)))
    _ = app.update(.events([.noticed("the answers of like are constant", step: 77)]))
    app.press("5d")
    let canvas = { app.view(Size(rows: rows, columns: columns)).text }
    #expect(canvas().contains("click"))
    app.press("G")
    #expect(canvas().contains("step 77: the answers of like are constant"))
    app.press("jjjj")
    #expect(canvas().contains("step 77: the answers of like are constant"))
    app.press("gg")
    #expect(canvas().contains("positives"))
  }

  @Test func sentencesOfARunAreKeptInBoundedNumber() {
    var run = RunState()
    for step in 0..<100 { run.take(.noticed("something", step: step)) }
    #expect(run.notices.count == RunState.keptNotices)
    #expect(run.notices.last == "step 99: something")
  }
}
