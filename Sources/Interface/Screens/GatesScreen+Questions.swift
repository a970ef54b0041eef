import Runs
import Terminal

// What the gates screen asks about experts: the scores of all rows without one, or without each.
extension GatesScreen {
  static let questionActions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "matrix", form: "[wait|go-on]", keys: keys("X"),
      hint: "each expert", hintNow: { _, desk in desk.isScoring ? "give up" : nil },
      summary: "score without each expert", whyNot: whyNotKnockOut
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.askForMatrix(invocation, &desk)
    },
    ScreenAction(
      name: "knock out", form: "[EXPERT…]", keys: keys("x"),
      hint: "without it",
      summary: "score without the expert", whyNot: whyNotKnockOut
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.knockOut(invocation, &desk)
    },
  ]

  private static let whyNotKnockOut: @Sendable (Self, Desk) -> String? = { _, desk in
    desk.whyNotAsking
      ?? (desk.run.expertNames.isEmpty ? "the model has no experts to leave out" : nil)
  }

  /// Asks for the scores without each expert, and gives them up where they are being worked out.
  ///
  /// While the run trains a person chooses whether training waits.
  private mutating func askForMatrix(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    if invocation.words == nil, desk.isScoring { return [.send(.cancel)] }
    showMean()
    guard let word = invocation.words?.first else {
      // Where nothing trains there is nothing to choose.
      guard desk.run.isMoving else { return [.send(.knockOutAll(.waits))] }
      desk.mode = .choice(
        Choice(
          asked: AskedAction(action: "matrix"), title: "training meanwhile",
          names: TrainingMeanwhile.allCases.map(\.rawValue), selected: 0))
      return []
    }
    guard let meanwhile = TrainingMeanwhile(rawValue: word) else {
      throw .usage("matrix wait|go-on", found: word)
    }
    return [.send(.knockOutAll(meanwhile))]
  }
}

// MARK: - One expert

extension GatesScreen {
  /// Asks for the scores without an expert: the typed one, or the selected one.
  mutating func knockOut(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let names = desk.run.expertNames
    var left = selectedExpert(desk)
    if let words = invocation.words, !words.isEmpty {
      let typed = words.joined(separator: " ")
      guard let named = names.firstIndex(of: typed) ?? wholeNumber(typed),
        names.indices.contains(named)
      else {
        throw .unknownName(kind: "expert", name: typed, near: nearest(to: typed, in: names))
      }
      left = named
      let members = selectedGate(of: desk.run)?.members ?? []
      expert = members.firstIndex { $0.index == named } ?? expert
    } else if mode == .example {
      leaveOutOfRow(left, &desk)
      return []
    }
    guard names.indices.contains(left) else { return [] }
    mode = .mean
    desk.say("scoring the validation rows without \(names[left])")
    return [.send(.knockOut(left))]
  }
}

extension Desk {
  /// The inputs of the row that is shown.
  var inputs: [ExampleView.Input] { shown.snapshot.example?.inputs ?? [] }

  /// Their names, or those that are known before a row is.
  var inputNames: [String] {
    inputs.isEmpty ? run.description?.categoricalColumns ?? [] : inputs.map(\.name)
  }

  /// Whether experts are being left out one by one.
  var isScoring: Bool { run.snapshot.question?.matrix != nil }

  /// The orders of rows that there are.
  var exampleOrders: [ExampleOrder] {
    let losses = run.taskNames.map { ExampleOrder.loss($0) }
    return [.file] + losses + (losses.count > 1 ? [.disagreement] : [])
      + inputNames.map { .column($0) }
  }

  /// Rows of the validation split, as far as known.
  var exampleRows: Int {
    run.snapshot.example?.ordering.rows ?? run.description?.validationRows ?? 0
  }
}
