import Runs
import Terminal

@testable import Interface

/// A terminal without a screen: keys are given, canvases are kept.
final class FakeTerminal: TerminalDevice {
  var size: Size
  var keys: [Key?]
  private(set) var shown: [Canvas] = []
  private(set) var redraws = 0
  private(set) var isClosed = false
  /// Told how long was waited for a key that did not come.
  var onWait: (Int) -> Void = { _ in }

  init(_ size: Size = Size(rows: 24, columns: 80), keys: [Key?] = []) {
    self.size = size
    self.keys = keys
  }

  func readKey(timeoutMilliseconds: Int) -> Key? {
    if timeoutMilliseconds == 0 {
      guard let first = keys.first, first != nil else { return nil }
      return keys.removeFirst()
    }
    guard !keys.isEmpty, let key = keys.removeFirst() else {
      onWait(timeoutMilliseconds)
      return nil
    }
    return key
  }

  func show(_ canvas: Canvas) { shown.append(canvas) }
  func redraw() { redraws += 1 }
  func close() { isClosed = true }

  var text: String { shown.last?.text ?? "" }
}

/// A run without an engine: what it says is given, what it is told is kept.
final class FakeLink: TrainingLink, @unchecked Sendable {
  private(set) var commands: [Command] = []
  private(set) var wanted: [WantedViews] = []
  var snapshot: Snapshot?
  var events: [Event] = []
  var losses: [LossBin] = []
  /// Whether commands are applied at once to ``current``.
  var current = Fixture.snapshot()
  var answers = true
  /// What of the model may be changed.
  var dials: [Dial] = []
  /// How its tasks may be balanced.
  var balancers: [BalancerChoices] = []
  /// What the model is said to show.
  var subjects: Set<ModelView.Subject> = []
  /// Whether its tasks are said to share numbers.
  var hasSharedGradients = false

  @discardableResult func send(_ command: Command) -> CommandTicket {
    commands.append(command)
    let ticket = CommandTicket(id: UInt64(commands.count), command: command)
    if answers { answer(ticket) }
    return ticket
  }

  func show(_ views: WantedViews) { wanted.append(views) }

  func takeSnapshot() -> Snapshot? {
    defer { snapshot = nil }
    return snapshot
  }

  func drainEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  func drainLosses() -> [LossBin] {
    defer { losses = [] }
    return losses
  }

  /// Answers a command and publishes what it changed.
  func answer(_ ticket: CommandTicket) {
    current.step += 1
    for change in ticket.command.parts { apply(change) }
    events.append(
      .acknowledged(
        Acknowledgement(
          id: ticket.id, command: ticket.command, effect: ticket.command, step: current.step,
          outcome: .applied)))
    snapshot = current
  }

  private func apply(_ command: Command) {
    switch command {
    case .pause: current.phase = .paused("by you")
    case .resume: current.phase = .running
    case .step(let count):
      current.step += count - 1
      current.phase = .paused("by you")
    case .setTask(let name, let isOn): change(name) { $0.isOn = isOn }
    case .setTaskWeight(let name, let weight): change(name) { $0.weight = weight }
    case .setLearningRateFactor(let factor): current.learningRateFactor = factor
    case .setDial(let name, let value):
      for place in dials.indices where dials[place].name == name { current.dials[place] = value }
    case .knockOut: events.append(.knockedOut(Fixture.knockOut()))
    // The others change nothing that a test looks at.
    default: break
    }
  }

  private func change(_ name: String, _ change: (inout TaskSnapshot) -> Void) {
    for place in current.tasks.indices where current.tasks[place].name == name {
      change(&current.tasks[place])
    }
  }
}

/// The explorer with a fake terminal, a fake run and a clock that stands still until told.
final class Robot {
  let terminal: FakeTerminal
  let link = FakeLink()
  private(set) var loop: ExplorerLoop
  private(set) var reason: ExitReason?
  private let time: Time

  private final class Time { var seconds = 0.0 }

  init(
    _ size: Size = Size(rows: 24, columns: 80), names: [String] = Fixture.shortNames,
    starter: RunStarter? = nil, keptRuns: RunLibrary? = nil
  ) {
    let time = Time()
    let terminal = FakeTerminal(size)
    self.time = time
    self.terminal = terminal
    terminal.onWait = { time.seconds += Double($0) / 1000 }
    loop = ExplorerLoop(
      app: App(settings: ExplorerSettings(showsTour: false)), terminal: terminal, link: link,
      starter: starter, keptRuns: keptRuns, now: { time.seconds })
    link.current = Fixture.snapshot(names)
  }

  /// Lets the run say that it is ready and running.
  func start() {
    var description = Fixture.description(link.current.tasks.map(\.name))
    description.subjects = link.subjects
    description.hasSharedGradients = link.hasSharedGradients
    description.dials = link.dials
    description.balancers = link.balancers
    link.current.dials = link.dials.map(\.start)
    link.events = [.prepared(description)]
    link.snapshot = link.current
    link.losses = Fixture.losses(tasks: link.current.tasks.count, steps: 0..<400)
    wait(0.3)
  }

  func press(_ keys: String, _ others: Key...) {
    for key in keys.map(Key.character) + others {
      terminal.keys.append(key)
      turn()
    }
    wait(0.3)
  }

  func wait(_ seconds: Double) {
    let end = time.seconds + seconds
    while time.seconds < end, reason == nil { turn() }
  }

  private func turn() {
    guard reason == nil else { return }
    reason = loop.turn()
  }

  /// Seconds that have passed for the robot.
  var now: Double { time.seconds }
  var text: String { terminal.text }
  var status: String { text.split(separator: "\n").last.map(String.init) ?? "" }
}
