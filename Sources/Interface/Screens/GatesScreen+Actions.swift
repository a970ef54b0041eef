import Runs
import Terminal

// What can be done on the gates screen.
extension GatesScreen {
  func names(_ desk: Desk) -> [NameKind: [String]] {
    desk.run.description == nil ? [:] : [.order: desk.exampleOrders.map(\.words) + ["again"]]
  }

  static let actions: [ScreenAction<Self>] =
    [
      ScreenAction(
        name: "gates", form: "[mean|segment|example]", keys: keys("m"),
        hint: "mean/segment/example",
        summary: "mean, segment or example", whyNot: whyNotGates
      ) { screen, desk, invocation throws(CommandLineError) in
        try screen.showGates(invocation, &desk)
      },
      ScreenAction(
        name: "segment", form: "[COLUMN]", keys: keys("C"),
        hint: "column",
        summary: "choose the column", whyNot: whyNotGates
      ) { screen, desk, invocation throws(CommandLineError) in
        try screen.chooseSegments(invocation, &desk)
      },
      ScreenAction(
        name: "sort", form: "[ORDER]", keys: keys("<", ">"), hint: "sort",
        summary: "another order", whyNot: whyNotGates
      ) { screen, desk, invocation throws(CommandLineError) in
        guard screen.mode != .example, invocation.words ?? [] == [] else {
          return try screen.askForOrder(invocation, &desk)
        }
        screen.order = screen.order == .divergence ? .count : .divergence
        screen.scroll = 0
        return []
      },
      ScreenAction(
        name: "expert right", keys: keys(")"), count: .most,
        summary: "next expert", whyNot: whyNotGates
      ) { screen, desk, invocation in
        screen.moveExpert(by: invocation.times, desk)
        return []
      },
      ScreenAction(
        name: "expert left", keys: keys("("), count: .most,
        summary: "previous expert", whyNot: whyNotGates
      ) { screen, desk, invocation in
        screen.moveExpert(by: -invocation.times, desk)
        return []
      },
      ScreenAction(
        name: "gate", form: "[GATE…]", keys: keys("}"),
        summary: "next gate", whyNot: whyNotGates
      ) { screen, desk, invocation throws(CommandLineError) in
        try screen.selectGate(invocation, &desk)
      },
      ScreenAction(
        name: "pick gate", keys: keys("ga"), hint: "all gates", summary: "choose from a list",
        whyNot: { _, desk in desk.run.snapshot.gates.isEmpty ? "there are no gates" : nil }
      ) { screen, desk, _ in
        let names = desk.run.snapshot.gates.map(\.name)
        let selected = max(0, min(screen.gate, names.count - 1))
        desk.mode = .choice(
          Choice(
            asked: AskedAction(action: "gate"), title: "gate", names: names, selected: selected))
        return []
      },
    ] + questionActions + rowActions

  static let whyNotGates: @Sendable (Self, Desk) -> String? = { _, desk in
    desk.run.description == nil ? "the data are still being read" : nil
  }

  fileprivate mutating func showGates(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    scroll = 0
    guard let word = invocation.words?.first else {
      if invocation.words == nil { mode = mode.next }
      return []
    }
    guard let wanted = Mode(rawValue: word) else {
      throw .usage("gates mean|segment|example", found: word)
    }
    mode = wanted
    return []
  }

  fileprivate mutating func chooseSegments(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let columns = desk.run.rankedColumns(for: selectedGate(of: desk.run)?.name)
    if let word = invocation.words?.first {
      guard columns.contains(word) else {
        throw .unknownName(kind: "column", name: word, near: nearest(to: word, in: columns))
      }
      showSegments(of: word)
      return []
    }
    guard !columns.isEmpty else {
      desk.say("the data have no column to make segments of", .warning)
      return []
    }
    let shown = columns.firstIndex { $0 == segmentColumn(desk) } ?? 0
    desk.mode = .choice(
      Choice(
        asked: AskedAction(action: "segment"), title: "segments by column", names: columns,
        selected: shown))
    return []
  }

  /// Shows gates by the values of a column.
  private mutating func showSegments(of wanted: String) {
    mode = .segment
    column = wanted
    scroll = 0
  }

  fileprivate mutating func selectGate(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let names = desk.run.snapshot.gates.map(\.name)
    let typed = (invocation.words ?? []).joined(separator: " ")
    guard !typed.isEmpty else {
      if !names.isEmpty { gate = (gate + 1) % names.count }
      return []
    }
    guard let index = names.firstIndex(of: typed) else {
      throw .unknownName(kind: "gate", name: typed, near: nearest(to: typed, in: names))
    }
    gate = index
    return []
  }
}

extension GatesScreen.Mode {
  /// The mode after this one.
  fileprivate var next: Self {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}
