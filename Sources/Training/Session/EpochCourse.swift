import Graph
import Runs
import Tensors

/// How far a run has come: its epochs, the step within one, and where its phases began.
struct EpochCourse {
  /// Steps of an epoch.
  let stepsPerEpoch: Int
  /// The newest epoch that has begun, from 1; 0 before the first.
  private(set) var epoch = 0
  /// Epochs that have ended.
  private(set) var ended = 0
  private(set) var stepInEpoch = 0
  private let configuration: RunConfiguration
  private let rows: any TrainingRows
  /// Epochs that had ended when joint training began.
  private var jointFrom = 0
  /// The step at which the optimiser began, anew where a lottery goes back to earlier numbers.
  private var optimizerFrom = 0
  /// Epochs that are planned from there; nil: those of the run.
  private var plannedEpochs: Int?
  private let past: RunPast

  /// `epochs` are those of the first phase, if they are not those of the run; `past` is that of the run
  /// which is repeated.
  init(
    _ configuration: RunConfiguration, rows: any TrainingRows, stepsPerEpoch: Int,
    epochs: Int? = nil, past: RunPast = RunPast()
  ) {
    self.past = past
    plannedEpochs = epochs
    self.configuration = configuration
    self.stepsPerEpoch = stepsPerEpoch
    self.rows = rows
  }

  /// Begins the next epoch behind the end of one; true if it did.
  ///
  /// A step that is tried again after its loss was no number does not begin another epoch.
  mutating func beginIfDue() -> Bool {
    guard epoch == ended else { return false }
    epoch += 1
    rows.begin(epoch: epoch)
    return true
  }

  /// The rows of the next step; nil where they are not there yet and something else is to be done.
  ///
  /// - Throws: ``WindowError`` where they cannot be read.
  func batch(unless hasOtherWork: () -> Bool) throws(WindowError) -> Batch? {
    let first = stepInEpoch * configuration.stepRows
    return try rows.batch(
      from: first, rows: min(configuration.stepRows, rows.count - first), unless: hasOtherWork)
  }

  /// The rows of the next step while an epoch goes on; nil between two, where they are not there yet, and
  /// where they cannot be read, which the step says.
  func nextBatch() -> Batch? {
    guard epoch > ended else { return nil }
    do throws(WindowError) { return try batch(unless: { true }) } catch { return nil }
  }

  /// How long was waited for rows, by steps and by those who look at the next one's.
  var waited: Duration { rows.waited }

  /// Whether an epoch has ended and the next has not begun.
  var isBetweenEpochs: Bool { epoch == ended }

  /// Notes a step.
  mutating func stepTaken() { stepInEpoch += 1 }

  /// Ends the epoch behind its last step; true if it did.
  mutating func endIfComplete() -> Bool {
    guard stepInEpoch >= stepsPerEpoch else { return false }
    stepInEpoch = 0
    ended = epoch
    return true
  }

  /// Epochs and the part of the newest that is done.
  var position: Double { Double(ended) + Double(stepInEpoch) / Double(stepsPerEpoch) }

  /// Begins a phase of a search, or joint training, for which the optimiser begins anew.
  ///
  /// `epochs` are those of the phase, over which a schedule of the rate goes.
  mutating func phaseBegan(isJoint: Bool, step: Int, epochs: Int? = nil) {
    optimizerFrom = step
    plannedEpochs = isJoint ? nil : epochs
    if isJoint { jointFrom = ended }
  }

  /// Whether the last epoch has begun: of the run, or of joint training behind its searches.
  var isLast: Bool { epoch >= jointFrom + configuration.epochs }

  /// The learning rate behind so many steps, before a person's factor.
  func rate(step: Int) -> Double {
    rate(step: step, epochs: past.epochs(at: step) ?? configuration.epochs)
  }

  private func rate(step: Int, epochs: Int) -> Double {
    configuration.rate(
      at: step - optimizerFrom, of: (plannedEpochs ?? epochs) * stepsPerEpoch,
      stepsPerEpoch: stepsPerEpoch)
  }

  /// What a person should know of the rate where the run had other epochs until a step; nil: it is the
  /// same.
  func words(of step: Int, epochsBefore epochs: Int) -> String? {
    let (before, now) = (rate(step: step, epochs: epochs), rate(step: step))
    guard before != now else { return nil }
    return
      "the schedule of the rate goes over \(configuration.epochs) epochs now, not over \(epochs): "
      + "at step \(step) the rate is \(Float(now)), where it would have been \(Float(before))"
  }

  /// Whether the rows are scored behind this step, within an epoch.
  func isEvaluationDue(step: Int) -> Bool {
    configuration.evaluationInterval.map { step % $0 == 0 } ?? false
  }
}

extension EpochCourse {
  /// Visits how far the run has come; the order of an epoch's rows follows from seed and window.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("epoch", &epoch, in: Archive.counts)
    try archive.number("ended", &ended, in: Archive.counts)
    try archive.number("step-in-epoch", &stepInEpoch, in: Archive.counts)
    try archive.number("joint-from", &jointFrom, in: Archive.counts)
    try archive.number("optimizer-from", &optimizerFrom, in: Archive.counts)
    try archive.number("planned-epochs", &plannedEpochs, in: 0...(1 << 24))
    guard archive.isLoading else { return }
    guard epoch >= 0, ended == epoch || ended == epoch - 1,
      (0..<stepsPerEpoch).contains(stepInEpoch), ended < epoch || stepInEpoch == 0
    else {
      throw .content(
        "epoch", "epoch \(epoch), \(ended) ended, step \(stepInEpoch) of \(stepsPerEpoch) cannot be"
      )
    }
    if epoch > ended { rows.begin(epoch: epoch) }
  }
}
