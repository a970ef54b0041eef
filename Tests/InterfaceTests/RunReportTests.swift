import Runs
import Testing

@testable import Interface

@Suite struct RunReportTests {
  private static func evaluation(
    _ step: Int, _ split: Evaluation.Split, auc: Double, isBest: Bool = false
  ) -> Evaluation {
    let click = TaskScores(
      task: "a<b", scores: [Score(name: "auc", value: auc, higherIsBetter: true)])
    return Evaluation(
      step: step, epoch: 1, split: split, tasks: [click], score: auc, isBest: isBest)
  }

  private static func run(_ id: String, rate: String, auc: Double) -> ReportedRun {
    var description = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "sample & more",
      tasks: [
        TaskDescription(name: "a<b", kind: .binary, labelMean: 0.2),
        TaskDescription(name: "like", kind: .binary, labelMean: 0.1),
      ], categoricalColumns: ["tag"], trainingRows: 1200, validationRows: 300, testRows: 300,
      parameterCount: 5000, batchSize: 100, stepsPerEpoch: 12, epochs: 2, seed: 7)
    description.experts = [ExpertDescription(name: "E0"), ExpertDescription(name: "E1")]
    var bins: [LossBin] = []
    for step in 0..<24 {
      for task in 0..<2 {
        var bin = LossBin(task: task, step: step)
        bin.add(1 / Float(step + 1 + task), step: step)
        bins.append(bin)
      }
    }
    let events: [Event] = [
      .evaluated(evaluation(12, .validation, auc: 0.61)),
      .evaluated(evaluation(24, .validation, auc: 0.64, isBest: true)),
    ]
    let summary = RunSummary(
      reason: .epochs, step: 24, bestStep: 24, test: evaluation(24, .test, auc: auc),
      examplesPerSecond: 1, seconds: 1, parameterCount: 5000, fingerprint: "0123456789abcdef")
    let gate = GateSnapshot(
      name: "a<b", experts: ["E0", "E1"], mean: [0.75, 0.25], deviation: [0, 0], low: [0.7, 0.2],
      high: [0.8, 0.3], topShare: [1, 0], entropy: 0.5, rows: 300, step: 24)
    return ReportedRun(
      id: id, description: description, bins: bins, events: events, summary: summary,
      gates: [gate], configuration: [("model", "mmoe"), ("rate", rate)])
  }

  @Test("the page has all parts, loads nothing, and shows no text of the data raw")
  func page() {
    let page = RunReport(
      Self.run("this", rate: "0.1", auc: 0.63), beside: [Self.run("that", rate: "0.2", auc: 0.6)]
    ).page
    for part in [
      "<h1>MMoE on sample &amp; more</h1>", "<h2>Scores</h2>", "<h2>Losses</h2>",
      "<h2>Scores over the run</h2>", "<h2>Gates</h2>", "<h2>Beside other runs</h2>",
      "<h2>Configuration</h2>", "<h2>What happened</h2>", "0123456789abcdef", "0.6300", "0.6400",
      "<td>a&lt;b</td>", "E0 0.75",
      "<td class=\"number\">0</td><td>ready</td>",
    ] { #expect(page.contains(part), "\(part)") }
    #expect(!page.contains("a<b"))
    for loading in ["<script", "src=", "href=", "@import", "url(http", "<link", "<img"] {
      #expect(!page.contains(loading), "\(loading)")
    }
    #expect(page.hasSuffix("</html>\n"))
    // Names inside pictures differ from picture to picture.
    let marks = page.matches(of: /clipPath id="([^"]+)"/).map { String($0.1) }
    #expect(marks.count >= 3)
    #expect(Set(marks).count == marks.count)
    for mark in marks { #expect(page.contains("url(#\(mark))")) }
  }

  @Test("beside others stand the scores of the test rows, and only what differs")
  func comparison() throws {
    let page = RunReport(
      Self.run("this", rate: "0.1", auc: 0.63), beside: [Self.run("that", rate: "0.2", auc: 0.6)]
    ).page
    let start = try #require(page.range(of: "<h2>Beside other runs</h2>"))
    let rest = page[start.upperBound...]
    let section = rest[..<(try #require(rest.range(of: "</section>"))).lowerBound]
    #expect(section.contains("<th>that</th><th>this</th>"))
    #expect(section.contains("<td>a&lt;b auc (test)</td>"))
    #expect(section.contains("0.6000</td><td class=\"number\">0.6300"))
    #expect(section.contains("<tr><td>rate</td><td>0.2</td><td>0.1</td></tr>"))
    #expect(!section.contains("<tr><td>model</td>"))
    #expect(
      !RunReport(Self.run("this", rate: "0.1", auc: 0.63)).page.contains("Beside other runs"))
  }

  @Test("every chart is a picture and a table")
  func files() {
    let report = RunReport(Self.run("this", rate: "0.1", auc: 0.63))
    let pictures = report.pictures.map(\.name)
    #expect(
      pictures == [
        "losses-a_b.svg", "losses-like.svg", "losses-overlay.svg", "scores-auc.svg", "gates.svg",
      ])
    for picture in report.pictures { #expect(picture.text.hasPrefix("<svg xmlns=")) }
    let tables = report.tables
    for name in [
      "losses-a_b.csv", "losses-overlay.csv", "scores-run1.csv", "scores-by-step.csv", "gates.csv",
      "events.csv", "facts.csv",
    ] { #expect(tables.contains { $0.name == name }, "\(name)") }
    let course = tables.first { $0.name == "scores-by-step.csv" }?.text
    #expect(
      course
        == "step,epoch,is_best,task,score,value\r\n12,1,0,a<b,auc,0.61\r\n24,1,1,a<b,auc,0.64\r\n")
    let gates = tables.first { $0.name == "gates.csv" }?.text
    #expect(gates?.contains("a<b,E0,0.75,") == true)
  }
}
