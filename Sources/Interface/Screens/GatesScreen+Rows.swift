import Runs
import Terminal

// MARK: - Which row

extension GatesScreen {
  static let rowActions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "next example", keys: keys("n"), count: .most,
      hint: "next", summary: "next row", whyNot: whyNotGates
    ) { screen, desk, invocation in screen.moveExample(by: invocation.times, desk) },
    ScreenAction(
      name: "previous example", keys: keys("N"),
      count: .most, summary: "previous row", whyNot: whyNotGates
    ) { screen, desk, invocation in screen.moveExample(by: -invocation.times, desk) },
    ScreenAction(
      name: "random example", keys: keys("gr"), hint: "random",
      summary: "any row", whyNot: whyNotGates
    ) { screen, desk, _ in screen.showRandomExample(&desk) },
    ScreenAction(
      name: "example", form: "[ROW|next|previous|random]", keys: keys("#", "i"),
      hint: "row number", summary: "type a row's number", whyNot: whyNotGates
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.showExample(invocation, &desk)
    },
    ScreenAction(
      name: "what if", form: "[INPUT VALUE…]", keys: keys("I"), hint: "what if",
      summary: "change an input of the row",
      whyNot: { _, desk in
        desk.run.description == nil ? "the data are still being read" : nil
      }
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.askWhatIf(invocation, &desk)
    },
  ]

  /// The name of the input that is selected.
  func selectedInput(_ desk: Desk) -> String? {
    let inputs = desk.inputs.filter { $0.name.passes(filter) }
    return mode == .example && inputs.indices.contains(scroll) ? inputs[scroll].name : nil
  }

  /// Shows the gates on average.
  mutating func showMean() { mode = .mean }

  /// Shows single rows.
  mutating func showExamples() {
    if mode != .example { scroll = 0 }
    mode = .example
  }

  /// Shows the first row of an order.
  mutating func goToFirstRow() {
    showExamples()
    row = 0
  }

  mutating func moveExample(by rows: Int, _ desk: Desk) -> [Effect] {
    show(row: mode == .example ? row + rows : row, desk)
  }

  mutating func showRandomExample(_ desk: inout Desk) -> [Effect] {
    show(row: desk.draw(below: desk.exampleRows), desk)
  }

  mutating func showExample(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    guard let word = invocation.words?.first else {
      let last = max(0, desk.exampleRows - 1)
      desk.mode = .prompt(
        Prompt(
          asked: AskedAction(action: "example"),
          title:
            "\(asked.order == .file ? "row" : "place by \(asked.order.words)") (0 to \(last)): ",
          editor: LineEditor()))
      return []
    }
    switch word {
    case "next": return moveExample(by: 1, desk)
    case "previous": return moveExample(by: -1, desk)
    case "random": return showRandomExample(&desk)
    default: break
    }
    guard let row = wholeNumber(word), row < max(1, desk.exampleRows) else {
      throw .usage("example ROW, a number from 0 to \(max(0, desk.exampleRows - 1))", found: word)
    }
    return show(row: row, desk)
  }

  mutating func show(row wanted: Int, _ desk: Desk) -> [Effect] {
    mode = .example
    row = max(0, min(wanted, desk.exampleRows - 1))
    return []
  }
}

// MARK: - What if

extension GatesScreen {
  /// Asks for another value of the selected input, or takes the typed one.
  private mutating func askWhatIf(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let inputs = desk.inputs
    let words = invocation.words ?? []
    guard let column = words.first ?? selectedInput(desk) else {
      showExamples()
      return []
    }
    guard inputs.isEmpty || inputs.contains(where: { $0.name == column }) else {
      throw .unknownName(
        kind: "input", name: column, near: nearest(to: column, in: inputs.map(\.name)))
    }
    showExamples()
    guard words.count > 1 else {
      let value = inputs.first { $0.name == column }?.value ?? ""
      var prompt = Prompt(
        asked: AskedAction(action: "what if", words: [column]), title: "\(column) = ",
        editor: LineEditor(proposing: value))
      prompt.keepsBlanks = true
      desk.mode = .prompt(prompt)
      return []
    }
    asked.change = InputChange(
      column: column, text: words.dropFirst().joined(separator: " "))
    return []
  }

  /// Asks for an order of rows, or takes the typed one; `again` makes the same one anew.
  mutating func askForOrder(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let orders = desk.exampleOrders
    let typed = (invocation.words ?? []).joined(separator: " ")
    guard !typed.isEmpty else {
      let names = orders.map(\.words) + (asked.order == .file ? [] : ["again"])
      desk.mode = .choice(
        Choice(
          asked: AskedAction(action: "sort"), title: "rows by", names: names,
          selected: names.firstIndex(of: asked.order.words) ?? 0))
      return []
    }
    if typed == "again" {
      asked.sorting += 1
    } else {
      guard let order = orders.first(where: { $0.words == typed }) else {
        throw .usage("sort loss of TASK, disagreement, column NAME, as in the data", found: typed)
      }
      asked.order = order
    }
    goToFirstRow()
    return []
  }

  /// Leaves the selected expert out of the row, or takes it back.
  mutating func leaveOutOfRow(_ index: Int, _ desk: inout Desk) {
    asked.without = asked.without == index ? nil : index
    let name =
      desk.run.expertNames.indices.contains(index) ? desk.run.expertNames[index] : "E\(index)"
    desk.say(asked.without == nil ? "with all experts again" : "this row without \(name)")
  }
}
