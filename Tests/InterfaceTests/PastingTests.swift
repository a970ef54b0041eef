import Terminal
import Testing

@testable import Interface

/// Pasted text: fields take what fits, and nothing acts.
@Suite struct PastingTests {
  private static let notes = "my notes qQ x PPP 5 o:stop\u{2028}"

  @Test(arguments: Screens.all.indices)
  func outsideOfFieldsAPasteDoesNothing(screen: Int) {
    var app = Fixture.app(startable: Fixture.models)
    app.press("\(screen + 1)")
    let before = app
    #expect(app.update(.key(.paste(Self.notes))).isEmpty)
    #expect(app.shown == screen)
    #expect(app.mode == .normal)
    #expect(app.charts == before.charts)
    #expect(app.selectedTask == before.selectedTask)
    #expect(app.control.message?.text == "pasted text is not taken for keys; : begins a command")
  }

  @Test func aPasteAnswersNoQuestion() {
    var app = Fixture.app()
    app.press("q")
    #expect(app.update(.key(.paste("yyy"))).isEmpty)
    guard case .question = app.mode else {
      Issue.record("the question is gone")
      return
    }
  }

  /// A chord that has begun is not ended by what is pasted.
  @Test func aPasteEndsAChordAndACount() {
    var app = Fixture.app()
    app.press("g", .paste("t"))
    #expect(app.screenName == "dashboard")
    app.press("t")
    #expect(app.screenName == "dashboard")
    app.press("9", .paste("9"))
    #expect(app.press(".") == [.send(.step(1))])
  }

  @Test func theCommandLineTakesItAndWaitsForEnter() {
    var app = Fixture.app()
    #expect(app.press(":", .paste("task like "), .paste("off")).isEmpty)
    #expect(app.view(Size(rows: 24, columns: 80)).text.contains(":task like off"))
    #expect(app.press("", .enter).withoutMemory == [.send(.setTask("like", isOn: false))])
  }

  @Test func aPromptTakesItInPlaceOfWhatItProposes() {
    var app = Fixture.app()
    app.press("5jw", .paste("0.25"))
    #expect(app.press("", .enter) == [.send(.setTaskWeight("like", 0.25))])
  }

  @Test func searchAndChoiceTakeIt() {
    var app = Fixture.app()
    app.press("?", .paste("zoom"))
    guard case .help(let panel) = app.mode else {
      Issue.record("no help")
      return
    }
    #expect(panel.search.text == "zoom")
    app.press("", .escape)
    app.press("2C", .down, .paste("author"))
    app.press("", .enter)
    #expect(app.gates.column == "author")
  }

  @Test func whatDoesNotFitIsDropped() {
    var editor = LineEditor("ab")
    _ = editor.handle(.left)
    let long = String(repeating: "界", count: 1_000)
    editor.insert(long)
    #expect(editor.text == "a" + long.prefix(LineEditor.capacity - 2) + "b")
    #expect(editor.cursor == LineEditor.capacity - 1)
    editor.insert("x")
    #expect(editor.characters.count == LineEditor.capacity)
    #expect(!editor.text.contains("x"))
  }

  // MARK: Terminals that mark no pastes

  /// A terminal that gives keys from a list, however long, and counts the frames.
  private final class Stream: TerminalDevice {
    let size = Size(rows: 24, columns: 80)
    private let keys: [Key]
    private var next = 0
    private(set) var frames = 0
    private(set) var text = ""

    init(_ keys: [Key]) { self.keys = keys }

    var isEmpty: Bool { next == keys.count }

    func readKey(timeoutMilliseconds: Int) -> Key? {
      guard next < keys.count else { return nil }
      next += 1
      return keys[next - 1]
    }

    func show(_ canvas: Canvas) {
      frames += 1
      text = canvas.text
    }

    func redraw() {}
    func close() {}
  }

  /// A field that is full drops the rest: what counts is how often a frame is drawn.
  @Test func muchTextIntoTheSearchIsTakenInFewPieces() {
    let text = String(repeating: "lorem ipsum, dolor 5 q ", count: 4_500)
    #expect(text.utf8.count > 100_000)
    let stream = Stream([.character("?"), .character("u")] + text.map(Key.character))
    var loop = ExplorerLoop(app: Fixture.app(), terminal: stream, link: FakeLink(), now: { 0 })
    var turns = 0
    while !stream.isEmpty {
      #expect(loop.turn() == nil)
      turns += 1
    }
    #expect(turns < 30 && stream.frames < 60)
    #expect(stream.text.contains("search: ulorem ipsum, dolor 5 q lorem"))
  }

  @Test func anUnmarkedPasteDoesNothing() {
    let text = String(repeating: "my notes: oPqQ x5.\n", count: 1_000)
    let keys = text.map { $0 == "\n" ? Key.enter : .character($0) }
    let stream = Stream(keys)
    let link = FakeLink()
    var time = 0.0
    var loop = ExplorerLoop(app: Fixture.app(), terminal: stream, link: link, now: { time })
    while !stream.isEmpty {
      #expect(loop.turn() == nil)
      time += 0.001
    }
    #expect(link.commands.isEmpty)
    #expect(loop.app.screenName == "dashboard")
    #expect(stream.text.contains("pasted text is not taken for keys"))
  }

  @Test func afterAnUnmarkedPasteKeysAreKeysAgain() {
    let terminal = FakeTerminal()
    terminal.keys = "a paste of more than sixty-four characters, some of which are keys: q".map {
      .character($0)
    }
    let link = FakeLink()
    var time = 0.0
    var loop = ExplorerLoop(app: Fixture.app(), terminal: terminal, link: link, now: { time })
    _ = loop.turn()
    time += 1
    terminal.keys = [.character("P")]
    _ = loop.turn()
    #expect(link.commands == [.pause])
  }

  /// What a quick hand, a held key or a program sends is no paste.
  @Test(arguments: [
    String(repeating: "j", count: 500), String(repeating: "jk", count: 300),
    String("jkl5z".map { String(repeating: $0, count: 12) }.joined().prefix(60)),
    ":run 12 and so on, a line that a program types however long it may be: up to its end",
  ])
  func typingIsNoPaste(keys: String) {
    #expect(!KeyBurst(keys.map(Key.character)).isPasted)
  }

  @Test func aBurstGoesIntoAFieldInOnePieceAndStopsAtOtherKeys() {
    var burst = KeyBurst([.character("a"), .character("b"), .enter, .character("q")])
    #expect(burst.next(isTakingText: true) == .paste("ab"))
    #expect(burst.next(isTakingText: true) == .enter)
    #expect(burst.next(isTakingText: false) == .character("q"))
    #expect(burst.next(isTakingText: false) == nil)
  }
}
