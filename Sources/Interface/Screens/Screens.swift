/// The screens; a screen's digit is its place here.
enum Screens {
  static let all: [any Screen] = [
    DashboardScreen(),
    GatesScreen(),
    MasksScreen(),
    InspectScreen(),
    TasksScreen(),
    ModelsScreen(),
    RunsScreen(),
    GradientsScreen(),
    ExplainScreen(),
  ]
}
