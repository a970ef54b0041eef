import Runs
import Terminal
import Testing

@testable import Interface

/// The screen of gradients: its looks, what is asked for it, and what its keys do.
@Suite struct GradientScreenTests {
  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private func text(_ app: App, _ size: Size = Size(rows: 40, columns: 120)) -> String {
    var app = app
    _ = app.update(.size(size))
    return app.view(size).text
  }

  private func check(_ app: App, _ name: String, _ size: Size) {
    Golden.check(text(app, size), "\(name)_\(size.columns)x\(size.rows)")
  }

  // MARK: - Looks

  @Test(arguments: sizes) func whole(_ size: Size) {
    check(Fixture.gradientApp(), "gradients", size)
  }

  @Test(arguments: sizes) func manyTasks(_ size: Size) {
    check(Fixture.gradientApp(Fixture.manyNames), "gradientsMany", size)
  }

  @Test(arguments: sizes) func longNames(_ size: Size) {
    check(Fixture.gradientApp(Fixture.longNames), "gradientsLongNames", size)
  }

  @Test(arguments: sizes.dropLast()) func secondPageAndLarge(_ size: Size) {
    var app = Fixture.gradientApp()
    app.press("", .tab, .tab, .tab, .tab, .tab)
    check(app, "gradientsTogether", size)
    app.press("z")
    check(app, "gradientsTogetherLarge", size)
  }

  @Test func plainCharactersAndNoColour() {
    var settings = ExplorerSettings()
    settings.charset = .ascii
    let canvas = Fixture.gradientApp(settings: settings).view(Self.sizes[0])
    #expect(canvas.text.utf8.allSatisfy { $0 < 0x80 })
    Golden.check(canvas.text, "gradients_80x24_ascii")
    let roles = Fixture.gradientApp().view(Self.sizes[0])
    Golden.check(roles.roles, "gradients_80x24_roles")
    Golden.check(roles.attributes, "gradients_80x24_mono")
  }

  /// The alarm stands on the screen and on the dashboard.
  @Test(arguments: sizes.dropLast()) func alarms(_ size: Size) {
    var app = Fixture.gradientApp {
      $0.tensors[2].gram = GramMatrix(
        (0..<16).map { $0 == 5 ? 100 : $0 % 5 == 0 ? 0.01 : -0.001 }, count: 4)
    }
    check(app, "gradientsAlarms", size)
    app.press("1")
    let shown = text(app, size)
    #expect(shown.contains("of the pairs of tasks pull against each other"))
  }

  // MARK: - Words

  @Test func theScreenSaysWhatItCosts() {
    let shown = text(Fixture.gradientApp(), Self.sizes[2])
    #expect(
      shown.contains(
        "step 1,800 · gradients of the next batch, 1,024 rows · 4.2 ms a look, 1 in 118 steps: 1.9% of "
          + "the time"))
    #expect(
      text(Fixture.gradientApp(), Self.sizes[0]).contains(
        "step 1,800 · 4.2 ms a look, 1 in 118 steps: 1.9% of the time"))
    let first = text(Fixture.gradientApp { $0.cost = .init(seconds: 0.0042) }, Self.sizes[2])
    #expect(first.contains("4.2 ms a look, only while this is shown"))
  }

  @Test func whereNothingIsSharedTheScreenSaysSo() {
    var app = Fixture.app()
    app.press("8")
    #expect(text(app).contains("MMoE has no numbers that the gradients of two tasks move."))
    #expect(app.view(Size(rows: 24, columns: 80)).roles.split(separator: "\n").count > 0)
    let robot = Robot()
    robot.link.current.phase = .paused("by you")
    robot.link.hasSharedGradients = true
    robot.start()
    robot.press("8")
    #expect(robot.text.contains("have not been looked at yet"))
    #expect(robot.text.contains("P goes on"))
  }

  // MARK: - Journeys

  @Test func theEngineLooksOnlyWhileTheScreenIsShown() {
    let robot = Robot()
    robot.link.hasSharedGradients = true
    robot.start()
    #expect(robot.link.wanted.last?.gradients == false)
    robot.press("8")
    #expect(robot.link.wanted.last?.gradients == true)
    robot.wait(1)
    robot.press("1")
    #expect(robot.link.wanted.last?.gradients == false)
  }

  @Test func partsAreChosenByKeyAndByName() {
    var app = Fixture.gradientApp()
    #expect(text(app).contains("cosine of task gradients  all shared"))
    app.press("]")
    #expect(text(app).contains("cosine of task gradients  trunk"))
    app.press("]]")
    #expect(text(app).contains("cosine of task gradients  embeddings.user_id"))
    app.press("[[")
    #expect(text(app).contains("cosine of task gradients  trunk"))
    app.press(":part experts.0.bias", .enter)
    #expect(text(app).contains("cosine of task gradients  experts.0.bias"))
    app.press(":part expert.0.bias", .enter)
    #expect(text(app).contains("did you mean 'experts.0.bias'?"))
    app.press(":part", .enter)
    #expect(text(app).contains("cosine of task gradients  all shared"))
  }

  /// In the list of arrays up and down choose the array; elsewhere the task.
  @Test func listsAndTasksAreMovedThrough() {
    var app = Fixture.gradientApp()
    app.press("j")
    #expect(app.desk.selectedTask == 1)
    app.press("", .backTab, .backTab)
    app.press("jj")
    #expect(app.desk.selectedTask == 1)
    #expect(text(app).contains("> tables"))
    app.press("kkkk")
    #expect(text(app).contains("> all shared"))
    app.press("l")
    #expect(text(app).contains("> trunk"))
  }

  @Test func panesTurnPagesWhereNotAllFit() {
    var app = Fixture.gradientApp()
    let small = Size(rows: 24, columns: 80)
    #expect(text(app, small).contains("gradient norms"))
    #expect(!text(app, small).contains("together"))
    app.press("", .tab, .tab, .tab, .tab)
    #expect(text(app, small).contains("together"))
    #expect(!text(app, small).contains("gradient norms"))
    app.press("z")
    #expect(text(app, small).contains("affinity in 1e-4 of a loss"))
    #expect(!text(app, small).contains("together"))
    app.press("", .escape)
    app.press("", .tab, .tab, .tab, .tab)
    #expect(text(app, small).contains("gradient norms"))
  }

  @Test func aClickSelectsAPart() throws {
    var app = Fixture.gradientApp()
    _ = app.update(.size(Size(rows: 40, columns: 120)))
    _ = app.view(Size(rows: 40, columns: 120))
    _ = app.update(.key(.mouse(Mouse(.left, row: 20, column: 90))))
    #expect(app.screen(GradientsScreen.self)?.pane == .balance)
    _ = app.update(.key(.mouse(Mouse(.wheelDown, row: 20, column: 90))))
    #expect(app.desk.selectedTask == 1)
  }

  @Test func whatWasSeenIsExported() throws {
    var app = Fixture.gradientApp()
    let effects = app.press("e")
    let files = effects.flatMap { effect -> [ExportedFile] in
      guard case .write(let files, _) = effect else { return [] }
      return files
    }
    #expect(
      files.map(\.name) == [
        "gradient-pairs.csv", "gradient-tasks.csv", "gradient-course.csv", "screen-gradients.txt",
      ])
    let pairs = files[0].text.split(separator: "\r\n")
    #expect(pairs[0] == "step,part,from,to,product,cosine,affinity")
    // Seven parts of 4 × 4 pairs.
    #expect(pairs.count == 1 + 7 * 16)
    let look = Fixture.gradients()
    let product = look.gram()[0, 1]
    #expect(
      pairs[2] == "1800,all shared,click,like,\(product),\(look.gram().cosine(0, 1)),"
        + "\(look.rate * product / look.losses[1])")
    #expect(files[1].text.split(separator: "\r\n").count == 1 + 7 * 4)
    #expect(files[2].text.split(separator: "\r\n").count == 1 + 30 * 4)
    app.press("", .tab)
    let chart = app.screen.files(app.desk).map(\.name)
    #expect(chart.prefix(3).map { String($0.suffix(4)) } == [".svg", ".txt", ".csv"])
    #expect(chart.count == 6 && chart[0] == "gradient-norms.svg")
  }
}

/// Where joins of groups are drawn.
@Suite struct GroupingPanelTests {
  private func drawn(_ similarities: [Double], _ tasks: [String], rows: Int = 4) -> String {
    var canvas = Canvas(rows: rows, columns: 34)
    let area = Rect(row: 0, column: 0, rows: rows, columns: 34)
    GroupingPanel(
      grouping: TaskGrouping(similarities, count: tasks.count), tasks: tasks, allTasks: tasks
    ).draw(in: area, frame: area, on: &canvas)
    return canvas.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  @Test func threeTasks() {
    let text = drawn([1, -0.2, 0.6, -0.2, 1, 0, 0.6, 0, 1], ["click", "buy", "like"])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix(" ● click"))
    #expect(lines[1].hasPrefix(" ■ like") && lines[1].hasSuffix("+0.60"))
    #expect(lines[2].hasPrefix(" ◆ buy") && lines[2].hasSuffix("-0.10!"))
    let first = lines[0].firstIndex(of: "┬"), join = lines[1].firstIndex(of: "┘")
    #expect(
      first.map { lines[0].distance(from: lines[0].startIndex, to: $0) }
        == join.map {
          lines[1].distance(from: lines[1].startIndex, to: $0)
        })
  }

  @Test func joinsNeverLieOnEachOther() {
    let alike = TaskGrouping([Double](repeating: 0.999, count: 25), count: 5)
    let columns = GroupingPanel.columns(of: alike, width: 12)
    #expect(Set(columns).count == 4 && columns == columns.sorted())
    let unknown = TaskGrouping([Double](repeating: .nan, count: 25), count: 5)
    #expect(GroupingPanel.columns(of: unknown, width: 12).allSatisfy { (0..<12).contains($0) })
  }
}
