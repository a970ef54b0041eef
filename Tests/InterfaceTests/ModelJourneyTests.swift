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
        return link
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
    robot.press("e", .control("u"))
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
    robot.press("6jw")
    #expect(robot.text.contains("[x] w"))
    robot.press("s")
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

  @Test func aRefusedOptionLosesNothing() {
    let starts = Starts()
    starts.refusal =
      "--set model.experts: mmoe cannot use this value.\n  found: x\n  fix:   a number"
    let robot = robot(starts)
    robot.press(":option experts x", .enter)
    robot.press("sy")
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
    robot.press("6jsy")
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
    robot.press("6s")
    #expect(robot.text.contains("No models to choose from"))
    #expect(robot.status.contains("no models to choose from"))
  }

  @Test func earlierRunsStayBoundedAndBehind() {
    var app = Fixture.appWithEarlierRuns()
    #expect(app.earlier.map { $0.description?.model } == ["mmoe", "ple"])
    #expect(app.lastStep == 2_399)
    #expect(app.earlierLines(of: "click").count == 2)
    #expect(app.earlierLines(of: "nothing").isEmpty)
    app.press("e")
    #expect(app.lastStep == 899)
    for _ in 0..<20 {
      _ = app.update(.began(StartRequest(model: "ple")))
      _ = app.update(.events([.prepared(Fixture.description())]))
    }
    #expect(app.earlier.count == App.earlierRuns)
    #expect(app.run.number == 23)
  }

  @Test func optionsOfTheFirstRunAreKnown() {
    let first = StartRequest(model: "mmoe", options: ["experts": "3"])
    let app = App(settings: ExplorerSettings(models: Fixture.models, first: first))
    #expect(app.edits(of: "mmoe") == ["experts": "3"])
    #expect(app.edits(of: "ple").isEmpty)
    #expect(app.selectedModel?.name == "mmoe")
  }
}
