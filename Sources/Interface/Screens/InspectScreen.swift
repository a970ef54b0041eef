import Runs
import Terminal

/// What a system has beyond its gates, and the dials that change it while it trains.
struct InspectScreen: Screen {
  let title = "Inspect"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  private var views = ViewsPane(of: .model)
  /// The selected dial.
  private var dial = 0

  func isEmpty(_ desk: Desk) -> Bool {
    desk.run.description.map { !$0.subjects.contains(.model) && $0.dials.isEmpty } ?? false
  }

  func hints(_ desk: Desk) -> [String] {
    let dials = desk.whyNotDials == nil ? ["dial", "dial up", "dial down", "next dial"] : []
    return views.hints(desk) + dials + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("█▓▒░", "large to small"), .init("▏", "the value that is aimed at"),
      .init("‹ ›", "more at this side"), .init("~", "a change is on its way"),
    ]
  }

  func filter(_ desk: Desk) -> String? { views.filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { views.setFilter(text) }

  func wants(_ desk: Desk) -> WantedViews { views.wanted }

  func files(_ desk: Desk) -> [ExportedFile] { views.files(desk) }

  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    views.move(move, desk)
    return []
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let (top, below) = body.splitTop(body.size.rows - (desk.dials.isEmpty ? 0 : 1))
    if !desk.dials.isEmpty {
      let entries = desk.dials.indices.map { index in
        DialLine.Entry(
          dial: desk.dials[index], value: desk.value(ofDial: index),
          isPending: desk.control.pendingDial(desk.dials[index].name) != nil)
      }
      DialLine(entries: entries, selected: selectedDial(desk)).draw(in: below, on: &canvas)
    }
    views.draw(desk, in: top, empty: ("inside the model", emptyWords(desk)), on: &canvas)
  }

  /// The index of the selected dial.
  private func selectedDial(_ desk: Desk) -> Int { max(0, min(dial, desk.dials.count - 1)) }

  private func emptyWords(_ desk: Desk) -> [String] {
    let isComing = desk.run.description?.subjects.contains(.model) == true
    if !isComing, desk.whyNotDials == nil {
      let name = desk.run.description?.modelTitle ?? "This model"
      return [
        "\(name) has dials, in the line below: + and - turn one, ] selects the next, i types it.",
        "It declares nothing else to show here.", desk.run.elsewhere(than: .model),
      ]
    }
    return desk.run.emptyWords(of: .model)
  }
}

// MARK: - Dials

extension InspectScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "dial", form: "NAME [X]",
      keys: keys("i", "#"),
      hint: "dial", summary: "type a dial's value", staysHere: true, whyNot: whyNotDials
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.setDial(invocation, &desk)
    },
    ScreenAction(
      name: "dial up", keys: keys("+", "="), hint: "more",
      summary: "turn the dial up", staysHere: true, whyNot: whyNotDials
    ) { screen, desk, _ in screen.turnDial(up: true, desk) },
    ScreenAction(
      name: "dial down", keys: keys("-"), hint: "less",
      summary: "turn the dial down", staysHere: true, whyNot: whyNotDials
    ) { screen, desk, _ in screen.turnDial(up: false, desk) },
    ScreenAction(
      name: "next dial", keys: keys("]", "}"),
      hint: "next dial", summary: "next dial", staysHere: true, whyNot: whyNotDials
    ) { screen, desk, _ in
      screen.selectDial(by: 1, &desk)
      return []
    },
    ScreenAction(
      name: "previous dial", keys: keys("[", "{"),
      summary: "previous dial", staysHere: true, whyNot: whyNotDials
    ) { screen, desk, _ in
      screen.selectDial(by: -1, &desk)
      return []
    },
  ]

  private static let whyNotDials: @Sendable (Self, Desk) -> String? = { _, desk in
    desk.whyNotDials
  }

  /// Sets a dial to the typed value; without one asks for it.
  private func setDial(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    var index = selectedDial(desk)
    if let name = words.first { index = try desk.index(ofDial: name) }
    let dial = desk.dials[index]
    let (least, most) = (dialText(dial.least), dialText(dial.most))
    guard words.count > 1 else {
      desk.mode = .prompt(
        Prompt(
          asked: AskedAction(action: "dial", words: [dial.name]),
          title: "\(dial.name) (\(least) to \(most)): ",
          editor: LineEditor(proposing: dialText(desk.value(ofDial: index)))))
      return []
    }
    guard let value = Double(words[1]), dial.range.contains(value) else {
      throw .usage("dial \(dial.name) X, with X from \(least) to \(most)", found: words[1])
    }
    return [.send(.setDial(dial.name, value))]
  }

  /// Turns the selected dial by a step.
  private func turnDial(up isUp: Bool, _ desk: Desk) -> [Effect] {
    let index = selectedDial(desk)
    let dial = desk.dials[index]
    return [.send(.setDial(dial.name, dial.next(from: desk.value(ofDial: index), isUp: isUp)))]
  }

  /// Selects another dial, and the first after the last.
  private mutating func selectDial(by places: Int, _ desk: inout Desk) {
    let count = desk.dials.count
    dial = (selectedDial(desk) + places + count) % count
    desk.say(desk.dials[dial].summary)
  }
}
