import Runs
import Terminal
import Testing

@testable import Interface

/// `/` lists only what contains a text, on every screen with a list.
@Suite struct FilterTests {
  private static let size = Size(rows: 24, columns: 100)

  private func text(_ app: App) -> String { app.view(Self.size).text }

  @Test func tasksFollowWhileOneTypes() {
    var app = Fixture.app(Fixture.manyNames)
    app.press("5/1")
    #expect(app.desk.listedTasks == [1, 10])
    #expect(app.selectedTask == 1)
    #expect(text(app).contains("filter: 1"))
    app.press("", .down)
    #expect(app.selectedTask == 10)
    app.press("", .down, .enter)
    #expect(app.selectedTask == 10 && app.mode == .normal)
    #expect(text(app).contains("with '1' (Esc: all)"))
    #expect(text(app).contains("task10") && !text(app).contains("] ▲ task3"))
    // Keys stay within the list, on the dashboard, too.
    app.press("k")
    #expect(app.selectedTask == 1)
    app.press("1")
    // The frame of the events names all tasks.
    let charts = text(app).components(separatedBy: "─ events")[0]
    #expect(!charts.contains("─ ● task0") && charts.contains("─ ■ task10"))
    app.press("", .tab)
    #expect(app.selectedTask == 10)
    app.press("", .escape)
    #expect(app.desk.listedTasks.count == 11)
  }

  @Test func escapeShowsAllAgain() {
    var app = Fixture.app()
    app.press("5/fo")
    #expect(app.desk.listedTasks == [2])
    app.press("", .escape)
    #expect(app.desk.listedTasks.count == 4 && app.mode == .normal)
    // What was filtered before is proposed, and typed over.
    app.press("/LIKE", .enter)
    app.press("/")
    #expect(text(app).contains("filter: LIKE"))
    app.press("view", .enter)
    #expect(app.desk.listedTasks == [3])
    app.press("/", .backspace, .backspace, .backspace, .backspace, .backspace)
    #expect(app.mode == .normal && app.desk.listedTasks.count == 4)
  }

  @Test func eventsOfOneKind() {
    var app = Fixture.app()
    app.press("", .backTab)
    app.press("/change", .enter)
    #expect(text(app).contains("with 'change'"))
    app.press("z")
    #expect(text(app).contains("click OFF") && !text(app).contains("epoch 2 ended"))
    #expect(app.desk.listedTasks.count == 4)
  }

  @Test func modelsRunsViewsAndSegments() {
    var app = Fixture.appWithEarlierRuns()
    app.press("6/PLE", .enter)
    #expect(app.models.selectedModel(app.desk)?.name == "ple")
    #expect(text(app).contains("models 1") && !text(app).contains("> MMoE"))
    app.press("j")
    #expect(app.models.selectedModel(app.desk)?.name == "ple")
    app.press("7/experts=4", .enter)
    #expect(text(app).contains("runs 1 ") && text(app).contains("MMoE experts=4"))
    app.press("/nothing of this", .enter)
    #expect(text(app).contains("runs 3 "))
    var masked = Fixture.app(showing: Fixture.maskViews())
    masked.press("3/overlap", .enter)
    #expect(text(masked).contains("overlap (Jaccard)") && !text(masked).contains("ladder of masks"))
    masked.press("/xyzzy", .enter)
    #expect(text(masked).contains("No title contains 'xyzzy'"))
    var gates = Fixture.app()
    gates.press("2m/watch", .enter)
    #expect(text(gates).contains("watch") && !text(gates).contains("android"))
  }

  @Test func typedAndPastedFilters() {
    var app = Fixture.app()
    app.press("5:filter long view", .enter)
    #expect(app.desk.taskFilter == "long view" && app.desk.listedTasks.isEmpty)
    // With nothing listed keys do no harm.
    app.press("jkG")
    #expect(app.view(Self.size).size == Self.size)
    app.press(":filter", .enter)
    #expect(app.desk.listedTasks.count == 4)
    app.press("/", .paste("li"))
    #expect(app.desk.listedTasks == [0, 1])
  }

  @Test func whereThereIsNoListItSaysSo() {
    var app = Fixture.app()
    app.press("2/")
    #expect(app.mode == .normal)
    #expect(app.control.message?.text == "there is no list to filter here")
    app.press("5d/")
    #expect(app.mode == .normal)
  }
}
