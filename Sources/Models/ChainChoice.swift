import Datasets

/// In which order tasks follow each other: as a person says, else so that the rows of a later step
/// lie within those of an earlier one as far as the labels allow.
///
/// A task comes before another if fewer rows have the other alone than it alone. The steps are
/// ordered by how many tasks they come before; what is left open is as in the schema.
struct ChainChoice {
  /// The places of the steps, the first one first.
  let steps: [Int]
  /// What a person should know of it.
  private(set) var roles = TaskRoles()

  private let tasks: [TaskDefinition]
  private let labels: LabelPairs

  /// Orders all binary tasks, or takes the steps that are given.
  init(_ given: [Int]?, of tasks: [TaskDefinition], by labels: LabelPairs) {
    self.tasks = tasks
    self.labels = labels
    let binary = tasks.indicesWithClasses
    steps =
      given
      ?? binary.sorted { a, b in
        (-labels.laterTasks(than: a), a) < (-labels.laterTasks(than: b), b)
      }
    let names = steps.map { tasks[$0].name }.joined(separator: ", ")
    let isTold = zip(steps, steps.dropFirst()).contains { labels.isFirst($0, before: $1) != nil }
    let found = isTold ? "by the labels" : "as the schema has it"
    roles.sentences = [
      "the chain is \(names), " + (given == nil ? "\(found) (model.chain sets it)" : "as set")
    ]
    for (earlier, later) in zip(steps, steps.dropFirst()) {
      roles.notices += notices(earlier, later, isSet: given != nil)
    }
  }

  private func notices(_ earlier: Int, _ later: Int, isSet: Bool) -> [String] {
    let found = labels.counts(of: earlier, with: later)
    let (first, second) = (tasks[earlier].name, tasks[later].name)
    var notices: [String] = []
    if found.secondAlone > 0 {
      let share = Double(found.secondAlone) / Double(found.both + found.secondAlone)
      let rows =
        "\(found.secondAlone) of \(found.rows) rows \(found.secondAlone == 1 ? "has" : "have") "
        + "\(second)=1 and \(first)=0"
      notices.append(
        share > FunnelChoice.tolerance
          ? "labels are no chain: \(rows), and the calibrator holds \(second) below \(first) all "
            + "the same; model.chain chooses other steps"
          : "labels are a chain but for a few: \(rows)")
    }
    if !isSet, labels.isFirst(earlier, before: later) == nil {
      notices.append(
        "the labels do not tell which of \(first) and \(second) comes first: set it with "
          + "model.chain")
    }
    return notices
  }
}
