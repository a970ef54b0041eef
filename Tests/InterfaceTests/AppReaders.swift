import Terminal

@testable import Interface

/// What tests look at in an app, by short names.
extension App {
  var run: RunState {
    get { desk.run }
    set { desk.run = newValue }
  }
  var earlier: [RunState] {
    get { desk.earlier }
    set { desk.earlier = newValue }
  }
  var charts: ChartSettings { desk.charts }
  var control: Control { desk.control }
  var mode: Mode { desk.mode }
  var frozen: RunState? { desk.frozen }
  var selectedTask: Int { desk.selectedTask }
  var settings: ExplorerSettings {
    get { desk.settings }
    set { desk.settings = newValue }
  }
  /// The name of the screen that is shown.
  var screenName: String { screen.name }
  var dashboard: DashboardScreen { screen(DashboardScreen.self) ?? DashboardScreen() }
  var gates: GatesScreen { screen(GatesScreen.self) ?? GatesScreen() }
  var tasks: TasksScreen { screen(TasksScreen.self) ?? TasksScreen() }
  var models: ModelsScreen { screen(ModelsScreen.self) ?? ModelsScreen() }

  /// The place of the screen of this name.
  func index(of name: String) -> Int { screens.firstIndex { $0.name == name } ?? -1 }
}

extension Keymap {
  /// The keys of the explorer as it ships.
  static let standard = Keymap(Screens.all)
}

extension App {
  /// What the last word of a line may become, as it is written.
  func completionWords(of text: String) -> [String] { completions(of: text).map(\.text) }
}

extension [Effect] {
  /// What is to be done besides remembering the typed line.
  var withoutMemory: [Effect] {
    filter { effect in
      if case .remember = effect { return false }
      return true
    }
  }
}
