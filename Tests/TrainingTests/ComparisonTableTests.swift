import Datasets
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

@Suite("Comparison table") struct ComparisonTableTests {
  private let columns = [
    ComparedTask(name: "click", score: "auc", higherIsBetter: true, bound: 0.9),
    ComparedTask(name: "watch", score: "rmse", higherIsBetter: false),
  ]

  private func plan(_ models: [String], seeds: [UInt64], gains: Bool = true) throws
    -> ComparisonPlan
  {
    try ComparisonPlan(
      models.map { ComparisonPlan.Model($0) }, seeds: seeds, training: TrainingConfiguration(),
      gains: gains)
  }

  private func done(
    _ model: String, _ seed: UInt64?, _ scores: [Double], seconds: Double = 1
  ) -> (ComparedPlace, ComparedRun?) {
    var run = ComparedRun(
      model: model, seed: seed, outcome: .finished,
      tasks: [TaskScores(task: "click", scores: []), TaskScores(task: "watch", scores: [])],
      parameterCount: 7, seconds: seconds)
    run.mainScores = scores
    return (place(model, seed), run)
  }

  private func place(_ model: String, _ seed: UInt64?) -> ComparedPlace {
    ComparedPlace(number: 1, count: 1, model: model, title: model, seed: seed)
  }

  private func table(
    _ plan: ComparisonPlan, unfit: [String: String] = [:],
    _ runs: [(ComparedPlace, ComparedRun?)]
  ) -> ComparisonTable {
    ComparisonTable(
      plan, data: "made", columns: columns, unfit: unfit, runs: runs.map { (place: $0, run: $1) })
  }

  @Test("linear is first and runs once, single-task is added where gains are wanted")
  func order() throws {
    let plan = try plan(["mmoe", "ple"], seeds: [1, 2])
    #expect(plan.models.map(\.name) == ["linear", "single-task", "mmoe", "ple"])
    #expect(try plan.runs.map(\.seed) == [nil, 1, 2, 1, 2, 1, 2])
    let without = try self.plan(["mmoe", "linear"], seeds: [1], gains: false)
    #expect(without.models.map(\.name) == ["linear", "mmoe"])
    let own = try self.plan(["mmoe", "single-task"], seeds: [1])
    #expect(own.models.map(\.name) == ["linear", "mmoe", "single-task"])
    #expect(throws: (any Error).self) { try self.plan(["mmeo"], seeds: [1]) }
  }

  @Test("a gain is taken over the seeds that both have") func gainsBySeed() throws {
    let table = table(
      try plan(["mmoe"], seeds: [1, 2]),
      [
        done("linear", nil, [0.7, 2]), done("single-task", 1, [0.7, 1]),
        done("single-task", 2, [0.9, 1]), done("mmoe", 1, [0.75, 1]), (place("mmoe", 2), nil),
      ])
    let gain = try #require(table.rows.first { $0.model == "mmoe" }?.cells[0].gain)
    #expect(abs(gain - 0.05) < 1e-12)
  }

  @Test("means, deviations, gains and tests by hand") func byHand() throws {
    let table = table(
      try plan(["mmoe"], seeds: [1, 2, 3]),
      [
        done("linear", nil, [0.70, 2]),
        done("single-task", 1, [0.71, 1.0]), done("single-task", 2, [0.73, 1.2]),
        done("single-task", 3, [0.72, 1.1]),
        done("mmoe", 1, [0.72, 0.9], seconds: 2), done("mmoe", 2, [0.75, 1.1], seconds: 4),
        done("mmoe", 3, [0.75, 0.7], seconds: 6),
      ])
    #expect(table.reference == "single-task")
    #expect(table.tasks.map(\.bestBaseline) == ["single-task", "single-task"])
    let mmoe = try #require(table.rows.last)
    #expect(mmoe.seconds == 4 && mmoe.parameterCount == 7 && mmoe.runsFinished == 3)
    #expect(mmoe.status == .done && table.isComplete)
    #expect(near(mmoe.cells[0].mean, 0.74) && near(mmoe.cells[1].mean, 0.9))
    // Deviations −.02, .01, .01: √(6e−4 / 2).
    #expect(near(mmoe.cells[0].deviation, 0.0173205080756888))
    #expect(near(mmoe.cells[1].deviation, 0.2))
    // Larger is better for both: .74 − .72 and 1.1 − .9.
    #expect(near(mmoe.cells[0].gain, 0.02) && near(mmoe.cells[1].gain, 0.2))
    // Differences .01, .02, .03: mean .02, s = .01, t = .02 / (.01 / √3) = 2√3, ν = 2:
    // p = 1 − t / √(2 + t²).
    let test = try #require(mmoe.cells[0].test)
    #expect(near(test.t, 3.46410161513775) && test.pairs == 3)
    #expect(near(test.p, 1 - 3.46410161513775 / 14.0.squareRoot()))
    // The best baseline is not tested against itself; the other baseline pairs with every seed.
    #expect(table.rows[1].cells[0].test == nil && table.rows[1].cells[0].gain == nil)
    #expect(table.rows[0].cells[0].test?.pairs == 3)
    #expect(near(table.rows[0].cells[0].test?.meanDifference, -0.02))
    #expect(near(table.rows[0].cells[0].gain, -0.02) && table.rows[0].cells[0].deviation == nil)
    #expect(near(table.tasks[0].shareOfBound(0.74), 0.6))
    #expect(table.tasks[1].shareOfBound(0.74) == nil)
  }

  @Test("only seeds that both have make pairs; a diverged run is counted and left out")
  func pairs() throws {
    var lost = done("mmoe", 2, [])
    lost.1?.outcome = .diverged(task: "click", step: 3)
    lost.1?.tasks = []
    let table = table(
      try plan(["mmoe"], seeds: [1, 2, 3]),
      [
        done("linear", nil, [0.6, 2]), done("single-task", 1, [0.7, 1]),
        done("single-task", 2, [0.8, 1]), (place("single-task", 3), nil),
        done("mmoe", 1, [0.8, 1]), lost, done("mmoe", 3, [0.9, 1]),
      ])
    let mmoe = try #require(table.rows.last)
    #expect(mmoe.runsFinished == 2 && mmoe.runsDiverged == 1 && mmoe.runsPlanned == 3)
    #expect(mmoe.cells[0].test == nil, "one seed is in common")
    #expect(near(mmoe.cells[0].mean, 0.85))
    #expect(table.rows[1].status == .running && !table.isComplete)
  }

  @Test("nothing done, data that do not fit, runs that failed") func without() throws {
    var failed = done("mmoe", 1, [])
    failed.1?.outcome = .failed("no memory\n  fix: buy some")
    let table = table(
      try plan(["mmoe", "esmm"], seeds: [1], gains: false), unfit: ["esmm": "needs two tasks"],
      [(place("linear", nil), nil), failed])
    #expect(
      table.rows.map(\.status) == [.waiting, .failed("no memory"), .unfit("needs two tasks")])
    #expect(table.rows.allSatisfy { $0.cells.count == 2 && $0.cells[0].mean.isNaN })
    #expect(table.tasks.allSatisfy { $0.bestBaseline == nil } && table.reference == nil)
  }

  @Test("a conversion judged on clicks is compared by all rows, where the others are")
  func mainScore() {
    var scores = TaskScores(
      task: "purchase",
      scores: [
        Score(name: "auc", value: 0.6, higherIsBetter: true),
        Score(name: "joint_auc", value: 0.8, higherIsBetter: true),
      ])
    scores.condition = "click"
    #expect(scores.mainScore(ofWhole: true) { $0 == "purchase" && $1 == "click" }?.value == 0.8)
    #expect(scores.mainScore(ofWhole: false) { _, _ in true }?.value == 0.6)
    #expect(scores.mainScore(ofWhole: true) { _, _ in false } == nil, "it is another label")
  }

  @Test("a conversion that occurs without its click is compared with nothing") func otherLabel() {
    func dataset(_ labels: [Float]) -> Dataset {
      let none = Examples(
        count: 0, ids: Storage(count: 0, filling: 0), dense: Storage(count: 0, filling: 0),
        labels: Storage(count: 0, filling: 0))
      let test = Examples(
        count: labels.count / 2, ids: Storage(count: 0, filling: 0),
        dense: Storage(count: 0, filling: 0), labels: Storage(labels))
      return Dataset(
        name: "made", features: FeatureSchema(fields: [], dense: []),
        tasks: ["buy", "click"].map { TaskDefinition(name: $0, kind: .binary) }, training: none,
        validation: none, test: test)
    }
    var buy = TaskScores(
      task: "buy",
      scores: [
        Score(name: "auc", value: 0.6, higherIsBetter: true),
        Score(name: "joint_auc", value: 0.8, higherIsBetter: true),
      ])
    buy.condition = "click"
    let click = TaskScores(
      task: "click", scores: [Score(name: "auc", value: 0.7, higherIsBetter: true)])
    let run = ComparedRun(model: "esmm", seed: 1, outcome: .finished, tasks: [buy, click])
    let funnel = run.scored(on: dataset([0, 0, 0, 1, 1, 1]))
    #expect(funnel.mainScores == [0.8, 0.7] && funnel.incomparable.isEmpty)
    let other = run.scored(on: dataset([0, 0, 1, 0, 1, 1]))
    #expect(other.mainScores[0].isNaN && other.mainScores[1] == 0.7)
    #expect(other.incomparable == ["buy"])
  }

  @Test("every score is summed up, with the error of the test rows and the kept steps")
  func summaries() throws {
    func scored(_ seed: UInt64, _ auc: Double, _ loss: Double, _ error: Double) -> ComparedRun {
      ComparedRun(
        model: "mmoe", seed: seed, outcome: .finished,
        tasks: [
          TaskScores(
            task: "click",
            scores: [
              Score(name: "auc", value: auc, higherIsBetter: true, standardError: error),
              Score(name: "logloss", value: loss, higherIsBetter: false),
            ]),
          TaskScores(
            task: "watch", scores: [Score(name: "rmse", value: 2, higherIsBetter: false)]),
        ], bestStep: Int(seed) * 100
      ).scored(on: TinyProblem(tasks: 2).dataset())
    }
    let table = table(
      try plan(["mmoe"], seeds: [1, 2]),
      [
        (place("mmoe", 1), scored(1, 0.7, 0.5, 0.02)),
        (place("mmoe", 2), scored(2, 0.8, 0.25, 0.04)),
      ])
    let row = try #require(table.rows.last)
    #expect(row.keptSteps == [100, 200])
    #expect(row.cells[0].summaries.map(\.name) == ["auc", "logloss"])
    #expect(near(row.cells[0].summaries[1].mean, 0.375))
    #expect(near(row.cells[0].summaries[1].deviation, 0.125 * 2.0.squareRoot()))
    #expect(near(row.cells[0].rowError, 0.03))
    // .75 ± 1.96 · .03.
    let interval = try #require(row.cells[0].rowInterval)
    #expect(abs(interval.lowerBound - 0.6912) < 1e-4 && abs(interval.upperBound - 0.8088) < 1e-4)
    #expect(row.cells[1].rowError == nil && row.cells[1].rowInterval == nil)
  }

  @Test("p is corrected for the tests that are shown, not for those of too few positives")
  func corrected() throws {
    var columns = columns
    columns[0].positives = 99
    func table(_ columns: [ComparedTask]) throws -> ComparisonTable {
      ComparisonTable(
        try plan(["mmoe"], seeds: [1, 2, 3]), data: "made", columns: columns, unfit: [:],
        runs: [
          done("linear", nil, [0.70, 2]),
          done("single-task", 1, [0.71, 1.0]), done("single-task", 2, [0.73, 1.2]),
          done("single-task", 3, [0.72, 1.1]),
          done("mmoe", 1, [0.72, 0.9]), done("mmoe", 2, [0.75, 1.1]), done("mmoe", 3, [0.75, 0.7]),
        ].map { (place: $0.0, run: $0.1) })
    }
    let few = try table(columns)
    #expect(few.tasks[0].hasFewPositives && !few.tasks[1].hasFewPositives)
    // Two tests of watch are left: linear's p is far smaller, MMoE's stays as it is.
    let watch = try few.rows.map { row in try row.cells[1].test.map { ($0.p, $0.corrected) } }
    #expect(near(watch[0]?.1, 2 * (watch[0]?.0 ?? 0)) && near(watch[2]?.1, watch[2]?.0 ?? 0))
    #expect(few.rows[2].cells[0].test.map { $0.p == $0.corrected } == true)
    columns[0].positives = 100
    let all = try table(columns)
    let tests = all.rows.flatMap { $0.cells.compactMap(\.test) }
    #expect(tests.count == 4)
    let least = try #require(tests.min { $0.p < $1.p })
    #expect(near(least.corrected, 4 * least.p))
  }

  private func near(_ value: Double?, _ wanted: Double) -> Bool {
    value.map { abs($0 - wanted) < 1e-12 } ?? false
  }
}
