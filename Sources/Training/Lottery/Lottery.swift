import Graph
import Models
import Runs
import Tensors

/// The course of a lottery: warm-up, the search of each task's mask round by round, joint training.
///
/// It is asked after every epoch. Between two phases it goes back to θ_w (the warm-up's best numbers,
/// or the first ones), sets masks, and says which task trains.
final class Lottery {
  /// A mask that was tried for a task.
  struct Rung {
    let task: Int
    let round: Int
    let density: Double
    /// The task's main score on the validation rows, larger is better.
    let score: Double
    let masks: [[Float]]
  }

  /// What is done just now.
  enum Stage: Equatable {
    case warmUp
    case search(task: Int, round: Int)
    case joint
  }

  var stage: Stage
  /// The stage for a person.
  var phase: TrainingPhase
  /// All masks that were tried, in order.
  var ladder: [Rung] = []
  /// The rung that was chosen for each task, by its place in ``ladder``.
  var chosen: [Int: Int] = [:]
  let plan: LotteryPlan

  let trainer: Trainer
  let step: LotteryStage
  let tasks: [String]
  private let jointEpochs: Int
  private let pruning: Pruning
  var epochsInStage = 0
  var best: (score: Double, copy: ParameterCopy)?
  var rewindPoint: ParameterCopy
  var draws = 0
  var remarks: [String] = []
  var wasOn: [Bool]

  init?(_ trainer: Trainer, tasks: [String], epochs: Int) {
    guard let plan = trainer.lotteryPlan, let step = trainer.lottery else { return nil }
    self.plan = plan
    self.trainer = trainer
    self.step = step
    self.tasks = tasks
    jointEpochs = epochs
    wasOn = trainer.isOn
    let schedule = plan.schedule
    pruning = Pruning(schedule)
    rewindPoint = trainer.store.copy()
    stage = .warmUp
    phase = TrainingPhase(title: "", detail: "", place: 0, count: 0)
    phase = words
    step.contrasts = false
    if schedule.warmUpEpochs == 0 { leaveWarmUp() } else { trainer.alternation = .joint }
  }

  /// The same course from its beginning over another trainer of the same model.
  func beginning(over other: Trainer) -> Lottery? {
    Lottery(other, tasks: tasks, epochs: jointEpochs)
  }

  /// Epochs of the whole run, if no task is off.
  var epochs: Int { plan.schedule.epochs(tasks: tasks.count, joint: jointEpochs) }

  /// Epochs of the stage at hand; nil for joint training, which has those of the run.
  var epochsOfStage: Int? {
    switch stage {
    case .warmUp: plan.schedule.warmUpEpochs
    case .search: plan.schedule.epochsPerRound
    case .joint: nil
    }
  }

  /// Epochs of joint training.
  var isJoint: Bool { stage == .joint }

  /// Takes in the scores at the end of an epoch; whether another phase begins.
  ///
  /// The mean stands for all tasks together, larger is better; without it that of the scores.
  func epochEnded(_ scores: [Double], mean: Double? = nil) -> Bool {
    epochsInStage += 1
    if plan.contrast?.resampling == .epoch { drawNegatives() }
    switch stage {
    case .warmUp:
      keep(mean ?? scores.reduce(0, +))
      guard epochsInStage >= plan.schedule.warmUpEpochs else { return false }
      restoreBest()
      if plan.schedule.rewind == "warm-up" { rewindPoint.write(from: trainer.store) }
      leaveWarmUp()
    case .search(let task, let round):
      keep(scores[task])
      guard epochsInStage >= plan.schedule.epochsPerRound else { return false }
      endRound(task, round)
    case .joint: return false
    }
    return true
  }

  /// Takes in that tasks were switched on or off; whether another phase begins.
  ///
  /// A task that is switched off during its search is searched no further: it keeps its full mask, and
  /// the next one has its turn. If it comes back before joint training its search begins anew then;
  /// later it stays as it is. Scores of other tasks cannot be compared with those of before.
  func tasksChanged() -> Bool {
    defer { wasOn = trainer.isOn }
    switch stage {
    case .warmUp: best = nil
    case .search(let task, _) where !trainer.isOn[task]:
      step.masks.set(step.masks.masks(of: task).map { $0.map { _ in 1 } }, of: task)
      ladder.removeAll { $0.task == task }
      remarks.append(
        "the search of the mask of \(tasks[task]) is given up; it begins anew if the task comes back "
          + "before joint training")
      search(from: task + 1)
      return true
    case .joint where plan.schedule.masks == "search":
      for task in tasks.indices where trainer.isOn[task] && !wasOn[task] && chosen[task] == nil {
        remarks.append(
          "\(tasks[task]) was off while masks were searched: it trains with all weights")
      }
    case .search, .joint: break
    }
    return false
  }

  /// What a person should know of a change of tasks; told once.
  func takeRemarks() -> [String] {
    defer { remarks = [] }
    return remarks
  }

  /// Draws the random part of the negatives anew, where that is due at every step.
  func stepTaken() {
    if stage == .joint, plan.contrast?.resampling == .step { drawNegatives() }
  }

  private func drawNegatives() {
    draws += 1
    step.masks.setNegatives(draw: draws)
  }

  /// Notes the numbers of the best epoch of the stage; of the newest where scores are not defined.
  private func keep(_ score: Double) {
    if let best, best.score >= score || score.isNaN && !best.score.isNaN { return }
    best = (score, trainer.store.copy())
  }

  private func restoreBest() {
    if let best { trainer.store.restore(from: best.copy) }
  }

  // MARK: - Stages

  private func leaveWarmUp() {
    guard plan.schedule.masks == "search" else {
      step.masks.draw(density: pow(1 - plan.schedule.rate, plan.schedule.rounds))
      return begin(.joint)
    }
    search(from: 0)
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// Begins the search of the next task that is on and has no mask yet: behind the one before, else
  /// from the first on.
  private func search(from first: Int) {
    let left = tasks.indices.filter { trainer.isOn[$0] && chosen[$0] == nil }
    guard let task = left.first(where: { $0 >= first }) ?? left.first else {
      return begin(.joint)
    }
    begin(.search(task: task, round: 0))
  }

  private func begin(_ next: Stage) {
    stage = next
    epochsInStage = 0
    best = nil
    trainer.store.restore(from: rewindPoint)
    trainer.optimizers.reset()
    if case .search(let task, _) = next {
      trainer.restriction = task
    } else {
      trainer.restriction = nil
      trainer.alternation = Alternation(rawValue: plan.schedule.alternation) ?? .turns
    }
    step.contrasts = next == .joint
    step.masksChanged(draw: draws)
    phase = words
  }

  private func endRound(_ task: Int, _ round: Int) {
    restoreBest()
    let masks = step.masks.masks(of: task)
    let kept = masks.reduce(0) { $0 + $1.count { $0 != 0 } }
    ladder.append(
      Rung(
        task: task, round: round,
        density: Double(kept) / Double(max(1, masks.reduce(0) { $0 + $1.count })),
        score: best?.score ?? .nan, masks: masks))
    if round < plan.schedule.rounds {
      step.masks.set(pruning.thinned(step.masks.weights, masks), of: task)
      begin(.search(task: task, round: round + 1))
    } else {
      choose(task)
      search(from: task + 1)
    }
  }

  /// Chooses the first best of a task's masks that are sparse enough, or the sparsest.
  private func choose(_ task: Int) {
    let rungs = ladder.indices.filter { ladder[$0].task == task }
    let found = Self.choice(
      densities: rungs.map { ladder[$0].density }, scores: rungs.map { ladder[$0].score },
      leastSparsity: plan.schedule.leastSparsity)
    guard let found else { return }
    let place = rungs[found]
    chosen[task] = place
    step.masks.set(ladder[place].masks, of: task)
  }

  /// The first best rung that is sparse enough, the dense one among them where nothing is asked for;
  /// the last one if none is.
  static func choice(densities: [Double], scores: [Double], leastSparsity: Double) -> Int? {
    let eligible = densities.indices.filter {
      leastSparsity == 0 || 1 - densities[$0] > leastSparsity
    }
    let best = eligible.map { scores[$0] }.filter { !$0.isNaN }.max()
    return eligible.first { scores[$0] == best } ?? densities.indices.last
  }

  // MARK: - In words

  var words: TrainingPhase {
    let count = 2 + (plan.schedule.ladderLength > 0 ? tasks.count : 0)
    let warm = plan.schedule.warmUpEpochs
    switch stage {
    case .warmUp:
      return TrainingPhase(
        title: "warm-up", detail: "dense network, \(warm) epoch\(warm == 1 ? "" : "s")",
        place: 0, count: count)
    case .search(let task, let round):
      let density = MaskSets([step.masks.masks(of: task)]).density(task: 0)
      let percent = Int((100 * density).rounded())
      return TrainingPhase(
        title: "pruning \(tasks[task])",
        detail: "round \(round) of \(plan.schedule.rounds), \(percent) % left",
        place: 1 + task, count: count)
    case .joint:
      let words = [
        "turns": "tasks take turns on every batch", "batches": "every batch is one task's",
        "epochs": "every epoch is one task's", "joint": "all losses together",
      ]
      return TrainingPhase(
        title: "joint training", detail: words[plan.schedule.alternation] ?? "",
        place: count - 1, count: count)
    }
  }
}
