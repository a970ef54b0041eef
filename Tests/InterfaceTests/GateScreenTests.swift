import Runs
import Terminal
import Testing

@testable import Interface

/// The gates of systems with several owners and levels, their alarms, and the columns that change
/// them.
@Suite struct GateScreenTests {
  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private func check(_ app: App, _ name: String, _ size: Size) {
    var app = app
    _ = app.update(.size(size))
    Golden.check(app.view(size).text, "\(name)_\(size.columns)x\(size.rows)")
  }

  private func shown(_ app: App, _ size: Size = Size(rows: 40, columns: 120)) -> String {
    var app = app
    _ = app.update(.size(size))
    return app.view(size).text
  }

  // MARK: - Looks

  @Test(arguments: sizes) func levels(_ size: Size) {
    var app = Fixture.app(gates: Fixture.levelGates())
    app.press("2jj")
    check(app, "gatesLevels", size)
  }

  @Test(arguments: sizes) func expertsOfAllTasks(_ size: Size) {
    var app = Fixture.app(gates: Fixture.stemGates())
    app.press("2jl")
    check(app, "gatesOwners", size)
  }

  @Test(arguments: sizes) func alarms(_ size: Size) {
    var app = Fixture.alarmingApp()
    app.press("2")
    check(app, "alarmsGates", size)
  }

  /// The dashboard's strip; what is wrong stands below the dashboard.
  @Test(arguments: [(6, 42), (8, 60), (8, 100)]) func strip(_ rows: Int, _ columns: Int) {
    var canvas = Canvas(rows: rows, columns: columns)
    GateStrip(run: Fixture.alarmingApp().run, isFocused: false).draw(
      in: Rect(row: 0, column: 0, rows: rows, columns: columns), on: &canvas)
    Golden.check(canvas.text, "gateStrip_\(columns)x\(rows)")
  }

  @Test(arguments: sizes) func rankedColumns(_ size: Size) {
    var app = Fixture.app(gates: Fixture.gates()) {
      $0.segmentRanking = Fixture.ranking()
      $0.segments = Fixture.segments()
    }
    app.press("2m:segment device", .enter)
    check(app, "segmentsRanked", size)
  }

  @Test func headingsNameOwners() {
    let app = Fixture.app(gates: Fixture.levelGates())
    var table = app
    table.press("2")
    let text = shown(table)
    // The gates of tasks have their own and the shared experts, the shared gate everybody's.
    #expect(text.contains("own") && text.contains("shared"))
    #expect(text.contains("L0 click") && text.contains("L1 longview") && text.contains("L0 shared"))
    // Where rows are few a letter stands for the owner.
    let short = shown(table, Size(rows: 18, columns: 80))
    #expect(short.contains("o1") && short.contains("s2"))
  }

  /// Where the rows are few, those around the task of the selected gate are shown.
  @Test func aShortMatrixFollowsTheGate() {
    func text(_ task: String?) -> String {
      var canvas = Canvas(rows: 5, columns: 70)
      KnockOutMatrixPanel(
        matrix: Fixture.matrix(experts: 4), tasks: Fixture.shortNames, task: task
      ).draw(in: canvas.area, on: &canvas)
      return canvas.text
    }
    let last = Fixture.shortNames[3]
    #expect(!text(nil).contains(last) && text(nil).contains(Fixture.shortNames[0]))
    #expect(text(last).contains(last))
  }

  /// Owners that begin with the same letter are told apart by a second one.
  @Test func shortHeadingsTellOwnersApart() {
    let short = GateTable.shortened(["click", "click", "cart", "calm", "purchase", "", "p"])
    #expect(short["click"] == "cl" && short["cart"] == "ca" && short["calm"] == "cm")
    #expect(Set(short.values).count == short.count)
    #expect(GateTable.shortened(["own", "shared"]) == ["own": "o", "shared": "s"])
    var gate = Fixture.gates(experts: 2)[0]
    gate.members = [
      GateExpert(owner: "click", label: "1", task: "click", index: 0),
      GateExpert(owner: "cart", label: "1", task: "cart", index: 1),
    ]
    var canvas = Canvas(rows: 2, columns: 60)
    // Two lines of one row each have room for one heading only.
    let line = gate.line(glyph: nil, showsEntropy: true, showsLoad: false)
    GateTable(lines: [line, line], header: ("gate", "", " H"))
      .draw(in: canvas.area, frame: canvas.area, on: &canvas)
    #expect(canvas.text.contains("cl1") && canvas.text.contains("ca1"))
  }

  /// Labels that are words stand whole where there is room.
  @Test func headingsAreWords() {
    var gate = Fixture.gates(experts: 2)[0]
    gate.members = [
      GateExpert(owner: "click", label: "column", task: "click", index: 0),
      GateExpert(owner: "cart", label: "handed on", task: "cart", index: 1),
    ]
    var canvas = Canvas(rows: 3, columns: 60)
    let area = Rect(row: 0, column: 0, rows: 3, columns: 60)
    let table = GateTable(
      lines: [gate.line(glyph: nil, showsEntropy: true, showsLoad: false)],
      header: ("gate", "", " H"))
    table.draw(in: area, frame: area, on: &canvas)
    #expect(canvas.text.contains("click") && canvas.text.contains("cart"))
    #expect(canvas.text.contains("column") && canvas.text.contains("handed on"))
    #expect(table.height == 3)
  }

  // MARK: - Alarms

  @Test func whatIsWrongIsSaidWithWhatToDo() {
    var app = Fixture.alarmingApp()
    #expect(
      app.run.alarms.map(\.kind) == [.dead, .collapsed, .unused, .hoarded, .copied])
    // On the dashboard the worst one, on the gates screen each with the key that helps.
    #expect(shown(app).contains("! E5 is dead: 97 % of its outputs are zero"))
    app.press("2")
    let text = shown(app)
    #expect(text.contains("! E5 is dead: 97 % of its outputs are zero · x what it costs"))
    #expect(text.contains("! click has collapsed: 84 % of its weight is E0's"))
    #expect(text.contains("! nobody uses E3: no gate gives it more than 0.3 %"))
    #expect(text.contains("no other task more than 1 % · 1 more"))
  }

  @Test func noAlarmNoLine() {
    #expect(Fixture.app().run.alarms.isEmpty)
    #expect(!shown(Fixture.app()).contains("! E"))
  }

  // MARK: - Segments

  private func segmentApp() -> App {
    var app = Fixture.app(gates: Fixture.gates()) { $0.segmentRanking = Fixture.ranking() }
    var description = Fixture.description()
    description.numericColumns = ["age"]
    _ = app.update(.events([.prepared(description)]))
    app.press("2m")
    return app
  }

  @Test func theMostTellingColumnIsShownFirst() {
    var app = segmentApp()
    #expect(app.wantedViews.segmentColumn == "hour" && app.wantedViews.ranksSegments)
    // Another gate, another column.
    app.press("l")
    #expect(app.wantedViews.segmentColumn == "tag")
    // A chosen column stays for all gates.
    app.press(":segment age", .enter)
    #expect(app.wantedViews.segmentColumn == "age")
    app.press("h")
    #expect(app.wantedViews.segmentColumn == "age")
  }

  /// Columns that say about the same do not take turns.
  @Test func theShownColumnStaysUntilAnotherIsClearlyBetter() {
    var app = segmentApp()
    func rank(_ device: Float) {
      var snapshot = app.run.snapshot
      snapshot.step += 10
      snapshot.segmentRanking?.columns[0].divergence[0] = device
      _ = app.update(.snapshot(snapshot))
    }
    rank(0.12)
    #expect(app.wantedViews.segmentColumn == "hour")
    rank(0.13)
    #expect(app.wantedViews.segmentColumn == "device")
  }

  @Test func columnsAreListedBestFirst() {
    var app = segmentApp()
    app.press("C")
    guard case .choice(let choice) = app.mode else {
      Issue.record("no list of columns")
      return
    }
    #expect(choice.names == ["hour", "device", "age", "tag", "city", "author"])
    #expect(choice.selected == 0)
  }

  @Test func whereAGateDoesNotDifferItIsSaid() {
    var app = Fixture.app(gates: Fixture.gates()) {
      $0.segmentRanking = Fixture.ranking()
      $0.segments = Fixture.segments()
    }
    app.press("2m:segment device", .enter)
    #expect(shown(app).contains("click's gate differs by device: JS 0.021 bit"))
    app.press("l")
    #expect(shown(app).contains("like's gate does not differ by device (JS < 0.001)"))
    #expect(shown(app).contains("<0.001"))
  }

  @Test func valuesAreSearched() {
    var app = Fixture.app(gates: Fixture.gates()) { $0.segments = Fixture.segments() }
    app.press("2m:segment device", .enter)
    app.press("/fri", .enter)
    let text = shown(app)
    #expect(text.contains("fridge") && !text.contains("android"))
  }

  // MARK: - Choosing

  @Test func aGateIsPickedFromAList() {
    var app = Fixture.app(gates: Fixture.levelGates())
    app.press("2ga")
    #expect(shown(app).contains("L0 shared"))
    app.press("L1 fol", .enter)
    #expect(app.gates.gate == 7)
    app.press(":gate L0 shared", .enter)
    #expect(app.gates.gate == 4)
    app.press(":gate L2 click", .enter)
    #expect(app.gates.gate == 4 && shown(app).contains("L2 click"))
  }

  /// The selected expert of the selected gate, by its number among all of the model.
  @Test func anExpertOfALevelIsLeftOut() {
    var app = Fixture.app(gates: Fixture.levelGates())
    var description = Fixture.description()
    description.experts = (0..<20).map { ExpertDescription(name: "expert \($0)") }
    _ = app.update(.events([.prepared(description)]))
    // The gate of like at level 1: its second shared expert.
    app.press("2:gate L1 like", .enter)
    app.press("lll")
    #expect(app.press("x") == [.send(.knockOut(19))])
    app.press("h")
    #expect(app.press("x") == [.send(.knockOut(18))])
    app.press("h")
    #expect(app.press("x") == [.send(.knockOut(13))])
    #expect(app.press(":knock out expert 4", .enter).withoutMemory == [.send(.knockOut(4))])
  }

  // MARK: - Over time

  @Test func aLineAnExpertWithItsChange() {
    var app = Fixture.app(gates: Fixture.gates())
    app.press("2")
    let text = shown(app)
    // From 13 % at the first sample to 38 %; E5 from 12 % to 4 %.
    #expect(text.contains("38%  ↑ +25"))
    #expect(text.contains("↓"))
    #expect(!text.contains("▒▒▒▒▒▒▒▒"))
  }
}
