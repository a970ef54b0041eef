import Runs

/// The explanation that is shown, and when it is due to be made anew.
struct KeptExplanation {
  /// The newest one; nil before there is any.
  private(set) var view: ExplanationView?
  /// The wish that is being answered, or was last.
  private(set) var asked: ExplanationWish?
  private var cost = Duration.zero
  private var made = ContinuousClock.now

  /// Making it takes at most one in so many parts of the time while the run trains.
  private static let rarity = 50

  /// Keeps an answer that took so long to find.
  mutating func keep(_ view: ExplanationView, cost: Duration) {
    self.view = view
    self.cost = cost
    made = .now
  }

  /// Notes that a wish is being answered.
  mutating func ask(_ wish: ExplanationWish) { asked = wish }

  /// Forgets all.
  mutating func clear() { self = Self() }

  /// Whether a wish is to be answered with the numbers of a step: it is for another pair than before, or
  /// the numbers have moved since and, while the run trains, enough time has passed.
  func isDue(_ wish: ExplanationWish, at step: Int, isIdle: Bool) -> Bool {
    let known = view.flatMap { $0.answers(wish) ? $0 : nil }
    guard asked == wish || known != nil else { return true }
    // Until it is answered there is nothing to be made anew.
    guard let known, known.step != step else { return false }
    return isIdle || ContinuousClock.now - made > max(.seconds(2), cost * Self.rarity)
  }
}
