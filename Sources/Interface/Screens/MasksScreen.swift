import Runs
import Terminal

/// Which weights serve which task: the masks of a model.
struct MasksScreen: Screen {
  let title = "Masks"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  private var views = ViewsPane(of: .masks)

  func isEmpty(_ desk: Desk) -> Bool {
    desk.run.description.map { !$0.subjects.contains(.masks) } ?? false
  }

  func hints(_ desk: Desk) -> [String] { views.hints(desk) + Hints.always }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("█ ░", "kept, pruned"), .init("▏", "the share that is aimed at"),
      .init("‹ ›", "more at this side"),
    ]
  }

  func filter(_ desk: Desk) -> String? { views.filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { views.setFilter(text) }

  func wants(_ desk: Desk) -> WantedViews { views.wanted }

  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    views.move(move, desk)
    return []
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let words = desk.run.emptyWords(
      of: .masks, "which weights serve which task: masks, their density and their overlap",
      elsewhere: "4 shows what else it has inside; 2 shows its gates; 1 goes back to the curves.")
    views.draw(desk, in: body, empty: ("masks", words), on: &canvas)
  }
}
