import Runs
import Terminal
import Testing

@testable import Interface

/// A screen that no one ships: what a new screen takes is this value, and one line in `Screens.swift`.
struct SampleScreen: Screen {
  let title = "Sample"
  let keyGroups: Set<KeyGroup> = [.large]

  private(set) var count = 0
  private(set) var isLarge = false
  private(set) var timesShown = 0

  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "add up", form: "[N|7|ORDER]",
      keys: keys("c", "xx"), count: .most, hint: "count", summary: "count on",
      whyNot: { screen, _ in screen.count > 99 ? "it is full" : nil }
    ) { screen, desk, invocation throws(CommandLineError) in
      guard let word = invocation.words?.first else {
        screen.count += invocation.times
        return [.redraw]
      }
      guard let number = wholeNumber(word) else { throw .usage("add up N", found: word) }
      screen.count += number
      desk.say("counted \(number)")
      return []
    },
    ScreenAction(name: "ask", keys: keys("e"), summary: "type a number") { screen, desk, _ in
      desk.mode = .prompt(
        Prompt(asked: AskedAction(action: "add up"), title: "how many: ", editor: LineEditor()))
      return []
    },
    ScreenAction(name: "elsewhere", keys: keys("y"), summary: "the gates") { _, desk, _ in
      desk.show("gates")
      return []
    },
  ]

  func names(_ desk: Desk) -> [NameKind: [String]] { [.order: ["\(count)"]] }

  func wants(_ desk: Desk) -> WantedViews {
    var wanted = WantedViews()
    wanted.example = count
    return wanted
  }

  mutating func handle(_ key: Key, _ desk: inout Desk) -> [Effect]? {
    guard key == .function(9) else { return nil }
    count = 0
    return []
  }

  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    switch move {
    case .down, .bottom: count = max(0, min(9, count + (move.lines ?? 0)))
    case .large: isLarge.toggle()
    case .back: isLarge = false
    case .right, .pane: desk.moveTask(by: 1)
    }
    return []
  }

  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    if news == .shown { timesShown += 1 }
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: [Span("sample", .title)], isFocused: isLarge)
    canvas.write("counted to \(count)", row: inner.row, column: inner.column)
  }
}

/// One file and one line make a screen: tabs, digits, help, hints, typed commands, completion, keys
/// and what the engine is asked for all follow from the value.
@Suite struct SampleScreenTests {
  private var app: App {
    var app = App(screens: Screens.all.dropLast() + [SampleScreen()])
    _ = app.update(.events([.prepared(Fixture.description())]))
    _ = app.update(.snapshot(Fixture.snapshot()))
    return app
  }

  private func sample(_ app: App) throws -> SampleScreen {
    try #require(app.screen(SampleScreen.self))
  }

  @Test func itsDigitTabHintsAndHelp() {
    var app = app
    let size = Size(rows: 24, columns: 120)
    #expect(app.view(size).text(row: 0).contains("9 Sample"))
    app.press("9")
    let canvas = app.view(size)
    #expect(canvas.text(row: 0).contains("[9 Sample]"))
    #expect(canvas.text(row: 22).contains("c count"))
    #expect(canvas.text.contains("counted to 0"))
    app.press("?")
    #expect(app.view(size).text.contains("This screen: Sample"))
    #expect(app.view(size).text.contains("1 to 9"))
    #expect(app.view(size).text.contains("c xx"))
  }

  @Test func itsKeysCountsAndChords() throws {
    var app = app
    app.press("9")
    #expect(app.press("c").contains(.redraw))
    app.press("xx90c")
    #expect(try sample(app).count == 92)
    #expect(app.screenName == "sample")
    app.press("", .function(9))
    #expect(try sample(app).count == 0)
    app.press("G")
    #expect(try sample(app).count == 9)
    app.press("", .enter)
    #expect(try sample(app).isLarge)
    app.press("", .escape)
    #expect(try !sample(app).isLarge)
    // Keys of other screens do not hold here, and its own not there.
    app.press("L")
    app.press("2x")
    #expect(!app.charts.isLogarithmic)
    #expect(try sample(app).count == 9)
  }

  @Test func itIsTypedFromElsewhereAndThenShown() throws {
    var app = app
    app.press(":add up 5", .enter)
    #expect(app.screenName == "sample")
    #expect(try sample(app).count == 5)
    app.press("1:sample", .enter)
    #expect(app.screenName == "sample")
    #expect(try sample(app).timesShown == 2)
    #expect(app.completionWords(of: "add up ") == ["5", "7"])
    #expect(app.completionWords(of: "samp") == ["sample"])
    #expect(app.completionWords(of: "view ").last == "sample")
  }

  /// What is refused changes nothing, not even the screen.
  @Test func whatIsRefusedChangesNothing() throws {
    var app = app
    app.press(":add up five", .enter)
    #expect(app.screenName == "dashboard")
    #expect(try sample(app).timesShown == 0)
    #expect(app.control.message?.text == "no order 'five'; Tab lists them")
    app.press(":add up 100", .enter)
    app.press("1:add up 1", .enter)
    #expect(app.screenName == "dashboard")
    #expect(app.control.message?.text == "it is full")
    #expect(try sample(app).count == 100)
  }

  @Test func itAsksAndGoesElsewhere() throws {
    var app = app
    app.press("9e")
    app.press("four", .enter)
    guard case .prompt(let prompt) = app.mode else {
      Issue.record("what is not understood is asked again")
      return
    }
    #expect(prompt.complaint == "found 'four'; write: add up N")
    app.press("", .control("u"), .character("4"), .enter)
    #expect(try sample(app).count == 4)
    app.press("y")
    #expect(app.screenName == "gates")
  }

  @Test func theEngineIsAskedForWhatItWants() {
    var app = app
    _ = app.update(.time(1))
    let wanted = app.press("9cc").compactMap { effect in
      if case .show(let views) = effect { return views }
      return nil
    }
    #expect(wanted.map(\.example) == [0, 1, 2])
    #expect(wanted.allSatisfy { !$0.gates && $0.snapshotsPerSecond == 4 })
    #expect(
      app.press("1").contains { if case .show(let views) = $0 { views.gates } else { false } })
  }

  /// Screens are told from each other in one place: nowhere else is one asked for by its type.
  @Test func noOtherFileKnowsTheScreens() throws {
    let sources = Golden.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Interface")
    let types = Screens.all.map { String(describing: type(of: $0)) }
    for (file, text) in try swiftFiles(in: sources) where file != "Screens.swift" {
      // What is too long for one file goes on in another of its name.
      for type in types where file != type + ".swift" && !file.hasPrefix(type + "+") {
        #expect(!text.contains(type), "\(file) names \(type)")
      }
    }
  }

  /// Files that extend the app, and what it stores.
  @Test func theAppStaysSmall() throws {
    let names = Mirror(reflecting: App()).children.compactMap(\.label)
    #expect(names.count <= 12, "\(names)")
    let sources = Golden.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Interface")
    let files = try swiftFiles(in: sources).filter {
      $0.text.split(separator: "\n").contains { $0.hasPrefix("extension App {") }
    }.map(\.file)
    // The erasure of screens beside the files of the app itself.
    #expect(files.filter { $0.hasPrefix("App") }.count <= 8, "\(files)")
    #expect(files.filter { !$0.hasPrefix("App") } == ["ScreenAction.swift"], "\(files)")
  }
}
