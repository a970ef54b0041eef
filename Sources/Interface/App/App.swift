import Runs
import Terminal

/// The explorer as a value: what it knows, what is shown, and what a key does.
///
/// ``update(_:)`` takes a key, a snapshot or events and returns what is to be done; ``view(_:)``
/// draws. Neither acts, waits or looks at a clock, so that every journey can be tested.
public struct App: Sendable {
  var settings: ExplorerSettings
  /// What is known of the run.
  var run = RunState()
  /// What is shown in place of it while the display is frozen.
  var frozen: RunState?
  var screen = ScreenName.dashboard
  /// The task that is selected on every screen.
  var selectedTask = 0
  var dashboard = DashboardState()
  var gates = GatesState()
  var tasks = TasksState()
  /// What is selected on the screens of views.
  var viewStates: [ModelView.Subject: ViewsState] = [:]
  var models = ModelsState()
  var runs = RunsState()
  /// The runs before this one, oldest first; they have ended.
  var earlier: [RunState] = []
  var charts = ChartSettings()
  var mode = Mode.normal
  var keyInput = KeyInput()
  var control = Control()
  var memory = AppMemory()

  /// The number of changes that a new frame would show.
  public private(set) var revision = 0

  /// An explorer that knows nothing yet and shows the dashboard.
  public init(settings: ExplorerSettings = ExplorerSettings()) {
    self.settings = settings
    memory.random = settings.seed
    run.request = settings.first
  }

  /// Takes in what happened and returns what is to be done about it.
  public mutating func update(_ input: Input) -> [Effect] {
    var effects = take(input)
    if memory.wanted != wantedViews {
      memory.wanted = wantedViews
      effects.append(.show(wantedViews))
    }
    return effects
  }

  /// Draws the newest frame.
  public func view(_ size: Size) -> Canvas {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    draw(on: &canvas)
    if settings.charset == .ascii { canvas.makeASCII() }
    return canvas
  }

  /// The run as it is shown.
  var shown: RunState { frozen ?? run }
}

/// What the app remembers between frames and does not show.
struct AppMemory: Sendable {
  var now = 0.0
  var size = Size(rows: 24, columns: 80)
  var wanted: WantedViews?
  /// Lines typed before, oldest first.
  var typed: [String] = []
  /// The state of the generator of random rows.
  var random: UInt64 = 1
  /// Which steps of the first visit were done.
  var tour = Tour()
}

// MARK: - Taking in

extension App {
  private mutating func take(_ input: Input) -> [Effect] {
    switch input {
    case .time(let now): return take(now)
    case .size(let size) where size == memory.size: return []
    case .losses(let bins) where bins.isEmpty: return []
    case .events(let events) where events.isEmpty: return []
    default: break
    }
    revision += 1
    switch input {
    case .key(let key):
      let effects = handle(key)
      memory.tour.watch(self, effects)
      return effects
    case .size(let size): memory.size = size
    case .snapshot(let snapshot): run.take(snapshot)
    case .losses(let bins): run.take(bins)
    case .events(let events): return events.flatMap { take($0) }
    case .sent(let ticket): control.sent(ticket)
    case .models(let models): settings.models = models
    case .began(let request): begin(request)
    case .refused(let reason): refuse(reason)
    case .time: break
    }
    return []
  }

  /// Lets messages and counts go when their time is over.
  private mutating func take(_ now: Double) -> [Effect] {
    memory.now = now
    if let until = control.message?.until, now >= until, !run.isPaused {
      control.message = nil
      revision += 1
    }
    if keyInput.count != nil, now - keyInput.countedAt > KeyInput.countSeconds {
      keyInput.count = nil
      keyInput.screenBefore = nil
      revision += 1
    }
    return []
  }

  private mutating func take(_ event: Event) -> [Effect] {
    run.take(event)
    noteTime(of: event)
    switch event {
    case .acknowledged(let answer):
      control.answered(answer)
      say(answer)
    case .diverged(let found):
      frozen = nil
      say("\(found.task) diverged at step \(grouped(found.step))", .error, untilKey: true)
    case .finished(let summary):
      let scores =
        summary.test.map { "; test of step \(grouped(summary.bestStep)): " + $0.mainScores } ?? ""
      say("ended (\(summary.reason.rawValue))\(scores)", .good, untilKey: true)
    case .failed(let message):
      guard run.description == nil, !earlier.isEmpty else { return [.quit(.failed(message))] }
      giveUp(message)
    case .knockedOut(let found): say(found.words, untilKey: true)
    case .noticed(let text, _): say(text, .warning)
    // A phase stays in the status line and in the log; a message would hide the step.
    case .prepared, .phaseBegan, .evaluated, .epochEnded, .dropped: break
    }
    return []
  }

  /// Notes when a run was ready and when it ended.
  private mutating func noteTime(of event: Event) {
    switch event {
    case .prepared: run.began = memory.now
    case .finished: run.ended = memory.now
    default: break
    }
  }

  private mutating func say(_ answer: Acknowledgement) {
    // What a knock-out found says more than that it was done.
    if case .knockOut = answer.effect, answer.outcome == .applied { return }
    switch answer.outcome {
    case .applied: say("\(answer.words) at step \(grouped(answer.step))", .good)
    case .refused(let reason):
      say("\(answer.command.words) refused: \(reason)", .error, untilKey: true)
    }
  }

  /// Puts a line in place of the status for a while.
  mutating func say(_ text: String, _ role: Role = .plain, untilKey: Bool = false) {
    let until = untilKey ? nil : memory.now + Control.messageSeconds
    control.message = Control.Message(text: text, role: role, until: until)
  }

  /// What the engine must fill in for what is shown.
  var wantedViews: WantedViews {
    var wanted = WantedViews()
    wanted.snapshotsPerSecond = settings.framesPerSecond
    wanted.gates = screen == .dashboard || screen == .gates
    if screen == .gates, gates.mode == .segment { wanted.segmentColumn = segmentColumn }
    if screen == .gates, gates.mode == .example { wanted.example = gates.row }
    if let subject = shownSubject { wanted.subjects = [subject] }
    return wanted
  }

  /// The column by whose values gates are shown: the chosen one, or the first.
  var segmentColumn: String? {
    gates.column ?? run.description?.categoricalColumns.first
  }
}
