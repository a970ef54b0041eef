import Runs
import Tensors

/// The losses of a run's steps: what the screen's curves get, their smoothed course, and what is said
/// where one runs away or is no number.
struct LossRecord {
  private let bins: LossBins
  private let saving: RunSaving?
  private let trainer: Trainer
  private let tasks: [String]
  private var watch: LossWatch
  /// Tasks whose runaway a person was told of.
  private var runaways: Set<Int> = []
  /// The step behind which a loss was no number; nil: none was.
  private(set) var divergedAt: Int?

  init(_ bins: LossBins, saving: RunSaving? = nil, trainer: Trainer) {
    self.bins = bins
    self.saving = saving
    self.trainer = trainer
    tasks = trainer.tasks.map(\.name)
    watch = LossWatch(tasks: tasks.count)
  }

  /// Takes in the losses of the newest step.
  mutating func stepTaken() {
    for task in tasks.indices where trainer.hasTrained[task] {
      let loss = trainer.loss(of: task)
      bins.add(Float(loss), task: task, step: trainer.step - 1)
      saving?.note(Float(loss), task: task, step: trainer.step - 1)
      watch.add(loss, task: task)
    }
  }

  /// Begins anew: losses of another phase are not those of before.
  mutating func restart() { watch = LossWatch(tasks: tasks.count) }

  /// A task's exponential mean.
  func smoothed(_ task: Int) -> Double { watch.smoothed(task) }

  /// By task that is new among those whose negative loss has reached the cap, a sentence.
  mutating func newRunaways(_ capped: Set<Int>?) -> [String] {
    guard let capped, capped.count > runaways.count else { return [] }
    defer { runaways = capped }
    return capped.subtracting(runaways).sorted().map { task in
      "the negative loss of \(tasks[task]) has run away to the cap; "
        + "the contrast no longer drives it, a smaller lambda or form=logistic would hold it"
    }
  }

  /// What has broken where a loss, or a number of the model behind the newest step, is no finite
  /// number.
  mutating func divergence() -> Divergence {
    divergedAt = trainer.step
    let term = trainer.state.brokenTerm
    let task =
      term?.task
      ?? watch.culprit(among: tasks.indices.filter(trainer.isActive)) { trainer.loss(of: $0) }
    let loss = term?.loss ?? trainer.loss(of: task)
    // A teacher's loss is no point of its student's curve, which this step has none of.
    if term == nil {
      bins.add(Float(loss), task: task, step: trainer.step)
      saving?.note(Float(loss), task: task, step: trainer.step)
    }
    let largest = trainer.store.largest(of: task).map {
      Divergence.LargestParameter(path: $0.path, magnitude: Double($0.magnitude))
    }
    return Divergence(
      task: tasks[task], step: trainer.step, parameter: trainer.store.firstNotFinite,
      loss: loss, largest: largest)
  }
}

extension LossRecord {
  /// Visits the smoothed courses and what was said of losses; the bins are no part of a run's state.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try watch.visit(&archive)
    var told = runaways.sorted()
    try archive.numbers("runaways", &told)
    runaways = Set(told)
    try archive.number("diverged-at", &divergedAt)
  }
}
