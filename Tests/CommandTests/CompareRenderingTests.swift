import Foundation
import Runs
import Testing

@testable import mtl_tui

@Suite("The table of compare") struct CompareRenderingTests {
  /// Two models that are done, one that did not fit, one that lost a run.
  static let table: ComparisonTable = {
    let test = ComparisonCell.Test(
      meanDifference: 0.01, t: 3, p: 0.0004, corrected: 0.0008, pairs: 3)
    var rows = [
      ComparisonRow(
        model: "linear", title: "Linear", parameterCount: 120, seconds: 0.25, runsFinished: 1,
        runsPlanned: 1, status: .done,
        cells: [
          ComparisonCell(values: [0.7], mean: 0.7, gain: -0.0125, test: test),
          ComparisonCell(values: [1.5], mean: 1.5, gain: 0.25),
        ]),
      ComparisonRow(
        model: "single-task", title: "Single-task", parameterCount: 34_567, seconds: 12.34,
        runsFinished: 3, runsPlanned: 3, status: .done,
        cells: [
          ComparisonCell(values: [0.7, 0.7125, 0.725], mean: 0.7125, deviation: 0.0125),
          ComparisonCell(values: [1.75, 1.75, 1.75], mean: 1.75, deviation: 0),
        ]),
      ComparisonRow(
        model: "mmoe", title: "MMoE", options: ["experts": "4"], parameterCount: 9_876,
        seconds: 7, runsFinished: 2, runsDiverged: 1, runsPlanned: 3, status: .done,
        cells: [
          ComparisonCell(
            values: [0.75, 0.8], mean: 0.775, deviation: 0.03535, gain: 0.0625, test: test),
          ComparisonCell(values: [.nan, 1.5], mean: .nan),
        ]),
      ComparisonRow(
        model: "esmm", title: "ESMM", runsPlanned: 0,
        status: .unfit("needs two binary tasks; found: click|watch"),
        cells: [ComparisonCell(), ComparisonCell()]),
    ]
    rows[0].keptSteps = [40]
    rows[1].keptSteps = [750, 500, 1500]
    rows[2].keptSteps = [80, 80]
    rows[1].cells[0].rowError = 0.01
    rows[1].cells[0].summaries = [.init(name: "logloss", mean: 0.25, deviation: nil)]
    rows[2].cells[0].rowError = 0.02
    return ComparisonTable(
      data: "made", seeds: [1, 2, 3],
      tasks: [
        ComparedTask(
          name: "click", score: "auc", higherIsBetter: true, bound: 0.9,
          bestBaseline: "single-task"),
        ComparedTask(
          name: "watch", score: "rmse", higherIsBetter: false, bestBaseline: "linear"),
      ], rows: rows, reference: "single-task")
  }()

  @Test("as text") func text() {
    #expect(
      Self.table.text == """
        made: test rows, seeds 1–3

        model              click AUC       watch RMSE  kept step  parameters  seconds    runs
        Linear                0.7000           1.5000         40         120      0.2       1
        Single-task  0.7125 ± 0.0125  1.7500 ± 0.0000   500–1500       34567     12.3       3
        MMoE         0.7750 ± 0.0353                –         80        9876      7.0  2 of 3
        ESMM         the data do not fit: needs two binary tasks; found: click|watch
        Bayes bound           0.9000                –

        95 % by test rows      click AUC  watch RMSE
        Linear                         –           –
        Single-task        0.6929–0.7321           –
        MMoE               0.7358–0.8142           –

        gain (p)                click        watch
        Linear       -0.0125 (<0.001)  +0.2500 (*)
        Single-task             – (*)        – (–)
        MMoE         +0.0625 (<0.001)        – (–)

        share of bound   click
        Linear          50.0 %
        Single-task     53.1 %
        MMoE            68.8 %

        mean ± standard deviation over the seeds (n − 1): how far another seed would go
        95 % by test rows: how far other test rows would go (AUC by DeLong, RMSE by its \
        squares); all models are scored on the same rows, so a difference of two is surer than either interval
        gain: over single-task, larger is better; RMSE counts downwards
        p: two-sided paired t-test by seed against the best baseline (*): click single-task, \
        watch linear
        p speaks of other seeds, not of other test rows, and is corrected for the 2 tests of this \
        table (Holm)
        with 3 seeds a test finds only large differences; take at least 5
        Bayes bound: what the truth of the made log itself scores (AUC, watch time: expects to score); share: (AUC − ½) / (bound − ½)
        MMoE: the loss stopped being a number in 1 of 3 runs, which are left out
        """)
  }

  @Test("in Markdown: as many cells in every row, bars of the data made harmless")
  func markdown() {
    let lines = Self.table.markdown.components(separatedBy: "\n")
    #expect(
      lines.prefix(7).joined(separator: "\n") == """
        | model | click AUC | 95 % by test rows | gain | p | of bound | watch RMSE \
        | 95 % by test rows | gain | p | kept step | parameters | seconds | runs |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: \
        | ---: |
        | Linear | 0.7000 | – | -0.0125 | <0.001 | 50.0 % | 1.5000 | – | +0.2500 | * | 40 | 120 \
        | 0.2 | 1 |
        | Single-task | 0.7125 ± 0.0125 | 0.6929–0.7321 | – | * | 53.1 % | 1.7500 ± 0.0000 | – | – \
        | – | 500–1500 | 34567 | 12.3 | 3 |
        | MMoE | 0.7750 ± 0.0353 | 0.7358–0.8142 | +0.0625 | <0.001 | 68.8 % | – | – | – | – | 80 \
        | 9876 | 7.0 | 2 of 3 |
        | ESMM | the data do not fit: needs two binary tasks; found: click\\|watch |  |  |  |  |  \
        |  |  |  |  |  |  |  |
        | Bayes bound | 0.9000 |  |  |  | 100 % | – |  |  |  |  |  |  |  |
        """)
    let bars = lines.prefix(7).map { line in
      line.replacingOccurrences(of: "\\|", with: "").count { $0 == "|" }
    }
    #expect(Set(bars) == [15])
    #expect(lines[7].isEmpty && lines[8].hasPrefix("- mean ± standard deviation"))
  }

  @Test("as JSON: one document that says what is not there") func json() throws {
    let text = Self.table.json(isInterrupted: true)
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let document = try #require(parsed as? [String: Any])
    #expect(document["data"] as? String == "made" && document["seeds"] as? [Int] == [1, 2, 3])
    #expect(document["interrupted"] as? Bool == true && document["complete"] as? Bool == true)
    let rows = try #require(document["rows"] as? [[String: Any]])
    #expect(
      rows.compactMap { $0["model"] as? String } == [
        "linear", "single-task", "mmoe", "esmm",
      ])
    #expect(rows.compactMap { $0["status"] as? String } == ["done", "done", "done", "unfit"])
    #expect(rows[2]["options"] as? [String: String] == ["experts": "4"])
    let tasks = try #require(rows[2]["tasks"] as? [String: [String: Any]])
    #expect(tasks["click"]?["mean"] as? Double == 0.775)
    #expect((tasks["click"]?["test"] as? [String: Any])?["p"] as? Double == 0.0004)
    #expect((tasks["click"]?["test"] as? [String: Any])?["p_holm"] as? Double == 0.0008)
    #expect(tasks["click"]?["test_rows_error"] as? Double == 0.02)
    let interval = try #require(tasks["click"]?["test_rows_95"] as? [Double])
    #expect(zip(interval, [0.7358, 0.8142]).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(rows[1]["kept_steps"] as? [Int] == [750, 500, 1500])
    let single = try #require(rows[1]["tasks"] as? [String: [String: Any]])
    let scores = try #require(single["click"]?["scores"] as? [String: [String: Any]])
    #expect(scores["logloss"]?["mean"] as? Double == 0.25)
    #expect(tasks["watch"]?["test_rows_error"] is NSNull)
    #expect(tasks["watch"]?["mean"] is NSNull && tasks["watch"]?["gain"] is NSNull)
    #expect((tasks["watch"]?["values"] as? [Any])?.first is NSNull)
    #expect(tasks["click"]?["gain"] as? Double == 0.0625)
    #expect(tasks["click"]?["deviation"] as? Double == 0.03535)
    let columns = try #require(document["tasks"] as? [[String: Any]])
    #expect(columns.map { $0["bound"] as? Double } == [0.9, nil])
    #expect(columns.map { $0["score"] as? String } == ["auc", "rmse"])
    #expect(columns.map { $0["higher_is_better"] as? Bool } == [true, false])
    #expect(columns.map { $0["best_baseline"] as? String } == ["single-task", "linear"])
    let share = try #require(tasks["click"]?["share_of_bound"] as? Double)
    #expect(abs(share - 0.6875) < 1e-12)
  }

  @Test("the share of the bound is of the task that has one, wherever it stands") func bounds() {
    var table = Self.table
    table.tasks.reverse()
    for row in table.rows.indices { table.rows[row].cells.reverse() }
    #expect(
      table.text.contains(
        """
        share of bound   click
        Linear          50.0 %
        Single-task     53.1 %
        MMoE            68.8 %

        """))
  }

  @Test("one seed: no deviation, no test, and it is said") func oneSeed() {
    var table = Self.table
    table.seeds = [4]
    table.rows = [table.rows[0]]
    table.rows[0].cells[0].test = nil
    #expect(table.text.hasPrefix("made: test rows, seed 4\n"))
    #expect(table.text.contains("\ngain      click    watch\nLinear  -0.0125  +0.2500\n"))
    #expect(table.text.contains("no test: it needs at least two seeds (--seeds 5)"))
    table.reference = nil
    #expect(!table.text.contains("gain"))
  }

  @Test("a table of each further score, in the tasks that have it") func scores() {
    #expect(Self.table.scoreNames == ["logloss"])
    #expect(
      Self.table.text(scores: ["logloss"]).contains(
        """


        logloss       click  watch
        Linear            –      –
        Single-task  0.2500      –
        MMoE              –      –

        mean
        """))
    #expect(!Self.table.text.contains("logloss"))
  }

  @Test("a task of another label than the others' is named") func incomparable() {
    var table = Self.table
    table.rows[2].incomparable = ["watch"]
    #expect(
      table.text.contains(
        "\nMMoE: watch is judged together with its click, which is another label than the others' "
          + "where it occurs without; it is compared with nothing\n"))
    #expect(table.json(isInterrupted: false).contains(#""incomparable":["watch"]"#))
  }

  @Test("models that could not be trained end the command with status 2, in words")
  func failure() throws {
    var table = Self.table
    #expect(table.failure == nil, "data that do not fit are no failure")
    table.rows[1].status = .failed("no\u{7} thread")
    let message = "\(try #require(table.failure).message)"
    #expect(
      message.hasPrefix(
        "1 of 4 models could not be trained.\n  found: Single-task: no\\u{7} "))
  }

  @Test("a task of few positives has no p, and it is said why") func fewPositives() throws {
    var table = Self.table
    table.tasks[0].positives = 99
    #expect(table.text.contains("+0.0625 (few)"))
    #expect(
      table.text.contains(
        "few: click has 99 positive test rows, fewer than 100: too few positives to tell"))
    #expect(table.text.contains("corrected for the 0 tests") && table.markdown.contains("| few |"))
    #expect(table.json(isInterrupted: false).contains(#""too_few_positives":true"#))
    table.tasks[0].positives = 100
    #expect(!table.text.contains("few:") && !table.text.contains("(few)"))
  }

  @Test("at most six digits: large scores have fewer decimals, as have their deviations")
  func digits() {
    #expect(fixed(0.98765432) == "0.9877" && fixed(12.345678) == "12.3457")
    #expect(fixed(1234.5678) == "1234.57" && fixed(-1234.5678) == "-1234.57")
    #expect(fixed(123_456.78) == "123457" && fixed(2_345_678.9) == "2345679")
    #expect(fixed(0.00003) == "3e-05" && fixed(0.000004, beside: 0.00003) == "4e-06")
    #expect(fixed(.nan) == "–" && fixed(0.12345, beside: 2000) == "0.12")
  }

  @Test("names with control characters are written out") func harmless() {
    var table = Self.table
    table.tasks[0].name = "a\u{1B}[31m"
    table.data = "d\u{7}"
    #expect(!table.text.contains("\u{1B}") && !table.text.contains("\u{7}"))
    #expect(!table.markdown.contains("\u{1B}"))
    #expect(!table.json(isInterrupted: false).contains("\u{1B}"))
  }

  @Test("seconds as a clock") func clocks() {
    #expect(clock(0) == "0:00" && clock(61.4) == "1:01" && clock(3_725) == "1:02:05")
    #expect(clock(-3) == "0:00")
  }
}
