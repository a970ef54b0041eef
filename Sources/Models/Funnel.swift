import Datasets

/// Two tasks of which the second can only happen where the first has: a click, and a conversion.
struct Funnel: Sendable {
  /// The place of the first task.
  let click: Int
  /// The place of the second task.
  let conversion: Int

  /// The tasks of these names; by default the first binary one, and the first binary one beside it.
  ///
  /// The tasks must have passed the check.
  init(click: String?, conversion: String?, of tasks: [TaskDefinition]) {
    let binary = tasks.indicesWithClasses
    func named(_ name: String) -> Int? { binary.first { tasks[$0].name == name } }
    let other = conversion.flatMap(named)
    guard let first = click.flatMap(named) ?? binary.first(where: { $0 != other }),
      let second = other ?? binary.first(where: { $0 != first }), first != second
    else { preconditionFailure("no click and conversion among \(tasks.map(\.name))") }
    self.click = first
    self.conversion = second
  }

  /// Says why there are no such two tasks.
  static func check(
    click: String?, conversion: String?, of model: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    let binary = tasks.indicesWithClasses.map { tasks[$0].name }
    guard binary.count >= 2 else {
      throw .unfitData(
        model: model, needs: "two binary tasks, the click and the conversion",
        found: binary.first.map { "one binary task: \(printable($0))" } ?? "no binary task",
        fix: "choose another model, or add a binary task to the schema")
    }
    for (option, choice) in [("click", click), ("conversion", conversion)] {
      guard let choice, !binary.contains(choice) else { continue }
      throw .badValue(
        model: model, option: option, found: printable(choice),
        expected: "auto or a binary task of the data: "
          + binary.map(printable).joined(separator: ", "))
    }
    guard let click, click == conversion else { return }
    throw .badValue(
      model: model, option: "conversion", found: printable(click),
      expected: "auto or another task than the click")
  }
}
