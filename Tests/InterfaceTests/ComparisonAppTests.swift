import Runs
import Terminal
import Testing

@testable import Interface

/// The table of a comparison on the screen.
@Suite struct ComparisonAppTests {
  private static func cell(_ mean: Double, gain: Double?) -> ComparisonCell {
    ComparisonCell(
      values: [mean - 0.001, mean + 0.001], mean: mean, deviation: 0.0014, gain: gain,
      test: gain.map { .init(meanDifference: $0, t: 3, p: 0.041, pairs: 2) })
  }

  static let table = ComparisonTable(
    data: "census-income", seeds: [1, 2],
    tasks: [
      ComparedTask(name: "income", score: "auc", higherIsBetter: true, bound: 0.96),
      ComparedTask(name: "married", score: "auc", higherIsBetter: true),
    ],
    rows: [
      ComparisonRow(
        model: "single-task", title: "Single-task", parameterCount: 90_000, seconds: 12,
        runsFinished: 2, runsPlanned: 2, status: .done,
        cells: [cell(0.941, gain: nil), cell(0.981, gain: nil)]),
      ComparisonRow(
        model: "mmoe", title: "MMoE", options: ["experts": "4"], parameterCount: 214_613,
        seconds: 21, runsFinished: 1, runsPlanned: 2, status: .running,
        cells: [cell(0.945, gain: 0.004), cell(0.98, gain: -0.001)]),
      ComparisonRow(
        model: "esmm", title: "ESMM", runsPlanned: 2, status: .unfit("it needs two binary tasks"),
        cells: [ComparisonCell(), ComparisonCell()]),
    ], reference: "single-task")

  private static var app: ComparisonApp {
    var app = ComparisonApp()
    app.take(.table(table))
    let place = ComparedPlace(number: 3, count: 5, model: "mmoe", title: "MMoE", seed: 2)
    var snapshot = Snapshot()
    (snapshot.step, snapshot.totalSteps) = (1_200, 5_000)
    app.take(.progress(place, snapshot, secondsLeft: 77))
    return app
  }

  @Test(arguments: GoldenTests.sizes) func screens(size: Size) {
    var app = Self.app
    Golden.check(app.view(size).text, "compare_\(size.columns)x\(size.rows)")
    app.handle(.down)
    app.handle(.enter)
    Golden.check(app.view(size).text, "compareOpen_\(size.columns)x\(size.rows)")
  }

  /// Rows of a comparison have no numbers of runs, and the score of a task stays whole in the heading.
  @Test func theTableHasNoEmptyColumn() {
    let text = Self.app.view(GoldenTests.sizes[0]).text
    #expect(!text.contains(" run  model") && text.contains("income auc"))
    var canvas = Canvas(rows: 4, columns: 80)
    let cells = [
      RunRow.Cell(task: "a_long_task_name", score: "auc", value: 0.5, higherIsBetter: true)
    ]
    RunTable(
      rows: [RunRow(number: 3, title: "MMoE", options: "", state: "runs", cells: cells)],
      selected: 0, baseline: 0, firstTask: 0
    ).draw(in: canvas.area, frame: canvas.area, on: &canvas)
    #expect(canvas.text(row: 0).hasPrefix("  run  model") && canvas.text(row: 0).contains("… auc"))
  }

  @Test func aModelThatDoesNotFitSaysWhy() {
    var app = Self.app
    app.handle(.end)
    app.handle(.enter)
    #expect(app.view(GoldenTests.sizes[0]).text.contains("it needs two binary tasks"))
  }

  @Test func leavingAsksOnceWhileRunsGoOn() {
    var app = Self.app
    app.handle(.character("q"))
    #expect(!app.isLeft)
    #expect(app.view(GoldenTests.sizes[0]).text.contains("q again stops"))
    app.handle(.character("j"))
    app.handle(.character("q"))
    #expect(!app.isLeft)
    app.handle(.character("q"))
    #expect(app.isLeft)
    var ended = Self.app
    ended.end(Self.table)
    ended.handle(.character("q"))
    #expect(ended.isLeft)
  }

  @Test func theLoopDrawsWhatIsNewAndEnds() {
    let terminal = FakeTerminal(keys: [nil, .character("j"), nil, .character("Q")])
    var queue: [ComparisonLoop.News] = [.event(.table(Self.table))]
    var loop = ComparisonLoop(app: ComparisonApp(), terminal: terminal) {
      defer { queue = [] }
      return queue
    }
    loop.run()
    #expect(loop.app.selected == 1)
    #expect(terminal.shown.count == 2)
    #expect(terminal.text.contains("> MMoE experts=4") || terminal.text.contains("MMoE experts=4"))
  }

  @Test(arguments: [(0, 0), (1, 1), (3, 9), (16, 60), (60, 200)])
  func everySizeIsSurvived(rows: Int, columns: Int) {
    var app = Self.app
    for key in [Key.down, .down, .down, .right, .enter, .left, .escape, .end, .home] {
      app.handle(key)
      #expect(app.view(Size(rows: rows, columns: columns)).size.rows == rows)
    }
    #expect(ComparisonApp().view(Size(rows: rows, columns: columns)).size.columns == columns)
  }
}
