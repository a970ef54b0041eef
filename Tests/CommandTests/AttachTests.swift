import Datasets
import Foundation
import Interface
import Models
import Runs
import Terminal
import Testing
import Training
import Watching

@testable import mtl_tui

/// A run of this process, served as `train` serves it, and the explorer attached to it.
@Suite("Attaching to a run", .serialized) struct AttachTests {
  private func session() -> TrainingSession {
    var configuration = TrainingConfiguration()
    configuration.epochs = 100_000
    configuration.patience = 0
    configuration.threads = 1
    let log = SyntheticLog(preset: .tiny, seed: 1)
    return TrainingSession(configuration) { _ in
      try DatasetLoader(
        DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
        from: .memory(["log.csv": Data(log.csv())]), threads: 1
      ).load()
    }
  }

  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("attach-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Turns of the explorer until its screen shows something, two minutes at most.
  private func wait(
    _ loop: inout ExplorerLoop, _ terminal: AttachedTerminal, for holds: (String) -> Bool
  ) -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      if loop.turn() != nil { return false }
      if holds(terminal.text) { return true }
    }
    return false
  }

  @Test("the explorer shows, steers and leaves a run that goes on elsewhere")
  func explorer() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = session()
    defer { session.close() }
    let serving = RunServing()
    serving.folderIsThere(folder)
    let link = ServedLink(session, serving)
    link.show(WantedViews())

    let remote = try RemoteLink(folder: folder, control: true)
    var settings = ExplorerSettings()
    settings.attachment = .steering
    let terminal = AttachedTerminal()
    var loop = ExplorerLoop(app: App(settings: settings), terminal: terminal, link: remote)
    #expect(
      wait(&loop, terminal) { $0.contains("steering") && $0.contains("MMoE") && $0.contains("[x]") }
    )
    terminal.keys = [.character("P")]
    #expect(wait(&loop, terminal) { $0.contains("pause at step") || $0.contains("paused") })
    // The run's own screen sees what the other one did.
    var own: [Event] = []
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline, !own.contains(where: \.isPause) {
      own += link.drainEvents()
      Thread.sleep(forTimeInterval: 0.002)
    }
    let wasPaused = own.contains(where: \.isPause)
    #expect(wasPaused)
    terminal.keys = [.character("q")]
    var reason: ExitReason?
    for _ in 0..<100 where reason == nil { reason = loop.turn() }
    #expect(reason == .left)
    remote.close()
    #expect(!session.hasEnded)
    serving.close()
    #expect(!FileManager.default.fileExists(atPath: folder + "/socket"))
  }

  @Test("where nobody can be served it is said and the run goes on") func problem() throws {
    let session = session()
    defer { session.close() }
    let serving = RunServing()
    let link = ServedLink(session, serving)
    serving.folderIsThere("/nonexistent/run")
    let events = link.drainEvents()
    guard case .noticed(let text, _)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(text.hasPrefix("nobody can attach to this run: ") && text.contains("/nonexistent/run"))
    let isSaidAgain = link.drainEvents().contains { if case .noticed = $0 { true } else { false } }
    #expect(!isSaidAgain)
    serving.close()
  }
}

extension Event {
  fileprivate var isPause: Bool {
    if case .acknowledged(let answer) = self { answer.command == .pause } else { false }
  }
}

/// A terminal without a screen: keys are given, the newest text is kept.
private final class AttachedTerminal: TerminalDevice {
  let size = Size(rows: 40, columns: 120)
  var keys: [Key] = []
  private(set) var text = ""

  func readKey(timeoutMilliseconds: Int) -> Key? {
    if !keys.isEmpty { return keys.removeFirst() }
    if timeoutMilliseconds > 0 { Thread.sleep(forTimeInterval: 0.005) }
    return nil
  }

  func show(_ canvas: Canvas) { text = canvas.text }
  func redraw() {}
  func close() {}
}
