import Runs
import Terminal
import Testing

@testable import Interface

/// What is copied and written of what is shown.
@Suite struct ExportTests {
  @Test func tablesAreQuotedAndHarmless() {
    var table = CSVTable(head: ["task", "value"])
    table.rows = [
      [.text("plain"), .number(0.25)], [.text("a,b \"c\""), .number(-3)],
      [.text("=1+1"), .number(.nan)], [.text("line\nbreak"), .number(1e-7)],
      [.text(" edge"), .text("-x")],
    ]
    #expect(
      table.text == "task,value\r\nplain,0.25\r\n\"a,b \"\"c\"\"\",-3\r\n'=1+1,\r\n"
        + "\"line\nbreak\",1e-07\r\n\" edge\",'-x\r\n")
  }

  @Test func namesOfFilesAreNoPaths() {
    #expect(ExportedFile("losses-../a b", ending: "csv", text: "").name == "losses-___a_b.csv")
    #expect(ExportedFile("-rf", ending: "txt", text: "").name == "_-rf.txt")
  }

  /// A picture is well-formed XML, whatever the task is called.
  @Test(arguments: ["click", "<b>&\"'", "回访七日内", "bell\u{7}"]) func picturesAreXML(name: String) {
    let app = Fixture.app([name, "like", "follow", "longview"])
    let files = app.desk.chartFiles(of: 0)
    #expect(files.map { $0.name.suffix(4) } == [".svg", ".txt", ".csv"])
    let svg = files[0].text
    #expect(Self.isWellFormed(svg))
    #expect(
      svg.contains("<polygon") && svg.contains("stroke-dasharray=\"6 4\"") && svg.contains("★"))
    #expect(svg.contains(CurvePicture.escaped("\(name) OFF")))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  /// Whether every element is closed by its own name, values are quoted, and nothing else has `<`.
  private static func isWellFormed(_ xml: String) -> Bool {
    var open: [Substring] = []
    for piece in xml.split(separator: "<", omittingEmptySubsequences: true) {
      let parts = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].contains(">"), !parts[0].contains("&") else { return false }
      guard parts[0].filter({ $0 == "\"" }).count.isMultiple(of: 2) else { return false }
      if parts[0].hasPrefix("/") {
        guard open.popLast() == parts[0].dropFirst() else { return false }
      } else if !parts[0].hasSuffix("/") {
        open.append(parts[0].prefix { $0 != " " })
      }
      let entities = parts[1].split(separator: "&", omittingEmptySubsequences: false).dropFirst()
      let known = ["amp;", "lt;", "gt;", "quot;", "#39;"]
      guard entities.allSatisfy({ entity in known.contains { entity.hasPrefix($0) } }) else {
        return false
      }
      guard !parts[1].unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" }) else {
        return false
      }
    }
    return open.isEmpty
  }

  /// The numbers of a chart are those of the series.
  @Test func aChartsNumbersAreItsLosses() throws {
    let app = Fixture.app()
    let lines = app.desk.chartFiles(of: 1)[2].text.split(separator: "\r\n")
    let first = lines[1].split(separator: ",", omittingEmptySubsequences: false)
    let bin = app.run.losses[1].history[0]
    #expect(first.count == 9 && first[1] == "0")
    #expect(abs((Double(first[3]) ?? .nan) - bin.mean) < 1e-6)
    #expect(lines.contains { $0.hasPrefix("validation,600,600,0.24") })
  }

  /// The newest loss and the scores are of other steps, and every one is said.
  @Test func aTasksNumbersNameTheirSteps() {
    var desk = Fixture.app().desk
    var snapshot = Fixture.snapshot(step: 1_803)
    snapshot.tasks[1].loss = .nan
    desk.run.take(snapshot)
    let lines = desk.taskFile.text.split(separator: "\r\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(
      lines[0] == [
        "task", "is_on", "weight", "loss_step", "loss", "score", "score_step", "value", "best_step",
        "best", "own_best_step", "own_best",
      ])
    let evaluated = desk.shown.evaluation.map { "\($0.step)" }
    let kept = desk.shown.best.map { "\($0.step)" }
    #expect(evaluated != nil && evaluated != "1803" && kept != nil)
    #expect(lines[1][3] == "1803" && lines[1][4] == "0.3165")
    #expect(lines.dropFirst().allSatisfy { $0[6] == evaluated && $0[8] == kept })
    let like = lines.filter { $0[0] == "like" }
    #expect(!like.isEmpty && like.allSatisfy { $0[3].isEmpty && $0[4].isEmpty })
  }

  private static let chart = ["losses-click.svg", "losses-click.txt", "losses-click.csv"]
  private static let overlay = ["losses-overlay.svg", "losses-overlay.txt", "losses-overlay.csv"]

  /// The files of an open run: its scores, and the charts of its tasks.
  private static var openRun: [String] {
    var names: [String] = ["scores-run1.csv"]
    for task in Fixture.shortNames {
      for ending in ["svg", "txt", "csv"] { names.append("losses-run1-\(task).\(ending)") }
    }
    return names
  }

  private static let focused: [(String, [String])] = [
    ("", chart), ("O", overlay), ("5", ["tasks.csv"]), ("5d", ["facts.csv"]), ("5z", chart),
    ("6", ["models.csv"]), ("6l", ["options-mmoe.csv"]), ("7", ["runs.csv"]), ("7z", openRun),
  ]

  /// Each screen writes and copies the table, or the chart, that has the focus.
  @Test(arguments: focused)
  func everyScreenWritesWhatHasTheFocus(keys: String, names: [String]) {
    var app = Fixture.app(startable: Fixture.models)
    app.press(keys)
    guard case .write(let files, ".")? = app.press("e").first else {
      Issue.record("nothing is written")
      return
    }
    #expect(files.dropLast().map(\.name) == names)
    #expect(files.last?.name.hasPrefix("screen-") == true)
    let copied = files.first { !$0.name.hasSuffix(".svg") }
    #expect(app.press("y") == [.copy(copied?.text ?? "")])
    for table in files where table.name.hasSuffix(".csv") {
      let rows = table.text.split(separator: "\r\n")
      #expect(rows.count > 1, "\(table.name)")
    }
  }

  @Test func tablesOfRunsFactsAndOptions() throws {
    var app = Fixture.app(startable: Fixture.models)
    let facts = app.desk.factsFile.text.split(separator: "\r\n")
    #expect(facts.contains("like,binary,training,32000,248,0.00775,"))
    #expect(facts.contains { $0.hasPrefix("longview,regression,validation,800,,12.44,3.06") })
    let scores = app.desk.scoreFile(of: app.run).text.split(separator: "\r\n")
    #expect(scores[0] == "rows,step,is_kept,task,score,value")
    #expect(scores.contains { $0.hasPrefix("validation,1200,1,click,auc,0.81") })
    let model = try #require(app.models.selectedModel(app.desk))
    let options = app.desk.optionFile(of: model, edits: [model.choices[0].name: "77"]).text
    let first = model.choices[0]
    #expect(options.contains("\r\n\(first.name),77,\(first.defaultValue),"))
    app.earlier = [app.run]
    #expect(
      app.desk.runFile.text.hasPrefix("run,model,choices,parameters,step,task,score,value\r\n"))
  }

  /// The legend's samples have the colours and the strokes of the lines, and a long one goes on below.
  @Test func aPicturesLegendIsThatOfItsLines() throws {
    let desk = Fixture.appWithEarlierRuns().desk
    let svg = try #require(desk.chartFiles(of: 0).first).text
    for line in desk.chart(of: [0]).lines {
      let name = try #require(
        svg.split(separator: "\n").firstIndex { $0.hasSuffix(">\(line.name)</text>") })
      let sample = svg.split(separator: "\n")[name - 1]
      #expect(sample.contains("stroke-dasharray") == (line.stroke != .solid), "\(line.name)")
      #expect(sample.contains(line.style.role == .dim ? "#888888" : "#0068b5"))
    }
    let many = Fixture.app(Fixture.manyNames, experts: 0).desk
    let overlay = try #require(many.overlayFiles.first).text
    let entries = overlay.split(separator: "\n").filter {
      $0.contains(">task") && !$0.contains("OFF")
    }
    let places = entries.compactMap { entry -> (x: Double, y: Double)? in
      func number(_ name: String) -> Double? {
        entry.firstRange(of: " \(name)=\"").flatMap { found in
          Double(entry[found.upperBound...].prefix { $0 != "\"" })
        }
      }
      return number("x").flatMap { x in number("y").map { (x, $0) } }
    }
    // Eleven curves and their validation losses, none beyond the edge, on several lines.
    #expect(places.count == 22 && places.allSatisfy { $0.x < 900 })
    #expect(Set(places.map(\.y)).count >= 3)
    #expect(Set(places.map { "\($0.x) \($0.y)" }).count == 22)
    #expect(overlay.contains("stroke=\"#b54708\" stroke-width=\"1.4\" stroke-dasharray"))
  }

  /// Scores that the screen shows are drawn in the picture, too, on an axis of their own; epochs have ticks.
  @Test func scoresAndEpochsAreInThePicture() {
    var desk = Fixture.app().desk
    let losses = desk.chartFiles(of: 0)[0].text
    desk.charts.validation = .score
    let scores = desk.chartFiles(of: 0)[0].text
    #expect(scores.contains(">validation auc</text>") && scores.contains("<polyline"))
    #expect(!losses.contains(">validation auc</text>"))
    #expect(losses.contains("v5\" stroke=\"#888888\""))
  }

  @Test func keysCopyAndWriteWhatHasTheFocus() {
    var app = Fixture.app()
    guard case .write(let files, let folder)? = app.press("e").first else {
      Issue.record("nothing is written")
      return
    }
    #expect(folder == ".")
    #expect(
      files.map(\.name) == [
        "losses-click.svg", "losses-click.txt", "losses-click.csv", "screen-dashboard.txt",
      ])
    guard case .copy(let text)? = app.press("y").first else {
      Issue.record("nothing is copied")
      return
    }
    #expect(text == files[1].text)
    app.press("", .backTab)
    #expect(app.press("y") == [.copy(app.desk.eventFile.text)])
    guard case .write(let all, "out")? = app.press(":export out", .enter).withoutMemory.first
    else {
      Issue.record("nothing is exported")
      return
    }
    // What is known of the run, and what the screens show of it, no name twice.
    let names = all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in ["losses-longview.svg", "tasks.csv", "facts.csv", "gates.csv", "gate-click.svg"] {
      #expect(names.contains(name))
    }
    #expect(all.allSatisfy { !$0.text.isEmpty })
  }
}
