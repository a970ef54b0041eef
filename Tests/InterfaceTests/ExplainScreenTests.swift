import Runs
import Terminal
import Testing

@testable import Interface

/// Why an item is put before a user: what is drawn, what keys do, what the engine is asked.
@Suite struct ExplainScreenTests {
  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private func text(_ app: App, _ size: Size = sizes[1]) -> String {
    var app = app
    _ = app.update(.size(size))
    return app.view(size).text
  }

  @Test(arguments: sizes) func explained(_ size: Size) {
    let app = Fixture.explainApp { $0.shadow = Fixture.explainedShadow() }
    Golden.check(text(app, size), "explainReasons_\(size.columns)x\(size.rows)")
  }

  @Test(arguments: sizes) func withoutReasons(_ size: Size) {
    let app = Fixture.explainApp {
      $0.explanation?.explanation = nil
      $0.explanation?.truth = nil
      $0.explanation?.rating?.observed = nil
      $0.explanation?.split = nil
    }
    Golden.check(text(app, size), "explainNone_\(size.columns)x\(size.rows)")
  }

  /// A row of the two may have no rating; they met all the same.
  @Test func whoMetWithoutARatingMet() {
    let words = [nil, "training"].map { split in
      text(
        Fixture.explainApp {
          $0.explanation?.rating?.observed = nil
          $0.explanation?.split = split
        })
    }
    #expect(words[0].contains("the two never met"))
    #expect(!words[1].contains("never met"))
    #expect(words[1].contains("no rating in the training row"))
  }

  /// The split is said in a second line before it is cut.
  @Test func whereTheTwoMetIsSaidWhole() {
    let app = Fixture.explainApp { $0.explanation?.split = "validation" }
    #expect(text(app, Self.sizes[0]).contains("5 observed (validation)"))
  }

  /// Of a system that expects no rating the place is said all the same, and why there is no course.
  @Test func withoutARating() {
    let app = Fixture.explainApp {
      $0.explanation?.rating = nil
      $0.explanation?.truth = nil
    }
    for size in Self.sizes {
      let text = text(app, size)
      #expect(text.contains("pinned, place 1 of 199"))
      #expect(text.contains("41 training rows of the user, 66 of the item"))
      #expect(!text.contains("expected") || text.contains("expected over time"))
      if size.columns > 80 { #expect(text.contains("CAML expects no rating")) }
    }
  }

  /// What a task that is off says is of the step at which it was switched off.
  @Test func whatIsOffStandsStill() {
    let words = "explanation is off: what is said stands still."
    #expect(!text(Fixture.explainApp()).contains(words))
    let app = Fixture.explainApp { $0.tasks[2].isOn = false }
    #expect(text(app).contains(words))
  }

  @Test func nobodyOfThatName() {
    let app = Fixture.explainApp {
      var view = ExplanationView(wish: ExplanationWish(), step: 1_800)
      view.remarks = [
        "No user 'u999' among those that training rows tell apart; did you mean 'u99'?"
      ]
      $0.explanation = view
    }
    let text = text(app)
    #expect(text.contains("no such user") && text.contains("No user 'u999'"))
    #expect(text.contains("There is no such pair."))
    #expect(!text.contains("gives no reasons"))
  }

  /// Whatever the data hold, each row keeps its columns: the frames stand one below the other.
  @Test(arguments: sizes) func textsKeepTheirColumns(_ size: Size) {
    var app = Fixture.explainApp()
    _ = app.update(.size(size))
    let canvas = app.view(size)
    let body = app.body(of: size)
    let areas = ExplainLayout(body, large: nil).areas.map(\.area)
    #expect(areas.count == [80: 2, 120: 3, 200: 4][size.columns])
    for area in areas {
      // The lowest rows may be what the text task gains.
      for row in (area.row + 1)..<(area.row + area.size.rows - 4) {
        for column in [area.column, area.column + area.size.columns - 1] {
          let cell = canvas[row, column]?.text
          #expect(cell == "│" || cell == "┃", "row \(row), column \(column)")
        }
      }
    }
    let scalars = canvas.text.unicodeScalars
    #expect(!scalars.contains("\u{1B}") && !scalars.contains("\u{202E}"))
    #expect(!scalars.contains("\u{7}") && canvas.text.contains("?[31m"))
  }

  @Test func aTabOnlyForDataThatNamePairs() {
    let size = Size(rows: 24, columns: 200)
    #expect(Fixture.explainApp().view(size).text(row: 0).contains("[9 Explain]"))
    #expect(!Fixture.app().view(size).text(row: 0).contains("Explain"))
    var other = Fixture.app()
    other.press("9")
    #expect(other.view(size).text(row: 0).contains("[9 Explain]"))
    #expect(text(other).contains("interactions: {user: COLUMN, item: COLUMN}"))
    // Nine tabs have room beside the name of the run.
    #expect(Fixture.explainApp().view(Self.sizes[0]).text(row: 0).contains("[9 Why]"))
  }

  // MARK: - What the rating gains

  @Test func gainsAreThoseOfTheShadow() {
    let lines = [
      (0.0121, "loses without it"), (-0.0121, "gains without it"), (0.001, "within noise"),
    ].map {
      mean, word in
      let app = Fixture.explainApp {
        var shadow = Fixture.explainedShadow()
        shadow.tasks[0].difference?.mean = mean
        $0.shadow = shadow
      }
      return (text(app), word)
    }
    for (text, word) in lines {
      #expect(text.contains("rating without explanation since 1,200: loss "))
      #expect(text.contains(word) && text.contains("(rmse +0.0067 at 1,600)"))
    }
    // A shadow without another task says nothing of this one.
    let other = Fixture.explainApp {
      var shadow = Fixture.explainedShadow()
      shadow.tasks[2].isOn = true
      shadow.tasks[1].isOn = false
      $0.shadow = shadow
    }
    #expect(text(other).contains("What rating gains by explanation: F runs a copy without it"))
  }

  /// While the run does not train the task either, a copy without it tells nothing.
  @Test func aShadowIsComparedWhileTheTaskIsOn() {
    let app = Fixture.explainApp {
      $0.shadow = Fixture.explainedShadow()
      $0.tasks[2].isOn = false
    }
    #expect(!text(app).contains("rating without explanation"))
    #expect(text(app).contains("explanation is off: what rating gained or lost"))
  }

  @Test func withoutAShadowTheScoresBeforeAndAfterAreShown() {
    var app = Fixture.explainApp()
    func evaluation(_ step: Int, _ rmse: Double) -> Evaluation {
      Evaluation(
        step: step, epoch: 1, split: .validation,
        tasks: [
          TaskScores(
            task: "rating", scores: [Score(name: "rmse", value: rmse, higherIsBetter: false)])
        ], score: 0.5, isBest: false)
    }
    let change = Command.setTask("explanation", isOn: false)
    _ = app.update(
      .events([
        .evaluated(evaluation(1_200, 0.61)),
        .acknowledged(
          Acknowledgement(id: 1, command: change, effect: change, step: 1_300, outcome: .applied)),
        .evaluated(evaluation(1_600, 0.59)),
      ]))
    let text = text(app)
    #expect(text.contains("explanation OFF at 1,300:") && text.contains("rating -.0200"))
    #expect(text.contains("F compares with a copy"))
  }

  // MARK: - Keys

  @Test func aWalkThroughUsersAndItems() {
    let robot = Robot(Size(rows: 40, columns: 120), names: Fixture.explainedNames)
    robot.start()
    robot.link.events = [.prepared(Fixture.explainedDescription())]
    robot.link.current.explanation = Fixture.explanation()
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    robot.press("9")
    #expect(robot.link.wanted.last?.explanation == ExplanationWish(item: .named("جيتار-203")))
    robot.press("jj")
    #expect(robot.link.wanted.last?.explanation?.item == .named("i7"))
    #expect(robot.text.contains("→"))
    robot.press("]")
    #expect(robot.link.wanted.last?.explanation == ExplanationWish(user: .place(1)))
    robot.press("[[")
    #expect(robot.link.wanted.last?.explanation?.user == .place(399))
    robot.press("U")
    #expect(robot.text.contains("user:"))
    robot.press("u17", .enter)
    #expect(robot.link.wanted.last?.explanation == ExplanationWish(user: .named("u17")))
    robot.press("i")
    robot.press("ギター 18", .enter)
    #expect(robot.link.wanted.last?.explanation?.item == .named("ギター 18"))
    robot.press("T")
    #expect(robot.link.wanted.last?.explanation?.asking == 1)
    robot.press(":user u 3", .enter)
    #expect(
      robot.link.wanted.last?.explanation == ExplanationWish(user: .named("u 3"), asking: 1))
    // From a user who was typed the next one is that of the place that is shown.
    robot.press("]")
    #expect(robot.link.wanted.last?.explanation?.user == .place(17))
    robot.press("1")
    #expect(robot.link.wanted.last?.explanation == nil)
  }

  // MARK: - The pin

  /// An app whose engine has answered its wish anew, in another order and at a later step.
  private func later(_ app: App, _ change: (inout ExplanationView) -> Void) -> App {
    var (app, newest) = (app, Fixture.snapshot(Fixture.explainedNames, experts: 0))
    var view = Fixture.explanation()
    view.wish = app.wantedViews.explanation ?? ExplanationWish()
    view.step = 2_400
    change(&view)
    newest.explanation = view
    _ = app.update(.snapshot(newest))
    return app
  }

  /// The item that was first is explained on, wherever it stands, and the list says where that is.
  @Test func theItemStaysWhenTheOrderChanges() {
    let app = Fixture.explainApp()
    #expect(text(app).contains("pinned, place 1 of 199") && text(app).contains("> 1 "))
    let wish = ExplanationWish(item: .named("جيتار-203"))
    #expect(app.wantedViews.explanation == wish)
    let moved = later(app) { view in
      view.first = view.first.dropFirst() + [.init(name: "i77", score: 0.1, rating: 3)]
      view.standing = .init(
        place: 13, count: 199, candidate: .init(name: "جيتار-203", score: 0.0512, rating: 4.25))
    }
    #expect(moved.wantedViews.explanation == wish)
    let shown = text(moved)
    #expect(shown.contains("pinned, place 14 of 199 now, place 1 at step 1,800"))
    #expect(shown.contains(">14 ") && shown.contains("0.0512") && !shown.contains("> 1 "))
    #expect(shown.contains("10 i77"))
    // Let go, its place is followed though it stands behind the list: nothing jumps.
    var followed = moved
    followed.press("p")
    #expect(followed.wantedViews.explanation?.item == .first(13))
    #expect(followed.desk.control.message?.text.hasPrefix("place 14 is followed") == true)
    #expect(
      text(followed).contains(">14 ") && text(followed).contains("follows place 14: the item"))
    // From its own place the list is gone up, and no further down.
    var walked = moved
    walked.press("j")
    #expect(walked.wantedViews.explanation == wish)
    walked.press("k")
    #expect(walked.wantedViews.explanation?.item == .named("i77"))
    walked.press("k")
    #expect(walked.wantedViews.explanation?.item == .named("i150"))
  }

  /// Of a list of ten the eleventh is not one: it stands behind them, in the place that it has.
  @Test(arguments: [9, 10]) func whatStandsJustBehindTheListIsShown(index: Int) {
    let standing = ExplanationView.Candidate(name: "جيتار-203", score: 0.0512, rating: 4.25)
    let moved = later(Fixture.explainApp()) { view in
      view.first = view.first.dropFirst() + [.init(name: "i77", score: 0.1, rating: 3)]
      if index == 9 { view.first[9] = standing }
      view.standing = .init(place: index, count: 199, candidate: standing)
    }
    let shown = text(moved)
    #expect(shown.contains(index == 9 ? ">10 " : ">11 ") && !shown.contains("> 1 "))
    #expect(shown.components(separatedBy: "0.0512").count == 2, "\(shown)")
  }

  /// Until the item that was picked is known, what is shown and written of the one before is not pinned.
  @Test func whatIsNotPinnedIsNotCalledSo() {
    var app = Fixture.explainApp()
    app.press("j")
    let file = app.screen.files(app.desk)[0].text
    #expect(file.contains("u17,جيتار-203,1800,stands,1,place 1 of 199,0.6132,"))
  }

  /// An item that the user had is in no place.
  @Test func whatTheUserHadStandsNowhere() {
    let app = later(Fixture.explainApp()) { ($0.standing, $0.split) = (nil, "training") }
    #expect(text(app, Self.sizes[2]).contains("pinned, in no place, as the user had it"))
  }

  /// Let go, the place is followed, whichever item stands there; pinned again, that one stays.
  @Test func aPinCanBeRemoved() {
    var app = Fixture.explainApp()
    #expect(text(app).contains("p let go"))
    app.press("p")
    #expect(app.wantedViews.explanation?.item == .first(0))
    #expect(text(app).contains("follows place 1: the item") && text(app).contains("p pin"))
    app = later(app) { view in
      view.first = view.first.reversed()
      view.item = .init(name: "i150", place: 1, count: 240, rows: 3)
      view.standing = .init(place: 0, count: 199, candidate: view.first[0])
    }
    #expect(app.wantedViews.explanation?.item == .first(0))
    #expect(text(app).contains("why  item i150") && text(app).contains("> 1 i150"))
    app.press("p")
    #expect(app.wantedViews.explanation?.item == .named("i150"))
    #expect(text(app).contains("pinned, place 1 of 199"))
    // Another user begins with what is first for that one.
    app.press("]")
    #expect(app.wantedViews.explanation == ExplanationWish(user: .place(1)))
  }

  /// The next system is asked about the pair that a person picked, not about what came first by itself.
  @Test func anotherSystemIsAskedAboutWhatWasPicked() {
    var first = Fixture.explainApp()
    _ = first.update(.began(StartRequest(model: "nrt")))
    #expect(first.screen(ExplainScreen.self)?.wish == ExplanationWish())
    var picked = Fixture.explainApp()
    picked.press("j")
    _ = picked.update(.began(StartRequest(model: "nrt")))
    #expect(picked.screen(ExplainScreen.self)?.wish.item == .named("ギター18"))
  }

  @Test func spaceSwitchesTheTaskThatExplains() {
    let robot = Robot(Size(rows: 40, columns: 120), names: Fixture.explainedNames)
    robot.start()
    robot.link.events = [.prepared(Fixture.explainedDescription())]
    robot.link.current.explanation = Fixture.explanation()
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    robot.press("9 ")
    #expect(robot.link.commands == [.setTask("explanation", isOn: false)])
  }

  /// Where nothing explains in words it is the ranking by which the rating gains or loses.
  @Test func spaceSwitchesTheRankingWhereNoTaskExplains() {
    let robot = Robot(Size(rows: 40, columns: 120), names: ["rating", "ranking"])
    robot.start()
    var description = Fixture.explainedDescription()
    description.tasks.removeLast()
    robot.link.events = [.prepared(description)]
    robot.link.current.explanation = Fixture.explanation()
    robot.link.snapshot = robot.link.current
    robot.wait(0.3)
    robot.press("9")
    #expect(robot.text.contains("What rating gains by ranking: F runs a copy without it beside"))
    robot.press(" ")
    #expect(robot.link.commands == [.setTask("ranking", isOn: false)])
    #expect(!robot.text.contains("what is said stands still"))
  }

  @Test func reasonsAreReadLineByLine() {
    var app = Fixture.explainApp()
    let size = Size(rows: 16, columns: 80)
    _ = app.update(.size(size))
    #expect(!app.view(size).text.contains("wrote"))
    app.press("", .tab)
    app.press("G")
    // Behind the sentences stands what the data have of the two.
    #expect(app.view(size).text.contains("u135"))
    var isFound = false
    for _ in 0..<200 where !isFound {
      app.press("k")
      isFound = app.view(size).text.contains("wrote")
    }
    #expect(isFound)
    app.press("", .escape)
    app.press("z")
    #expect(!app.view(size).text.contains("by ranking"))
  }
}
