import Datasets
import Models
import Runs

/// A run of a model that is trained by gradients: what the parts of its loop share.
final class TrainedRun {
  let run: TrainingRun
  let dataset: Dataset
  let trainer: Trainer
  let lottery: Lottery?
  var inspector: Inspector
  /// Sentences that a person was told once.
  private var said: Set<String> = []

  init(_ run: TrainingRun, dataset: Dataset, trainer: Trainer) {
    self.run = run
    self.dataset = dataset
    self.trainer = trainer
    lottery = Lottery(
      trainer, tasks: dataset.tasks.map(\.name), epochs: run.configuration.epochs)
    inspector = Inspector(dataset: dataset, trainer: trainer, lottery: lottery)
  }

  /// What a person is told of the run before its first step.
  func describe(_ entry: ModelEntry) -> RunDescription {
    var description = run.describe(
      entry, dataset, parameterCount: trainer.store.parameterCount)
    description.dials = trainer.dials
    description.subjects = trainer.subjects
    description.addModel(of: trainer, run.configuration)
    if let lottery { description.epochs = lottery.epochs }
    description.experts = inspector.directory.experts
    return description
  }

  /// Adds an event that must not be lost.
  func tell(_ event: Event) { run.session.events.append(event) }

  /// Says something.
  func notice(_ sentence: String) { tell(.noticed(sentence, step: trainer.step)) }

  /// Says something once.
  func sayOnce(_ sentence: String) {
    guard said.insert(sentence).inserted else { return }
    notice(sentence)
  }

  /// Scores answers as the model means them and as the run chooses.
  var scorer: Scorer {
    var scorer = trainer.scorer
    scorer.keep = run.configuration.keep
    return scorer
  }
}
