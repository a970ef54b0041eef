import Runs
import Terminal
import Testing

@testable import Interface

/// What the dashboard sends while a run trains, on a terminal like xterm with 256 colours.
@Suite("Bytes of the screen") struct ScreenBytesTests {
  /// The paces of the sample: as it is shown, and as fast as it goes.
  @Test("a dashboard of 120×40 sends at most 6 KB a second while training", arguments: [50, 4_000])
  func training(stepsPerSecond: Int) {
    let watched = Watched(stepsPerSecond: stepsPerSecond)
    watched.wait(4)
    let (bytes, frames) = (watched.terminal.byteCount, watched.terminal.shown.count)
    let seconds = 8.0
    watched.wait(seconds)
    let bytesPerSecond = Double(watched.terminal.byteCount - bytes) / seconds
    let framesPerSecond = Double(watched.terminal.shown.count - frames) / seconds
    #expect(bytesPerSecond <= 6_000)
    // It is no standing picture that costs so little.
    #expect(framesPerSecond >= 3.5 && framesPerSecond <= 10)
    #expect(bytesPerSecond > 1_000)
  }

  @Test("what a run does by itself waits for the curves, what a person did does not")
  func progressWaits() {
    let watched = Watched(stepsPerSecond: 50)
    watched.wait(3.2)
    watched.link.isStill = true
    watched.wait(0.2)
    let shown = watched.terminal.shown.count
    watched.link.events.append(.evaluated(Fixture.evaluation(step: 151, gain: 0.1)))
    watched.wait(0.2)
    #expect(watched.terminal.shown.count == shown)
    watched.wait(1.5)
    #expect(watched.terminal.shown.last?.text.contains("0.9121") == true)
    watched.link.events.append(.noticed("look here", step: 151))
    watched.wait(0.15)
    #expect(watched.terminal.shown.last?.text.contains("look here") == true)
  }

  @Test("scores that a person asked for are shown at once, while it runs and while it is paused")
  func askedScores() {
    let watched = Watched(stepsPerSecond: 50)
    watched.wait(3.2)
    watched.link.isStill = true
    watched.terminal.keys = ":evaluate".map { .character($0) }
    watched.wait(0.1)
    watched.terminal.keys = [.enter]
    watched.wait(0.2)
    let command = Command.evaluate
    watched.link.events.append(
      .acknowledged(
        Acknowledgement(id: 1, command: command, effect: command, step: 150, outcome: .applied)))
    watched.wait(0.1)
    watched.link.events.append(.evaluated(Fixture.evaluation(step: 151, gain: 0.1)))
    watched.wait(0.2)
    #expect(watched.terminal.shown.last?.text.contains("0.9121") == true)
    // Those that the run computes by itself wait again.
    let shown = watched.terminal.shown.count
    watched.link.events.append(.evaluated(Fixture.evaluation(step: 152, gain: 0.05)))
    watched.wait(0.2)
    #expect(watched.terminal.shown.count == shown)
    watched.link.isStill = false
    watched.link.isPaused = true
    watched.wait(2)
    watched.link.events.append(.evaluated(Fixture.evaluation(step: 153, gain: 0.15)))
    watched.wait(0.2)
    #expect(watched.terminal.shown.last?.text.contains("0.9621") == true)
  }

  @Test("while a run is paused nothing is sent") func paused() {
    let watched = Watched(stepsPerSecond: 50)
    watched.wait(2)
    watched.link.isPaused = true
    watched.wait(2)
    let bytes = watched.terminal.byteCount
    watched.wait(5)
    #expect(watched.terminal.byteCount == bytes)
  }
}

/// An explorer that somebody watches, with a clock that stands still until told.
private final class Watched {
  let terminal = ScriptedTerminal(rows: 40, columns: 120)
  let link: LivelyLink
  private var loop: ExplorerLoop
  private let time: Time

  init(stepsPerSecond: Int) {
    let time = Time()
    self.time = time
    link = LivelyLink(time, stepsPerSecond)
    loop = ExplorerLoop(
      app: App(settings: ExplorerSettings(showsTour: false)), terminal: terminal, link: link,
      now: { time.seconds })
  }

  func wait(_ seconds: Double) {
    let end = time.seconds + seconds
    while time.seconds < end {
      _ = loop.turn()
      time.seconds += 0.02
    }
  }
}

private final class Time { var seconds = 0.0 }

/// A run that goes on with the time: losses with noise, gates that move, scores after every epoch.
private final class LivelyLink: TrainingLink, @unchecked Sendable {
  var events: [Event] = [.prepared(Fixture.description())]
  /// Whether no snapshot and no loss comes any more.
  var isStill = false
  var isPaused = false
  private let time: Time
  private let stepsPerSecond: Int
  private var views = WantedViews()
  private var snapshotDue = 0.0
  private var noise = Noise(seed: 3)
  private var told = 0
  private var scored = 0

  private static let stepsPerEpoch = 219

  init(_ time: Time, _ stepsPerSecond: Int) {
    (self.time, self.stepsPerSecond) = (time, stepsPerSecond)
  }

  func send(_ command: Command) -> CommandTicket { CommandTicket(id: 1, command: command) }

  func show(_ views: WantedViews) { self.views = views }

  private var step: Int { Int(time.seconds * Double(stepsPerSecond)) }

  func takeSnapshot() -> Snapshot? {
    guard !isStill, time.seconds >= snapshotDue else { return nil }
    snapshotDue = isPaused ? .infinity : time.seconds + 1 / views.snapshotsPerSecond
    var snapshot = Fixture.snapshot(step: step, experts: 4)
    snapshot.totalSteps = 87_600
    snapshot.phase = isPaused ? .paused("by you") : .running
    snapshot.epoch = step / Self.stepsPerEpoch
    snapshot.trainingSeconds = time.seconds
    snapshot.stepsPerSecond = Double(stepsPerSecond) * (1 + 0.01 * noise.share())
    for task in snapshot.tasks.indices {
      snapshot.tasks[task].loss *= 1 + 0.1 * noise.share()
      snapshot.tasks[task].smoothedLoss *= 1 + 0.01 * noise.share()
    }
    for gate in snapshot.gates.indices {
      for expert in snapshot.gates[gate].mean.indices {
        snapshot.gates[gate].mean[expert] *= Float(1 + 0.02 * noise.share())
      }
    }
    return snapshot
  }

  func drainEvents() -> [Event] {
    let epoch = step / Self.stepsPerEpoch
    while !isStill, !isPaused, scored < epoch {
      scored += 1
      let step = scored * Self.stepsPerEpoch
      events.append(
        .evaluated(Fixture.evaluation(step: step, gain: 0.004 * noise.share())))
      events.append(.epochEnded(epoch: scored, step: step, examplesPerSecond: 30_000))
    }
    defer { events = [] }
    return events
  }

  func drainLosses() -> [LossBin] {
    guard !isStill, !isPaused, step > told else { return [] }
    defer { told = step }
    let width = max(1, stepsPerSecond / 500)
    return Fixture.shortNames.indices.flatMap { task in
      stride(from: told, to: step, by: width).map { first in
        var bin = LossBin(task: task, step: first)
        for step in first..<min(step, first + width) {
          bin.add(Fixture.loss(task, step, &noise), step: step)
        }
        return bin
      }
    }
  }
}
