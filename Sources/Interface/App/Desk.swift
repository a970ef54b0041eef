import Runs
import Terminal

/// What all screens share: the runs, what is selected of them, how curves are drawn, and what is said
/// to the person.
struct Desk: Sendable {
  var settings: ExplorerSettings
  /// What is known of the run.
  var run = RunState()
  /// What is shown in place of it while the display is frozen.
  var frozen: RunState?
  /// The runs before this one, oldest first; they have ended.
  var earlier: [RunState] = []
  /// The runs that were kept, the newest first; nil before somebody asked.
  var stored: [StoredRun]?
  /// The task that is selected on every screen.
  var selectedTask = 0
  /// Only tasks whose names contain it are listed.
  var taskFilter = ""
  var charts = ChartSettings()
  /// The charts of the frame before.
  var drawn = DrawnCharts()
  var control = Control()
  /// What keys mean just now; a screen that asks something sets it.
  var mode = Mode.normal
  /// Which steps of the first visit were done.
  var tour = Tour()
  /// Seconds since some fixed moment.
  var now = 0.0
  var size = Size(rows: 24, columns: 80)
  /// The run that was looked at last before it starts.
  var preview: Preview?
  /// What the beginning of a name of data may become.
  var files: (beginning: String, names: [String]) = ("", [])
  /// Lines typed before, oldest first.
  var typed: [String] = []
  /// The state of the generator of random rows.
  private var random: UInt64
  /// The screen that was asked for and is not shown yet, by name.
  private var wantedScreen: String?

  /// A run that is asked for, and what it would be; nil where that is not known.
  struct Preview: Sendable, Equatable {
    let request: StartRequest
    let preview: StartPreview?

    init(_ request: StartRequest, _ preview: StartPreview?) {
      self.request = request
      self.preview = preview
    }
  }

  init(settings: ExplorerSettings) {
    self.settings = settings
    random = settings.seed
    typed = settings.typed
    run.request = settings.first
  }

  /// The run as it is shown.
  var shown: RunState { frozen ?? run }

  /// Every run that is known, oldest first; the last one goes on.
  var allRuns: [RunState] { earlier + [run] }

  /// Whether colours are seen: the terminal has them and the theme uses them.
  var hasColors: Bool {
    settings.terminalHasColors && (Theme.named(settings.theme)?.hasColors ?? true)
  }

  /// What tabs, banner, tour, hints and status leave to the screen.
  var body: Rect { body(of: size) }

  /// The same of another size.
  func body(of size: Size) -> Rect {
    let top = run.divergence == nil ? 1 : 2
    let bottom = size.rows - (showsTour(size) ? 3 : 2)
    return Rect(row: top, column: 0, rows: bottom - top, columns: size.columns)
  }

  /// Whether the first visit's line stands below the screen.
  func showsTour(_ size: Size) -> Bool {
    tour.isShown(of: run) && settings.showsTour && run.isUnderWay && run.divergence == nil
      && size.rows >= 24
  }

  /// Rows that a page moves by.
  var pageRows: Int { max(1, size.rows / 2) }

  /// Whether the data are still being read, so that there is no model yet.
  var isReadingData: Bool { run.description == nil && earlier.isEmpty }
}

// MARK: - What a screen asks for

extension Desk {
  /// Asks for a screen, by its name in lower case.
  mutating func show(_ name: String) { wantedScreen = name }

  /// The screen that was asked for, once.
  mutating func takeWantedScreen() -> String? {
    defer { wantedScreen = nil }
    return wantedScreen
  }

  /// Puts a line in place of the status for a while.
  mutating func say(_ text: String, _ role: Role = .plain, untilKey: Bool = false) {
    let until = untilKey ? nil : now + Control.messageSeconds
    control.message = Control.Message(text: text, role: role, until: until)
  }

  /// A number from 0 to below a bound, from the seeded generator.
  mutating func draw(below bound: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(max(1, bound)))
  }

  /// The tasks that pass the filter, by index.
  var listedTasks: [Int] {
    shown.taskNames.indices.filter { shown.taskNames[$0].passes(taskFilter) }
  }

  /// Lists only the tasks whose names contain a text, and selects one of them.
  mutating func filterTasks(by text: String) {
    taskFilter = text
    if !listedTasks.contains(selectedTask) { selectedTask = listedTasks.first ?? selectedTask }
  }

  /// Selects another task, within the list.
  mutating func moveTask(by places: Int) {
    let listed = listedTasks
    guard !listed.isEmpty else { return }
    let here = listed.firstIndex { $0 >= selectedTask } ?? listed.count - 1
    selectedTask = listed[max(0, min(listed.count - 1, here + places))]
  }
}

// MARK: - What can be done just now

extension Desk {
  /// Why no command can be sent just now.
  var whyNotTraining: String? {
    if settings.attachment == .watching { return Self.isWatched }
    if run.isFinished {
      let another = settings.attachment == nil ? "6 starts another, " : ""
      return "the run has ended; \(another)q leaves"
    }
    if run.isLoading { return "the data are still being read" }
    return nil
  }

  /// Why no question can be asked just now; the run answers them after its end, too.
  var whyNotAsking: String? {
    if settings.attachment == .watching { return Self.isWatched }
    if run.isLoading || run.description == nil { return "the data are still being read" }
    return nil
  }

  private static let isWatched = "this run is watched only; attach --control steers it"

  /// Whether a task will be on once all that was sent is done.
  func isOn(_ name: String) -> Bool {
    run.snapshot.tasks.first { $0.name == name }.map(control.isOn) ?? true
  }

  /// `[x]` on, `[ ]` off, `[~]` on its way.
  func box(for task: Int) -> String {
    guard let numbers = shown.task(task) else { return "[ ]" }
    if control.isPending(numbers.name) { return "[~]" }
    return numbers.isOn ? "[x]" : "[ ]"
  }
}

extension [String] {
  /// The words as they were typed.
  var joinedBySpaces: String { joined(separator: " ") }
}
