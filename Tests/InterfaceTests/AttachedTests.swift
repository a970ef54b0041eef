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
}
