import Runs
import Terminal
import Testing

@testable import Interface

/// The explorer on a run that another process trains.
@Suite struct AttachedTests {
  private func loop(
    _ attachment: ExplorerSettings.Attachment?, _ keys: String
  ) -> (loop: ExplorerLoop, link: FakeLink, terminal: FakeTerminal) {
    var settings = ExplorerSettings()
    settings.attachment = attachment
    let link = FakeLink()
    link.answers = false
    link.events = [.prepared(Fixture.description())]
    link.snapshot = Fixture.snapshot()
    let terminal = FakeTerminal(keys: [nil] + keys.map { .character($0) })
    return (
      ExplorerLoop(app: App(settings: settings), terminal: terminal, link: link), link, terminal
    )
  }

  private func reason(_ loop: inout ExplorerLoop, turns: Int) -> ExitReason? {
    for _ in 0..<turns { if let reason = loop.turn() { return reason } }
    return nil
  }

  /// Whoever watches leaves at once, and the run goes on.
  @Test(arguments: [ExplorerSettings.Attachment.watching, .steering], ["q", "Q"])
  func leavingStopsNothing(attachment: ExplorerSettings.Attachment, key: String) {
    var (loop, link, _) = loop(attachment, key)
    #expect(reason(&loop, turns: 3) == .left)
    #expect(link.commands.isEmpty)
  }

  @Test func oneOwnRunIsStopped() {
    var (loop, link, _) = loop(nil, "Q")
    #expect(reason(&loop, turns: 3) == .stopped)
    #expect(link.commands == [.stop])
  }

  @Test func whoWatchesCannotSteer() {
    var (loop, link, terminal) = loop(.watching, "P")
    #expect(reason(&loop, turns: 3) == nil)
    #expect(link.commands.isEmpty)
    #expect(terminal.text.contains("watched only"))
    var (asking, other, _) = self.loop(.watching, "E")
    #expect(reason(&asking, turns: 3) == nil && other.commands.isEmpty)
  }

  @Test func whoSteersCan() {
    var (loop, link, _) = loop(.steering, "P")
    #expect(reason(&loop, turns: 3) == nil)
    #expect(link.commands == [.pause])
  }

  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private static func app(_ attachment: ExplorerSettings.Attachment?, _ size: Size) -> App {
    var settings = ExplorerSettings(showsTour: false)
    settings.attachment = attachment
    settings.attachedRun = "20261127-0312-mmoe-sample-3f2a"
    var app = App(settings: settings)
    _ = app.update(.events([.prepared(Fixture.description())]))
    _ = app.update(.snapshot(Fixture.snapshot()))
    _ = app.update(.size(size))
    return app
  }

  /// The first row says what is done with which run, and every screen can still be found.
  @Test(arguments: sizes) func theHeaderSaysWhoseRunItIs(_ size: Size) {
    let rows = [ExplorerSettings.Attachment.watching, .steering, nil].map { attachment in
      Self.app(attachment, size).view(size).text.split(separator: "\n").first.map(String.init) ?? ""
    }
    Golden.check(rows.joined(separator: "\n"), "attached_header_\(size.columns)x\(size.rows)")
    #expect(rows[0].hasPrefix(" watching 20261127-0312-mmoe-sample-3f2a "))
    #expect(rows[1].hasPrefix(" steering 20261127-0312-mmoe-sample-3f2a "))
    #expect(rows[2].hasPrefix(" mtl "))
    for row in rows.prefix(2) {
      #expect((1...8).allSatisfy { row.dropFirst(40).contains("\($0)") }, "\(row)")
    }
  }

  @Test func theWholeScreenOfWhoWatches() {
    let size = Size(rows: 24, columns: 80)
    Golden.check(Self.app(.watching, size).view(size).text, "attached_80x24")
  }

  /// A tab is found under the pointer where it is drawn.
  @Test func tabsLieWhereTheyAreDrawn() throws {
    let app = Self.app(.watching, Size(rows: 24, columns: 80))
    let row = app.view(Size(rows: 24, columns: 80)).text.prefix { $0 != "\n" }
    let column = try #require(row.lastIndex(of: "7")).utf16Offset(in: row)
    #expect(app.tabRow.screen(at: column, columns: 80) == 6)
  }
}
