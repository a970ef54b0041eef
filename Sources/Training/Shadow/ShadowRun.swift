import Graph
import Objectives
import Runs

/// The same run with one thing changed, beside the main one.
///
/// It takes each step right behind the main run's, on the training thread, with the same rows, rate
/// and draws. What is changed of the main run after the fork (rate, weights, dials, tasks) is changed
/// here, too, so that the fork's own change stays the only difference. A lottery's search goes on by
/// the shadow's own scores, and may so come into another phase than the main run's: the two are then
/// not compared, and begin anew to be when they are in one phase again; rate and length of epochs stay
/// those of the main run's. Without a task a step is no dearer than the main run's, so the main run
/// keeps at least half of the time; another balancer may take longer, which ``ShadowSnapshot/share``
/// says.
final class ShadowRun {
  /// What is different from the main run.
  enum Change: Equatable {
    case nothing
    /// A task is left out.
    case without(Int)
    /// The tasks' losses and gradients are put together by another balancer.
    case under(BalancerSetting, BalancedTasks)
  }

  /// The other run.
  let trainer: Trainer
  private let main: Trainer
  private let change: Change
  /// The search of masks, where the model has one.
  let lottery: Lottery?
  /// The main run's.
  private let mainLottery: Lottery?
  /// The stage in which both were when they were compared last; nil without a search, and where they
  /// were in different ones.
  private var compared: Lottery.Stage?
  /// The newest scores of this run.
  private var newest: Evaluation?
  private let fork: Int
  private var differences: [PairedDifference]
  private var scores: [ShadowSnapshot.Score?]
  private var course: ShadowCourse
  private var seconds = (main: 0.0, shadow: 0.0)

  /// Forks the main run and its search as they stand, with a change.
  ///
  /// - Throws: `ArchiveError` where the run cannot be copied, `BalancerError` for a balancer that does
  ///   not fit.
  init(of main: Trainer, _ change: Change, search lottery: Lottery? = nil) throws {
    self.main = main
    self.change = change
    fork = main.step
    mainLottery = lottery
    (trainer, self.lottery) = try main.fork(with: lottery)
    if case .under(let balancer, let tasks) = change {
      try trainer.balance(by: balancer, for: tasks)
    }
    let tasks = main.tasks
    differences = tasks.map { _ in PairedDifference() }
    scores = tasks.map { _ in nil }
    course = ShadowCourse(tasks: tasks.count)
    // What its search does about tasks waits, as the main run's, until something is done with them.
    copySettings()
  }

  /// Why a task cannot be left out of a fork of a run; nil: it can.
  static func whyNot(_ main: Trainer, without task: Int) -> String? {
    let left = main.tasks.indices.filter { main.isOn[$0] && $0 != task }
    return left.isEmpty
      ? "without \(main.tasks[task].name) no task would be on: nothing would train" : nil
  }

  /// Takes the step that the main run has just taken, in so many seconds.
  ///
  /// - Returns: false if it cannot go on: a loss is no number, or no task is left.
  func step(_ batch: Batch, rate: Double, mainSeconds: Double) -> Bool {
    let start = ContinuousClock.now
    follow()
    guard trainer.isOn.contains(true), trainer.step(batch, rate: rate) else { return false }
    seconds.shadow += (ContinuousClock.now - start).seconds
    seconds.main += mainSeconds
    lottery?.stepTaken()
    forgetOtherStages()
    for task in differences.indices where main.hasTrained[task] && trainer.hasTrained[task] {
      differences[task].add(trainer.loss(of: task) - main.loss(of: task))
    }
    course.add(step: trainer.step) { trainer.hasTrained[$0] ? trainer.loss(of: $0) : .nan }
    return true
  }

  /// Forgets what was compared in another stage of the searches than the one in which both are now.
  ///
  /// What is added while they are in different ones is not shown (``snapshot``), and forgotten when
  /// they meet.
  private func forgetOtherStages() {
    let stage = lottery?.stage == mainLottery?.stage ? lottery?.stage : nil
    guard stage != compared else { return }
    differences = differences.map { _ in PairedDifference() }
    scores = scores.map { _ in nil }
    compared = stage
  }

  /// Follows what a person has set of the main run, when the main run does, before a step or a score.
  func follow() {
    copySettings()
    guard let lottery, lottery.wasOn != trainer.isOn else { return }
    _ = lottery.tasksChanged()
    // Of the same change the main run's search has said the same; of the task that is left out here it
    // would say that its search comes back, which it does not.
    _ = lottery.takeRemarks()
  }

  private func copySettings() {
    var isOn = main.isOn
    if case .without(let task) = change { isOn[task] = false }
    if isOn != trainer.isOn { trainer.isOn = isOn }
    if main.weights != trainer.weights { trainer.weights = main.weights }
    trainer.epoch = main.epoch
    let (wanted, here) = (main.dialValues, trainer.dialValues)
    for dial in wanted.indices where wanted[dial] != here[dial] {
      trainer.setDial(dial, to: wanted[dial])
    }
  }

  /// Balances the tasks as a person has chosen for the main run; the shadow under another balancer keeps
  /// its own.
  ///
  /// - Throws: `BalancerError` for one that does not fit.
  func balance(by setting: BalancerSetting, for tasks: BalancedTasks) throws(BalancerError) {
    if case .under = change { return }
    try trainer.balance(by: setting, for: tasks)
  }

  /// Ends an epoch: a search goes on as the shadow's scores say.
  func epochEnded(isScored: Bool) {
    guard let lottery else { return }
    guard !lottery.isJoint else { return _ = lottery.epochEnded([]) }
    guard isScored, let newest else { return }
    _ = lottery.epochEnded(newest.rankings, mean: newest.score)
  }

  /// Notes the scores of both at one step.
  func note(_ main: Evaluation, _ shadow: Evaluation) {
    newest = shadow
    forgetOtherStages()
    for (index, task) in main.tasks.enumerated() {
      guard let own = task.scores.first, shadow.tasks.indices.contains(index),
        let other = shadow.tasks[index].scores.first, other.name == own.name, trainer.isOn[index]
      else { continue }
      let errors = [own.standardError, other.standardError].compactMap { $0 }
      scores[index] = ShadowSnapshot.Score(
        name: own.name, step: main.step, main: own.value, shadow: other.value,
        error: errors.count == 2
          ? (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot() : nil)
    }
  }

  /// What is different, in words.
  private var words: String {
    switch change {
    case .nothing: "unchanged"
    case .without(let task): "without \(trainer.tasks[task].name)"
    case .under(let balancer, _): "under \(balancer)"
    }
  }

  /// The stages of the searches of both in words, where they are not the same.
  private var phases: ShadowSnapshot.Phases? {
    guard let lottery, let mainLottery, lottery.stage != mainLottery.stage else { return nil }
    let (own, theirs) = (lottery.phase, mainLottery.phase)
    return own.title == theirs.title
      ? .init(shadow: own.line, main: theirs.line) : .init(shadow: own.title, main: theirs.title)
  }

  /// What is known of it; nothing that was compared, while the two are in different phases.
  var snapshot: ShadowSnapshot {
    let all = seconds.main + seconds.shadow
    let phases = phases
    var snapshot = ShadowSnapshot(
      change: words, fork: fork,
      step: trainer.step, share: all > 0 ? seconds.shadow / all : .nan,
      tasks: trainer.tasks.indices.map { task in
        ShadowSnapshot.Task(
          name: trainer.tasks[task].name, isOn: trainer.isOn[task],
          difference: phases == nil ? differences[task].estimate : nil,
          score: phases == nil ? scores[task] : nil, losses: course.losses[task])
      }, steps: course.steps)
    snapshot.phases = phases
    return snapshot
  }
}

/// The mean losses of a shadow since the fork, in bounded memory: intervals that double.
struct ShadowCourse {
  /// Points at most.
  static let most = 256

  /// The steps at which intervals end.
  private(set) var steps: [Int] = []
  /// By task, the mean loss of each interval; NaN where the task did not train.
  private(set) var losses: [[Float]]
  private var open: [(sum: Double, count: Int)]
  private var taken = 0
  private var length = 1

  init(tasks: Int) {
    losses = (0..<tasks).map { _ in [] }
    open = (0..<tasks).map { _ in (0, 0) }
  }

  /// Takes in the losses of a step.
  mutating func add(step: Int, _ loss: (Int) -> Double) {
    for task in open.indices {
      let value = loss(task)
      guard value.isFinite else { continue }
      open[task].sum += value
      open[task].count += 1
    }
    taken += 1
    guard taken == length else { return }
    taken = 0
    steps.append(step)
    for task in open.indices {
      losses[task].append(
        open[task].count > 0 ? Float(open[task].sum / Double(open[task].count)) : .nan)
      open[task] = (0, 0)
    }
    guard steps.count == Self.most else { return }
    length *= 2
    steps = stride(from: 1, to: steps.count, by: 2).map { steps[$0] }
    losses = losses.map { means in
      stride(from: 0, to: means.count - 1, by: 2).map { (means[$0] + means[$0 + 1]) / 2 }
    }
  }
}
