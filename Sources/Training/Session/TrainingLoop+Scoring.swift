import Datasets
import Foundation
import Graph
import Runs

// MARK: - Scores

extension TrainingLoop {
  /// Scores the validation rows and takes the scores into the choice of the kept step; nil without
  /// rows.
  @discardableResult func evaluateValidation() -> Evaluation? {
    guard dataset.validation.count > 0 else { return nil }
    followTasks()
    publish(.evaluating)
    var evaluation = evaluate(dataset.validation, .validation) { columns in
      for notice in constant.notices(columns, of: dataset.tasks, isOn: trainer.isOn) {
        run.session.events.append(.noticed(notice, step: trainer.step))
      }
    }
    // Numbers of a search are not kept: only the joint training's are.
    if lottery?.isJoint != false {
      keeper.consider(&evaluation)
    } else {
      keeper.show(evaluation)
    }
    run.session.events.append(.evaluated(evaluation))
    if let broken = evaluation.brokenAnswers { say(broken) }
    sayIfGroupsAreUndefined(evaluation)
    inspector.noteTraces()
    run.monitor.restartWindow()
    return evaluation
  }

  private func evaluate(
    _ examples: Examples, _ split: Evaluation.Split, look: ([[Float]]) -> Void = { _ in }
  ) -> Evaluation {
    let scorer = scorer
    let columns = scorer.answers(of: examples, by: trainer)
    look(columns)
    let fraction = Double(stepInEpoch) / Double(description.stepsPerEpoch)
    return scorer.evaluation(
      columns, examples, split: split, isOn: trainer.isOn, step: trainer.parameterStep,
      epoch: Double(epochsEnded) + fraction)
  }

  /// Scores answers as the model means them and as the run chooses.
  var scorer: Scorer {
    var scorer = trainer.scorer
    scorer.keep = run.configuration.keep
    return scorer
  }

  /// Scores the validation rows with all experts and without one.
  func scoreWithout(_ expert: Int) -> Acknowledgement.Outcome {
    guard let experts = trainer.expertCount else {
      return .refused("this model has no experts that could be left out")
    }
    guard expert < experts else {
      return .refused("there are experts 0 to \(experts - 1), found \(expert)")
    }
    guard dataset.validation.count > 0 else { return .refused("there are no validation rows") }
    let with = mainScores()
    trainer.leaveOut(expert)
    let without = mainScores()
    trainer.leaveOut(nil)
    run.session.events.append(
      .knockedOut(
        KnockOut(
          expert: inspector.directory.experts[expert].name, step: trainer.parameterStep, with: with,
          without: without)))
    run.monitor.restartWindow()
    return .applied
  }

  /// By task the main score of the validation rows, under the task's name.
  private func mainScores() -> [Score] {
    evaluate(dataset.validation, .validation).tasks.compactMap { task in
      task.scores.first.map {
        Score(
          name: "\(task.task) \($0.name)", value: $0.value, higherIsBetter: $0.higherIsBetter)
      }
    }
  }
}

// MARK: - After the end

extension TrainingLoop {
  /// Answers a question with the parameters that were kept; whatever would change them is refused.
  func answerAfterEnd(_ command: Command) -> Acknowledgement.Outcome {
    switch command {
    case .knockOut(let expert): return scoreWithout(expert)
    case .knockOutAll(let meanwhile): return scoreWithoutEach(meanwhile)
    case .thinMask(let task, let share): return scoreThinned(task, share: share)
    case .cancel: return cancelQuestions()
    case .evaluate:
      guard dataset.validation.count > 0 else { return .refused("there are no validation rows") }
      var evaluation = evaluate(dataset.validation, .validation)
      // There is no choice any more: these are the parameters that were chosen.
      evaluation.isBest = true
      run.session.events.append(.evaluated(evaluation))
      return .applied
    default: return .refused("the run has ended")
    }
  }
}

// MARK: - What scores do not say by themselves

extension TrainingLoop {
  /// Says once, for the tasks that are on, which scores the validation and test rows do not define.
  func sayWhatIsUndefined() {
    for (examples, split) in [
      (dataset.validation, Evaluation.Split.validation), (dataset.test, .test),
    ] where examples.count > 0 {
      let undefined = UndefinedScores(examples, scorer, split: split)
      if let sentence = undefined.sentence(keep: run.configuration.keep, isOn: trainer.isOn) {
        say(sentence)
      }
    }
  }

  /// Says once that the grouped score that should decide is undefined: no group has both classes.
  private func sayIfGroupsAreUndefined(_ evaluation: Evaluation) {
    guard case .score(let task, let name) = run.configuration.keep,
      ScoreKind.named(name)?.need == .groups,
      let scores = evaluation.tasks.first(where: { $0.task == task }), scores[name]?.isNaN != false
    else { return }
    say(
      "\(printable("\(run.configuration.keep)")) is undefined on the validation rows, so the mean "
        + "loss decides which step is kept")
  }

  /// Says something once.
  func say(_ sentence: String) {
    guard said.insert(sentence).inserted else { return }
    run.session.events.append(.noticed(sentence, step: trainer.step))
  }
}

// MARK: - The end

extension TrainingLoop {
  /// Goes back to the kept step, scores the test rows with its numbers, and says that the run ended.
  func finish(_ reason: RunSummary.Reason) {
    if keeper.isUnscored(trainer.step), trainer.store.isFinite { evaluateValidation() }
    let kept = keeper.restore(last: trainer.step)
    trainer.wentBack(to: kept.step)
    var test = dataset.test.count > 0 ? evaluate(dataset.test, .test) : nil
    if let kept = kept.validation { test?.epoch = kept.epoch }
    if let test {
      run.session.events.append(.evaluated(test))
      if let broken = test.brokenAnswers { say(broken) }
    }
    run.noticeUnreached(at: trainer.step)
    noticeUnanswered()
    // Whoever hears of the end finds the last numbers already there.
    publish(.finished)
    var summary = RunSummary(
      reason: reason, step: trainer.step, bestStep: kept.step, test: test,
      examplesPerSecond: Double(run.monitor.trained.examples)
        / max(1e-9, run.monitor.trained.seconds),
      seconds: (ContinuousClock.now - began).seconds,
      parameterCount: description.parameterCount,
      fingerprint: hexadecimal(trainer.store.fingerprint), gateOverlap: gateOverlap())
    summary.validation = kept.validation
    summary.taskBests = keeper.taskBests
    run.session.events.append(.finished(summary))
  }

  private func gateOverlap() -> Double? {
    let rows = min(trainer.evaluationRows, dataset.validation.count)
    return rows > 0 ? trainer.gateOverlap(dataset.validation.batch(from: 0, rows: rows)) : nil
  }
}
