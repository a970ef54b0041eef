import Runs
import Terminal
import Testing

@testable import Interface

/// What `e`, `y` and `:export` give on the screens of gates, masks and rows: tables as CSV, charts as
/// SVG and text, every number with its step.
@Suite struct ScreenFilesTests {
  private func written(_ app: App) -> [ExportedFile] {
    var app = app
    guard case .write(let files, folder: ".")? = app.press("e").first else {
      Issue.record("nothing is written")
      return []
    }
    return files
  }

  private func table(_ name: String, _ files: [ExportedFile]) throws -> [[String]] {
    let file = try #require(files.first { $0.name == name }, "\(files.map(\.name))")
    return file.text.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func gates() throws {
    var gates = Fixture.gates()
    (gates[1].isStale, gates[1].step) = (true, 757)
    var app = Fixture.app(gates: gates)
    app.press("2")
    let files = written(app)
    #expect(
      files.map(\.name) == [
        "gates.csv", "gate-click.svg", "gate-click.txt", "gate-click.csv", "screen-gates.txt",
      ])
    let rows = try table("gates.csv", files)
    #expect(rows[0].last == "step" && rows[1].last == "1799")
    #expect(rows.first { $0[0] == "like" }?.last == "757")
    let points = try table("gate-click.csv", files)
    #expect(points[0] == ["line", "step", "value"])
    #expect(points[1][0] == "E0" && points.last?[0] == "E7")
    let samples = app.run.gateHistory.samples
    #expect(points.count == 1 + 8 * samples.count)
    #expect(points[2][1] == "\(samples[1].step)")
    #expect(Float(points[2][2]) == samples[1].means[0][0])
    let svg = files[1].text
    #expect(svg.hasPrefix("<svg") && svg.contains(">E7</text>") && svg.contains("run 1"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    // The other gate is another chart, and `y` takes the table.
    app.press("j")
    #expect(written(app)[1].name == "gate-like.svg")
    #expect(app.press("y") == [.copy(written(app)[0].text)])
  }

  /// A course is of a pair: of the same user with another item, or the other way round, nothing of it is
  /// written; of its own, the newest sentence is what the model says now, and the others what it said before.
  @Test func courseOfAPair() throws {
    var view = Fixture.explanation()
    var course = PairCourse()
    for (step, text) in [(600, "first"), (1_200, "then"), (1_800, "now")] {
      view.step = step
      view.explanation?.generated = .init(text)
      course.add(view)
    }
    let files = view.files(course: course, standing: "", effect: [])
    let said = try table("explanation.csv", files)
    func lines(_ part: String) -> [[String]] {
      said.filter { $0[3] == part }.map { [$0[2], $0[5]] }
    }
    #expect(lines("says") == [["1800", "now"]])
    #expect(lines("said before") == [["1200", "then"], ["600", "first"]])
    #expect(
      try table("explanation-course.csv", files).dropFirst().map { $0[2] } == [
        "600", "1200", "1800",
      ])
    for isItem in [true, false] {
      var other = view
      if isItem { other.item?.name = "i7" } else { other.user?.name = "u3" }
      let files = other.files(course: course, standing: "", effect: [])
      #expect(files.map(\.name) == ["explanation.csv", "explanation-evidence.csv"])
      #expect(try !table("explanation.csv", files).contains { $0[3] == "said before" })
    }
  }

  @Test func scoresWithoutExperts() throws {
    var app = Fixture.app()
    _ = app.update(.events([.knockedOutAll(Fixture.matrix())]))
    app.press("2")
    let rows = try table("without-each-expert.csv", written(app))
    #expect(rows.count == 1 + 4 * 8 && rows[0].suffix(2) == ["rows", "step"])
    #expect(rows[1].prefix(3) == ["click", "auc", "E0"] && rows[1].suffix(2) == ["4000", "1790"])
    #expect(Double(rows[1][5]).map { abs($0 + 0.0213) < 1e-9 } == true)
    _ = app.update(.events([.knockedOut(Fixture.knockOut())]))
    #expect(written(app).contains { $0.name.hasPrefix("without-E") })
    #expect(!written(app).contains { $0.name == "without-each-expert.csv" })
  }

  @Test func segments() throws {
    var app = Fixture.app(gates: Fixture.gates()) {
      $0.segmentRanking = Fixture.ranking()
      $0.segments = Fixture.segments()
    }
    app.press("2m:segment device", .enter)
    let files = written(app)
    let segments = Fixture.segments()
    let rows = try table("segments-device.csv", files)
    #expect(rows[1].prefix(5) == ["device", "all", "\(segments.total.rows)", "click", "E0"])
    #expect(rows[1].last == "\(segments.step)")
    #expect(rows.count == 1 + (1 + segments.segments.count) * 4 * 8)
    let columns = try table("columns.csv", files)
    #expect(columns[0].contains("js_of_all_values"))
    #expect(columns[1].prefix(3) == ["device", "7", "click"])
    #expect(columns[1].suffix(2) == ["2048", "1790"])
  }

  @Test func aRow() throws {
    var app = Fixture.app(experts: 4)
    var snapshot = app.run.snapshot
    snapshot.example = Fixture.askedExample()
    _ = app.update(.snapshot(snapshot))
    app.press("2mm")
    let files = written(app)
    #expect(
      files.map(\.name) == [
        "row-3117-inputs.csv", "row-3117-answers.csv", "row-3117-gates.csv", "screen-gates.txt",
      ])
    let inputs = try table("row-3117-inputs.csv", files)
    #expect(inputs.first { $0[1] == "device" }?[3] == "(rare or unseen)")
    #expect(inputs.count { !$0[3].isEmpty } == 2)
    let answers = try table("row-3117-answers.csv", files)
    #expect(answers[1][1] == "click" && answers[1].last == "1790")
    #expect(
      Double(answers[1][3]) == 0.83 && Double(answers[1][5]).map { abs($0 - 0.72) < 1e-9 } == true)
    let gates = try table("row-3117-gates.csv", files)
    #expect(gates[1].last == "1799" && gates[1][5] == "1790")
    #expect(Float(gates[1][4]) == 0.55)
  }

  @Test func masks() throws {
    var app = Fixture.appWithMasks()
    app.press("3")
    let files = written(app)
    #expect(files.last?.name == "screen-masks.txt")
    let masks = try table("masks.csv", files)
    #expect(masks[1].prefix(3) == ["click", "layer 0", "0.4"] && masks[1].last == "1790")
    #expect(masks[3].prefix(2) == ["click", "all"] && Double(masks[3][2]) == 0.38)
    let overlap = try table("mask-overlap.csv", files)
    #expect(overlap.count == 17 && Double(overlap[2][2]).map { abs($0 - 0.17) < 1e-9 } == true)
    var map = Fixture.appOnMap()
    let shown = written(map)
    let cells = try table("mask-map-layer-1.csv", shown)
    #expect(cells[0] == ["unit", "input", "kind", "kept_by_click", "step"])
    let window = map.run.snapshot.maskMap?.window
    #expect(cells.count == 1 + (window.map { $0.rows * $0.columns } ?? 0))
    #expect(cells[1].prefix(2) == ["\(window?.row ?? -1)", "\(window?.column ?? -1)"])
    #expect(try table("pruning-click.csv", shown)[1].last == "1790")
    map.press("m")
    #expect(!written(map).contains { $0.name.hasPrefix("mask-map") })
  }

  /// Each form of a model's own view is a table; curves are a picture besides.
  @Test func views() throws {
    let ink = ViewInk(tasks: Fixture.shortNames)
    let curves = ModelView(
      name: "rate", title: "rate", note: "", step: 9,
      content: .curves(
        .init(
          axis: "step",
          curves: [
            .init(name: "click", x: [0, 5, 9], y: [0.5, .nan, 0.25]),
            .init(name: "<b>", x: [0, 9], y: [1, 1]),
          ])))
    let files = curves.files(ink)
    #expect(files.map(\.name) == ["rate.svg", "rate.txt", "rate.csv"])
    #expect(try table("rate.csv", files)[3] == ["click", "9", "0.25"])
    #expect(files[0].text.contains("&lt;b&gt;") && !files[0].text.contains("nan"))
    // A gap begins another stroke: no line leads through it.
    #expect(files[0].text.contains("M930 "))
    #expect(files[1].text.hasPrefix("rate, step 9"))
    let matrix = ModelView(
      name: "m", title: "m", note: "", step: 7,
      content: .matrix(
        .init(rows: ["a"], columns: ["x", "y"], values: [1, -2], scale: .diverging)))
    #expect(
      try table("m.csv", matrix.files(ink)) == [
        ["row", "column", "value", "step"], ["a", "x", "1", "7"], ["a", "y", "-2", "7"],
      ])
    let bars = ModelView(
      name: "b", title: "b", note: "", step: 7,
      content: .bars(
        .init(parts: ["p", "q"], bars: [.init(name: "n", values: [1, 2], mark: 0.5)])))
    #expect(try table("b.csv", bars.files(ink))[2] == ["n", "q", "2", "0.5", "7"])
    for view in Fixture.maskViews() {
      for file in view.files(ink) where file.name.hasSuffix(".csv") {
        #expect(file.text.split(separator: "\r\n").count > 1, "\(file.name)")
      }
    }
  }

  @Test func aLevelIsDrawnAndListed() throws {
    let view = ModelView(
      name: "share", title: "share", note: "", step: 9,
      content: .curves(
        .init(
          axis: "step", curves: [.init(name: "click", x: [0, 8], y: [0.25, 0.5])],
          level: .init(name: "alarm 0.75", y: 0.75), areShares: true)))
    let files = view.files(ViewInk(tasks: Fixture.shortNames))
    #expect(try table("share.csv", files).last == ["alarm 0.75", "", "0.75"])
    let svg = files[0].text
    #expect(svg.contains(">alarm 0.75</text>"))
    // Higher than the line ends, and over the whole width.
    let dashed = try #require(svg.split(separator: "\n").first { $0.contains("dasharray") })
    let y = try #require(dashed.split(separator: " ")[2].split(separator: "H").first)
    #expect(dashed.contains("M70 ") && dashed.contains("H930"))
    let end = try #require(svg.split(separator: "L930 ").last?.split(separator: "\"").first)
    let (level, curve) = (Double(y) ?? .nan, Double(end) ?? .nan)
    #expect(level < curve && level >= 80)
  }

  /// A single sample of a step at which a billionth more is the same number.
  @Test func oneLatePoint() {
    for step in [0, 9_000_000, 4e15] {
      let picture = LinePicture(
        title: "t", axis: "step", lines: [.init(name: "a", color: 0, points: [(step, 0.5)])])
      #expect(!picture.svg.contains("nan") && !picture.svg.contains("inf"))
      let curve = picture.svg.split(separator: "\n").first { $0.contains("\"1.8\"") }
      #expect(curve?.hasPrefix("<path d=\"M70 ") == true, "at the left edge")
    }
  }

  /// Gates of their own experts are named by them.
  @Test func segmentsNameTheExpertsOfEachGate() throws {
    var gates = Fixture.gates()
    gates[1].members = (0..<8).map { GateExpert(label: "own\($0 + 1)", index: $0) }
    var app = Fixture.app(gates: gates) {
      $0.segmentRanking = Fixture.ranking()
      $0.segments = Fixture.segments()
    }
    app.press("2m:segment device", .enter)
    let rows = try table("segments-device.csv", written(app))
    let name = gates[1].name
    #expect(rows.filter { $0[3] == name }.prefix(2).map { $0[4] } == ["own1", "own2"])
    #expect(rows.first { $0[3] == gates[0].name }?[4] == "E0")
  }

  /// Two tasks whose names are the same in a file's: none is lost.
  @Test func namesThatBecomeTheSame() {
    var app = Fixture.app(["is click", "is_click", "follow", "longview"])
    guard case .write(let files, "out")? = app.press(":export out", .enter).withoutMemory.first
    else {
      Issue.record("nothing is exported")
      return
    }
    let charts = files.filter { $0.name == "losses-is_click.svg" }
    #expect(charts.count >= 2)
    #expect(Set(charts.map(\.text)).count == charts.count)
    #expect(files.filter { $0.name == "tasks.csv" }.count == 1, "the same file once")
  }

  /// All that is known: no file twice, the screens' own among them.
  @Test func everything() {
    var app = Fixture.appOnMap()
    guard case .write(let files, "out")? = app.press(":export out", .enter).withoutMemory.first
    else {
      Issue.record("nothing is exported")
      return
    }
    let names = files.map(\.name)
    #expect(Set(names).count == names.count)
    for name in ["mask-map-layer-1.csv", "masks.csv", "pruning-click.csv", "tasks.csv"] {
      #expect(names.contains(name))
    }
  }
}
