import Runs
import Terminal

// What is selected on the screens of views.
extension App {
  /// Views on the screen that is shown.
  private var shownViews: [ModelView] { shownSubject.map(views) ?? [] }

  /// The selected view of the screen that is shown.
  var selectedView: ModelView? {
    let all = shownViews
    guard let subject = shownSubject, !all.isEmpty else { return nil }
    return all[max(0, min(viewStates[subject]?.selected ?? 0, all.count - 1))]
  }

  /// Goes to another view, and around at the end.
  mutating func selectView(by places: Int) {
    guard let subject = shownSubject else { return }
    let count = views(of: subject).count
    guard count > 0 else { return }
    var state = viewStates[subject] ?? ViewsState()
    state.selected = ((min(state.selected, count - 1) + places) % count + count) % count
    state.scroll = ViewScroll()
    viewStates[subject] = state
  }

  /// Goes to another view; scrolls one that is large.
  mutating func moveView(down rows: Int) { moveView(rows, isDown: true) }

  /// Goes to another view; scrolls one that is large.
  mutating func moveView(right columns: Int) { moveView(columns, isDown: false) }

  private mutating func moveView(_ places: Int, isDown: Bool) {
    guard let subject = shownSubject, let view = selectedView else { return }
    var state = viewStates[subject] ?? ViewsState()
    let isScrolled = state.isZoomed || shownViews.count == 1
    if isScrolled, isDown {
      state.scroll.row = max(0, min(view.extent.rows - 1, state.scroll.row + places))
    } else if isScrolled {
      state.scroll.column = max(0, min(view.extent.columns - 1, state.scroll.column + places))
    } else {
      let step = isDown && isGrid ? 2 * places : places
      let last = shownViews.count - 1
      state.selected = max(0, min(last, min(state.selected, last) + step))
      state.scroll = ViewScroll()
    }
    viewStates[subject] = state
  }

  /// Whether views lie beside each other, so that down is two further.
  private var isGrid: Bool {
    let size = memory.size
    let body = Rect(row: 1, column: 0, rows: size.rows - 5, columns: size.columns)
    let layout = ViewsLayout(body: body, views: shownViews, selected: 0, isZoomed: false)
    return layout.list == nil && layout.strip == nil && layout.areas.count > 1
  }

  /// Gives the selected view the whole screen, or shows the others again.
  mutating func toggleView() {
    guard let subject = shownSubject else { return }
    var state = viewStates[subject] ?? ViewsState()
    state.isZoomed.toggle()
    state.scroll = ViewScroll()
    viewStates[subject] = state
  }
}
