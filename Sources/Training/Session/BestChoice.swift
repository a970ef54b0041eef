import Graph
import Tensors

/// Keeps the parameters of the best validation score, and says when waiting is no use any more.
///
/// Scores of different sets of tasks cannot be compared: when a task is turned on or off the choice
/// begins anew.
struct BestChoice {
  private let store: ParameterStore
  private var copy: [Storage<Float>]?
  private var bestScore = -Double.infinity
  private var epochsWithoutBetter = 0
  private var improvedThisEpoch = false
  /// The step of the best parameters; nil before the first score.
  private(set) var bestStep: Int?
  /// The newest step that was scored.
  private(set) var lastConsidered = -1

  init(store: ParameterStore) { self.store = store }

  /// Takes in a score, larger is better; true if it is the best so far.
  ///
  /// An undefined score is never
  /// better than a defined one.
  mutating func consider(_ score: Double, step: Int) -> Bool {
    lastConsidered = step
    guard bestStep == nil || score > bestScore else { return false }
    bestScore = score.isNaN ? -.infinity : score
    bestStep = step
    improvedThisEpoch = true
    if let copy { store.write(to: copy) } else { copy = store.copy() }
    return true
  }

  /// Ends an epoch; true if the run should end: `patience` epochs in a row were not better.
  mutating func epochEnded(patience: Int) -> Bool {
    epochsWithoutBetter = improvedThisEpoch ? 0 : epochsWithoutBetter + 1
    improvedThisEpoch = false
    return patience > 0 && epochsWithoutBetter >= patience
  }

  /// Forgets the best score.
  mutating func restart() {
    bestScore = -.infinity
    bestStep = nil
    epochsWithoutBetter = 0
  }

  /// Puts the best parameters back and returns their step; nil if nothing was scored.
  func restore() -> Int? {
    guard let copy, let bestStep else { return nil }
    store.restore(from: copy)
    return bestStep
  }
}
