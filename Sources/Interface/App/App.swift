public import Runs
public import Terminal

/// The explorer as a value: what it knows, what is shown, and what a key does.
///
/// ``update(_:)`` takes a key, a snapshot or events and returns what is to be done; ``view(_:)``
/// draws. Neither acts, waits or looks at a clock, so that every journey can be tested.
public struct App: Sendable {
  /// What all screens share.
  var desk: Desk
  /// What only one screen knows lies in that screen.
  var screens: [any Screen]
  /// The index of the screen that is shown.
  private(set) var shown = 0
  let keymap: Keymap
  var keyInput = KeyInput()
  /// The views that the engine was last told to fill in.
  private var wanted: WantedViews?

  /// The number of changes that a new frame would show.
  public private(set) var revision = 0

  /// An explorer that knows nothing yet and shows the dashboard.
  public init(settings: ExplorerSettings = ExplorerSettings()) {
    self.init(settings: settings, screens: Screens.all)
  }

  init(settings: ExplorerSettings = ExplorerSettings(), screens: [any Screen]) {
    desk = Desk(settings: settings)
    self.screens = screens
    keymap = Keymap(screens, bindings: settings.keys)
  }

  /// Takes in what happened and returns what is to be done about it.
  public mutating func update(_ input: Input) -> [Effect] {
    var effects = take(input)
    if let name = desk.takeWantedScreen() { show(named: name) }
    if wanted != wantedViews {
      wanted = wantedViews
      effects.append(.show(wantedViews))
    }
    return effects
  }

  /// Draws the newest frame.
  public func view(_ size: Size) -> Canvas {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    draw(on: &canvas)
    if desk.settings.charset == .ascii { canvas.makeASCII() }
    return canvas
  }

  /// Draws the newest frame and keeps its charts, so that the next one draws only those that changed.
  ///
  /// What it returns is what ``view(_:)`` would.
  public mutating func frame(_ size: Size) -> Canvas {
    desk.drawn.keep(charts(in: size))
    return view(size)
  }

  /// What remains of the run; nil until it has ended.
  public var summary: RunSummary? { desk.run.summary }

  /// The newest step that is known.
  public var step: Int { desk.run.snapshot.step }

  /// Whether steps are being taken.
  var isRunning: Bool { desk.run.snapshot.phase == .running && !desk.run.isFinished }

  /// Whether the data are still being read, so that there is no model yet.
  public var isReadingData: Bool { desk.isReadingData }
}

// MARK: - Screens

extension App {
  /// The screen that is shown.
  var screen: any Screen { screens[shown] }

  /// Shows the screen at an index.
  mutating func show(_ index: Int) {
    guard screens.indices.contains(index) else { return }
    shown = index
    screens[index].take(.shown, &desk)
  }

  /// Shows the screen again that was shown when a count was begun.
  mutating func goBack(to index: Int) { shown = index }

  /// Shows the screen of this name, if there is one.
  mutating func show(named name: String) {
    if let index = screens.firstIndex(where: { $0.name == name }) { show(index) }
  }

  /// The run that the screen shows before it starts; nil for none.
  var wantedPreview: StartRequest? { screen.preview(desk) }

  /// Whether nothing is known of the run that the screen shows before it starts.
  var hasNoPreview: Bool { desk.preview == nil }

  /// The model that runs.
  var modelOfRun: String {
    desk.run.description?.model ?? desk.run.request?.model ?? desk.settings.first?.model ?? "mmoe"
  }

  /// The beginning of a name of data that is being typed; nil for none.
  var wantedFiles: String? {
    guard case .command(let line) = desk.mode else { return nil }
    let words = line.editor.text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count > 1, words[0] == "open", let last = words.last else { return nil }
    return String(last) == desk.files.beginning ? nil : String(last)
  }

  /// How often numbers change at most: a digit that changes ten times a second cannot be read.
  private static let numbersPerSecond = 4.0

  /// What the engine must fill in for what is shown.
  var wantedViews: WantedViews {
    var wanted = screen.wants(desk)
    wanted.snapshotsPerSecond = min(desk.settings.framesPerSecond, Self.numbersPerSecond)
    return wanted
  }
}

// MARK: - Taking in

extension App {
  private mutating func take(_ input: Input) -> [Effect] {
    switch input {
    case .time(let now): return take(now)
    case .size(let size) where size == desk.size: return []
    case .losses(let bins) where bins.isEmpty: return []
    case .events(let events) where events.isEmpty: return []
    default: break
    }
    revision += 1
    switch input {
    case .key(let key):
      let effects = handle(key)
      desk.tour.watch(desk.mode, effects)
      return effects
    case .size(let size): desk.size = size
    case .snapshot(let snapshot):
      desk.run.take(snapshot)
      if snapshot.explanation != nil { tell(.explained) }
    case .losses(let bins): desk.run.take(bins)
    case .events(let events): return events.flatMap { take($0) }
    case .sent(let ticket): desk.control.sent(ticket)
    case .models(let models): desk.settings.models = models
    case .starting(let request):
      desk.say("the run ends; \(request.model) starts when it has", untilKey: true)
    case .began(let request): begin(request)
    case .opening(let name):
      desk.say("reading \(name); the run goes on until it is read", untilKey: true)
    case .opened(let request): open(request)
    case .stored(let runs): desk.stored = runs
    case .course(let run, let course): show(run, course)
    case .resumed(let run, let course): goOn(with: run, course)
    case .previewed(let request, let preview): desk.preview = Desk.Preview(request, preview)
    case .files(let beginning, let names): desk.files = (beginning, names)
    case .refused(let reason): refuse(reason)
    case .told(let text, let isRefusal): desk.say(text, isRefusal ? .error : .plain)
    case .time: break
    }
    return []
  }

  /// Lets messages and counts go when their time is over.
  private mutating func take(_ now: Double) -> [Effect] {
    desk.now = now
    if let until = desk.control.message?.until, now >= until, !desk.run.isPaused {
      desk.control.message = nil
      revision += 1
    }
    if keyInput.count != nil, now - keyInput.countedAt > KeyInput.countSeconds {
      keyInput.endCount()
      revision += 1
    }
    return []
  }

  /// Forgets what the engine was told, so that a new one is told anew.
  mutating func forgetWanted() { wanted = nil }
}
