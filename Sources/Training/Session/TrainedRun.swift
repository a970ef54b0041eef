import Datasets
import Graph
import Models
import Objectives
import Runs
import Tensors

/// A run of a model that is trained by gradients: what the parts of its loop share.
final class TrainedRun {
  let run: TrainingRun
  let dataset: Dataset
  let trainer: Trainer
  let lottery: Lottery?
  var inspector: Inspector
  /// What judges tasks that rows alone do not judge.
  let judges: Judges
  /// The run beside this one; nil: there is none.
  private(set) var shadow: ShadowRun?
  /// Sentences that a person was told once.
  private var said: Set<String> = []

  init(_ run: TrainingRun, dataset: Dataset, trainer: Trainer) {
    self.run = run
    self.dataset = dataset
    self.trainer = trainer
    judges = Judges(dataset)
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
    description.hasSharedGradients = trainer.hasSharedGradients
    description.addModel(of: trainer, run.configuration)
    if let lottery { description.epochs = lottery.epochs }
    description.experts = inspector.directory.experts
    return description
  }

  /// Adds an event that must not be lost.
  func tell(_ event: Event) { run.tell(event) }

  /// Says something.
  func notice(_ sentence: String) { tell(.noticed(sentence, step: trainer.step)) }

  /// Says something once; of sentences about the same only the first.
  func sayOnce(_ sentence: String, about subject: String? = nil) {
    guard said.insert(subject ?? sentence).inserted else { return }
    notice(sentence)
  }

  // MARK: - The shadow

  /// Begins a shadow without a task, in place of the one before.
  func beginShadow(without task: Int) -> Acknowledgement.Outcome {
    if let reason = ShadowRun.whyNot(trainer, without: task) { return .refused(reason) }
    return begin(.without(task))
  }

  /// Begins a shadow under another balancer, which fits the run, in place of the one before.
  func beginShadow(
    under balancer: BalancerSetting, for tasks: BalancedTasks
  ) -> Acknowledgement.Outcome {
    begin(.under(balancer, tasks))
  }

  private func begin(_ change: ShadowRun.Change) -> Acknowledgement.Outcome {
    do {
      shadow = try ShadowRun(of: trainer, change, search: lottery)
      return .applied
    } catch let error as BalancerError {
      return .refused(error.sentence)
    } catch {
      return .refused("the run cannot be copied: \(error)")
    }
  }

  /// Balances the shadow as a person has chosen for the main run; one that cannot be is given up aloud,
  /// since the main run has changed.
  func balanceShadow(by setting: BalancerSetting, for tasks: BalancedTasks) {
    guard let shadow else { return }
    do throws(BalancerError) {
      try shadow.balance(by: setting, for: tasks)
    } catch {
      self.shadow = nil
      notice("the shadow \(shadow.snapshot.change) is given up: \(error.sentence)")
    }
  }

  /// Gives up the shadow.
  func dropShadow() -> Acknowledgement.Outcome {
    guard shadow != nil else { return .refused("there is no shadow") }
    shadow = nil
    return .applied
  }

  /// Lets the shadow take the step that was just taken; one that cannot go on is given up aloud.
  func stepShadow(_ batch: Batch, rate: Double, seconds: Double) {
    guard let shadow, !shadow.step(batch, rate: rate, mainSeconds: seconds) else { return }
    let words = shadow.snapshot.change
    self.shadow = nil
    notice("the shadow \(words) cannot go on: no task of it is on, or a loss is no number")
  }

  /// Scores the shadow on the rows on which the run was just scored.
  func scoreShadow(beside evaluation: Evaluation?) {
    guard let shadow, let evaluation else { return }
    shadow.follow()
    let (scorer, rows) = (scorer, dataset.validation)
    let columns = shadow.trainer.outputs(for: rows)
    shadow.note(
      evaluation,
      scorer.evaluation(
        columns, rows, split: .validation, isOn: shadow.trainer.isOn,
        step: shadow.trainer.parameterStep, epoch: evaluation.epoch,
        judgements: judges.judgements(of: shadow.trainer, columns, .validation, writes: false)))
  }

  /// Ends an epoch of the shadow, too, whose search goes by its own scores.
  func endShadowEpoch(isScored: Bool) { shadow?.epochEnded(isScored: isScored) }

  /// Scores answers as the model means them and as the run chooses.
  var scorer: Scorer {
    var scorer = trainer.scorer
    scorer.keep = run.configuration.keep
    return scorer
  }
}

// MARK: - Saving

extension TrainedRun {
  /// Visits what was said once; a shadow is not saved.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    var sentences = said.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    try archive.value("said", &sentences)
    said = Set(sentences)
  }
}
