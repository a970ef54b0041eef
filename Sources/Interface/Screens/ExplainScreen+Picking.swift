import Runs
import Terminal

/// The item that stays on screen 9, however the order of the items changes.
struct ItemPin: Sendable, Equatable {
  /// The item's name, as the data have it.
  let item: String
  /// Where it stood when it was pinned, from 0; nil where it stood in no place, or that was not known.
  var place: Int?
  /// The step at which it stood there.
  var step: Int?
  /// Whether a person picked it: else it is the one that came first when its user was shown.
  var isPicked: Bool
}

// An evaluation later another item may come first: what is read must not change under who reads it. The
// item that is shown is pinned by its name, and says where it stands just now. A person may let it go;
// then the place is followed, whichever item stands there.
extension ExplainScreen {
  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    switch news {
    case .explained: pinFirst(desk)
    case .began:
      // The next system is asked about the same pair, where a person picked it.
      if pin?.isPicked != true { letGo() }
    case .shown: desk.tour.note(.reasons)
    case .opened, .refused: break
    }
  }

  /// Pins the item that came first when its user was shown.
  private mutating func pinFirst(_ desk: Desk) {
    guard !follows, case .first = wish.item, let view = view(desk), view.wish == wish,
      let item = view.item
    else { return }
    pin(
      ItemPin(
        item: item.name, place: view.standing?.place, step: view.step, isPicked: false))
  }

  /// Shows an item from now on.
  mutating func pin(_ pin: ItemPin) {
    self.pin = pin
    follows = false
    wish.item = .named(pin.item)
  }

  /// Shows what comes first, until it is known which item that is.
  mutating func letGo() {
    pin = nil
    wish.item = .first(0)
  }

  /// Pins the item that is shown, or follows the place in which it stands.
  mutating func togglePin(_ desk: inout Desk) {
    guard pin != nil else {
      guard let view = view(desk), let item = view.item else { return }
      pin(
        ItemPin(item: item.name, place: view.standing?.place, step: view.step, isPicked: true))
      return desk.say("item \(item.name) stays, wherever it stands")
    }
    // What stands in no place gives way to what comes first.
    let place = view(desk)?.standing?.place ?? 0
    pin = nil
    follows = true
    wish.item = .first(place)
    desk.say("place \(grouped(place + 1)) is followed, whichever item stands there")
  }

  /// Picks the item that stands so many lines below in the list.
  mutating func select(by lines: Int, _ desk: Desk) {
    guard let view = view(desk), !view.first.isEmpty else { return }
    let last = view.first.count - 1
    scrollToTop()
    guard view.isOf(wish.user) else {
      // The list is another user's still: what counts is the place, until it is known who stands there.
      if case .first(let place) = wish.item { wish.item = .first(max(0, min(place + lines, last))) }
      return
    }
    let listed = FirstItemsPanel.entries(view)
    let here = listed.firstIndex { $0.name == selected(view) } ?? -1
    // Behind the first ones there is no item below.
    guard here <= last || lines < 0 else { return }
    let place = max(0, min(here + lines, last))
    pin(
      ItemPin(item: view.first[place].name, place: place, step: view.step, isPicked: true))
  }

  /// The item that is explained, or is about to be.
  func selected(_ view: ExplanationView) -> String? { pin?.item ?? view.item?.name }

  /// Whether the item is pinned, and where it stands.
  func standingWords(_ view: ExplanationView) -> String {
    let now =
      view.standing.map { "place \(grouped($0.place + 1)) of \(grouped($0.count))" }
      ?? (view.split == "training" ? "in no place, as the user had it" : "in no place")
    // While another item is looked up, what is known is of the one before it.
    guard let pin, pin.item == view.item?.name else {
      guard follows, case .first(let place) = wish.item else { return now }
      return "follows place \(grouped(place + 1)): the item changes with the order"
    }
    guard let before = pin.place, let step = pin.step, before != view.standing?.place else {
      return "pinned, \(now)"
    }
    return "pinned, \(now) now, place \(grouped(before + 1)) at step \(grouped(step))"
  }
}
