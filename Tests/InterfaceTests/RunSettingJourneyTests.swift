import Runs
import Terminal
import Testing

@testable import Interface

/// What a person sets about a run before it starts, and what the screen says of it.
@Suite struct RunSettingJourneyTests {
  private final class Starts {
    var requests: [StartRequest] = []
    var opened: [String] = []
    var previewed: [StartRequest] = []
    var refusal: String?
    /// The newest run.
    var link: FakeLink?
    /// The run on other data, once it is there.
    var other: FakeLink?
    /// Why there will be none.
    var failure: String?
  }

  private struct Refusal: Error, CustomStringConvertible { let description: String }

  private static var models: [ModelDescription] {
    Fixture.models.map { model in
      var model = model
      model.settings = [
        .init(name: "seed", defaultValue: "1", summary: "run: of every random draw"),
        .init(name: "lr", defaultValue: "0.001", summary: "run: the learning rate"),
      ]
      return model
    }
  }

  private static let preview = StartPreview(
    parts: [
      .init(name: "embeddings", count: 9, shape: "×8", parameterCount: 4_032),
      .init(name: "experts", count: 4, shape: "78→64→32", parameterCount: 28_544),
      .init(
        name: "gates", tasks: ["a", "b", "c"], count: 3, shape: "78→4", parameterCount: 936),
      .init(name: "columns", tasks: ["a"], count: 2, shape: "", parameterCount: 12),
    ], parameterCount: 33_524, multiplyAdds: 12_700_000, bytes: 3_810_000, stepCount: 5_256)

  private func robot(_ starts: Starts, _ size: Size = Size(rows: 40, columns: 120)) -> Robot {
    let starter = RunStarter(
      models: { _ in Self.models },
      start: { request in
        starts.requests.append(request)
        let link = FakeLink()
        starts.link = link
        return { link }
      },
      preview: { request in
        starts.previewed.append(request)
        if let refusal = starts.refusal { return StartPreview(problem: [refusal]) }
        return Self.preview
      },
      open: { name, model in
        guard name != "torn.yaml" else { throw Refusal(description: "torn.yaml: no such file") }
        starts.opened.append("\(name) \(model)")
        return {
          if let failure = starts.failure { throw Refusal(description: failure) }
          return starts.other
        }
      },
      find: { name in
        guard name != "absent.yaml" else {
          throw Refusal(description: "absent.yaml: no such data set or schema file.")
        }
      },
      files: { beginning in ["data/", "data.yaml"].filter { $0.hasPrefix(beginning) } })
    let robot = Robot(size, starter: starter)
    robot.start()
    return robot
  }

  @Test func settingsAreSetBesideOptionsAndSent() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press("6")
    #expect(robot.text.contains("seed"))
    robot.press(":option lr 0.01", .enter)
    #expect(robot.text.contains("lr           * 0.01"))
    robot.press(":option experts 4", .enter)
    robot.press("R")
    robot.press("y")
    #expect(
      starts.requests == [
        StartRequest(model: "mmoe", options: ["experts": "4"], settings: ["lr": "0.01"])
      ])
  }

  @Test func everythingIsTypedAtOnce() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":start mmoe experts=4 seed=2 lr=0.003", .enter)
    robot.press("y")
    #expect(
      starts.requests == [
        StartRequest(
          model: "mmoe", options: ["experts": "4"], settings: ["seed": "2", "lr": "0.003"])
      ])
    robot.press(":start mmoe sed=2", .enter)
    #expect(robot.status.contains("did you mean 'seed'?"))
    #expect(starts.requests.count == 1)
  }

  @Test func theSameWithTheNextSeed() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":start mmoe experts=4 lr=0.01", .enter)
    robot.press("y")
    starts.link?.events = [.prepared(Fixture.description(model: "mmoe", title: "MMoE"))]
    robot.wait(0.3)
    robot.press("6A")
    let seed = Fixture.description().seed &+ 1
    #expect(robot.text.contains("start MMoE with seed \(seed)?"))
    robot.press("y")
    #expect(
      starts.requests.last
        == StartRequest(
          model: "mmoe", options: ["experts": "4"],
          settings: ["lr": "0.01", "seed": "\(seed)"]))
  }

  /// Two runs that differ by a setting alone do not look the same.
  @Test func aRunIsCalledByItsSettings() {
    var run = RunState()
    run.request = StartRequest(
      model: "mmoe", options: ["experts": "4"], settings: ["seed": "2", "lr": "0.003"])
    #expect(RunRow(run, now: 0).options == "experts=4 lr=0.003 seed=2")
  }

  @Test func whatItWillBeIsShownBeforeItStarts() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press("6")
    robot.wait(0.5)
    for words in [
      "33,524 parameters", "12.7M multiply-adds a step", "5,256 steps", "experts · shared",
      "4 × 78→64→32", "9 tables ×8", "gates · 3 tasks", "columns · a", "2 parts",
      "28,544 numbers",
    ] {
      #expect(robot.text.contains(words), "\(words)")
    }
    // Once for a model, however often it is drawn; and anew for the next one.
    let count = starts.previewed.count
    robot.wait(1)
    #expect(starts.previewed.count == count)
    robot.press("j")
    robot.wait(0.5)
    #expect(starts.previewed.count == count + 1)
    starts.refusal = "experts: mmoe cannot use this value."
    robot.press("k")
    robot.wait(0.5)
    #expect(robot.text.contains("experts: mmoe cannot use this value."))
    #expect(!robot.text.contains("33,524 parameters"))
  }

  @Test func otherDataAreOpenedOnceTheyAreRead() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":open torn.yaml", .enter)
    robot.press("y")
    #expect(robot.text.contains("torn.yaml: no such file"))
    robot.press(":open data.yaml", .enter)
    #expect(robot.text.contains("open data.yaml?"))
    robot.press("y")
    #expect(starts.opened == ["data.yaml \(Fixture.description().model)"])
    #expect(robot.status.contains("the run goes on until it is read"))
    // Keys still go to the run before.
    robot.press("P")
    #expect(robot.link.commands == [.pause])
    let other = FakeLink()
    starts.other = other
    robot.wait(0.3)
    #expect(robot.loop.app.desk.earlier.isEmpty)
    #expect(robot.loop.app.desk.settings.first == StartRequest(model: Fixture.description().model))
    other.events = [.prepared(Fixture.description())]
    other.snapshot = other.current
    robot.wait(0.3)
    robot.press("P")
    #expect(other.commands == [.pause] && robot.link.commands.count == 1)
  }

  /// What cannot be is refused at once, and nothing is asked.
  @Test func nothingIsAskedAboutWhatCannotBe() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":open absent.yaml", .enter)
    #expect(!robot.text.contains("open absent.yaml?"))
    #expect(robot.status.contains("not started: absent.yaml: no such data set"))
    starts.refusal = "experts: mmoe cannot use this value."
    robot.press(":start mmoe experts=0", .enter)
    #expect(!robot.text.contains("start MMoE?"))
    #expect(robot.status.contains("not started: experts: mmoe cannot use this value."))
    robot.press("y")
    #expect(starts.opened.isEmpty && starts.requests.isEmpty)
    starts.refusal = nil
    robot.press(":start mmoe experts=2", .enter)
    #expect(robot.text.contains("start MMoE?"))
  }

  @Test func dataThatComeToNothingLeaveTheRun() {
    let starts = Starts()
    let robot = robot(starts)
    robot.press(":open data.yaml", .enter)
    robot.press("y")
    starts.failure = "data.yaml: esmm needs two tasks"
    robot.wait(0.3)
    #expect(robot.text.contains("esmm needs two tasks"))
    robot.press("P")
    #expect(robot.link.commands == [.pause])
    // Another one may be asked for.
    starts.failure = nil
    robot.press(":open data.yaml", .enter)
    robot.press("y")
    #expect(starts.opened.count == 2)
  }

  @Test func namesOfDataAreCompleted() {
    let robot = robot(Starts())
    robot.press(":open da", .tab)
    #expect(robot.text.contains(":open data/") || robot.text.contains(":open data.yaml"))
    robot.press("", .escape)
    robot.press(":open data.", .tab)
    #expect(robot.text.contains(":open data.yaml"))
    robot.press("", .escape)
    robot.press(":start mmoe se", .tab)
    #expect(robot.text.contains(":start mmoe seed="))
  }
}
