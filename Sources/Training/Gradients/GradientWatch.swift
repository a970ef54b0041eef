import Graph
import Runs

/// The newest look at the tasks' gradients, made anew while somebody watches: at most four times a
/// second, and so seldom that looks take at most 2 % of the time while the run trains.
struct GradientWatch {
  private let trainer: Trainer
  private var newest = CostlyView<GradientSnapshot>(every: .milliseconds(250), rarity: 50)
  /// When the look before was made, and at which step.
  private var before: (step: Int, at: ContinuousClock.Instant)?

  init(_ trainer: Trainer) { self.trainer = trainer }

  /// What was seen last; nil before the first look.
  private(set) var snapshot: GradientSnapshot?

  /// Looks at the gradients of the next step's rows, if it is time.
  mutating func look(_ batch: Batch, rate: Double, isIdle: Bool) {
    let (step, start) = (trainer.parameterStep, ContinuousClock.now)
    guard newest.fresh(at: step, isIdle: isIdle) == nil else { return }
    guard var found = trainer.lookAtGradients(batch, rate: rate) else {
      snapshot = nil
      return
    }
    let seconds = (ContinuousClock.now - start).seconds
    found.cost = GradientSnapshot.Cost(seconds: seconds)
    if let before, step > before.step {
      found.cost.stepsBetween = step - before.step
      found.cost.share = seconds / max(seconds, (start - before.at).seconds)
    }
    before = (step, start)
    newest.keep(found, at: step, since: start)
    snapshot = found
  }

  /// Forgets when the look before was: nobody has watched meanwhile.
  mutating func pause() { before = nil }
}
