import Runs
import Terminal
import Testing

@testable import Interface

/// What screens show of a task whose labels no column has: a ranking beside a rating.
@Suite struct UnlabelledTaskTests {
  private static let names = ["stars", "items"]

  private static var description: RunDescription {
    RunDescription(
      model: "rank-and-rate", modelTitle: "Rank and Rate", data: "made",
      tasks: [
        TaskDescription(
          name: "stars", kind: .regression, labelMean: 3.75, lossUnit: "squared deviations"),
        TaskDescription(name: "items", kind: .ranking, labelMean: 1),
      ], categoricalColumns: ["user", "item"], trainingRows: 800, validationRows: 100,
      testRows: 100,
      parameterCount: 3_000, batchSize: 64, stepsPerEpoch: 12, epochs: 8, seed: 7)
  }

  private static func evaluation(of candidates: String = "all 240") -> Evaluation {
    var items = TaskScores(
      task: "items", scores: [Score(.discountedGain, 0.0534), Score(.hitRate, 0.115)])
    items.basis = [.init("candidates", candidates), .init("users", "400")]
    items.baseline = .init("popularity", [Score(.discountedGain, 0.1223)])
    return Evaluation(
      step: 120, epoch: 1, split: .validation,
      tasks: [TaskScores(task: "stars", scores: [Score(.rootMeanSquaredError, 0.9)]), items],
      score: 0.5, isBest: true)
  }

  private static func text(
    _ keys: String, rows: Int = 40, columns: Int = 120, candidates: String = "all 240"
  ) -> String {
    var app = App(settings: ExplorerSettings(), screens: Screens.all)
    _ = app.update(.time(0))
    _ = app.update(.events([.prepared(description)]))
    _ = app.update(.losses(Fixture.losses(tasks: 2, steps: 0..<120)))
    _ = app.update(.events([.evaluated(evaluation(of: candidates))]))
    _ = app.update(.snapshot(Fixture.snapshot(names, step: 120, off: [], experts: 0)))
    _ = app.update(.size(Size(rows: rows, columns: columns)))
    app.press(keys)
    return app.view(Size(rows: rows, columns: columns)).text
  }

  @Test func theDashboardSaysTheCandidatesAndPopularity() {
    let text = Self.text("1")
    #expect(text.contains("popularity 0.1223  of all 240"))
    #expect(text.contains("hr@10 0.1150"))
    // The mean of ratings is said; of rows without a label there is none.
    #expect(text.contains("mean 3.7500") && !text.contains("label 1"))
  }

  /// What the candidates are takes a second line before it is cut.
  @Test func manyWordsOnTheCandidatesAreWrapped() {
    let lines = Self.text("1", candidates: "all new to a user, 200 of 240 in the mean")
      .split(separator: "\n").map(String.init)
    let first = lines.firstIndex { $0.contains("popularity 0.1223") }
    #expect(first.map { lines[$0].contains("0.1223  of all new to a") } == true)
    #expect(first.map { lines[$0 + 1].contains("240 in the mean ") } == true)
  }

  @Test func theTableHasRoomForLongNames() {
    let text = Self.text("5")
    #expect(text.contains("ndcg@10 0.0534★") && text.contains("items"))
    #expect(text.contains("scored on"))
    #expect(
      text.contains("items: candidates all 240; users 400; popularity: ndcg@10 0.1223"))
  }

  @Test func factsAreRowsAlone() {
    let facts = DataFacts.TaskFacts(
      task: "items", kind: .ranking, training: .init(rows: 800), validation: .init(rows: 0),
      test: .init(rows: 100))
    let table = FactTable(tasks: [facts], columns: 76)
    let lines = table.lines.dropFirst().map { $0.map(\.text).joined() }
    let blank = String(repeating: " ", count: 37)
    #expect(
      lines == [
        "● items training            800\(blank)", "        validation            0\(blank)",
        "        test                100\(blank)",
      ])
    let roles = table.lines.map { $0.last?.style.role }
    #expect(roles == [.dim, .plain, .warning, .plain])
  }
}
