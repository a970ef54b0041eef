import Runs

// What changes the dials of a model.
extension App {
  /// Why no dial can be turned.
  var whyNotDials: String? {
    whyNotTraining ?? (dials.isEmpty ? "this model has no dials" : nil)
  }

  /// The place of the dial of this name.
  func place(ofDial name: String) throws(CommandLineError) -> Int {
    let names = dials.map(\.name)
    guard let place = names.firstIndex(of: name) else {
      throw .unknownName(kind: "dial", name: name, near: nearest(to: name, in: names))
    }
    return place
  }

  /// Sets a dial to the typed value; without one asks for it.
  mutating func setDial(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    var place = selectedDial
    if let name = words.first { place = try self.place(ofDial: name) }
    let dial = dials[place]
    guard words.count > 1 else {
      let (least, most) = (dialText(dial.least), dialText(dial.most))
      mode = .prompt(
        Prompt(
          purpose: .dial(name: dial.name), title: "\(dial.name) (\(least) to \(most)): ",
          editor: LineEditor(proposing: dialText(value(ofDial: place)))))
      return []
    }
    guard let value = Double(words[1]), dial.range.contains(value) else {
      let (least, most) = (dialText(dial.least), dialText(dial.most))
      throw .usage("dial \(dial.name) X, with X from \(least) to \(most)", found: words[1])
    }
    return [.send(.setDial(dial.name, value))]
  }

  /// Turns the selected dial by a step.
  func turnDial(up isUp: Bool) -> [Effect] {
    let dial = dials[selectedDial]
    let value = dial.next(from: value(ofDial: selectedDial), isUp: isUp)
    return [.send(.setDial(dial.name, value))]
  }

  /// Selects another dial, and the first after the last.
  mutating func selectDial(by places: Int) {
    var state = viewStates[.model] ?? ViewsState()
    state.dial = (selectedDial + places + dials.count) % dials.count
    viewStates[.model] = state
    say(dials[state.dial].summary)
  }
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
