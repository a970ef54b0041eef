/// A view that is not made for every snapshot: it stays until the parameters have moved and, while the
/// run trains, until enough time has passed that making it costs little of it.
struct CostlyView<Value> {
  /// How long a view stays at least while the run trains.
  let interval: Duration
  /// Making a view takes at most this part of the time: one in so many.
  private let rarity: Int
  private var made: (value: Value, step: Int, at: ContinuousClock.Instant, cost: Duration)?

  /// By default one in two hundred.
  init(every interval: Duration, rarity: Int = 200) {
    self.interval = interval
    self.rarity = rarity
  }

  /// The view, unless it is due to be made anew; `step` is that of the parameters.
  func fresh(at step: Int, isIdle: Bool) -> Value? {
    guard let made else { return nil }
    let isEarly = ContinuousClock.now - made.at < max(interval, made.cost * rarity)
    return made.step == step || (!isIdle && isEarly) ? made.value : nil
  }

  /// Keeps a view that was begun to be made at some time.
  mutating func keep(_ value: Value, at step: Int, since start: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    made = (value, step, now, now - start)
  }
}
