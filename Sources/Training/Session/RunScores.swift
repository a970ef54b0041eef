import Datasets
import Foundation
import Graph
import Runs
import Tensors

/// Scores the rows of a run, keeps its best step, and says what scores do not say by themselves.
final class RunScores {
  private let subject: TrainedRun
  private(set) var keeper: ScoreKeeper
  /// Tasks whose answers are the same for all rows.
  private var constant = ConstantAnswers()

  init(_ subject: TrainedRun) {
    self.subject = subject
    keeper = ScoreKeeper(
      subject.run.configuration.keep, stop: subject.run.configuration.stop,
      store: subject.trainer.store)
  }

  private var run: TrainingRun { subject.run }
  private var dataset: Dataset { subject.dataset }
  private var trainer: Trainer { subject.trainer }

  /// Whether there are validation rows.
  var hasValidation: Bool { dataset.validation.count > 0 }

  /// Scores the validation rows and takes the scores into the choice of the kept step; nil where ranks are
  /// lost, whose answers are missing.
  func scoreValidation(at epoch: Double) -> Evaluation? {
    var evaluation = evaluate(dataset.validation, .validation, at: epoch) { answers in
      guard trainer.rankError == nil else { return }
      for notice in answers.notices(&constant, of: dataset.tasks, isOn: trainer.isOn) {
        subject.notice(notice)
      }
    }
    guard trainer.rankError == nil else { return nil }
    // Numbers of a search are not kept: only the joint training's are.
    if subject.lottery?.isJoint != false {
      keeper.consider(&evaluation)
    } else {
      keeper.show(evaluation)
    }
    subject.tell(.evaluated(evaluation))
    if let broken = evaluation.brokenAnswers { subject.sayOnce(broken) }
    let keep = run.configuration.keep
    for notice in keep.notices(of: evaluation, trainer.tasks, isOn: trainer.isOn) {
      subject.sayOnce(notice)
    }
    for found in evaluation.worseThanMean(isOn: trainer.isOn) {
      subject.sayOnce(found.sentence, about: "worse than mean \(found.task)")
    }
    sayWhatHasNoSpread()
    subject.inspector.noteTraces()
    run.monitor.interrupted()
    return evaluation
  }

  private func evaluate(
    _ examples: Examples, _ split: Evaluation.Split, at epoch: Double,
    look: (SplitAnswers) -> Void = { _ in }
  ) -> Evaluation {
    let scorer = subject.scorer
    let answers = SplitAnswers(of: trainer, for: examples, by: scorer)
    look(answers)
    defer { examples.letGo() }
    switch answers {
    case .kept(let columns):
      return scorer.evaluation(
        columns, examples, split: split, isOn: trainer.isOn, step: trainer.parameterStep,
        epoch: epoch, judgements: subject.judges.judgements(of: trainer, columns, split))
    case .streamed(let scores):
      return scores.evaluation(
        split: split, isOn: trainer.isOn, step: trainer.parameterStep, epoch: epoch)
    }
  }

  /// Ends an epoch; true if the run should end early.
  ///
  /// An epoch that trains no task, as a teacher's that is trained first, costs no patience.
  func epochEnded() -> Bool {
    trainer.hasTrained.contains(true)
      && keeper.epochEnded(patience: run.configuration.patience)
  }

  /// Goes on with what another set of tasks has come to.
  func tasksChanged(from old: [Bool], to new: [Bool]) { keeper.tasksChanged(from: old, to: new) }

  /// Begins anew with a phase.
  func restart() { keeper.restart() }

  /// Changes all numbers that are remembered, in an order that all ranks have.
  func forEachCopy(_ body: (inout ParameterCopy) -> Void) { keeper.forEachCopy(body) }
}

// MARK: - What scores do not say by themselves

extension RunScores {
  /// Says once, for the tasks that are on, which scores the validation and test rows do not define.
  func sayWhatIsUndefined() {
    for (examples, split) in [
      (dataset.validation, Evaluation.Split.validation), (dataset.test, .test),
    ] where examples.count > 0 {
      let undefined = UndefinedScores(examples, subject.scorer, split: split)
      if let sentence = undefined.sentence(keep: run.configuration.keep, isOn: trainer.isOn) {
        subject.sayOnce(sentence)
      }
    }
  }
}

extension RunScores {
  /// Says once of each text that is on that its score has no spread and so does not count for the step
  /// that is kept, where a balance of all tasks decides.
  private func sayWhatHasNoSpread() {
    guard run.configuration.keep == .balanced else { return }
    for task in subject.judges.textsWithoutSpread where trainer.isOn[task] {
      subject.sayOnce(
        "\(printable(trainer.tasks[task].name)) does not count for the step that is kept: its "
          + "validation score has no spread (a single text, or texts that bigrams hold equally likely), "
          + "so that nothing says what it weighs beside others")
    }
  }
}

// MARK: - The end

extension RunScores {
  /// Goes back to the kept step and scores the test rows with its numbers.
  func scoreKept(at epoch: Double) -> (validation: Evaluation?, test: Evaluation?, step: Int) {
    let kept = keeper.restore(last: trainer.step)
    trainer.wentBack(to: kept.step)
    var test =
      dataset.test.count > 0
      ? evaluate(dataset.test, .test, at: epoch) { answers in
        run.session.keep(
          TestAnswers(
            answers.columns ?? trainer.outputs(for: dataset.test), for: dataset.test,
            of: trainer.tasks))
      } : nil
    if let kept = kept.validation { test?.epoch = kept.epoch }
    if let test {
      subject.tell(.evaluated(test))
      if let broken = test.brokenAnswers { subject.sayOnce(broken) }
    }
    return (kept.validation, test, kept.step)
  }

  /// Scores the validation rows with the parameters that were kept; there is no choice any more.
  func scoreAfterEnd(at epoch: Double) -> Acknowledgement.Outcome {
    guard hasValidation else { return .refused("there are no validation rows") }
    var evaluation = evaluate(dataset.validation, .validation, at: epoch)
    // These are the parameters that were chosen.
    evaluation.isBest = true
    subject.tell(.evaluated(evaluation))
    return .applied
  }

  /// How alike the gates are on validation rows; nil for a model without.
  func gateOverlap() -> Double? {
    let rows = min(trainer.evaluationRows, dataset.validation.count)
    return rows > 0 ? trainer.gateOverlap(dataset.validation.batch(from: 0, rows: rows)) : nil
  }
}

// MARK: - Saving

extension RunScores {
  /// Visits what the scores have come to.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try keeper.visit(&archive)
    try constant.visit(&archive)
  }
}
