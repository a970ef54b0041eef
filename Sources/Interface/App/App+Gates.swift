import Runs

// What the gates screen shows.
extension App {
  /// Why there is nothing to show on the gates screen.
  var whyNotGates: String? {
    guard run.description != nil else { return "the data are still being read" }
    return nil
  }

  /// The gates' names, from the newest numbers.
  var gateNames: [String] { run.snapshot.gates.map(\.name) }

  mutating func showGates(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    screen = .gates
    gates.scroll = 0
    guard let word = invocation.words?.first else {
      if invocation.words == nil { gates.mode = gates.mode.next }
      return []
    }
    guard let mode = GatesState.Mode(rawValue: word) else {
      throw .usage("gates mean|segment|example", found: word)
    }
    gates.mode = mode
    return []
  }

  mutating func chooseSegments(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let columns = run.description?.categoricalColumns ?? []
    if let word = invocation.words?.first {
      guard columns.contains(word) else {
        throw .unknownName(kind: "column", name: word, near: nearest(to: word, in: columns))
      }
      showSegments(of: word)
      return []
    }
    guard !columns.isEmpty else {
      say("the data have no categorical column to make segments of", .warning)
      return []
    }
    let place = columns.firstIndex { $0 == segmentColumn } ?? 0
    mode = .choice(Choice(title: "segments by column", names: columns, selected: place))
    return []
  }

  /// Shows gates by the values of a column.
  mutating func showSegments(of column: String) {
    screen = .gates
    gates.mode = .segment
    gates.column = column
    gates.scroll = 0
  }

  /// Rows of the validation split, as far as known.
  private var exampleRows: Int {
    run.snapshot.example?.rows ?? run.description?.validationRows ?? 0
  }

  mutating func moveExample(by rows: Int) -> [Effect] {
    guard gates.mode == .example else { return show(row: gates.row) }
    return show(row: gates.row + rows)
  }

  mutating func showRandomExample() -> [Effect] {
    memory.random = memory.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let drawn = memory.random >> 33
    return show(row: Int(drawn % UInt64(max(1, exampleRows))))
  }

  mutating func showExample(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    guard let word = invocation.words?.first else {
      let last = max(0, exampleRows - 1)
      mode = .prompt(
        Prompt(purpose: .row, title: "row (0 to \(last)): ", editor: LineEditor()))
      return []
    }
    switch word {
    case "next": return moveExample(by: 1)
    case "previous": return moveExample(by: -1)
    case "random": return showRandomExample()
    default: break
    }
    guard let row = wholeNumber(word), row < max(1, exampleRows) else {
      throw .usage("example ROW, a number from 0 to \(max(0, exampleRows - 1))", found: word)
    }
    return show(row: row)
  }

  private mutating func show(row: Int) -> [Effect] {
    screen = .gates
    gates.mode = .example
    gates.row = max(0, min(row, exampleRows - 1))
    return []
  }

  /// Why there is no expert to leave out.
  var whyNotKnockOut: String? {
    whyNotAsking ?? (run.expertNames.isEmpty ? "the model has no experts to leave out" : nil)
  }

  /// Asks for the scores without an expert: the typed one, or the selected one.
  mutating func knockOut(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let names = run.expertNames
    var place = max(0, min(gates.expert, names.count - 1))
    if let word = invocation.words?.first {
      guard let named = names.firstIndex(of: word) ?? wholeNumber(word),
        names.indices.contains(named)
      else {
        throw .unknownName(kind: "expert", name: word, near: nearest(to: word, in: names))
      }
      place = named
    }
    screen = .gates
    gates.mode = .mean
    gates.expert = place
    say("scoring the validation rows without \(names[place])")
    return [.send(.knockOut(place))]
  }

  mutating func selectGate(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let names = gateNames
    guard let word = invocation.words?.first else {
      if !names.isEmpty { gates.gate = (gates.gate + 1) % names.count }
      return []
    }
    guard let place = names.firstIndex(of: word) else {
      throw .unknownName(kind: "gate", name: word, near: nearest(to: word, in: names))
    }
    screen = .gates
    gates.gate = place
    return []
  }
}

extension GatesState.Mode {
  /// The mode after this one.
  var next: Self {
    switch self {
    case .mean: .segment
    case .segment: .example
    case .example: .mean
    }
  }
}
