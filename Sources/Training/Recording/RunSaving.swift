import Runs
import Store
import Tensors

/// When a run is saved, and what is said of it.
///
///     when it begins · every n steps · at the end of every epoch · when the scores are the best so far ·
///     at a pause that a person asked for · at a stop · where the session is closed
final class RunSaving {
  let recorder: any RunRecorder
  private let bins: LossBins
  /// The step of the newest checkpoint; nil before the first.
  private(set) var savedStep: Int?
  private var hasChanged = true
  /// The step of the checkpoint that is on its way.
  private var underWay: Int?
  private var stepsSince = 0
  /// Why nothing is handed on just now; nil: it is.
  private var refusal: String?

  init(_ recorder: any RunRecorder, tasks: Int) {
    self.recorder = recorder
    bins = LossBins(tasks: tasks)
  }

  /// Notes a loss of the newest step.
  func note(_ loss: Float, task: Int, step: Int) { bins.add(loss, task: task, step: step) }

  /// Notes that something of the state has changed without a step.
  func changed() { hasChanged = true }

  /// Whether something would be lost if nothing was saved any more.
  var isNeeded: Bool {
    look()
    // Asked about the folder only where nothing else is to be saved, so not after each step.
    if !hasChanged { lookForFolder() }
    return hasChanged
  }

  /// Notes a step.
  func stepTaken(_ step: Int) {
    hasChanged = true
    stepsSince += 1
    recorder.stepTaken(step)
  }

  /// Whether the run is to be saved behind a step.
  func isDue(after step: Int) -> Bool { recorder.isDue(after: step, since: stepsSince) }

  /// Keeps the losses since the checkpoint before, then the state, which others may help to write.
  func save(
    step: Int, isBest: Bool, isStart: Bool, _ entries: [Archive.Entry],
    help: (any CheckpointHelp)? = nil
  ) {
    recorder.record(bins.drain())
    (stepsSince, refusal) = (0, nil)
    // One before that is on its way is settled by the recorder, and learnt of here.
    settle()
    var checkpoint = RunCheckpoint(step: step, isBest: isBest, isStart: isStart, entries: entries)
    checkpoint.help = help
    guard recorder.save(checkpoint) else { return }
    hasChanged = false
    underWay = step
    look()
  }

  /// Notes that the state of a step is not to be kept, in place of the last one that can be gone on with.
  ///
  /// - Returns: What a person should be told; nil: that was said.
  func refuse(step: Int, since reason: String) -> String? {
    stepsSince = 0
    guard refusal == nil else { return nil }
    let since = savedStep.map { "since step \($0)" } ?? "yet"
    refusal = "not saved \(since): at step \(step) \(reason)"
    return refusal.map { "the run is \($0)" }
  }

  /// Learns what has become of the checkpoint that is on its way; what was lost is needed again.
  private func look() {
    guard let step = underWay, let isKept = recorder.isKept() else { return }
    underWay = nil
    if isKept { savedStep = step } else { hasChanged = true }
  }

  /// Learns whether the newest checkpoint is still there; one that went with its folder is needed again,
  /// unless another is on its way.
  private func lookForFolder() {
    guard savedStep != nil, recorder.isGone() else { return }
    savedStep = nil
    if underWay == nil { hasChanged = true }
  }

  /// Waits for the checkpoint that is on its way.
  func settle() {
    guard underWay != nil else { return }
    recorder.settle()
    look()
  }

  /// Keeps the losses since the checkpoint before.
  func finish() { recorder.record(bins.drain()) }

  /// Goes on behind a checkpoint.
  func resumed(at step: Int) {
    savedStep = step
    hasChanged = false
  }

  /// What a screen shows of it.
  var snapshot: SavingSnapshot {
    look()
    lookForFolder()
    return SavingSnapshot(step: savedStep, problem: recorder.trouble ?? refusal)
  }
}
