import Runs
import Terminal

/// Which weights serve which task: the masks of a model.
struct MasksScreen: Screen {
  let title = "Masks"
  let keyGroups: Set<KeyGroup> = [.large]

  private var views = ViewsPane(of: .masks)

  func hints(_ desk: Desk) -> [String] { views.hints(desk) + Hints.always }

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
