import Runs
import Terminal

// The dials of the model: what may be changed of it while it trains.
extension App {
  /// What of the model may be changed.
  var dials: [Dial] { run.description?.dials ?? [] }

  /// The place of the selected dial.
  var selectedDial: Int {
    max(0, min(viewStates[.model]?.dial ?? 0, dials.count - 1))
  }

  /// The value of a dial: the one on its way, the newest known, or that of the start.
  func value(ofDial place: Int) -> Double {
    guard dials.indices.contains(place) else { return .nan }
    if let asked = control.pendingDial(dials[place].name) { return asked }
    let known = run.snapshot.dials
    return known.indices.contains(place) ? known[place] : dials[place].start
  }

  /// A line of names, values and ranges; the selected one is marked and kept in view.
  func drawDials(in area: Rect, on canvas: inout Canvas) {
    let entries = dials.indices.map(spans)
    let widths = entries.map { entry in entry.reduce(0) { $0 + columnsTaken(by: $1.text) } }
    let room = area.size.columns - 10
    var first = selectedDial
    var used = widths[first]
    while first > 0, used + widths[first - 1] <= room {
      first -= 1
      used += widths[first]
    }
    let start = canvas.write(
      [Span("dials ", .title), Span(first > 0 ? "‹" : " ", .hint)], row: area.row,
      column: area.column + 1)
    canvas.write(
      Array(entries[first...].joined()), row: area.row, column: area.column + 1 + start,
      limit: area.size.columns - 2 - start)
  }

  private func spans(ofDial place: Int) -> [Span] {
    let dial = dials[place]
    let isSelected = place == selectedDial
    let isPending = control.pendingDial(dial.name) != nil
    return [
      Span(isSelected ? ">" : " ", .hint),
      Span(fit(dial.name, into: 20), style: isSelected ? .bold : .plain),
      Span(isPending ? " ~" : " "),
      Span(dialText(value(ofDial: place)), style: Style(isPending ? .warning : .title, bold: true)),
      Span(" \(dialText(dial.least))…\(dialText(dial.most))  ", .dim),
    ]
  }
}

/// A dial's value without zeros that say nothing.
func dialText(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : lossText(value) }
  return abs(value) < 0.001 || abs(value) >= 100_000
    ? abbreviated(value) : trimmed(fixed(value, abs(value) < 1 ? 4 : 2))
}
