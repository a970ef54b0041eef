import Runs
import Terminal

// MARK: - Dials of the run

extension Desk {
  /// What of the model may be changed while it trains.
  var dials: [Dial] { run.description?.dials ?? [] }

  /// The value of a dial: the one on its way, the newest known, or that of the start.
  func value(ofDial index: Int) -> Double {
    guard dials.indices.contains(index) else { return .nan }
    if let asked = control.pendingDial(dials[index].name) { return asked }
    let known = run.snapshot.dials
    return known.indices.contains(index) ? known[index] : dials[index].start
  }

  /// Why no dial can be turned.
  var whyNotDials: String? {
    whyNotTraining ?? (dials.isEmpty ? "this model has no dials" : nil)
  }

  /// The index of the dial of this name.
  func index(ofDial name: String) throws(CommandLineError) -> Int {
    let names = dials.map(\.name)
    guard let index = names.firstIndex(of: name) else {
      throw .unknownName(kind: "dial", name: name, near: nearest(to: name, in: names))
    }
    return index
  }
}

/// A line of names, values and ranges of dials; the selected one is marked and kept in view.
struct DialLine {
  /// A dial as it stands.
  struct Entry {
    var dial: Dial
    var value: Double
    /// Whether the value is on its way to the engine.
    var isPending: Bool
  }

  let entries: [Entry]
  let selected: Int

  func draw(in area: Rect, on canvas: inout Canvas) {
    let room = area.size.columns - 10
    let whole = entries.indices.map { spans(ofDial: $0, withRange: true) }
    // Where not all ranges have room only that of the selected dial is given.
    let shown =
      Self.width(whole.joined()) <= room
      ? whole : entries.indices.map { spans(ofDial: $0, withRange: $0 == selected) }
    let widths = shown.map { Self.width($0) }
    var first = selected
    var used = widths[first]
    while first > 0, used + widths[first - 1] <= room {
      first -= 1
      used += widths[first]
    }
    let start = canvas.write(
      [Span("dials ", .title), Span(first > 0 ? "‹" : " ", .hint)], row: area.row,
      column: area.column + 1)
    canvas.write(
      Array(shown[first...].joined()), row: area.row, column: area.column + 1 + start,
      limit: area.size.columns - 2 - start)
  }

  private static func width(_ spans: some Sequence<Span>) -> Int {
    spans.reduce(0) { $0 + columnsTaken(by: $1.text) }
  }

  private func spans(ofDial index: Int, withRange: Bool) -> [Span] {
    let entry = entries[index]
    let dial = entry.dial
    let isSelected = index == selected
    return [
      Span(isSelected ? ">" : " ", .hint),
      Span(fit(dial.name, into: 20), style: isSelected ? .bold : .plain),
      Span(entry.isPending ? " ~" : " "),
      Span(
        dialText(entry.value), style: Style(entry.isPending ? .warning : .title, bold: true)),
      Span(withRange ? " \(dialText(dial.least))…\(dialText(dial.most))  " : "  ", .dim),
    ]
  }
}

/// A dial's value without zeros that say nothing.
func dialText(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : lossText(value) }
  return abs(value) < 0.001 || abs(value) >= 100_000
    ? abbreviated(value) : trimmed(fixed(value, abs(value) < 1 ? 4 : 2))
}

extension Dial {
  /// The value a step further: twice or half of it; of ranges that go below 0 a twentieth.
  ///
  /// Down from what is nearly nothing lies the least value, and up from it the least that counts.
  func next(from value: Double, isUp: Bool) -> Double {
    guard least >= 0 else {
      let step = (most - least) / 20
      return min(most, max(least, value + (isUp ? step : -step)))
    }
    let smallest = max(least, (start > 0 ? start : most) / 1024)
    let wanted = isUp ? max(smallest, value * 2) : value / 2
    return wanted < smallest ? least : min(most, wanted)
  }
}
