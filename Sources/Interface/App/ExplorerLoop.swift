import Runs
import Terminal

/// Joins the app to a terminal and to a run: keys in, frames out, until someone leaves.
///
/// A key is handled and drawn at once. Numbers are drawn at most so many times a second, and a
/// frame that is the same as the last one is not sent, so a paused screen writes nothing.
public struct ExplorerLoop {
  /// The app as it is just now.
  public internal(set) var app: App
  private let terminal: any TerminalDevice
  var link: any TrainingLink
  let starter: RunStarter?
  let keptRuns: RunLibrary?
  /// The run that was asked for and is not there yet, what it is called, and what the app is told once
  /// it is.
  var coming: (name: String, news: Input, arrival: RunStarter.Arrival)?
  /// The run that was looked at before it starts, or will be, and when.
  var looked: (request: StartRequest, at: Double, isDone: Bool)?
  private let keeper: Keeper?
  private let writer: Writer?
  /// Keeps typed lines; nil once that has failed, which is said only then.
  private var history: History?
  private let now: () -> Double
  private var drawnRevision = -1
  private var lastFrameAt = -Double.infinity
  private var lastCanvas: Canvas?
  private var lastLossesAt = -Double.infinity
  /// What is shown when the curves move.
  var waiting: [Event] = []
  /// Whether a person asked for scores that have not come yet.
  private var awaitsScores = false
  /// Until then text is the rest of what was pasted without marks.
  private var pastedUntil = -Double.infinity

  /// Keeps the choice of theme and mouse; returns where.
  public typealias Keeper = (_ theme: String, _ hasMouse: Bool) throws -> String

  /// Writes files into a folder, under free names; returns their paths.
  public typealias Writer = (_ files: [ExportedFile], _ folder: String) throws -> [String]

  /// Seconds between two movements of the curves, however often numbers are drawn.
  private static let secondsPerCurve = 1.5
  /// Keeps the lines that were typed, oldest first.
  public typealias History = ([String]) throws -> Void

  /// Milliseconds that a key is waited for at most; while steps are taken, there is news sooner.
  private var keyMilliseconds: Int { app.isRunning ? 20 : 50 }

  /// A loop; without a starter no other run can be started, without a library none that was kept is
  /// known, without a keeper nothing is kept; `now`
  /// gives seconds since some fixed moment.
  public init(
    app: App = App(), terminal: any TerminalDevice, link: any TrainingLink,
    starter: RunStarter? = nil, keptRuns: RunLibrary? = nil, keeper: Keeper? = nil,
    writer: Writer? = nil, history: History? = nil,
    now: @escaping () -> Double = ExplorerLoop.clock()
  ) {
    self.app = app
    self.terminal = terminal
    self.link = link
    self.starter = starter
    self.keptRuns = keptRuns
    self.keeper = keeper
    self.writer = writer
    self.history = history
    self.now = now
  }

  /// Seconds since the call, by the system's steady clock.
  public static func clock() -> () -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    return {
      let passed = (clock.now - start).components
      return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
    }
  }

  /// Runs until a person leaves or the run fails.
  ///
  /// The terminal is not closed here: whoever opened it closes it, and then says why it ended.
  public mutating func run() -> ExitReason {
    while true {
      if let reason = turn() { return reason }
    }
  }

  /// One turn: what is new, a frame if one is due, then a wait for keys.
  public mutating func turn() -> ExitReason? {
    if let reason = takeNews() { return reason }
    let time = now()
    lookAhead(at: time)
    if isDrawingDue(at: time) { draw(at: time) }
    guard let key = terminal.readKey(timeoutMilliseconds: waitMilliseconds(at: time)) else {
      return nil
    }
    return takeKeys(from: key)
  }
}

// MARK: - Input

extension ExplorerLoop {
  private mutating func takeNews() -> ExitReason? {
    var effects = app.update(.time(now()))
    effects += app.update(.size(terminal.size))
    let events = waiting + link.drainEvents()
    waiting = []
    // A curve that moves is most of what a frame sends; what happened is never shown before it, and
    // what the run does by itself waits for it.
    let mayNotWait = awaitsScores || app.desk.run.isPaused
    let isDue = now() - lastLossesAt >= Self.secondsPerCurve
    if isDue || events.contains(where: { !$0.isProgress || mayNotWait }) {
      lastLossesAt = now()
      for case .evaluated in events { awaitsScores = false }
      effects += app.update(.losses(link.drainLosses())) + app.update(.events(events))
    } else {
      waiting = events
    }
    for case .prepared(let run) in events {
      if let starter { effects += app.update(.models(starter.models(run))) }
    }
    if let snapshot = link.takeSnapshot() { effects += app.update(.snapshot(snapshot)) }
    return perform(effects + takeArrival())
  }

  /// Takes every key that waits, then draws.
  private mutating func takeKeys(from first: Key) -> ExitReason? {
    var keys = [first]
    while keys.count < KeyBurst.capacity, let key = terminal.readKey(timeoutMilliseconds: 0) {
      keys.append(key)
    }
    var burst = KeyBurst(keys)
    if !app.isTakingText, burst.isPasted || now() < pastedUntil {
      burst.dropText()
      _ = app.update(.key(.paste("")))
      pastedUntil = now() + KeyBurst.gapSeconds
    }
    while let key = burst.next(isTakingText: app.isTakingText) {
      if key == .resize { lastCanvas = nil }
      if let reason = perform(app.update(.key(key))) { return reason }
      if let starter, let beginning = app.wantedFiles {
        _ = app.update(.files(beginning, starter.files(beginning)))
      }
    }
    let size = app.update(.size(terminal.size))
    if let reason = perform(size) { return reason }
    draw(at: now())
    return nil
  }

  private mutating func perform(_ effects: [Effect]) -> ExitReason? {
    for effect in effects {
      switch effect {
      case .send(let command):
        if command == .evaluate { awaitsScores = true }
        _ = app.update(.sent(link.send(command)))
      case .show(let views): link.show(views)
      case .check(let request):
        if let reason = perform(check(request)) { return reason }
      case .find(let name):
        if let reason = perform(find(name)) { return reason }
      case .start(let request):
        if let reason = perform(start(request)) { return reason }
      case .open(let name):
        if let reason = perform(open(name)) { return reason }
      case .listStored, .openStored, .resume, .rewind:
        if let reason = perform(lookUp(effect)) { return reason }
      case .redraw:
        terminal.redraw()
        lastCanvas = nil
      case .use(let theme):
        terminal.use(theme)
        lastCanvas = nil
      case .useBackground:
        terminal.useBackground()
        lastCanvas = nil
      case .useMouse(let isWanted): terminal.useMouse(isWanted)
      case .copy(let text):
        let outcome = terminal.copy(text)
        _ = app.update(.told("\(outcome)", isRefusal: outcome.isRefusal))
      case .write(let files, let folder): write(files, folder)
      case .keep(let theme, let mouse): keep(theme, mouse)
      case .remember(let lines): remember(lines)
      case .quit(let reason): return reason
      }
    }
    return nil
  }
}

extension ExplorerLoop {
  private mutating func remember(_ lines: [String]) {
    do {
      try history?(lines)
    } catch {
      history = nil
      _ = app.update(.told("\(error)", isRefusal: true))
    }
  }
}

extension ExplorerLoop {
  private mutating func keep(_ theme: String, _ hasMouse: Bool) {
    guard let keeper else {
      _ = app.update(.told("nothing can be kept here", isRefusal: true))
      return
    }
    do {
      let path = try keeper(theme, hasMouse)
      _ = app.update(.told("kept in \(path)", isRefusal: false))
    } catch {
      let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
      _ = app.update(.told(lines.joined(separator: "  "), isRefusal: true))
    }
  }
}

extension ExplorerLoop {
  /// Writes files and says where they are, or why not.
  private mutating func write(_ files: [ExportedFile], _ folder: String) {
    guard let writer else {
      _ = app.update(.told("nothing can be written here", isRefusal: true))
      return
    }
    do {
      let paths = try writer(files, folder)
      let others = paths.count > 1 ? " and \(paths.count - 1) more" : ""
      _ = app.update(.told("written: \(paths.first ?? folder)\(others)", isRefusal: false))
    } catch {
      let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
      _ = app.update(.told(lines.joined(separator: "  "), isRefusal: true))
    }
  }
}

// MARK: - Output

extension ExplorerLoop {
  private var secondsPerFrame: Double { 1 / max(0.5, app.desk.settings.framesPerSecond) }

  private func isDrawingDue(at time: Double) -> Bool {
    app.revision != drawnRevision && time - lastFrameAt >= secondsPerFrame
  }

  private func waitMilliseconds(at time: Double) -> Int {
    guard app.revision != drawnRevision else { return keyMilliseconds }
    let left = (lastFrameAt + secondsPerFrame - time) * 1000
    return max(1, min(keyMilliseconds, Int(left.rounded(.up))))
  }

  private mutating func draw(at time: Double) {
    drawnRevision = app.revision
    lastFrameAt = time
    let canvas = app.frame(terminal.size)
    guard canvas != lastCanvas else { return }
    lastCanvas = canvas
    terminal.show(canvas)
  }
}

extension Event {
  /// Whether it only says how far the run has come.
  fileprivate var isProgress: Bool {
    switch self {
    case .evaluated, .epochEnded: true
    default: false
    }
  }
}
