import Runs
import Terminal

// What moves the selection. Places are kept within their lists here, and again when drawn.
extension App {
  /// Rows that a page moves by.
  var pageRows: Int { max(1, memory.size.rows / 2) }

  mutating func move(down rows: Int) {
    switch screen {
    case .tasks where tasks.showsFacts: scrollFacts(by: rows)
    case .tasks: moveTask(by: rows)
    case .masks, .inspect: moveView(down: rows)
    case .models: moveModel(down: rows)
    case .runs: moveRun(down: rows)
    case .dashboard where dashboard.pane == .events:
      dashboard.eventScroll = max(0, min(run.log.lines.count - 1, dashboard.eventScroll - rows))
    case .dashboard: moveTask(by: rows)
    case .gates where gates.mode == .mean:
      gates.gate = max(0, min(gateNames.count - 1, gates.gate + rows))
    case .gates: gates.scroll = max(0, min(gateLines - 1, gates.scroll + rows))
    }
  }

  mutating func move(right columns: Int) {
    switch screen {
    case .tasks, .dashboard: moveTask(by: columns)
    case .masks, .inspect: moveView(right: columns)
    case .models: showOptions(columns > 0)
    case .runs: moveRun(right: columns)
    case .gates where gates.mode == .mean: moveExpert(by: columns)
    case .gates:
      gates.gate = max(0, min(gateNames.count - 1, gates.gate + columns))
    }
  }

  mutating func moveExpert(by places: Int) {
    let experts = run.snapshot.gates.map(\.experts.count).max() ?? 0
    gates.expert = max(0, min(experts - 1, gates.expert + places))
  }

  private mutating func moveTask(by places: Int) {
    selectedTask = max(0, min(run.taskNames.count - 1, selectedTask + places))
  }

  /// Lines of the list on the gates screen.
  private var gateLines: Int {
    gates.mode == .segment
      ? shown.snapshot.segments?.segments.count ?? 0 : shown.snapshot.example?.inputs.count ?? 0
  }

  /// Goes to the next part; on the dashboard through the curves of all tasks first.
  mutating func movePane(by step: Int) {
    if shownSubject != nil { return selectView(by: step) }
    if screen == .runs { return moveRun(down: step) }
    if screen == .models { return showOptions(!models.isOnOptions) }
    guard screen == .dashboard else {
      move(right: step)
      return
    }
    let curves = charts.isOverlay ? 1 : max(1, run.taskNames.count)
    let isCurve = dashboard.pane == .curves
    let others = DashboardState.Pane.allCases.count - 1
    let here =
      isCurve ? (charts.isOverlay ? 0 : selectedTask) : curves + dashboard.pane.rawValue - 1
    let all = curves + others
    let next = ((here + step) % all + all) % all
    dashboard.pane = next < curves ? .curves : .init(rawValue: next - curves + 1) ?? .curves
    if next < curves, !charts.isOverlay { selectedTask = next }
  }

  mutating func toggleFullScreen() {
    switch screen {
    case .dashboard: dashboard.isZoomed.toggle()
    case .gates: gates.isZoomed.toggle()
    case .masks, .inspect: toggleView()
    case .runs: runs.isOpen.toggle()
    case .tasks, .models: break
    }
  }

  /// Makes nothing large.
  mutating func leaveFullScreen() {
    dashboard.isZoomed = false
    gates.isZoomed = false
    tasks.showsFacts = false
    models.isOnOptions = false
    runs.isOpen = false
    if let subject = shownSubject { viewStates[subject]?.isZoomed = false }
  }

  /// Shows a screen; the tasks rather than the page of facts that is beside them.
  mutating func show(_ wanted: ScreenName) {
    screen = wanted
    tasks.showsFacts = false
  }
}
