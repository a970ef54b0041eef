import Foundation
import Runs
import Tensors

/// What a run tells the outside: when a snapshot is due, how fast it goes, what its smoothed losses
/// are.
struct RunMonitor {
  private let session: TrainingSession
  private var wanted = WantedViews()
  /// Whether screens see the plain numbers alone, whatever they want.
  var showsNumbersAlone = false
  /// What they are shown.
  var views: WantedViews { showsNumbersAlone ? wanted.numbersAlone : wanted }
  private var snapshotDue = ContinuousClock.now
  /// How fast it goes.
  private(set) var rate = StepRate()
  /// Time and examples of all training steps, shuffling included, evaluation and pauses aside.
  private(set) var trained = (seconds: 0.0, examples: 0)
  private var trainedBefore = (seconds: 0.0, examples: 0)

  init(session: TrainingSession) { self.session = session }

  /// Says how far reading has come.
  mutating func loading(_ share: Double, _ what: String) {
    let now = ContinuousClock.now
    guard now >= snapshotDue || share >= 1 else { return }
    snapshotDue = now + .milliseconds(50)
    var snapshot = Snapshot()
    snapshot.phase = .loading(share, what)
    session.snapshots.publish(snapshot)
  }

  /// Says that the model is built.
  func prepared(_ description: RunDescription) { session.events.append(.prepared(description)) }

  /// Looks at what screens want; true if that changed.
  mutating func updateViews() -> Bool {
    guard let newest = session.wanted.take(), newest != wanted else { return false }
    wanted = newest
    return true
  }

  /// Whether a snapshot is due.
  var isSnapshotDue: Bool {
    views.snapshotsPerSecond > 0 && ContinuousClock.now >= snapshotDue
  }

  /// Publishes a snapshot and waits a while before the next is due.
  mutating func publish(_ snapshot: Snapshot) {
    session.snapshots.publish(snapshot)
    snapshotDue = .now + .seconds(1 / max(0.1, views.snapshotsPerSecond))
  }

  /// Notes a step of so many examples that took this long.
  mutating func stepTaken(examples: Int, duration: Duration) {
    trained.seconds += duration.seconds
    trained.examples += examples
    rate.stepTaken(examples: examples, duration: duration)
  }

  /// Ends an epoch and tells its examples a second.
  mutating func epochEnded() -> Double {
    let seconds = trained.seconds - trainedBefore.seconds
    let examples = trained.examples - trainedBefore.examples
    trainedBefore = trained
    return Double(examples) / max(1e-9, seconds)
  }

  /// Leaves a pause, an evaluation or a question out of the speed.
  mutating func interrupted() { rate.interrupted() }
}

extension RunMonitor {
  /// Visits the time and the examples of training.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("seconds", &trained.seconds)
    try archive.number("examples", &trained.examples)
    try archive.number("seconds-before", &trainedBefore.seconds)
    try archive.number("examples-before", &trainedBefore.examples)
  }
}
