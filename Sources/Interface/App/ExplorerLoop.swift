import Runs
import Terminal

/// Joins the app to a terminal and to a run: keys in, frames out, until someone leaves.
///
/// A key is handled and drawn at once. Numbers are drawn at most so many times a second, and a
/// frame that is the same as the last one is not sent, so a paused screen writes nothing.
public struct ExplorerLoop {
  /// The app as it is just now.
  public private(set) var app: App
  private let terminal: any TerminalDevice
  private var link: any TrainingLink
  private let starter: RunStarter?
  /// The run that was asked for and is not there yet.
  private var coming: (request: StartRequest, arrival: RunStarter.Arrival)?
  private let keeper: Keeper?
  private let now: () -> Double
  private var drawnRevision = -1
  private var lastFrameAt = -Double.infinity
  private var lastCanvas: Canvas?
  /// Until then text is the rest of what was pasted without marks.
  private var pastedUntil = -Double.infinity

  /// Keeps the choice of theme and mouse; returns where.
  public typealias Keeper = (_ theme: String, _ hasMouse: Bool) throws -> String

  /// Milliseconds that a key is waited for at most.
  private static let keyMilliseconds = 50

  /// A loop; without a starter no other run can be started, without a keeper nothing is kept; `now`
  /// gives seconds since some fixed moment.
  public init(
    app: App = App(), terminal: any TerminalDevice, link: any TrainingLink,
    starter: RunStarter? = nil, keeper: Keeper? = nil,
    now: @escaping () -> Double = ExplorerLoop.clock()
  ) {
    self.app = app
    self.terminal = terminal
    self.link = link
    self.starter = starter
    self.keeper = keeper
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
    effects += app.update(.losses(link.drainLosses()))
    let events = link.drainEvents()
    effects += app.update(.events(events))
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
    }
    let size = app.update(.size(terminal.size))
    if let reason = perform(size) { return reason }
    draw(at: now())
    return nil
  }

  private mutating func perform(_ effects: [Effect]) -> ExitReason? {
    for effect in effects {
      switch effect {
      case .send(let command): _ = app.update(.sent(link.send(command)))
      case .show(let views): link.show(views)
      case .start(let request):
        if let reason = perform(start(request)) { return reason }
      case .redraw:
        terminal.redraw()
        lastCanvas = nil
      case .use(let theme):
        terminal.use(theme)
        lastCanvas = nil
      case .useMouse(let isWanted): terminal.useMouse(isWanted)
      case .copy(let text):
        let outcome = terminal.copy(text)
        _ = app.update(.told("\(outcome)", isRefusal: outcome.isRefusal))
      case .keep(let theme, let mouse): keep(theme, mouse)
      case .quit(let reason): return reason
      }
    }
    return nil
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

// MARK: - Starting

/// How another run is started from the explorer.
public struct RunStarter {
  /// Asks for the run that was started: nil until the one before has ended.
  public typealias Arrival = () -> (any TrainingLink)?

  /// What can be started on the data of a run.
  public let models: (RunDescription) -> [ModelDescription]
  /// Tells the run before to end and returns at once; if it throws, the run before goes on.
  public let start: (StartRequest) throws -> Arrival

  /// Names both.
  public init(
    models: @escaping (RunDescription) -> [ModelDescription],
    start: @escaping (StartRequest) throws -> Arrival
  ) {
    self.models = models
    self.start = start
  }
}

extension ExplorerLoop {
  /// Asks for a run in place of this one, or says why not; the screen goes on meanwhile.
  private mutating func start(_ request: StartRequest) -> [Effect] {
    guard let starter else { return app.update(.refused("no other run can be started here")) }
    if let coming {
      return app.update(.refused("\(coming.request.model) is being started; wait for it"))
    }
    do {
      coming = (request, try starter.start(request))
    } catch {
      return app.update(.refused("\(error)"))
    }
    let arrived = takeArrival()
    return coming == nil ? arrived : app.update(.starting(request))
  }

  /// Puts the run that was asked for in the place of the one before, once it is there.
  private mutating func takeArrival() -> [Effect] {
    guard let (request, arrival) = coming, let started = arrival() else { return [] }
    // What the old run still had to say belongs to it.
    let last = app.update(.losses(link.drainLosses())) + app.update(.events(link.drainEvents()))
    (link, coming) = (started, nil)
    return last + app.update(.began(request))
  }
}

// MARK: - Output

extension ExplorerLoop {
  private var secondsPerFrame: Double { 1 / max(0.5, app.desk.settings.framesPerSecond) }

  private func isDrawingDue(at time: Double) -> Bool {
    app.revision != drawnRevision && time - lastFrameAt >= secondsPerFrame
  }

  private func waitMilliseconds(at time: Double) -> Int {
    guard app.revision != drawnRevision else { return Self.keyMilliseconds }
    let left = (lastFrameAt + secondsPerFrame - time) * 1000
    return max(1, min(Self.keyMilliseconds, Int(left.rounded(.up))))
  }

  private mutating func draw(at time: Double) {
    drawnRevision = app.revision
    lastFrameAt = time
    let canvas = app.view(terminal.size)
    guard canvas != lastCanvas else { return }
    lastCanvas = canvas
    terminal.show(canvas)
  }
}
