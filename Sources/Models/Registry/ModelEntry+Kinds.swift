public import Datasets
import Runs

extension ModelEntry {
  /// The tasks that it answers.
  ///
  /// - Throws: ``ModelError/unfitData(model:needs:found:fix:)`` where there is none.
  public func answered(_ tasks: [TaskDefinition]) throws(ModelError) -> [TaskDefinition] {
    let own = tasks.filter { kinds.contains($0.kind) }
    if own.isEmpty { try Self.check(tasks, areOf: kinds, model: name) }
    return own
  }

  /// The data set with the tasks that it answers alone, and a notice for each other one.
  ///
  /// - Throws: ``ModelError/unfitData(model:needs:found:fix:)`` where there is none.
  public func answered(_ dataset: Dataset) throws(ModelError) -> Dataset {
    _ = try answered(dataset.tasks)
    var own = dataset.keeping(kinds: kinds)
    own.notices += dataset.tasks.filter { !kinds.contains($0.kind) }.map {
      "\(printable($0.name)) is left out: \(name) has no answer that is \($0.answer.words.task)"
    }
    return own
  }

  /// Refuses tasks of kinds that a model does not answer.
  static func check(
    _ tasks: [TaskDefinition], areOf kinds: Set<LabelKind>, model: String
  ) throws(ModelError) {
    guard let task = tasks.first(where: { !kinds.contains($0.kind) }) else { return }
    let known = LabelKind.allCases.filter(kinds.contains).map { "`kind: \($0.rawValue)`" }
    throw .unfitData(
      model: model, needs: "tasks of \(known.joined(separator: ", "))",
      found: "task '\(printable(task.name))' of `kind: \(task.kind.rawValue)`",
      fix: "take a model of such tasks, or add one of these kinds to the schema")
  }
}
