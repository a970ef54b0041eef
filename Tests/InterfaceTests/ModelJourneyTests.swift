import Runs
import Terminal
import Testing

@testable import Interface

/// What a person does on the models screen, up to another run.
@Suite struct ModelJourneyTests {
  /// A robot whose run may be replaced; what is asked for is kept.
  private final class Starts {
    var requests: [StartRequest] = []
    var links: [FakeLink] = []
    var refusal: String?
    /// Whether the run before has not ended yet.
    var isHeldBack = false
  }

  private struct Refusal: Error, CustomStringConvertible { let description: String }

  private func robot(_ starts: Starts, _ size: Size = Size(rows: 24, columns: 80)) -> Robot {
    let starter = RunStarter(
      models: { _ in Fixture.models },
      start: { request in
        if let refusal = starts.refusal { throw Refusal(description: refusal) }
        starts.requests.append(request)
        let link = FakeLink()
        starts.links.append(link)
        return { starts.isHeldBack ? nil : link }
      })
    let robot = Robot(size, starter: starter)
    robot.start()
    return robot
  }

  @Test func theRunningModelIsSelectedAndDescribed() {
    let robot = robot(Starts(), Size(rows: 40, columns: 120))
    robot.press("6")
    for words in [
      "[6 Models]", "> MMoE", "runs", "experts mixed by a gate", "doi:10.1145/3219819.3220007",
      "dials: temperature", "gate-dropout", "unfit",
    ] {
      #expect(robot.text.contains(words), "\(words)")
    }
  }

  @Test func optionsAreEditedBesideTheirDefaults() {
    let robot = robot(Starts())
    robot.press("6", .tab)
    robot.press("j", .enter)
    #expect(robot.text.contains("expert (default 64,32): 64,32"))
    robot.press("32", .enter)
    #expect(robot.text.contains("expert       * 32"))
    // The default is no edit.
    robot.press("i", .control("u"))
    robot.press("64,32", .enter)
    #expect(!robot.text.contains("* "))
    robot.press(":option tower 8", .enter)
    #expect(robot.text.contains("> tower        * 8"))
    robot.press(":option towr 8", .enter)
    #expect(robot.status.contains("did you mean 'tower'?"))
  }

  @Test func startingAsksThenReplacesTheRun() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press("6j ")
    #expect(robot.text.contains("[x] Space"))
    robot.press("R")
    #expect(robot.text.contains("start PLE?"))
    robot.press("", .escape)
    #expect(starts.requests.isEmpty)
    robot.press("", .enter)
    robot.press("y")
    #expect(starts.requests == [StartRequest(model: "ple", keepsEmbeddings: true)])
    #expect(robot.text.contains("[1 Dash]"))
    #expect(robot.text.contains("getting ready"))
    // Keys go to the new run, and it is told what is shown.
    let link = starts.links[0]
    #expect(link.wanted.last?.gates == true)
    link.events = [.prepared(Fixture.description(model: "ple", title: "PLE"))]
    link.losses = Fixture.losses(tasks: 4, steps: 0..<100)
    link.snapshot = link.current
    robot.wait(0.3)
    #expect(robot.text.contains("mtl PLE"))
    robot.press("P")
    #expect(link.commands == [.pause])
    #expect(robot.link.commands.isEmpty)
    robot.press("6")
    #expect(robot.text.contains("1 run"))
  }

  /// Ending a run takes a moment: meanwhile the screen goes on, keys work, and what the old run still
  /// says is its own.
  @Test func theScreenGoesOnWhileTheRunBeforeEnds() {
    let starts = Starts()
    let robot = robot(starts)
    starts.isHeldBack = true
    robot.press("6jRy")
    #expect(starts.requests.count == 1)
    #expect(robot.status.contains("the run ends; ple starts when it has"))
    robot.press("5")
    #expect(robot.text.contains("[5 Tasks]"))
    robot.link.current.step = 7_777
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    robot.press("P")
    #expect(robot.link.commands == [.pause])
    #expect(robot.status.contains("7,778"))
    // No second one is started on top of it.
    robot.press(":start linear", .enter)
    robot.press("y")
    #expect(starts.requests.count == 1)
    #expect(robot.status.contains("ple is being started; wait for it"))
    starts.isHeldBack = false
    let last = Fixture.evaluation(step: 7_778, gain: 0.011)
    robot.link.events = [.evaluated(last)]
    robot.wait(0.3)
    #expect(robot.loop.app.earlier.first?.evaluation == last)
    #expect(robot.loop.app.run.evaluation == nil)
    #expect(robot.loop.app.run.request?.model == "ple")
    #expect(robot.text.contains("[1 Dash]"))
  }

  @Test func aRefusedOptionLosesNothing() {
    let starts = Starts()
    starts.refusal =
      "--set model.experts: mmoe cannot use this value.\n  found: x\n  fix:   a number"
    let robot = robot(starts)
    robot.press(":option experts x", .enter)
    robot.press("Ry")
    #expect(robot.status.contains("not started: --set model.experts"))
    #expect(robot.text.contains("fix:   a number") || robot.text.contains("fix: a number"))
    #expect(robot.text.contains("experts      * x"))
    robot.press("1")
    #expect(robot.text.contains("● click 0."))
    robot.press("P")
    #expect(robot.link.commands == [.pause])
  }

  @Test func aRunThatCannotBePreparedGivesTheOneBeforeBack() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press("6jRy")
    starts.links[0].events = [.failed(message: "--model ple: the data do not fit")]
    robot.wait(0.3)
    #expect(robot.reason == nil)
    #expect(robot.text.contains("--model ple: the data do not fit"))
    robot.press("1")
    #expect(robot.text.contains("mtl MMoE"))
    #expect(robot.status.contains("DONE"))
    robot.press("q")
    #expect(robot.reason == .left)
  }

  @Test func whatDoesNotFitIsNotStarted() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":start esmm", .enter)
    #expect(robot.status.contains("not for these data"))
    #expect(starts.requests.isEmpty)
    robot.press(":start nobody", .enter)
    #expect(robot.status.contains("no model 'nobody'"))
  }

  @Test func whereNothingCanBeStartedItSaysSo() {
    let robot = Robot()
    robot.start()
    robot.press("6R")
    #expect(robot.text.contains("No models to choose from"))
    #expect(robot.status.contains("no models to choose from"))
  }

  @Test func earlierRunsStayBoundedAndBehind() {
    var app = Fixture.appWithEarlierRuns()
    #expect(app.earlier.map { $0.description?.model } == ["mmoe", "ple"])
    #expect(app.desk.chart(of: [0]).stepAxis.high == 2_399)
    let names = app.desk.chart(of: [0]).lines.map(\.name)
    #expect(names == ["1 MMoE", "2 PLE", "3 \(app.run.title)"])
    app.press("B")
    #expect(
      app.desk.chart(of: [0]).stepAxis.high == 899 && app.desk.chart(of: [0]).lines.count == 1)
    // A pinned run stays, with a stroke of its own, and the next press takes the one before it.
    app.press("p")
    var lines = app.desk.chart(of: [0]).lines
    #expect(lines.map(\.name) == ["2 PLE baseline", "3 \(app.run.title)"])
    #expect(lines.map(\.stroke) == [.dashed, .solid])
    app.press("p")
    lines = app.desk.chart(of: [0]).lines
    #expect(lines.map(\.name) == ["1 MMoE baseline", "3 \(app.run.title)"])
    app.press("p")
    #expect(app.desk.chart(of: [0]).lines.count == 1)
    for _ in 0..<20 {
      _ = app.update(.began(StartRequest(model: "ple")))
      _ = app.update(.events([.prepared(Fixture.description())]))
    }
    #expect(app.earlier.count == App.earlierRuns)
    #expect(app.run.number == 23)
  }

  @Test func runsAreListedOpenedAndComparedWith() {
    var app = Fixture.appWithEarlierRuns()
    let size = Size(rows: 40, columns: 120)
    _ = app.update(.size(size))
    app.press("7")
    var text = app.view(size).text
    // The first is what the others are compared with until another is chosen.
    for words in ["1= MMoE", "2  PLE", "3  MMoE experts=4", "+0.0020", "0.8241", "runs", "ended"] {
      #expect(text.contains(words), "\(words)")
    }
    app.press("kp")
    text = app.view(size).text
    #expect(text.contains("2= PLE"))
    #expect(text.contains("-0.0020"))
    app.press("", .enter)
    #expect(app.view(size).text.contains("2 PLE  ended"))
    #expect(app.view(size).text.contains("validation at step 600"))
    app.press("", .escape)
    #expect(app.view(size).text.contains("gains over ="))
  }

  @Test func gainsAreBetterWhereTheyAreLarger() {
    let cell = RunRow.Cell(task: "a", score: "rmse", value: 0.7, higherIsBetter: false)
    var one = RunRow(number: 1, title: "", options: "", state: "", cells: [cell])
    let base = one
    one.cells[0].value = 0.6
    #expect(abs((one.gain(of: "a", over: base) ?? 0) - 0.1) < 1e-9)
    #expect(one.gain(of: "b", over: base) == nil)
    one.cells[0].score = "auc"
    #expect(one.gain(of: "a", over: base) == nil)
  }

  @Test func aModelOfAComparisonIsARowToo() {
    let tasks = [ComparedTask(name: "click", score: "auc", higherIsBetter: true)]
    let row = ComparisonRow(
      model: "mmoe", title: "MMoE", options: ["experts": "4"], parameterCount: 12, seconds: 3,
      runsFinished: 2, runsPlanned: 5, status: .running,
      cells: [ComparisonCell(values: [0.8, 0.82], mean: 0.81, deviation: 0.01)])
    let shown = RunRow(row, tasks: tasks)
    #expect((shown.title, shown.options, shown.state) == ("MMoE", "experts=4", "2 of 5"))
    #expect(shown.cell(of: "click")?.deviation == 0.01)
    var canvas = Canvas(rows: 4, columns: 80)
    RunTable(rows: [shown, shown], selected: 0, baseline: 0, firstTask: 0)
      .draw(in: canvas.area, frame: canvas.area, on: &canvas)
    #expect(canvas.text.contains("0.8100 ±0.0100"))
  }

  @Test func optionsOfTheFirstRunAreKnown() {
    let first = StartRequest(model: "mmoe", options: ["experts": "3"])
    let app = App(settings: ExplorerSettings(models: Fixture.models, first: first))
    #expect(app.models.edits(of: "mmoe", app.desk) == ["experts": "3"])
    #expect(app.models.edits(of: "ple", app.desk).isEmpty)
    #expect(app.models.selectedModel(app.desk)?.name == "mmoe")
  }
}
