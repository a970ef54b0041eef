import Datasets
import Foundation
import Models
import Runs
import Store
import Tensors

/// The run of a model that a solver fits from all rows at once: its iterations count as steps.
///
/// There is nothing to toggle on the way: of all commands only `stop` is answered.
final class FittedRun {
  let description: RunDescription
  private let run: TrainingRun
  private let dataset: Dataset
  private let bins: LossBins
  /// What the recorder has not been given yet.
  private let kept: LossBins
  private let began = ContinuousClock.now
  private var losses: [Double]
  private var iterations = 0
  private var isStopped = false
  private var newest: Evaluation?
  private var savedStep: Int?

  init(_ run: TrainingRun, entry: ModelEntry, dataset: Dataset) {
    self.run = run
    self.dataset = dataset
    let numbers =
      dataset.features.fields.reduce(0) { $0 + $1.vocabulary } + dataset.features.dense.count + 1
    description = run.describe(
      entry, dataset, parameterCount: numbers * dataset.tasks.count, isFitted: true)
    bins = run.session.openBins(tasks: dataset.tasks.count)
    kept = LossBins(tasks: dataset.tasks.count)
    losses = dataset.tasks.map { _ in .nan }
  }

  /// Fits every task, scores, and then answers until the session is closed.
  func start(_ configuration: Linear.Configuration) {
    var problem = LinearProblem(
      dataset.training, schema: dataset.features, tasks: dataset.tasks)
    problem.penalty = configuration.l2
    problem.maximumIterations = configuration.iterations
    sayWhatIsUndefined()
    publish(.running)
    let pool = WorkerPool(threads: run.configuration.threads)
    run.noticeThreads(pool)
    pin(pool)
    if run.session.threads.isMeasured {
      run.tell(
        .noticed("a fit takes no steps to measure: \(pool.threads) threads work", step: 0))
    }
    let fitted = LinearFit.fit(problem, on: pool) { progress in
      iterated(progress)
    }
    guard !run.session.isClosed else { return }
    finish(fitted.map(\.weights))
    while !run.session.isClosed {
      run.session.inbox.wait(seconds: 1)
      if run.retrySaving(at: iterations) { publish(.finished) }
      refuseCommands("the run has ended")
    }
  }

  /// Keeps threads on cores if that was asked for; the fit goes on without.
  private func pin(_ pool: WorkerPool) {
    guard run.session.threads.isPinned else { return }
    do throws(PinningError) {
      try pool.pin()
    } catch {
      run.tell(.noticed(error.description, step: 0))
    }
  }

  private func iterated(_ progress: LinearFit.Progress) -> Bool {
    losses[progress.task] = progress.loss
    for bins in [bins, kept] {
      bins.add(Float(progress.loss), task: progress.task, step: iterations)
    }
    iterations += 1
    if run.scheduledCommands(at: iterations).contains(.stop) { isStopped = true }
    refuseCommands("a fitted model has no steps that could be changed; it can only be stopped")
    if run.monitor.isSnapshotDue { publish(.running) }
    return !isStopped && !run.session.isClosed
  }

  private func refuseCommands(_ reason: String) {
    for ticket in run.session.inbox.drain() {
      let isStop = ticket.command == .stop
      if isStop { isStopped = true }
      run.tell(
        .acknowledged(
          Acknowledgement(
            id: ticket.id, command: ticket.command, effect: ticket.command, step: iterations,
            outcome: isStop ? .applied : .refused(reason))))
    }
  }

  /// Scores both splits; there is one step only, so that it is kept and every task's best.
  private func finish(_ weights: [LinearWeights]) {
    var validation: Evaluation?
    if dataset.validation.count > 0 {
      var scores = evaluate(weights, dataset.validation, .validation)
      scores.isBest = !scores.score.isNaN
      for task in scores.tasks.indices {
        scores.tasks[task].isBest = scores.tasks[task].decisive != nil
      }
      validation = scores
    }
    let test = dataset.test.count > 0 ? evaluate(weights, dataset.test, .test) : nil
    for case let scores? in [validation, test] {
      run.tell(.evaluated(scores))
      if let broken = scores.brokenAnswers { say(broken) }
    }
    for found in validation?.fittedWorseThanMean() ?? [] { say(found.sentence) }
    newest = validation
    save(weights)
    let seconds = (ContinuousClock.now - began).seconds
    // Whoever hears of the end finds the last numbers already there.
    publish(.finished)
    var summary = RunSummary(
      reason: isStopped ? .stopped : .converged, step: iterations, bestStep: iterations, test: test,
      examplesPerSecond: Double(iterations) * Double(dataset.training.count) / seconds,
      seconds: seconds, parameterCount: description.parameterCount,
      fingerprint: hexadecimal(fingerprint(of: weights)))
    summary.validation = validation
    summary.taskBests = (validation?.tasks ?? []).compactMap { task in
      task.decisive.map { TaskBest(task: task.task, score: $0, step: iterations) }
    }
    run.noticeUnreached(at: iterations)
    run.tellEnd(summary)
  }

  /// Keeps the weights; there is no other state, since a fit that was broken off begins anew.
  private func save(_ weights: [LinearWeights]) {
    guard let recorder = run.recorder else { return }
    recorder.record(kept.drain())
    let parameters = LinearWeights.tensors(weights, of: dataset).map { tensor in
      Archive.Entry(
        name: tensor.name, kind: tensor.kind, count: tensor.count, shape: tensor.shape,
        content: tensor.content)
    }
    _ = recorder.save(
      RunCheckpoint(
        step: iterations, isBest: true, isStart: false, parameters: parameters, state: []))
    recorder.settle()
    savedStep = recorder.isKept() == true ? iterations : nil
    run.sayNotices(at: iterations)
  }

  private func say(_ sentence: String) {
    run.tell(.noticed(sentence, step: iterations))
  }

  private func sayWhatIsUndefined() {
    for (examples, split) in [
      (dataset.validation, Evaluation.Split.validation), (dataset.test, .test),
    ] where examples.count > 0 {
      let undefined = UndefinedScores(examples, Scorer(tasks: dataset.tasks), split: split)
      if let sentence = undefined.sentence(keep: .last, isOn: dataset.tasks.map { _ in true }) {
        say(sentence)
      }
    }
  }

  private func evaluate(
    _ weights: [LinearWeights], _ examples: Examples, _ split: Evaluation.Split
  ) -> Evaluation {
    let columns = weights.map { $0.logits(of: examples).map { Float($0) } }
    if split == .test {
      run.session.keep(TestAnswers(columns, for: examples, of: dataset.tasks))
    }
    return Scorer(tasks: dataset.tasks, keep: run.configuration.keep).evaluation(
      columns, examples, split: split,
      isOn: dataset.tasks.map { _ in true }, step: iterations, epoch: 0)
  }

  /// FNV-1a 64 as for a parameter store; paths `linear.<task>.{bias,dense,<field>}.weight`.
  private func fingerprint(of weights: [LinearWeights]) -> UInt64 {
    var arrays: [(path: String, numbers: [Float])] = []
    for (task, own) in zip(dataset.tasks, weights) {
      let path = "linear.\(task.name)"
      arrays.append(("\(path).bias", [Float(own.bias)]))
      arrays.append(("\(path).dense.weight", own.dense.map { Float($0) }))
      for (field, numbers) in zip(dataset.features.fields, own.fields) {
        arrays.append(("\(path).fields.\(field.name).weight", numbers.map { Float($0) }))
      }
    }
    return arrays.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
      .reduce(fnvOffset) { fnv1a(littleEndian: $1.numbers, from: $0) }
  }

  private func publish(_ phase: Snapshot.Phase) {
    _ = run.monitor.updateViews()
    var snapshot = Snapshot()
    snapshot.phase = phase
    snapshot.step = iterations
    if let recorder = run.recorder {
      snapshot.saving = SavingSnapshot(
        step: recorder.isGone() ? nil : savedStep, problem: recorder.trouble)
    }
    snapshot.tasks = dataset.tasks.indices.map {
      TaskSnapshot(
        name: dataset.tasks[$0].name, isOn: true, weight: 1, loss: losses[$0],
        smoothedLoss: losses[$0], rows: dataset.training.count,
        calibration: newest?.tasks[$0]["predicted_over_observed"] ?? .nan,
        calibrationStep: newest?.step)
    }
    run.monitor.publish(snapshot)
  }
}
