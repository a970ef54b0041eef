import Runs
import Terminal
import Testing

@testable import Interface

/// Numbers of the gates screen are what they say, of the step that they say.
@Suite struct GateTruthTests {
  private func shown(_ app: App, _ rows: Int = 40, _ columns: Int = 120) -> String {
    var app = app
    _ = app.update(.size(Size(rows: rows, columns: columns)))
    return app.view(Size(rows: rows, columns: columns)).text
  }

  private func line(_ text: String, with words: String) -> String {
    text.split(separator: "\n").first { $0.contains(words) }.map(String.init) ?? ""
  }

  // MARK: - Steps

  @Test func meansSayTheirStep() {
    var gates = Fixture.gates()
    (gates[0].isStale, gates[0].step) = (true, 757)
    var app = Fixture.app(gates: gates)
    app.press("2")
    let text = shown(app)
    #expect(text.contains("% of 1,024 rows, step 1,799"))
    #expect(line(text, with: "● click").contains("off, step 757"))
    #expect(!line(text, with: "◆ like ").contains("step"))
  }

  @Test func aRowsMeansSayTheirStep() {
    var app = Fixture.app()
    app.press("2mm")
    #expect(shown(app).contains("gates  %, points to the mean of step 1,799"))
    #expect(shown(app).contains("its mean is 38% at step 1,799."))
    // At 80 columns no word of it is lost.
    #expect(shown(app, 24, 80).contains("points to the mean of step 1,799"))
    var snapshot = app.run.snapshot
    snapshot.example?.gates[1].meanStep = 757
    _ = app.update(.snapshot(snapshot))
    let text = shown(app)
    #expect(text.contains("points to the mean of step 1,799"))
    #expect(
      text.split(separator: "\n").count { $0.contains("mean of 757") && $0.contains("◆ like") } == 1
    )
    #expect(text.components("mean of 757") == 1)
  }

  /// A row's weight is compared with the mean: more is above it.
  @Test func pointsAboveTheMean() {
    var app = Fixture.app(["click", "like"], experts: 2)
    var snapshot = app.run.snapshot
    snapshot.example?.gates[0] = .init(
      name: "click", weights: [0.75, 0.25], mean: [0.5, 0.5], meanStep: 3)
    _ = app.update(.snapshot(snapshot))
    app.press("2mm")
    #expect(line(shown(app), with: "to mean").contains("+25  -25"))
  }

  /// A change that could not be made has no answers of its own.
  @Test func whatCannotBeChangedHasNoAnswers() {
    func text(_ change: (inout ExampleView.Altered) -> Void) -> String {
      var app = Fixture.app(experts: 4)
      var snapshot = app.run.snapshot
      var example = Fixture.askedExample()
      var altered = example.altered ?? .init(answers: [], gates: [])
      (altered.note, altered.without) = (nil, nil)
      change(&altered)
      example.altered = altered
      snapshot.example = example
      _ = app.update(.snapshot(snapshot))
      app.press("2mm")
      return shown(app)
    }
    #expect(text { _ in }.contains("→ andriod"))
    let refused = text { $0.problem = "device holds numbers" }
    #expect(refused.contains("device holds numbers") && !refused.contains("→ andriod"))
    let without = text { ($0.problem, $0.without) = ("device holds numbers", 1) }
    #expect(without.contains("device holds numbers") && without.contains("→ no E1"))
    #expect(!without.contains("andriod"))
  }

  // MARK: - The line at the foot

  /// The selected cell in words is never cut: what matters least is left out.
  @Test(arguments: [60, 80, 100, 120]) func theSelectedCellIsNotCut(columns: Int) {
    var app = Fixture.app(gates: Fixture.levelGates())
    app.press("2:gate L1 longview", .enter)
    app.press("ll")
    let foot = line(shown(app, 24, columns), with: "L1 longview × shared 1: mean")
    #expect(foot.contains("first choice of 10%") && !foot.contains("…"), "\(foot)")
    #expect(foot.contains("σ") == (columns >= 100))
  }

  // MARK: - Room

  /// A narrow table has the spread between rows beside it; a wide one does not.
  @Test func theSpreadStandsBesideANarrowTable() {
    var narrow = Fixture.app(["click", "like"], experts: 4)
    narrow.press("2")
    let rows = shown(narrow).split(separator: "\n")
    #expect(rows[1].contains("[mean]") && rows[1].contains("between rows"))
    #expect(shown(narrow).components("between rows") == 1)
    var wide = Fixture.app(gates: Fixture.levelGates())
    wide.press("2")
    #expect(!shown(wide, 60).split(separator: "\n")[1].contains("between rows"))
    #expect(shown(wide, 60).components("between rows") == 1)
  }

  /// The scale of the spread ends at the tenth above all that is drawn, and says so.
  @Test func theSpreadsScale() {
    var gate = Fixture.gates(["click"], experts: 2)[0]
    (gate.mean, gate.low, gate.high) = ([0.25, 0.75], [0.125, 0.5], [0.375, 0.79])
    var canvas = Canvas(rows: 4, columns: 55)
    GateSpreadPanel(gate: gate, expert: 0).draw(in: canvas.area, on: &canvas)
    let rows = canvas.text.split(separator: "\n").map(Array.init)
    #expect(String(rows[0]).contains("p10 to p90 on 0–80%"))
    // 39 columns behind name and blanks: the mean of 25 % lies at column 11, 75 % at 35.
    #expect(rows[1][6 + 11] == "●" && rows[2][6 + 35] == "●")
    #expect(rows[1][6 + 5] == "━" && rows[1][6 + 4] == "·")
    #expect(rows[1][6 + 17] == "━" && rows[1][6 + 18] == "·")
  }

  /// Headings that stand once name owners in full even where the list is longer than the screen.
  @Test func aLongListOfSegmentsNamesOwners() {
    let gate = Fixture.levelGates()[0]
    let lines = (0..<30).map { index in
      GateTable.Line(name: "value \(index)", weights: gate.mean, experts: gate.members)
    }
    var canvas = Canvas(rows: 12, columns: 60)
    GateTable(lines: lines, header: ("column", "", "")).draw(
      in: canvas.area, frame: canvas.area, on: &canvas)
    #expect(canvas.text.contains("own") && canvas.text.contains("shared"))
    var low = Canvas(rows: 6, columns: 60)
    GateTable(lines: lines, header: ("column", "", "")).draw(
      in: low.area, frame: low.area, on: &low)
    #expect(low.text.contains("o1") && !low.text.contains("own"))
  }

  /// Of an owner that is too long for its columns as many letters are shown as fit.
  @Test func longOwnersAreCutToLetters() {
    var gate = Fixture.gates(experts: 2)[0]
    gate.members = ["purchase", "watchtime"].enumerated().map {
      GateExpert(owner: $0.element, label: "1", task: $0.element, index: $0.offset)
    }
    var canvas = Canvas(rows: 3, columns: 24)
    GateTable(
      lines: [gate.line(glyph: nil, showsEntropy: false, showsLoad: false)],
      header: ("gate", "", "")
    ).draw(in: canvas.area, frame: canvas.area, on: &canvas)
    #expect(canvas.text.contains(" purch") && canvas.text.contains(" watch"))
    #expect(!canvas.text.contains("…"))
  }

  // MARK: - Columns

  /// The divergence of a column is that of all its values at once, which is not a value's own.
  @Test func aColumnsDivergenceIsOfAllValues() {
    var app = Fixture.app(gates: Fixture.gates()) {
      $0.segmentRanking = Fixture.ranking()
      $0.segments = Fixture.segments()
    }
    app.press("2m:segment device", .enter)
    let text = shown(app)
    #expect(text.contains("columns  JS of all values at once"))
    #expect(text.contains("differs by device: JS 0.021 bit of all values, '"))
    #expect(shown(app, 40, 200).contains("JS 0.021 bit of all values at once, most for '"))
    #expect(!line(shown(app, 24, 80), with: "click's gate differs").contains("…"))
    #expect(text.contains(", step \(grouped(Fixture.segments().step))"))
    app.press("?")
    #expect(shown(app, 60).contains("may exceed each value's JS"))
  }

  // MARK: - Experts by name

  @Test func expertsAreNamedByTheirOwners() {
    var app = Fixture.app()
    var description = Fixture.description()
    description.experts = ["L0 click 1", "L0 shared 1"].map { ExpertDescription(name: $0) }
    _ = app.update(.events([.prepared(description)]))
    func answer(_ expert: Int, _ outcome: Acknowledgement.Outcome) -> Event {
      let command = Command.knockOut(expert)
      return .acknowledged(
        Acknowledgement(id: 0, command: command, effect: command, step: 7, outcome: outcome))
    }
    _ = app.update(.events([answer(1, .applied), answer(0, .refused("no rows"))]))
    let texts = app.run.log.lines.suffix(2).map(\.text)
    #expect(texts == ["scores without L0 shared 1", "scores without L0 click 1 refused: no rows"])
    #expect(shown(app).contains("scores without L0 click 1 refused: no rows"))
    #expect(Command.knockOut(4).words(["E0"]) == "scores without expert 4")
    #expect(
      Command.together([.evaluate, .knockOut(0)]).words(["E0"]) == "evaluate, scores without E0")
  }

  /// Of a matrix the log says which expert each task misses most, by what costs it most.
  @Test func whatEachTaskMissesMost() {
    func line(_ task: String, _ full: Double, _ without: [Double], _ higher: Bool)
      -> KnockOutMatrix.Line
    {
      .init(
        task: task, score: higher ? "auc" : "rmse", higherIsBetter: higher, full: full,
        without: without, firstChoices: [])
    }
    let matrix = KnockOutMatrix(
      step: 5, rows: 9, experts: ["E0", "E1", "E2"],
      lines: [
        line("click", 0.75, [0.8, 0.5, .nan], true), line("watch", 2, [1.5, 2.5, 3], false),
      ])
    #expect(
      matrix.words
        == "without each expert, most missed: click E1 (auc -0.2500)  watch E2 (rmse +1.0000)")
  }

  // MARK: - The matrix

  /// What a task would miss is orange, what it is better off without blue; the shares below are those
  /// of the expert of the column, also where the first columns are scrolled away.
  @Test func coloursAndSharesOfTheMatrix() {
    let experts = (0..<6).map { "E\($0)" }
    let line = KnockOutMatrix.Line(
      task: "click", score: "auc", higherIsBetter: true, full: 0.75,
      without: [0.75, 0.75, 0.75, 0.75, 0.5, 1], firstChoices: [0.01, 0.02, 0.03, 0.04, 0.11, 0.22])
    var canvas = Canvas(rows: 5, columns: 36)
    KnockOutMatrixPanel(
      matrix: KnockOutMatrix(step: 5, rows: 9, experts: experts, lines: [line]),
      tasks: ["click"], expert: 5
    ).draw(in: canvas.area, on: &canvas)
    #expect(canvas.text.contains("E4") && canvas.text.contains("E5") && !canvas.text.contains("E0"))
    let rows = canvas.text.split(separator: "\n")
    #expect(rows[3].contains("11%      22%"))
    func role(of words: String) -> Role? {
      let column = rows[2].firstRange(of: words).map {
        rows[2].distance(from: rows[2].startIndex, to: $0.lowerBound)
      }
      return column.flatMap { canvas[2, $0]?.style.role }
    }
    #expect(role(of: "-0.2500") == .diverging(4) && role(of: "+0.2500") == .diverging(-4))
  }

  // MARK: - Where there is nothing

  @Test func whatASystemHasInstead() {
    func words(_ subjects: Set<ModelView.Subject>, experts: Int) -> [String] {
      var run = RunState()
      var description = Fixture.description(model: "some", title: "Some-System")
      description.subjects = subjects
      description.experts = (0..<experts).map { ExpertDescription(name: "E\($0)") }
      description.dials = []
      run.take(.prepared(description))
      return run.emptyWords(of: .masks)
    }
    #expect(
      words([], experts: 0) == [
        "Some-System has no masks, which say which weights serve which task.",
        "1 shows its curves, 5 its tasks and 6 other systems.",
      ])
    #expect(
      words([.model], experts: 4)[1]
        == "1 shows its curves, 2 its gates over 4 experts, 4 what it has inside, 5 its tasks and "
        + "6 other systems.")
    #expect(words([.masks], experts: 0)[0].contains("has masks, which say"))
    var app = Fixture.app(experts: 0)
    app.press("2")
    let text = shown(app)
    #expect(text.contains("has no gates that weigh experts."))
    #expect(text.contains("5 its tasks and 6 other systems.") && !text.contains("2 its gates"))
    // No key is offered that has nothing to work on.
    #expect(text.contains("m mean/segment/example") && !text.contains("C column"))
  }
}

extension String {
  /// How often a text is contained.
  fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
