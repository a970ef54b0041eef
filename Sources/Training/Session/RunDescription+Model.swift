import Datasets
import Models
import Runs

extension RunDescription {
  /// Adds what only the built model knows: the tasks' parts in it, and what is trained of each.
  mutating func addModel(of trainer: Trainer, _ configuration: TrainingConfiguration) {
    facts.roles += trainer.roles.sentences
    for (name, value) in configuration.advisedOptions.sorted(by: { $0.key < $1.key })
    where configuration.modelOptions[name] == value {
      facts.roles.append("model.\(name)=\(value), as is advised for \(model) on these data")
    }
    facts.notices += trainer.roles.notices
    let order = WindowOrder(
      rows: trainingRows, windowRows: configuration.window, seed: configuration.seed)
    if let notice = order.notice { facts.notices.append(notice) }
    let own = ModelRegistry.entries.first { $0.name == configuration.model }?.ownRule
    if let notice = own?.notice(model: model, followed: configuration.optimizer.rule) {
      facts.notices.append(notice)
    }
    for task in tasks.indices {
      tasks[task].declaredAnswer = trainer.tasks[task].declaredAnswer
      tasks[task].lossName = trainer.lossNames[task]
      guard !trainer.isCalibrated[task] else { continue }
      let bias = trainer.tasks[task].labelSmoothing > 0 ? "are drawn towards ½ and " : ""
      facts.notices.append(
        "\(tasks[task].name) trains with a \(tasks[task].lossName): its answers \(bias)are no "
          + "probabilities, and their log loss and calibration say little (its AUC does)")
    }
  }
}
