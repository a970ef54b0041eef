import Datasets

/// Names of tasks that would be those of other parts of a model.
enum TaskNames {
  /// Says that a task has a name under which a model keeps parameters that are not the task's.
  static func check(
    _ tasks: [TaskDefinition], reserved name: String, of model: String
  ) throws(ModelError) {
    guard tasks.contains(where: { $0.name == name }) else { return }
    throw .unfitData(
      model: model, needs: "tasks of other names than its own parts",
      found: "a task named \(name)", fix: "rename the task in the schema")
  }
}
